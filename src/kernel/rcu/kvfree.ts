/**
 * kernel/rcu/tree.c kvfree_call_rcu(), 5.9, 5.15 and 6.6 (rcu reference 2.2, 2.3): an object is to be freed after a grace period. Its pointer goes into a page of
 * pointers; where there is none it is linked through its own rcu_head, or, if it has none, its caller waits for the grace period itself. What follows is kvfree_drain.ts,
 * where pages come from kvfree_pages.ts. Before 5.8 each object is a lazy callback of its own.
 */
import { ns } from '../../base/units.ts';
import { WANT_IRQ } from '../../sim/cpu.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel, mightSleep, spend } from '../kernel.ts';
import { spinLockIrq, spinUnlockIrq } from '../locking/spinlock.ts';
import { FRAME } from '../mm/constants.ts';
import { allocPages } from '../mm/page_alloc.ts';
import { inAtomic } from '../sched/preempt_count.ts';
import { systemWq, Work, Workqueue } from '../workqueue.ts';
import { rcuInit } from './init.ts';
import { kfreeRcuMonitor, kfreeRcuWork, kvfree, scheduleDelayedMonitorWork } from './kvfree_drain.ts';
import { type BulkSource, fillPageCacheFunc, freeNow, getBulkPage, getCachedBnode, GFP_BULK, RESCUE_PAGES, runPageCacheWorker, schedulePageWorkFn, shrinkPool, tellTake } from './kvfree_pages.ts';
import { kvfreeRulesOf } from './kvfree_rules.ts';
import { type Batch, CHANNEL, type Krcp, kvfreeOf, type KvObject, KvfreeState, PAGE_FROM, traceKrcp } from './kvfree_state.ts';
import { topUpBootCache } from './kvfree_boot.ts';
import { kfreeRcuShrinkCount, kfreeRcuShrinkScan } from './kvfree_shrinker.ts';
import { newRcuHead } from './rcu_segcblist.ts';
import { synchronizeRcu } from './rcu_work.ts';
import { rcuOf } from './state.ts';
import { kfreeCallRcu } from './tree.ts';

const TRACE_EVERY = 64;

/** kfree_rcu_batch_init(), at first use. null: a version without bulk pages. */
export function kvfreeInit(k: Kernel, rules = kvfreeRulesOf(k.mm.era.profile)): KvfreeState | null {
  rcuInit(k);
  if (rules === null || k.kvfree !== null) return k.kvfree;
  if (k.now === 0) topUpBootCache(k);
  const batch = (p: Krcp, index: number): Batch => {
    const b: Batch = { index, bulk: [[], []], head: [], pending: false, work: new Work(k, (k) => kfreeRcuWork(k, p, b)) };
    return b;
  };
  const s = new KvfreeState(k, rules, k.kvfreeBoot, {
    drainWq: rules.unbound ? new Workqueue(k, 'events_unbound', { unbound: true }) : systemWq(k), pageWq: new Workqueue(k, 'events_highpri', { highpri: true }), shrink: { count: kfreeRcuShrinkCount, scan: kfreeRcuShrinkScan },
    parts: {
      batch, monitor: (p) => new Work(k, (k) => kfreeRcuMonitor(k, p)), pageWork: (p) => new Work(k, (k) => fillPageCacheFunc(k, p)), shrinkWork: (p) => new Work(k, (k) => shrinkPool(k, p)),
      hrtimer: (p) => k.timer(`page work of cpu${p.cpu}`, () => k.cpus[p.cpu].interrupt({ call: () => schedulePageWorkFn(k, p), quiet: false })),
    },
  });
  k.kvfree = s;
  for (const p of s.krcp) traceKrcp(k, p);
  return s;
}
/** rescue-pool: its pages are set aside while there is memory. Context: a task that may sleep; whoever begins to use kvfree_rcu() calls it once. */
export const fillRescuePool = kfn('fill_rescue_pool', function* (k: Kernel): Timed<void> {
  if (k.kvfree?.source !== 'rescue-pool') return;
  for (const p of k.kvfree.krcp) while (p.rescue.length < RESCUE_PAGES) {
    const pfn = yield* allocPages(k, GFP_BULK, 0, FRAME.kernel);
    if (pfn < 0) return;
    p.rescue.push(pfn);
  }
});

/** add_ptr_to_bulk_krc_lock(): into the newest page of its kind, or into a new one. Returns with the krcp of this CPU locked. */
const addPtrToBulkKrcLock = kfn('add_ptr_to_bulk_krc_lock', function* (k: Kernel, o: KvObject, canAlloc: boolean): Timed<{ readonly p: Krcp; readonly added: boolean }> {
  const s = kvfreeOf(k), channel = o.vmalloc ? CHANNEL.VMALLOC : CHANNEL.KMALLOC, atomic = inAtomic(k);
  let p = yield* krcThisCpuLock(k);
  yield spend(ns(k.mm.costs.kvfree_call));
  let newest = p.bulk[channel].at(-1);
  if (newest === undefined || newest.objects.length >= s.capacity) {
    let got: BulkSource;
    if (!canAlloc) got = yield* getBulkPage(k, p, atomic);
    else {
      got = getCachedBnode(p);
      if (got.pfn < 0) {
        spinUnlockIrq(k, p.lock);
        const before = freeNow(k);
        got = { pfn: yield* allocPages(k, GFP_BULK, 0, FRAME.kernel), from: PAGE_FROM.ALLOCATOR };
        tellTake(k, before, got.pfn);
        p = yield* krcThisCpuLock(k); // by now this may be another CPU
      }
    }
    if (got.pfn >= 0 || !p.dry) k.mark('kvfree_page', got.pfn, got.pfn < 0 ? PAGE_FROM.NONE : got.from); // of a row of objects without a page the first
    p.dry = got.pfn < 0;
    if (p.dry) return { p, added: false };
    newest = { pfn: got.pfn, objects: [], gpSnap: 0 };
    p.bulk[channel].push(newest);
    p.pages++;
  }
  newest.objects.push(o);
  newest.gpSnap = rcuOf(k).snap;
  queued(k, p, o, channel);
  return { p, added: true };
});
/** krc_this_cpu_lock(): interrupts off, then this CPU's. */
function* krcThisCpuLock(k: Kernel): Timed<Krcp> {
  if (k.cpu.attention & WANT_IRQ) yield spend(ns(0)); // what came while they were off gets in before they are off again, in a burst of calls too
  k.cpu.irqsOff++; // local_irq_save(), so that it is still this CPU's when it is locked
  const p = kvfreeOf(k).krcp[k.cpu.index];
  yield* spinLockIrq(k, p.lock);
  k.cpu.irqsOff--;
  return p;
}
function queued(k: Kernel, p: Krcp, o: KvObject, channel: number): void {
  p.count++;
  k.mark('kvfree_call', o.id, channel);
  scheduleDelayedMonitorWork(k, p);
  if (channel === CHANNEL.LINKED ? p.head.length === 1 : p.count === 1 || p.count % TRACE_EVERY === 0) traceKrcp(k, p);
}

/** kvfree_rcu(ptr, rcu_head_field). Context: any, under raw locks too. Never fails, never sleeps. */
export const kvfreeCallRcu = kfn('kvfree_call_rcu', function* (k: Kernel, o: KvObject): Timed<void> {
  if (kvfreeInit(k) === null) { k.mark('kvfree_call', o.id, CHANNEL.LINKED); kfreeCallRcu(k, newRcuHead((k) => kvfree(k, o), { lazy: true, pages: o.pages })); return; }
  const { p, added } = yield* addPtrToBulkKrcLock(k, o, false);
  if (!added) {
    runPageCacheWorker(k, p);
    p.head.push(o);
    p.linked++;
    queued(k, p, o, CHANNEL.LINKED);
  }
  spinUnlockIrq(k, p.lock);
});
const kvfreeCallRcuInner = kfn('kvfree_call_rcu', function* (k: Kernel, o: KvObject): Timed<void> {
  mightSleep(k);
  yield spend(ns(k.mm.costs.kvfree_call_single));
  const s = kvfreeInit(k), done = s === null ? null : yield* addPtrToBulkKrcLock(k, o, s.rules.singleAllocates && s.source !== 'none');
  if (done !== null) {
    if (!done.added) runPageCacheWorker(k, done.p);
    spinUnlockIrq(k, done.p.lock);
    if (done.added) return;
  }
  k.mark('kvfree_call', o.id, CHANNEL.SYNCHRONOUS);
  yield* synchronizeRcu(k);
  yield* kvfree(k, o);
});
/** kvfree_rcu(ptr), kvfree_rcu_mightsleep() later: an object without an rcu_head. Context: may sleep: for a whole grace period where there is no page. */
export const kvfreeRcuMightSleep = kvfreeCallRcuInner;
