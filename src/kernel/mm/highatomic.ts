/** mm/page_alloc.c, v6.1 and v6.12: pageblocks set apart for atomic requests of order > 0. */
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { spinLock, spinUnlock } from '../locking/spinlock.ts';
import type { AllocContext } from './alloc_context.ts';
import { mergeable, moveFreepagesBlock, setPageblockType } from './buddy.ts';
import { MT, MT_COUNT, ORDERS, ROW, WMARK_CELL } from './constants.ts';
import { PAGEBLOCK_PAGES, type Zone } from './mmzone.ts';
import { firstOf } from './buddy.ts';

function setReserved(k: Kernel, z: Zone, pages: number): void {
  z.nrReservedHighatomic = pages;
  k.trace(ROW.wmark, z.index * 8 + WMARK_CELL.highatomic, pages);
}
/** reserve_highatomic_pageblock(): the pageblock of a page that was just handed out, while the zone's share lasts. */
export const reserveHighatomicPageblock = kfn('reserve_highatomic_pageblock', function* (k: Kernel, z: Zone, pfn: number): Timed<void> {
  const mayGrow = (): boolean => z.nrReservedHighatomic < k.mm.era.highatomicLimit(z), lock = k.mm.sync.zoneLocks[z.index];
  if (!k.decide('the highatomic reserve may grow', mayGrow(), z.nrReservedHighatomic)) return;
  yield* spinLock(k, lock);
  if (mayGrow() && mergeable(k.mm.blockType(pfn))) {
    moveFreepagesBlock(k, z, pfn, MT.highatomic);
    setPageblockType(k, pfn, MT.highatomic);
    setReserved(k, z, z.nrReservedHighatomic + PAGEBLOCK_PAGES);
  }
  spinUnlock(k, lock);
});

/** unreserve_highatomic_pageblock(): gives one pageblock back to the type that is short. @param force  also the last one */
export const unreserveHighatomicPageblock = kfn('unreserve_highatomic_pageblock', function* (k: Kernel, ac: AllocContext, force: boolean): Timed<boolean> {
  for (const z of ac.zonelist) {
    if (z.slot > ac.highestZoneidx || z.nrReservedHighatomic === 0 || (!force && z.nrReservedHighatomic <= PAGEBLOCK_PAGES)) continue;
    const lock = k.mm.sync.zoneLocks[z.index];
    yield* spinLock(k, lock);
    const given = giveBack(k, z, ac.migratetype);
    spinUnlock(k, lock);
    if (given) return true;
  }
  return false;
});
/** The first pageblock of the reserve that has something free goes to `type`. The caller holds zone->lock. */
function giveBack(k: Kernel, z: Zone, type: number): boolean {
  for (let o = 0; o < ORDERS; o++) {
    if (z.freeBlocks[o * MT_COUNT + MT.highatomic] === 0) continue;
    const pfn = firstOf(k.mm, z, o, MT.highatomic);
    setReserved(k, z, z.nrReservedHighatomic - Math.min(PAGEBLOCK_PAGES, z.nrReservedHighatomic));
    setPageblockType(k, pfn, type);
    if (moveFreepagesBlock(k, z, pfn, type).free > 0) return k.decide('a highatomic pageblock was given back', true, pfn);
  }
  return false;
}
