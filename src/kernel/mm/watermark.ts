/**
 * mm/page_alloc.c: __zone_watermark_ok(), zone_watermark_fast(), zone_watermark_ok_safe().
 * The arithmetic that differs between v6.1 and v6.12 is in the era (unusableFree, lowerMark).
 * Left out: CMA (no zone has any), and the drift of per-CPU counters: NR_FREE_PAGES is exact here, so "safe" is the same sum.
 */
import type { Kernel } from '../kernel.ts';
import { ALLOC, MAX_ORDER, MT, MT_COUNT } from './constants.ts';
import { WMARK, type Zone } from './mmzone.ts';

/** What one check found: `need` is what `free` must exceed. Reused: read it before the next check. */
export interface WatermarkCheck { free: number; mark: number; reserve: number; need: number }
export const lastCheck: (k: Kernel) => WatermarkCheck = (k) => k.mm.lastCheck;

/** __zone_watermark_ok(): may `2^order` pages be taken so that more than `mark` stays? `free` and `mark` in pages. */
export function zoneWatermarkOkInner(k: Kernel, z: Zone, order: number, mark: number, highestZoneidx: number, allocFlags: number, free: number): boolean {
  const era = k.mm.era, check = k.mm.lastCheck;
  const usable = free - era.unusableFree(z, order, allocFlags);
  const min = era.lowerMark(mark, allocFlags), reserve = z.reserve[highestZoneidx] ?? 0;
  check.free = usable; check.mark = min; check.reserve = reserve; check.need = min + reserve;
  if (usable <= min + reserve) return false;
  if (order === 0) return true;
  for (let o = order; o <= MAX_ORDER; o++) {
    const at = o * MT_COUNT;
    if (z.freeBlocks[at + MT.unmovable] > 0 || z.freeBlocks[at + MT.movable] > 0 || z.freeBlocks[at + MT.reclaimable] > 0) return true;
    if (era.mayUseHighatomic(allocFlags) && z.freeBlocks[at + MT.highatomic] > 0) return true;
  }
  return false;
}
export const zoneWatermarkOk = (k: Kernel, z: Zone, order: number, mark: number, highestZoneidx: number, allocFlags: number): boolean =>
  zoneWatermarkOkInner(k, z, order, mark, highestZoneidx, allocFlags, z.nrFree);

/** zone_watermark_fast(): the order-0 short cut, the full check, and once more without the boost for an atomic request at MIN. */
export function zoneWatermarkFast(k: Kernel, z: Zone, order: number, mark: number, highestZoneidx: number, allocFlags: number, gfp: number): boolean {
  const era = k.mm.era, check = k.mm.lastCheck;
  if (order === 0) {
    const usable = z.nrFree - Math.min(z.nrFree, era.unusableInFastCheck(z, allocFlags)), reserve = z.reserve[highestZoneidx] ?? 0;
    check.free = usable; check.mark = mark; check.reserve = reserve; check.need = mark + reserve;
    if (usable > mark + reserve) return true;
  }
  if (zoneWatermarkOkInner(k, z, order, mark, highestZoneidx, allocFlags, z.nrFree)) return true;
  if (order === 0 && z.boost > 0 && (allocFlags & ALLOC.WMARK_MASK) === WMARK.MIN && era.mayIgnoreBoost(gfp, allocFlags)) {
    return zoneWatermarkOkInner(k, z, order, z.wmark[WMARK.MIN], highestZoneidx, allocFlags, z.nrFree);
  }
  return false;
}
