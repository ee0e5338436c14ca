/**
 * mm/workingset.c, v6.1: shadows of evicted pages. When a page comes back, the number of evictions and activations since tells
 * whether it would still be there if the active list had been shorter. Shadows know their node and not their group; the bits of the counter are not cut off.
 */
import type { Kernel } from '../kernel.ts';
import { FRAME, FRAME_ACTIVE, FRAME_TYPE_MASK } from './constants.ts';
import { setPageWord } from './lru.ts';
import { lruNoteCost } from './lru_cost.ts';
import { folioLruRefs, gensOf, lruTierFromRefs, lruType } from './lru_gen.ts';
import { LRU_REFS_WIDTH, type LruGen, REFS_MASK } from './lru_gen_types.ts';
import { folioLruvec } from './lruvec.ts';
import { LRU, type Mm, type Pgdat } from './mmzone.ts';
import { PG, setFlag, testFlag } from './page_flags.ts';
import { anonReclaimable } from './swap_state.ts';

/** Shadows stand where a frame would: numbers from here down. */
const SHADOW = -2;
const MAX_AGE = 1 << 26; // 30 bits less the node (3) and the workingset flag
export const isShadow = (entry: number): boolean => entry <= SHADOW;
const pack = (age: number, node: number, workingset: boolean): number => SHADOW - ((age * 8 + node) * 2 + (workingset ? 1 : 0));

/** workingset_age_nonresident(): an eviction or an activation makes all that was evicted before one older. */
export function ageNonresident(m: Mm, p: Pgdat, by: number): void { m.backing.nonresidentAge[p.id] = ((m.backing.nonresidentAge[p.id] ?? 0) + by) % MAX_AGE; }

/** workingset_eviction(): what is kept of a page that is given up. */
export function workingsetEviction(m: Mm, pfn: number): number {
  const g = folioLruvec(m, pfn).lrugen;
  if (g !== null) return lruGenEviction(m, g, pfn);
  const node = m.pageZone(pfn).node, age = m.backing.nonresidentAge[node] ?? 0;
  ageNonresident(m, m.nodes[node], 1);
  return pack(age, node, testFlag(m, pfn, PG.WORKINGSET));
}
/** lru_gen_eviction(): the shadow says in which generation it was, and how often it had been used. */
function lruGenEviction(m: Mm, g: LruGen, pfn: number): number {
  const type = lruType(m, pfn), refs = folioLruRefs(m, pfn);
  g.evicted[type][lruTierFromRefs(refs)]++;
  return pack((g.minSeq[type] << LRU_REFS_WIDTH) | Math.max(refs - 1, 0), m.pageZone(pfn).node, refs > 0);
}
/** lru_gen_refault(): it was given up from the generation that is now the oldest. Then it counts, and if it was used in a fault or often, it is spared next time. */
function lruGenRefault(k: Kernel, pfn: number, packed: number, file: boolean): void {
  const m = k.mm, v = folioLruvec(m, pfn), g = v.lrugen, token = packed >> 4, type = file ? 1 : 0, kind = file ? 'file' : 'anon';
  if (g === null || m.nodes[(packed >> 1) & 7] !== v.pgdat) return;
  m.count(`workingset_refault_${kind}`);
  if (!k.decide('refault: given up from what is still the oldest generation', token >> LRU_REFS_WIDTH === g.minSeq[type], g.minSeq[type])) return;
  const refs = (token & ((1 << LRU_REFS_WIDTH) - 1)) + (packed & 1);
  g.refaulted[type][lruTierFromRefs(refs)]++;
  m.count(`workingset_activate_${kind}`);
  if (m.memcgs !== null) v.activated[type]++;
  if (!k.current.inLruFault && refs < (1 << LRU_REFS_WIDTH) - 1) return;
  gensOf(m)[pfn] |= REFS_MASK;
  setFlag(m, pfn, PG.WORKINGSET);
  m.count(`workingset_restore_${kind}`);
}
/** workingset_refault(): a page has come back, and is not on a list yet. Should it have been kept? Then it starts on the active list. */
export function workingsetRefault(k: Kernel, pfn: number, shadow: number): void {
  const m = k.mm, packed = SHADOW - shadow, p = m.nodes[(packed >> 1) & 7], file = (m.word[pfn] & FRAME_TYPE_MASK) === FRAME.file, kind = file ? 'file' : 'anon';
  if (m.gens !== null) { lruGenRefault(k, pfn, packed, file); return; }
  const age = m.backing.nonresidentAge[p.id] ?? 0, distance = (age - (packed >> 4) + MAX_AGE) % MAX_AGE;
  let workingset = p.lru[LRU.ACTIVE_FILE];
  if (!file) workingset += p.lru[LRU.INACTIVE_FILE];
  if (anonReclaimable(k)) workingset += p.lru[LRU.ACTIVE_ANON] + (file ? p.lru[LRU.INACTIVE_ANON] : 0);
  m.count(`workingset_refault_${kind}`);
  if (!k.decide(`refault: nearer than the ${kind} pages in use`, distance <= workingset, distance)) return;
  setPageWord(k, pfn, m.word[pfn] | FRAME_ACTIVE);
  ageNonresident(m, p, 1);
  m.count(`workingset_activate_${kind}`);
  if (m.memcgs !== null) folioLruvec(m, pfn).activated[file ? 1 : 0]++;
  if ((packed & 1) === 0) return;
  setFlag(m, pfn, PG.WORKINGSET);
  m.count(`workingset_restore_${kind}`);
  lruNoteCost(k, folioLruvec(m, pfn), file, 1, 0);
}
