/** mm/vmscan.c, v6.12, "PID controller": which type and which tiers are given up, by how many of those given up came back. */
import { LRU_GEN, type LruGen, MAX_NR_TIERS, MIN_LRU_BATCH } from './lru_gen_types.ts';

export const MAX_SWAPPINESS = 200;
/** struct ctrl_pos: pages that came back, pages that were given up or spared, and how much they weigh. */
export interface CtrlPos { readonly refaulted: number; readonly total: number; readonly gain: number }

/** read_ctrl_pos(). */
export function readCtrlPos(g: LruGen, type: number, tier: number, gain: number): CtrlPos {
  const spared = tier > 0 ? g.protected[type][tier - 1] : 0;
  return { refaulted: g.avgRefaulted[type][tier] + g.refaulted[type][tier], total: g.avgTotal[type][tier] + g.evicted[type][tier] + spared, gain };
}
/** reset_ctrl_pos() with carryover, as it is without statistics (NR_HIST_GENS = 1): half of what was seen goes on to the next generation. */
export function resetCtrlPos(g: LruGen, type: number): void {
  for (let tier = 0; tier < MAX_NR_TIERS; tier++) {
    g.avgRefaulted[type][tier] = Math.floor((g.avgRefaulted[type][tier] + g.refaulted[type][tier]) / 2);
    g.avgTotal[type][tier] = Math.floor((g.avgTotal[type][tier] + g.evicted[type][tier] + (tier > 0 ? g.protected[type][tier - 1] : 0)) / 2);
    g.refaulted[type][tier] = 0;
    g.evicted[type][tier] = 0;
    if (tier > 0) g.protected[type][tier - 1] = 0;
  }
}
/** positive_ctrl_err(): do the pages of `pv` come back too seldom, or less than those of `sp`, to be spared? */
export const positiveCtrlErr = (sp: CtrlPos, pv: CtrlPos): boolean =>
  pv.refaulted < MIN_LRU_BATCH || pv.refaulted * (sp.total + MIN_LRU_BATCH) * sp.gain <= (sp.refaulted + 1) * pv.total * pv.gain;

/** get_tier_idx(): the last tier of a type that is given up, weighed against its first. */
export function getTierIdx(g: LruGen, type: number): number {
  const sp = readCtrlPos(g, type, 0, 1);
  let tier = 1;
  while (tier < MAX_NR_TIERS && positiveCtrlErr(sp, readCtrlPos(g, type, tier, 2))) tier++;
  return tier - 1;
}
/** get_type_to_scan(): anon or files, and the last tier of it that is given up. */
export function getTypeToScan(g: LruGen, swappiness: number): { readonly type: number; readonly tier: number } {
  const gain = [swappiness, MAX_SWAPPINESS - swappiness] as const;
  const type = positiveCtrlErr(readCtrlPos(g, LRU_GEN.ANON, 0, gain[0]), readCtrlPos(g, LRU_GEN.FILE, 0, gain[1])) ? LRU_GEN.FILE : LRU_GEN.ANON, other = 1 - type;
  const sp = readCtrlPos(g, other, 0, gain[other === 0 ? 0 : 1]);
  let tier = 1;
  while (tier < MAX_NR_TIERS && positiveCtrlErr(sp, readCtrlPos(g, type, tier, gain[type]))) tier++;
  return { type, tier: tier - 1 };
}
