/** mm/vmscan.c, v6.1: prepare_scan_count(), inactive_is_low(), get_scan_count(). The arithmetic of how much of each list is looked at. */
import type { Kernel } from '../kernel.ts';
import { leaf } from '../leaf.ts';
import type { Lruvec } from './lruvec.ts';
import type { MemCgroup } from './memcg_types.ts';
import { LRU, LRU_LISTS, type Mm, type Pgdat, WMARK } from './mmzone.ts';
import type { ScanControl } from './scan_control.ts';
import { anonReclaimable } from './swap_state.ts';
import { intSqrt } from './wmarks.ts';

export type ScanTargets = [inactiveAnon: number, activeAnon: number, inactiveFile: number, activeFile: number];
export const SCAN = { EQUAL: 0, FRACT: 1, ANON: 2, FILE: 3 } as const;
const GIB_PAGES = 1 << 18;

/** inactive_is_low(): is the inactive list too short for the memory it serves? `inactive` names it; its active list follows. */
export function inactiveIsLow({ total }: Pick<Lruvec, 'total'>, inactive: number): boolean {
  const i = total[inactive], a = total[inactive + 1], gb = Math.floor((i + a) / GIB_PAGES);
  return i * (gb > 0 ? intSqrt(10 * gb) : 1) < a;
}
/** WORKINGSET_ACTIVATE of a lruvec: [anon, file]. */
const activatedOf = (m: Mm, v: Lruvec): readonly [number, number] => (v.memcg === null ? [m.vm.workingset_activate_anon ?? 0, m.vm.workingset_activate_file ?? 0] : v.activated);
/** snapshot_refaults(): at the end of a reclaim, so that the next one sees whether there were some since. */
export function snapshotRefaults(k: Kernel, p: Pgdat, target: MemCgroup | null): void {
  const v = target?.lruvecs[p.id] ?? p.root, [anon, file] = activatedOf(k.mm, v);
  v.refaults = [anon, file];
}
/** lruvec_lru_size(): pages on a list of zones up to `reclaimIdx`, the highest slot. */
function lruvecLruSize(m: Mm, v: Lruvec, lru: number, reclaimIdx: number): number {
  let size = 0;
  for (const z of v.pgdat.zones) if (z.slot <= reclaimIdx) size += m.memcgs === null ? z.lru[lru] : v.zoneOwn[z.slot * LRU_LISTS + lru];
  return size;
}
/** prepare_scan_count(): which active lists are due, and whether the page cache alone will do; by the lists of the group that is to shrink, or of the node. */
export function prepareScanCount(k: Kernel, p: Pgdat, sc: ScanControl): void {
  const m = k.mm, target = sc.targetMemcg?.lruvecs[p.id] ?? p.root;
  const [refaultAnon, refaultFile] = activatedOf(m, target);
  sc.anonCost = target.anonCost;
  sc.fileCost = target.fileCost;
  if (sc.forceDeactivate) { sc.mayDeactivateAnon = true; sc.mayDeactivateFile = true; } else {
    sc.mayDeactivateAnon = refaultAnon !== target.refaults[0] || inactiveIsLow(target, LRU.INACTIVE_ANON);
    sc.mayDeactivateFile = refaultFile !== target.refaults[1] || inactiveIsLow(target, LRU.INACTIVE_FILE);
  }
  const file = target.total[LRU.INACTIVE_FILE];
  sc.cacheTrimMode = file >>> sc.priority > 0 && !sc.mayDeactivateFile && !sc.noCacheTrimMode;
  if (sc.targetMemcg !== null) return; // file_is_tiny is a question of the node
  let high = 0, free = 0;
  for (const z of p.zones) { high += z.mark(WMARK.HIGH); free += z.nrFree; }
  const cache = p.lru[LRU.INACTIVE_FILE] + p.lru[LRU.ACTIVE_FILE];
  sc.fileIsTiny = cache + free <= high && !sc.mayDeactivateAnon && p.lru[LRU.INACTIVE_ANON] >>> sc.priority > 0;
}
/** How the lists are weighed against each other. */
function balance(k: Kernel, sc: ScanControl): number {
  const swappiness = k.mm.sysctl.swappiness ?? 60;
  if (!sc.maySwap || !anonReclaimable(k)) return SCAN.FILE;
  if (sc.targetMemcg !== null && swappiness === 0) return SCAN.FILE;
  if (sc.priority === 0 && swappiness > 0) return SCAN.EQUAL;
  if (sc.fileIsTiny) return SCAN.ANON;
  if (sc.cacheTrimMode) return SCAN.FILE;
  return SCAN.FRACT;
}
/** Shares of anon and file, from what reclaiming each has cost lately: [anon, file], to be read against their sum. */
export function scanFractions(anonCost: number, fileCost: number, swappiness: number): readonly [number, number] {
  const total = anonCost + fileCost, ac = total + anonCost, fc = total + fileCost, t = ac + fc;
  return [Math.trunc((swappiness * (t + 1)) / (ac + 1)), Math.trunc(((200 - swappiness) * (t + 1)) / (fc + 1))];
}
/** The same to 5.7: a side is worth the more, the fewer of its pages had to be kept. Halves what it counts from once that outgrows a quarter of the lists. */
export function rotatedFractions(v: Lruvec, swappiness: number): readonly [number, number] {
  const share = (side: 0 | 1, prio: number): number => {
    const size = v.own[side * 2] + v.own[side * 2 + 1];
    if (v.recentScanned[side] > Math.trunc(size / 4)) { v.recentScanned[side] = Math.trunc(v.recentScanned[side] / 2); v.recentRotated[side] = Math.trunc(v.recentRotated[side] / 2); }
    return Math.trunc((prio * (v.recentScanned[side] + 1)) / (v.recentRotated[side] + 1));
  };
  return [share(0, swappiness), share(1, 200 - swappiness)];
}
/** get_scan_count(): pages to look at on each list at this priority. */
export const getScanCount = leaf('get_scan_count', (k: Kernel, v: Lruvec, sc: ScanControl): ScanTargets => {
  const mode = balance(k, sc), out: ScanTargets = [0, 0, 0, 0];
  const swappiness = k.mm.sysctl.swappiness ?? 60, rotated = k.mm.era.scanBalance === 'rotated';
  const [ap, fp] = mode !== SCAN.FRACT ? [1, 1] : rotated ? rotatedFractions(v, swappiness) : scanFractions(sc.anonCost, sc.fileCost, swappiness);
  k.decide(MODES[mode], true, sc.priority);
  for (let lru = 0; lru < 4; lru++) {
    const file = lru >= LRU.INACTIVE_FILE, scan = lruvecLruSize(k.mm, v, lru, sc.reclaimIdx) >>> sc.priority;
    if (mode === SCAN.EQUAL) out[lru] = scan;
    else if (mode === SCAN.FRACT) out[lru] = Math.trunc((scan * (file ? fp : ap)) / (ap + fp + (rotated ? 1 : 0)));
    else out[lru] = (mode === SCAN.FILE) === file ? scan : 0;
  }
  return out;
});
const MODES = ['scan anon and file alike', 'scan anon and file by their cost', 'scan anon only: the page cache is tiny', 'scan the page cache only'];
