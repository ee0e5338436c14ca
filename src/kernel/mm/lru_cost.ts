/**
 * mm/swap.c lru_note_cost(), v6.1, and with rotations since 6.2: what reclaim has lately paid for anon and for file pages. To 5.7
 * update_page_reclaim_stat(): how many pages it looked at, and how many of them it had to keep.
 */
import type { Kernel } from '../kernel.ts';
import { SWAP_CLUSTER_MAX } from './constants.ts';
import type { Pgdat } from './mmzone.ts';

/** Adds to one side; both halve where they outgrow a quarter of the lists. */
export function lruNoteCost(k: Kernel, p: Pgdat, file: boolean, nrIo: number, rotated: number): void {
  const cost = k.mm.era.rotationCosts ? nrIo * SWAP_CLUSTER_MAX + rotated : nrIo;
  if (cost === 0 || k.mm.era.scanBalance !== 'cost') return;
  if (file) p.fileCost += cost; else p.anonCost += cost;
  const size = p.lru[0] + p.lru[1] + p.lru[2] + p.lru[3];
  if (p.fileCost + p.anonCost <= size >> 2) return;
  p.fileCost = Math.floor(p.fileCost / 2);
  p.anonCost = Math.floor(p.anonCost / 2);
}
/** To 5.7: pages of one side that were taken off their list, and those that went on to the active one. */
export function updateReclaimStat(p: Pgdat, file: boolean, scanned: number, rotated: number): void {
  const side = file ? 1 : 0;
  p.recentScanned[side] += scanned;
  p.recentRotated[side] += rotated;
}
