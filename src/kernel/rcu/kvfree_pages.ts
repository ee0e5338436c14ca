/**
 * kernel/rcu/tree.c, 5.9 to 6.12: where kvfree_rcu() has its bulk pages from. The stack of spare pages, the allocator under the krcp lock (5.9), this CPU's
 * lists without locks (RFC of 18 September 2020), and the pool that a worker refills (merged). Source: rcu reference 2.3, 2.5.
 * Two proposals of the thread were never code; how they are made here is chosen. P6, own-pool-grow: a refill raises the pool's target by as many pages as
 * would have held the objects that had none, up to GROWN_PAGES; GROWN_FOR_MS after the last of them the target is the usual one again and what is beyond it goes back.
 * P7, rescue-pool: that, and RESCUE_PAGES a CPU besides, taken only when the pool is empty, and first to get an emptied page back.
 */
import { jiffies, ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel, spend } from '../kernel.ts';
import { leaf } from '../leaf.ts';
import { spinLockIrq, spinUnlockIrq } from '../locking/spinlock.ts';
import { FRAME, GFP, GFP_KERNEL, GFP_NOWAIT, MAX_RECLAIM_RETRIES } from '../mm/constants.ts';
import { allocPages } from '../mm/page_alloc.ts';
import { type Zone, WMARK } from '../mm/mmzone.ts';
import { freePages } from '../mm/pcp.ts';
import { rcuAllocPageLockless } from '../mm/rcu_alloc_page.ts';
import { cancelDelayedWork, modDelayedWork, queueDelayedWork, queueWork, systemWq } from '../workqueue.ts';
import { hasWorker, type PageSource, POOL_PAGES } from './kvfree_rules.ts';
import { type Krcp, kvfreeOf, PAGE_FROM, traceKrcp } from './kvfree_state.ts';

/** The worker, and who asks with one argument: light direct reclaim, no kill, no reserves, no warning. */
export const GFP_BULK = GFP_KERNEL | GFP.NORETRY | GFP.NOMEMALLOC | GFP.NOWARN;
const GFP_INLINE = GFP_NOWAIT | GFP.NOWARN;
/** rcu_delay_page_cache_fill_msec. */
const FILL_DELAY_MS = 5000;
const GROWN_PAGES = 64, GROWN_FOR_MS = 1000;
export const RESCUE_PAGES = 2;
const msToJiffies = (k: Kernel, ms: number): number => Math.ceil((ms * k.hz) / 1000);

/** A page for pointers, and from where. pfn -1: none. */
export interface BulkSource { readonly pfn: number; readonly from: number }
const NO_PAGE: BulkSource = { pfn: -1, from: PAGE_FROM.NONE };

/** get_cached_bnode() */
export function getCachedBnode(p: Krcp): BulkSource {
  const pfn = p.cache.pop();
  return pfn === undefined ? NO_PAGE : { pfn, from: PAGE_FROM.CACHE };
}
/** put_cached_bnode(): false: there is no room. */
function putCachedBnode(p: Krcp, pfn: number): boolean {
  if (p.cache.length >= p.target) return false;
  p.cache.push(pfn);
  return true;
}
/** A page that was emptied: to the reserve, to the stack, or back to the allocator. */
export function* putBulkPage(k: Kernel, p: Krcp, pfn: number): Timed<void> {
  yield* spinLockIrq(k, p.lock);
  p.pages--;
  const kept = kvfreeOf(k).source === 'rescue-pool' && p.rescue.length < RESCUE_PAGES ? p.rescue.push(pfn) > 0 : putCachedBnode(p, pfn);
  spinUnlockIrq(k, p.lock);
  if (!kept) yield* freePages(k, pfn, 0);
}

/** What the double form and 5.9 do under the krcp lock, with interrupts off. `atomic`: what in_atomic() said before that lock was taken. */
export function* getBulkPage(k: Kernel, p: Krcp, atomic: boolean): Timed<BulkSource> {
  const { source } = kvfreeOf(k), cached = getCachedBnode(p);
  if (cached.pfn >= 0) return cached;
  if (source === 'inline-nowait') return mayAllocateHere(k, atomic) ? yield* allocateInline(k) : NO_PAGE;
  if (source === 'pcp-lockless' || source === 'pcp-lockless-min') return allocateLockless(k, source === 'pcp-lockless-min');
  const reserve = p.rescue.pop();
  return reserve === undefined ? NO_PAGE : { pfn: reserve, from: PAGE_FROM.RESCUE };
}
/** 5.9: right here, but not on RT, where the allocator's locks sleep (knob kvfree.allocUnderLock). What its caller holds it can only learn from the preempt count. */
function mayAllocateHere(k: Kernel, atomic: boolean): boolean {
  switch (allocUnderLock(k)) {
    case 'inline-always': return true;
    case 'inline-if-preemptible': return !k.decide('in_atomic(): do not allocate here', atomic);
    default: return false;
  }
}
const allocUnderLock = (k: Kernel): string | number => k.knobs['kvfree.allocUnderLock'] ?? 'inline-always';
function* allocateInline(k: Kernel): Timed<BulkSource> {
  const before = freeNow(k), pfn = yield* allocPages(k, GFP_INLINE, 0, FRAME.kernel);
  tellTake(k, before, pfn);
  return pfn < 0 ? NO_PAGE : { pfn, from: PAGE_FROM.ALLOCATOR };
}

/** P2 of the thread: off this CPU's lists, and nothing else. `min`: a zone at or below MIN is passed by. */
function allocateLockless(k: Kernel, min: boolean): BulkSource {
  const before = freeNow(k), pfn = rcuAllocPageLockless(k, { min });
  tellTake(k, before, pfn);
  return pfn < 0 ? NO_PAGE : { pfn, from: PAGE_FROM.PCP };
}
/** What each zone has free, before a page is asked for. */
export const freeNow = (k: Kernel): readonly number[] => k.mm.zones.map((z) => z.nrFree);
/** Marks of ours: a page that was taken although its zone had less than MIN free, or less than LOW while kswapd slept and was not woken although it would have had a chance. */
export function tellTake(k: Kernel, before: readonly number[], pfn: number): void {
  const z = k.mm.zones.find((z) => pfn >= z.startPfn && pfn < z.endPfn);
  if (z === undefined) return;
  const free = before[z.index];
  if (free < z.mark(WMARK.MIN)) k.mark('kvfree_below_min', pfn, free);
  if (free < z.mark(WMARK.LOW) && kswapdSleeps(k, z)) k.mark('kvfree_missed_wake', pfn, free);
}
const kswapdSleeps = (k: Kernel, z: Zone): boolean => k.mm.sync.kswapdWait[z.node].entries.length > 0 && k.mm.nodes[z.node].kswapdFailures < MAX_RECLAIM_RETRIES;

/** Where a pool is the source, and where an allocation was put off. */
const refills = (k: Kernel): boolean => hasWorker(kvfreeOf(k).source) || (kvfreeOf(k).source === 'inline-nowait' && allocUnderLock(k) !== 'inline-always');
/** run_page_cache_worker(): an object found no page. The refill goes by a timer, since raw locks may be held here; after a shrinker has asked, five seconds later. */
export const runPageCacheWorker = leaf('run_page_cache_worker', (k: Kernel, p: Krcp): void => {
  p.missed++;
  if (!refills(k) || p.workInProgress) return;
  p.workInProgress = true;
  if (k.decide('a shrinker has asked: refill later', p.backoff)) queueDelayedWork(k, systemWq(k), p.pageWork, jiffies(msToJiffies(k, FILL_DELAY_MS)));
  else k.agenda.arm(p.hrtimer, ns(k.now + 1));
});
/** schedule_page_work_fn(): the timer's interrupt. */
export const schedulePageWorkFn = kfn('schedule_page_work_fn', function* (k: Kernel, p: Krcp): Timed<void> {
  yield spend(k.cost.hrtimer);
  queueWork(k, kvfreeOf(k).pageWq, p.pageWork);
});
/** fill_page_cache_func(): the work item. Up to the pool's target, or one page after a shrinker has asked. */
export const fillPageCacheFunc = kfn('fill_page_cache_func', function* (k: Kernel, p: Krcp): Timed<void> {
  if (grows(kvfreeOf(k).source)) grow(k, p);
  const want = p.backoff ? 1 : p.target;
  let got = 0;
  for (; got < want; got++) {
    const before = freeNow(k), pfn = yield* allocPages(k, GFP_BULK, 0, FRAME.kernel);
    if (pfn < 0) break;
    tellTake(k, before, pfn);
    yield* spinLockIrq(k, p.lock);
    const pushed = putCachedBnode(p, pfn);
    spinUnlockIrq(k, p.lock);
    if (!pushed) { yield* freePages(k, pfn, 0); break; }
  }
  p.workInProgress = false;
  p.backoff = false;
  p.missed = 0;
  k.mark('kvfree_fill', p.cpu, got);
  traceKrcp(k, p);
});

const grows = (s: PageSource): boolean => s === 'own-pool-grow' || s === 'rescue-pool';
/** P6: as much more as was missing. */
function grow(k: Kernel, p: Krcp): void {
  p.target = Math.min(GROWN_PAGES, p.target + Math.ceil(p.missed / kvfreeOf(k).capacity));
  modDelayedWork(k, systemWq(k), p.shrinkWork, jiffies(msToJiffies(k, GROWN_FOR_MS)));
}
/** P6: the emergency is over. */
export const shrinkPool = kfn('shrink_pool', function* (k: Kernel, p: Krcp): Timed<void> {
  p.target = POOL_PAGES;
  k.mark('kvfree_shrink', p.cpu, yield* freeCache(k, p, POOL_PAGES));
  traceKrcp(k, p);
});
/** Pages of the stack beyond `keep` go back. Returns how many. */
function* freeCache(k: Kernel, p: Krcp, keep: number): Timed<number> {
  yield* spinLockIrq(k, p.lock);
  const pages = p.cache.splice(keep);
  spinUnlockIrq(k, p.lock);
  for (const pfn of pages) yield* freePages(k, pfn, 0);
  return pages.length;
}
/** drain_page_cache(): all spare pages of a CPU go back, by the shrinker. Returns how many. */
export const drainPageCache = kfn('drain_page_cache', function* (k: Kernel, p: Krcp): Timed<number> {
  if (!kvfreeOf(k).rules.shrinksCache) return 0;
  cancelDelayedWork(k, p.shrinkWork);
  p.target = Math.min(p.target, POOL_PAGES);
  return yield* freeCache(k, p, 0);
});
