/**
 * mm/page_alloc.c, v6.1 and v6.12: __alloc_pages(), get_page_from_freelist(), rmqueue().
 * Left out: cpusets (every node is allowed), node_reclaim() (zone_reclaim_mode is 0), deferred and unaccepted memory,
 * dirty spreading over nodes. The slow path is in slowpath.ts.
 */
import { assert, ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { leaf } from '../leaf.ts';
import { spinLock, spinUnlock } from '../locking/spinlock.ts';
import { condResched, needResched } from '../sched/core.ts';
import type { AllocContext } from './alloc_context.ts';
import { rmqueueSmallest } from './buddy.ts';
import { ALLOC, GFP, MAX_ORDER, MT, NO_CPU, packBlock, PF, ROW, WMARK_CELL } from './constants.ts';
import { rmqueueInner } from './fallback.ts';
import { reserveHighatomicPageblock } from './highatomic.ts';
import { kmemCharged, memcgKmemChargePage } from './memcontrol.ts';
import { WMARK, ZONE, type Zone } from './mmzone.ts';
import { freePages, rmqueuePcplist, rmqueuePcplistFast, traceZoneLocked } from './pcp.ts';
import { allocPagesSlowpath } from './slowpath.ts';
import { wakeupKswapd } from './kswapd_wake.ts';
import { zoneWatermarkFast } from './watermark.ts';

/** gfp_zone(): the highest slot these flags may use. */
export function gfpZone(k: Kernel, gfp: number): number {
  const { slots } = k.mm;
  if (gfp & GFP.DMA && slots.includes('DMA')) return slots.indexOf('DMA');
  if (gfp & GFP.DMA32 && slots.includes('DMA32')) return slots.indexOf('DMA32');
  if (gfp & GFP.HIGHMEM && gfp & GFP.MOVABLE && slots.includes('Movable')) return slots.indexOf('Movable');
  if (gfp & GFP.HIGHMEM && slots.includes('HighMem')) return slots.indexOf('HighMem');
  return slots.indexOf('Normal');
}
/** gfp_migratetype(). */
export const gfpMigratetype = (k: Kernel, gfp: number): number =>
  k.mm.groupByMobilityDisabled ? MT.unmovable : gfp & GFP.MOVABLE ? MT.movable : gfp & GFP.RECLAIMABLE ? MT.reclaimable : MT.unmovable;

/** prepare_alloc_pages(): the context of a request. @param use  what its frames become (frame word) */
export function prepareAllocPages(k: Kernel, asked: number, order: number, use: number): AllocContext {
  const gfp = currentGfpContext(k, asked), highestZoneidx = gfpZone(k, gfp), zonelist = k.mm.zonelists[0];
  return { gfp, order, migratetype: gfpMigratetype(k, gfp), highestZoneidx, zonelist, preferred: firstZone(zonelist, highestZoneidx), spreadDirty: (gfp & GFP.WRITE) !== 0, use };
}
/** gfp_allowed_mask and current_gfp_context(): what the machine's state and the scopes that the task is in take from a request. */
function currentGfpContext(k: Kernel, gfp: number): number {
  const { pf } = k.current;
  if (k.mm.suspendedStorage || pf & PF.MEMALLOC_NOIO) return gfp & ~(GFP.IO | GFP.FS);
  return pf & PF.MEMALLOC_NOFS ? gfp & ~GFP.FS : gfp;
}
/** first_zones_zonelist(): index of the first zone that a request may use, -1 = none. */
export const firstZone = (zonelist: readonly Zone[], highestZoneidx: number): number => zonelist.findIndex((z) => z.slot <= highestZoneidx);

/** alloc_flags_nofragment(): keep DMA32 free of mixed pageblocks while Normal and DMA32 both exist. */
function allocFlagsNofragment(k: Kernel, ac: AllocContext): number {
  let flags = ac.gfp & GFP.KSWAPD_RECLAIM ? ALLOC.KSWAPD : 0;
  const z = ac.zonelist[ac.preferred];
  if (k.mm.era.nofragment && z?.name === 'Normal' && k.mm.zones.some((o) => o.name === 'DMA32' && o.node === z.node)) flags |= ALLOC.NOFRAGMENT;
  return flags;
}

/** prep_new_page(): the frames leave the allocator and become what they were asked for. */
export function prepNewPage(k: Kernel, z: Zone, pfn: number, ac: AllocContext, cpu: number): number {
  k.mm.word.fill(ac.use, pfn, pfn + (1 << ac.order));
  k.mm.pageFlags.fill(0, pfn, pfn + (1 << ac.order));
  k.mm.gens?.fill(0, pfn, pfn + (1 << ac.order));
  k.trace(ROW.pageUse, pfn, packBlock(ac.order, 0, ac.migratetype, z.index, cpu), ac.use);
  z.allocated += 1 << ac.order;
  return pfn;
}

/** The whole fast path where it meets no decision: first zone well above its mark, page on this CPU's list. -1 = go the long way. */
const getPageFast = leaf('get_page_from_freelist', (k: Kernel, ac: AllocContext, allocFlags: number): number => {
  const z = ac.zonelist[ac.preferred];
  if (z === undefined || !k.mm.era.pcpAllowedOrder(ac.order) || z.flags & ZONE.BOOSTED_WATERMARK) return -1;
  const mark = k.mm.era.notesBelowHigh && !(z.flags & ZONE.BELOW_HIGH) ? WMARK.HIGH : allocFlags & ALLOC.WMARK_MASK;
  if (!zoneWatermarkFast(k, z, ac.order, z.mark(mark), ac.highestZoneidx, allocFlags, ac.gfp)) return -1;
  const cpu = k.cpu.index, pfn = rmqueuePcplistFast(k, z, ac.order, ac.migratetype);
  return pfn < 0 ? -1 : prepNewPage(k, z, pfn, ac, cpu);
});

/** get_page_from_freelist(): the first zone of the list whose watermark allows it and which has a page. -1 = none. */
export const getPageFromFreelist = kfn('get_page_from_freelist', function* (k: Kernel, ac: AllocContext, flags: number): Timed<number> {
  let allocFlags = flags, noFallback = (flags & ALLOC.NOFRAGMENT) !== 0;
  for (;;) {
    for (let i = Math.max(0, ac.preferred); i < ac.zonelist.length; i++) {
      const z = ac.zonelist[i];
      if (z.slot > ac.highestZoneidx) continue;
      if (noFallback && z.node !== ac.zonelist[ac.preferred].node) { allocFlags &= ~ALLOC.NOFRAGMENT; noFallback = false; i = ac.preferred - 1; continue; }
      const ok = aboveHigh(k, z, ac, allocFlags) || watermarkGate(k, z, ac, allocFlags);
      if (!ok && !(allocFlags & ALLOC.NO_WATERMARKS)) continue;
      const pfn = yield* rmqueue(k, z, ac, allocFlags);
      if (pfn >= 0) {
        if (ac.order > 0 && k.mm.era.highatomicFirst(allocFlags)) yield* reserveHighatomicPageblock(k, z, pfn);
        return pfn;
      }
    }
    if (!k.decide('no page without mixing pageblocks: allow it', noFallback)) return -1;
    allocFlags &= ~ALLOC.NOFRAGMENT;
    noFallback = false;
  }
});
/** 6.7 on: a zone above HIGH is used without more; the first time it is not, that is noted, and per-CPU lists grow no further. */
function aboveHigh(k: Kernel, z: Zone, ac: AllocContext, allocFlags: number): boolean {
  if (!k.mm.era.notesBelowHigh || z.flags & ZONE.BELOW_HIGH) return false;
  if (zoneWatermarkFast(k, z, ac.order, z.mark(WMARK.HIGH), ac.highestZoneidx, allocFlags, ac.gfp)) return true;
  z.flags |= ZONE.BELOW_HIGH;
  return false;
}
/** The gate of this function, with the figures it compared. */
function watermarkGate(k: Kernel, z: Zone, ac: AllocContext, allocFlags: number): boolean {
  const which = allocFlags & ALLOC.WMARK_MASK, ok = zoneWatermarkFast(k, z, ac.order, z.mark(which), ac.highestZoneidx, allocFlags, ac.gfp), c = k.mm.lastCheck;
  k.decide(z.questions.watermark, ok, c.free);
  if (ok || which === WMARK.LOW) return ok; // the first try: what it compared with stands in the zone's state; below LOW every request comes here
  k.operand(MARK_NAMES[which], c.mark);
  k.operand('lowmem_reserve', c.reserve);
  return false;
}
const MARK_NAMES = ['min', 'low', 'high', 'no mark'];

/** rmqueue(): from this CPU's list where the order has one, else from the buddy under zone->lock. Wakes kswapd if a fallback has boosted the zone. */
export const rmqueue = kfn('rmqueue', function* (k: Kernel, z: Zone, ac: AllocContext, allocFlags: number): Timed<number> {
  const { order, migratetype } = ac;
  let pfn = -2, cpu: number = NO_CPU;
  if (k.mm.era.pcpAllowedOrder(order)) {
    cpu = k.cpu.index;
    pfn = rmqueuePcplistFast(k, z, order, migratetype);
    if (pfn < 0) pfn = yield* rmqueuePcplist(k, z, order, migratetype, allocFlags);
  }
  if (pfn === -2 || (pfn < 0 && k.mm.era.emptyListAsksBuddy)) { cpu = NO_CPU; pfn = yield* rmqueueBuddy(k, z, ac, allocFlags); }
  if (pfn >= 0) prepNewPage(k, z, pfn, ac, cpu);
  if ((allocFlags & ALLOC.KSWAPD || !k.mm.era.boostWakeNeedsFlag) && z.flags & ZONE.BOOSTED_WATERMARK) {
    z.flags &= ~ZONE.BOOSTED_WATERMARK;
    wakeupKswapd(k, z, 0, 0, z.slot);
  }
  return pfn;
});

/** rmqueue_buddy(): one block straight from the zone. */
const rmqueueBuddy = kfn('rmqueue_buddy', function* (k: Kernel, z: Zone, ac: AllocContext, allocFlags: number): Timed<number> {
  const { era } = k.mm, lock = k.mm.sync.zoneLocks[z.index], { order } = ac;
  let pfn = -1;
  yield* spinLock(k, lock);
  if (order > 0 && era.highatomicFirst(allocFlags)) pfn = rmqueueSmallest(k, z, order, MT.highatomic, NO_CPU);
  if (pfn < 0) pfn = rmqueueInner(k, z, order, ac.migratetype, allocFlags, NO_CPU);
  if (pfn < 0 && era.highatomicAfter(allocFlags)) pfn = rmqueueSmallest(k, z, order, MT.highatomic, NO_CPU);
  if (pfn >= 0 && k.mm.zoneLockedProbes.length > 0) yield* traceZoneLocked(k);
  yield spend(ns(k.mm.costs.rmqueue_page));
  spinUnlock(k, lock);
  return pfn;
});

/**
 * __alloc_pages(): `2^order` frames, or -1.
 * @param use  frame word that they become (FRAME, flags, owner)
 * Context: may sleep if `gfp` has DIRECT_RECLAIM.
 */
export const allocPages = kfn('__alloc_pages', function* (k: Kernel, gfp: number, order: number, use: number): Timed<number> {
  assert(order <= MAX_ORDER, 'a request is larger than the largest order');
  if (gfp & GFP.DIRECT_RECLAIM && k.preempt === 'none' && needResched(k)) yield* condResched(k); // might_alloc(): a point of voluntary preemption
  if (k.mm.reserves !== null && order === 0) { const own = k.mm.reserves.take(k, use); if (own >= 0) return own; }
  const ac = prepareAllocPages(k, gfp, order, use);
  const flags = WMARK.LOW | allocFlagsNofragment(k, ac);
  let pfn = getPageFast(k, ac, flags);
  if (pfn < 0) pfn = yield* getPageFromFreelist(k, ac, flags);
  if (pfn < 0) {
    ac.spreadDirty = false;
    pfn = yield* allocPagesSlowpath(k, ac);
  }
  if (k.mm.memcgs === null || pfn < 0 || !kmemCharged(k, gfp, use) || (yield* memcgKmemChargePage(k, pfn, ac.gfp, order))) return pfn;
  yield* freePages(k, pfn, order);
  return -1;
});

/** Writes the watermarks of a zone into the trace. */
export function traceWatermarks(k: Kernel, z: Zone): void {
  const at = z.index * 8;
  k.trace(ROW.wmark, at + WMARK_CELL.min, z.wmark[WMARK.MIN]);
  k.trace(ROW.wmark, at + WMARK_CELL.low, z.wmark[WMARK.LOW]);
  k.trace(ROW.wmark, at + WMARK_CELL.high, z.wmark[WMARK.HIGH]);
  k.trace(ROW.wmark, at + WMARK_CELL.boost, z.boost);
}
