/**
 * mm/page_alloc.c, v6.1 and v6.12: per-CPU page lists. rmqueue_pcplist(), rmqueue_bulk(), free_unref_page(),
 * free_pcppages_bulk(), drain_all_pages(). How many pages a refill takes and how many a free returns is the era's.
 * Left out: the expiry of remote nodes' lists, page poisoning, RT's migrate_disable() (a task is not moved while it holds the lock).
 */
import type { Kernel } from '../kernel.ts';
import { kfn, spend } from '../kernel.ts';
import { leaf } from '../leaf.ts';
import { memCgroupUncharge, memcgUncharged } from './memcontrol.ts';
import { spinLock, spinTrylock, spinUnlock } from '../locking/spinlock.ts';
import type { Timed } from '../../sim/kfn.ts';
import { freeOnePageInner } from './buddy.ts';
import { FRAME, MT, NO_CPU, PAGE_ALLOC_COSTLY_ORDER, packBlock, ROW } from './constants.ts';
import { rmqueueInner } from './fallback.ts';
import { listAdd, listAddTail, listDel, listEmpty, type Mm, nextOf, PAGEBLOCK_ORDER, PCP_LISTS, type PerCpuPages, prevOf, setOwner, WMARK, ZONE, type Zone } from './mmzone.ts';
import { zoneWatermarkOk } from './watermark.ts';
import { ns } from '../../base/units.ts';

export const PCP_TYPES = 3;
const THP_LIST = PCP_LISTS - 1;
/** order_to_pindex() and back. */
export const orderToPindex = (type: number, order: number): number => (order > PAGE_ALLOC_COSTLY_ORDER ? THP_LIST : PCP_TYPES * order + type);
const pindexToOrder = (pindex: number): number => (pindex === THP_LIST ? PAGEBLOCK_ORDER : Math.trunc(pindex / PCP_TYPES));

/** Type under which a page on a per-CPU list goes back to the buddy; kept where its page number would be (get_pcppage_migratetype()). */
const pcpType = (m: Mm, pfn: number): number => m.vpn[pfn];

/** The page put on this list last. The caller has looked whether there is one. */
export function takeFirst(m: Mm, pcp: PerCpuPages, head: number, order: number): number {
  const pfn = nextOf(m, head);
  listDel(m, pfn);
  pcp.count -= 1 << order;
  return pfn;
}

/** The fast half of rmqueue_pcplist(): a page from this CPU's list, if it has one and nobody holds the lock. -1 = go the long way. */
export function rmqueuePcplistFast(k: Kernel, z: Zone, order: number, type: number): number {
  const cpu = k.cpu.index, pcp = z.pcp[cpu], head = pcp.heads[orderToPindex(type, order)], m = k.mm;
  if (listEmpty(m, head) || !spinTrylock(k, m.sync.pcpLocks[z.index][cpu])) return -1;
  m.era.pcpAfterTake(pcp);
  const pfn = takeFirst(m, pcp, head, order);
  spinUnlock(k, m.sync.pcpLocks[z.index][cpu]);
  return pfn;
}

/** rmqueue_pcplist() with its refill. -1: the zone has no page of this type, or the lock was taken (then the buddy is asked: -2). */
export const rmqueuePcplist = kfn('rmqueue_pcplist', function* (k: Kernel, z: Zone, order: number, type: number, allocFlags: number): Timed<number> {
  const m = k.mm, cpu = k.cpu.index, pcp = z.pcp[cpu], head = pcp.heads[orderToPindex(type, order)], lock = m.sync.pcpLocks[z.index][cpu];
  if (!k.decide('pcp_spin_trylock()', spinTrylock(k, lock))) return -2;
  m.era.pcpAfterTake(pcp);
  if (listEmpty(m, head)) {
    const count = m.era.pcpRefill(k, z, pcp, order);
    k.decide('the per-CPU list is empty: refill from the buddy', true, count);
    yield* rmqueueBulk(k, z, order, count, head, pcp, type, allocFlags, cpu);
  }
  const pfn = listEmpty(m, head) ? -1 : takeFirst(m, pcp, head, order);
  spinUnlock(k, lock);
  return pfn;
});

/** trace_mm_page_alloc_zone_locked(): whoever hangs on it runs here, with zone->lock held. */
export function* traceZoneLocked(k: Kernel): Timed<void> { for (const probe of k.mm.zoneLockedProbes) yield* probe(k); }

/** rmqueue_bulk(): up to `count` blocks in one hold of zone->lock. */
const rmqueueBulk = kfn('rmqueue_bulk', function* (k: Kernel, z: Zone, order: number, count: number, head: number, pcp: PerCpuPages, type: number, allocFlags: number, cpu: number): Timed<void> {
  const m = k.mm, lock = m.sync.zoneLocks[z.index];
  yield* spinLock(k, lock);
  let got = 0;
  for (; got < count; got++) {
    const pfn = rmqueueInner(k, z, order, type, allocFlags, cpu);
    if (pfn < 0) break;
    pcp.count += 1 << order; // its row has been written: with it the page counts as the list's, and comes onto it behind the probes
    if (m.zoneLockedProbes.length > 0) yield* traceZoneLocked(k);
    m.vpn[pfn] = type;
    listAddTail(m, head, pfn);
  }
  yield spend(ns(got * k.mm.costs.rmqueue_page));
  spinUnlock(k, lock);
});

/** On which list a page of a pageblock goes: those of types without one, as HighAtomic, with Movable. */
export const listedAs = (block: number): number => (block < PCP_TYPES ? block : MT.movable);
/** free_unref_page_commit(): a page onto this CPU's list. Returns how many pages must go on to the buddy. The caller holds pcp->lock. */
function commit(k: Kernel, z: Zone, pcp: PerCpuPages, pfn: number, order: number, cpu: number): number {
  const m = k.mm, block = m.blockType(pfn), listed = listedAs(block);
  m.vpn[pfn] = block;
  setOwner(m, pfn, -1);
  m.word.fill(FRAME.pcp, pfn, pfn + (1 << order));
  listAdd(m, pcp.heads[orderToPindex(listed, order)], pfn);
  pcp.count += 1 << order;
  k.trace(ROW.pcpFree, pfn, packBlock(order, 0, block, z.index, cpu));
  return m.era.pcpAfterFree(k, z, pcp, order);
}
/** The fast half of free_unref_page(): 0 = done; > 0: that many pages must leave the list (freePcppagesBulk); -1: the lock is taken, free to the buddy. */
export const freeUnrefPageFast = leaf('free_unref_page', (k: Kernel, z: Zone, pfn: number, order: number): number => {
  const cpu = k.cpu.index, lock = k.mm.sync.pcpLocks[z.index][cpu];
  if (!spinTrylock(k, lock)) return -1;
  const excess = commit(k, z, z.pcp[cpu], pfn, order, cpu);
  spinUnlock(k, lock);
  return excess;
});

/** free_pcppages_bulk(): `count` pages, oldest first, round robin over the lists from `pindex` on, in one hold of zone->lock. */
export const freePcppagesBulk = kfn('free_pcppages_bulk', function* (k: Kernel, z: Zone, cpu: number, count: number, startPindex: number): Timed<void> {
  const m = k.mm, pcp = z.pcp[cpu], lock = m.sync.zoneLocks[z.index];
  let left = Math.min(pcp.count, count), pindex = startPindex - 1, freed = 0;
  yield* spinLock(k, lock);
  while (left > 0) {
    do { if (++pindex >= PCP_LISTS) pindex = 0; } while (listEmpty(m, pcp.heads[pindex]));
    const head = pcp.heads[pindex], order = pindexToOrder(pindex);
    do {
      const pfn = prevOf(m, head);
      listDel(m, pfn);
      left -= 1 << order;
      pcp.count -= 1 << order;
      freed += 1 << order;
      freeOnePageInner(k, z, pfn, order, k.mm.era.freedBuddyTakesType ? m.blockType(pfn) : pcpType(m, pfn), cpu);
    } while (left > 0 && !listEmpty(m, head));
  }
  yield spend(ns(freed * k.mm.costs.free_page_bulk));
  spinUnlock(k, lock);
});

/** free_unref_page(), free_one_page(): gives `2^order` pages back, on the way that their order takes. */
export const freePages = kfn('__free_pages', function* (k: Kernel, pfn: number, order: number): Timed<void> {
  const z = k.mm.pageZone(pfn);
  if (k.mm.memcgs !== null) { memCgroupUncharge(k, pfn, order); memcgUncharged(k); }
  if (k.mm.era.pcpAllowedOrder(order)) {
    const excess = freeUnrefPageFast(k, z, pfn, order);
    if (excess > 0) yield* freeUnrefPageCommit(k, z, excess, orderToPindex(listedAs(k.mm.blockType(pfn)), order));
    if (excess >= 0) return;
  }
  yield* freeOnePage(k, z, pfn, order);
});
/**
 * What free_unref_page_commit() does when a list has grown over its high: under pcp->lock, which is taken again here. The zone is looked
 * at after the pages have gone back: a list stops shrinking as soon as they have lifted it over HIGH.
 */
export const freeUnrefPageCommit = kfn('free_unref_page_commit', function* (k: Kernel, z: Zone, excess: number, pindex: number): Timed<void> {
  const cpu = k.cpu.index, lock = k.mm.sync.pcpLocks[z.index][cpu];
  if (!spinTrylock(k, lock)) return;
  yield* freePcppagesBulk(k, z, cpu, excess, pindex);
  if (z.flags & ZONE.BELOW_HIGH && zoneWatermarkOk(k, z, 0, z.mark(WMARK.HIGH), k.mm.slots.length - 1, 0)) z.flags &= ~ZONE.BELOW_HIGH;
  spinUnlock(k, lock);
});
export const freeOnePage = kfn('free_one_page', function* (k: Kernel, z: Zone, pfn: number, order: number): Timed<void> {
  const lock = k.mm.sync.zoneLocks[z.index];
  yield* spinLock(k, lock);
  freeOnePageInner(k, z, pfn, order, k.mm.blockType(pfn), NO_CPU);
  yield spend(ns(k.mm.costs.free_page_bulk));
  spinUnlock(k, lock);
});

/** __drain_all_pages(): empties the lists of every CPU, remotely under pcp->lock, CPU by CPU. @param only  one zone; null = all. Left out: pcpu_drain_mutex. */
export const drainAllPages = kfn('__drain_all_pages', function* (k: Kernel, only: Zone | null): Timed<void> {
  for (const cpu of k.cpus) {
    for (const z of only === null ? k.mm.zones : [only]) if (z.pcp[cpu.index].count > 0) yield* drainPagesZone(k, cpu.index, z);
  }
});
/** drain_pages_zone(): one list, of any CPU. */
export const drainPagesZone = kfn('drain_pages_zone', function* (k: Kernel, cpu: number, z: Zone): Timed<void> {
  const lock = k.mm.sync.pcpLocks[z.index][cpu], pcp = z.pcp[cpu];
  do {
    yield* spinLock(k, lock);
    yield* freePcppagesBulk(k, z, cpu, Math.min(pcp.count, pcp.batch * k.mm.era.reclaim.drainBatches), 0);
    spinUnlock(k, lock);
  } while (pcp.count > 0);
});
