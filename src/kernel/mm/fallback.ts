/**
 * mm/page_alloc.c, v6.1 and v6.12: what happens when a type's own lists are empty. __rmqueue(), __rmqueue_fallback(),
 * find_suitable_fallback(), boost_watermark(), and both eras of steal_suitable_fallback().
 */
import type { Kernel } from '../kernel.ts';
import { leaf } from '../leaf.ts';
import { firstOf, moveFreepagesBlock, moveToFreeList, rmqueueSmallest, setPageblockType, takeBlock, freeOrder } from './buddy.ts';
import { ALLOC, MAX_ORDER, MT, MT_COUNT, MT_NAMES, ROW, WMARK_CELL } from './constants.ts';
import { PAGEBLOCK_ORDER, PAGEBLOCK_PAGES, WMARK, ZONE, type Zone } from './mmzone.ts';
import { maxWatermarkBoost, WATERMARK_BOOST_FACTOR } from './wmarks.ts';

/** fallbacks[]: where each type looks next. */
const FALLBACKS: readonly (readonly [number, number])[] = [
  [MT.reclaimable, MT.movable], // Unmovable
  [MT.reclaimable, MT.unmovable], // Movable
  [MT.unmovable, MT.movable], // Reclaimable
];

/** boost_watermark(): reclaim a pageblock more than usual, so that the next such fallback may be spared. true: the boost has grown. */
export const boostWatermark = leaf('boost_watermark', (k: Kernel, z: Zone): boolean => {
  if (!k.mm.era.boostsWatermarks) return false;
  const max = maxWatermarkBoost(z.managed, z.wmark[WMARK.HIGH], k.mm.sysctl.watermark_boost_factor ?? WATERMARK_BOOST_FACTOR);
  if (max === 0) return false;
  z.boost = Math.min(z.boost + PAGEBLOCK_PAGES, max);
  k.trace(ROW.wmark, z.index * 8 + WMARK_CELL.boost, z.boost);
  return true;
});

/** can_steal_fallback(): would taking from a block of this order be worth claiming the whole pageblock? */
const canSteal = (k: Kernel, order: number, type: number): boolean =>
  order >= PAGEBLOCK_ORDER || order >= PAGEBLOCK_ORDER >> 1 || type === MT.reclaimable || type === MT.unmovable || k.mm.groupByMobilityDisabled;

/** find_suitable_fallback(): the first other type with a free block of exactly this order. -1 = none. */
function findSuitableFallback(z: Zone, order: number, type: number): number {
  const others = FALLBACKS[type];
  if (others === undefined) return -1;
  for (const other of others) if (z.freeBlocks[order * MT_COUNT + other] > 0) return other;
  return -1;
}

/** A claim is worth it when most of the pageblock would be of our type: move the free part, and count what is in use and alike. */
function worthClaiming(k: Kernel, startType: number, blockType: number, free: number, movable: number): boolean {
  const alike = startType === MT.movable ? movable : blockType === MT.movable ? PAGEBLOCK_PAGES - (free + movable) : 0;
  return k.decide('free + alike pages >= half the pageblock: claim it', free + alike >= PAGEBLOCK_PAGES / 2 || k.mm.groupByMobilityDisabled, free + alike);
}
function changePageblockRange(k: Kernel, pfn: number, order: number, type: number): void {
  for (let p = pfn; p < pfn + (1 << order); p += PAGEBLOCK_PAGES) setPageblockType(k, p, type);
}
function boostAndNote(k: Kernel, z: Zone, allocFlags: number): void {
  if (boostWatermark(k, z) && allocFlags & ALLOC.KSWAPD) z.flags |= ZONE.BOOSTED_WATERMARK;
}

/** v6.1: free blocks move to the lists of `startType` whether or not the pageblock is claimed; the caller then looks at its own lists. */
export const stealSuitableFallback61 = leaf('steal_suitable_fallback', (k: Kernel, z: Zone, pfn: number, order: number, startType: number, allocFlags: number, wholeBlock: boolean): number => {
  const blockType = k.mm.blockType(pfn);
  if (blockType !== MT.highatomic) {
    if (order >= PAGEBLOCK_ORDER) changePageblockRange(k, pfn, order, startType);
    else {
      boostAndNote(k, z, allocFlags);
      if (k.decide('take more than this block', wholeBlock)) {
        const found = moveFreepagesBlock(k, z, pfn, startType);
        if (found.free > 0) {
          if (worthClaiming(k, startType, blockType, found.free, found.movable)) setPageblockType(k, pfn, startType);
          return -1;
        }
      }
    }
  }
  moveToFreeList(k, z, pfn, startType);
  return -1;
});

/** v6.12: lists and pageblocks agree, so a block is claimed whole or the page is taken from the other type's list as it is. */
export const stealSuitableFallback612 = leaf('steal_suitable_fallback', (k: Kernel, z: Zone, pfn: number, order: number, startType: number, allocFlags: number, wholeBlock: boolean, wanted: number, cpu: number): number => {
  const blockType = k.mm.blockType(pfn), current = freeOrder(k.mm, pfn);
  if (blockType !== MT.highatomic) {
    if (order >= PAGEBLOCK_ORDER) {
      changePageblockRange(k, pfn, current, startType);
      moveToFreeList(k, z, pfn, startType);
      return takeBlock(k, z, pfn, wanted, cpu);
    }
    boostAndNote(k, z, allocFlags);
    if (k.decide('take more than this block', wholeBlock)) {
      const found = moveFreepagesBlock(k, z, pfn, -1);
      if (found.free > 0 && worthClaiming(k, startType, blockType, found.free, found.movable)) {
        moveFreepagesBlock(k, z, pfn, startType);
        setPageblockType(k, pfn, startType);
        return rmqueueSmallest(k, z, wanted, startType, cpu);
      }
    }
  }
  return takeBlock(k, z, pfn, wanted, cpu);
});

/** __rmqueue_fallback(). A frame, -1 = nothing to steal, RETRY = the own lists have something now. */
const RETRY = -2;
const rmqueueFallback = leaf('__rmqueue_fallback', (k: Kernel, z: Zone, order: number, type: number, allocFlags: number, cpu: number): number => {
  const minOrder = k.mm.era.fallbackMinOrder(order, allocFlags);
  for (let o = MAX_ORDER; o >= minOrder; o--) {
    let other = findSuitableFallback(z, o, type), current = o;
    if (other < 0) continue;
    const whole = canSteal(k, o, type);
    if (!whole && type === MT.movable && o > order) { // break as small a block as will do
      for (current = order; current <= MAX_ORDER; current++) { other = findSuitableFallback(z, current, type); if (other >= 0) break; }
    }
    k.mark('mm_page_alloc_extfrag', current, other);
    const got = k.mm.era.stealSuitableFallback(k, z, firstOf(k.mm, z, current, other), current, type, allocFlags, canSteal(k, current, type), order, cpu);
    return got < 0 ? RETRY : got;
  }
  return -1;
});

/** __rmqueue(): from the type's own lists, else by fallback. -1 = the zone has nothing for this type. The caller holds zone->lock. */
export function rmqueueInner(k: Kernel, z: Zone, order: number, type: number, allocFlags: number, cpu: number): number {
  for (;;) {
    const pfn = rmqueueSmallest(k, z, order, type, cpu);
    if (pfn >= 0) return pfn;
    k.decide(OWN_LIST[type], false);
    const got = rmqueueFallback(k, z, order, type, allocFlags, cpu);
    if (got !== RETRY) return got;
  }
}
const OWN_LIST = MT_NAMES.map((n) => `the ${n} lists have a free block`);
