/**
 * mm/swap.c lru_note_cost(), v6.1, and with rotations since 6.2: what reclaim has lately paid for anon and for file pages. To 5.7
 * update_page_reclaim_stat(): how many pages it looked at, and how many of them it had to keep.
 */
import type { Kernel } from '../kernel.ts';
import { SWAP_CLUSTER_MAX } from './constants.ts';
import { type Lruvec, parentLruvec } from './lruvec.ts';

/** Adds to one side, in the groups above too; both halve where they outgrow a quarter of the lists. */
export function lruNoteCost(k: Kernel, lruvec: Lruvec, file: boolean, nrIo: number, rotated: number): void {
  const cost = k.mm.era.rotationCosts ? nrIo * SWAP_CLUSTER_MAX + rotated : nrIo;
  if (cost === 0 || k.mm.era.scanBalance !== 'cost') return;
  for (let v: Lruvec | null = lruvec; v !== null; v = parentLruvec(v)) {
    if (file) v.fileCost += cost; else v.anonCost += cost;
    const size = v.total[0] + v.total[1] + v.total[2] + v.total[3];
    if (v.fileCost + v.anonCost <= size >> 2) continue;
    v.fileCost = Math.floor(v.fileCost / 2);
    v.anonCost = Math.floor(v.anonCost / 2);
  }
}
/** To 5.7: pages of one side that were taken off their list, and those that went on to the active one. */
export function updateReclaimStat(v: Lruvec, file: boolean, scanned: number, rotated: number): void {
  const side = file ? 1 : 0;
  v.recentScanned[side] += scanned;
  v.recentRotated[side] += rotated;
}
