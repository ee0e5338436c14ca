/**
 * mm/mempool.c, 4.2 era, with pages as elements (mempool_create_page_pool()): a reserve of elements beside another allocator. The reserve is the second choice:
 * it is asked when the allocator, told neither to use its own reserves nor to loop, has said no; who may not sleep then gets nothing, who may waits for an
 * element to be given back, five seconds at a time. What is given back fills the reserve first. Left out: the rules of 2.6.11, mempool_destroy(), elements of
 * other allocators, the freeing of what is too much in mempool_resize().
 */
import { jiffies, must } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel, spend } from '../kernel.ts';
import { SpinLock, spinLockIrq, spinUnlockIrq } from '../locking/spinlock.ts';
import { UNINTERRUPTIBLE } from '../sched/task.ts';
import { finishWait, prepareToWait, scheduleTimeout, WaitQueue, wakeUpAll } from '../sched/wait.ts';
import { FRAME, GFP, GFP_KERNEL } from './constants.ts';
import { allocPages } from './page_alloc.ts';
import { freePages } from './pcp.ts';

export class Mempool {
  readonly name: string;
  readonly order: number; // of an element
  readonly lock: SpinLock;
  readonly wait: WaitQueue;
  readonly elements: number[]; // the reserve: frames. curr_nr is its length
  minNr: number;
  constructor(k: Kernel, name: string, order: number) {
    this.name = name; this.order = order; this.lock = new SpinLock(k, `mempool->lock ${name}`, { quiet: true }); this.wait = new WaitQueue(k); this.elements = []; this.minNr = 0;
  }
}
/** Where an element came from, in the mark of mempool_alloc(). */
export const FROM = { allocator: 0, reserve: 1, nowhere: -1 } as const;
/** How long a waiter sleeps before it asks again, woken or not, s. */
const WAIT_S = 5;

function gauges(k: Kernel, pool: Mempool): void {
  k.gauge(`pool ${pool.name} free`, pool.elements.length);
  k.gauge(`pool ${pool.name} target`, pool.minNr);
}
/** mempool_alloc_pages(). */
const mempoolAllocPages = kfn('mempool_alloc_pages', function* (k: Kernel, pool: Mempool, gfp: number): Timed<number> { return yield* allocPages(k, gfp | (pool.order > 0 ? GFP.COMP : 0), pool.order, FRAME.kernel); });
const mempoolFreePages = kfn('mempool_free_pages', function* (k: Kernel, pool: Mempool, pfn: number): Timed<void> { yield* freePages(k, pfn, pool.order); });

/**
 * mempool_resize(), and with a pool that was empty mempool_create(): raises the guarantee, and fills the reserve until it is full or the allocator fails; what is
 * given back completes it. Context: may sleep.
 */
export const mempoolResize = kfn('mempool_resize', function* (k: Kernel, pool: Mempool, minNr: number): Timed<void> {
  pool.minNr = Math.max(pool.minNr, minNr);
  while (pool.elements.length < pool.minNr) {
    const pfn = yield* mempoolAllocPages(k, pool, GFP_KERNEL);
    if (pfn < 0) break;
    if (yield* toReserve(k, pool, pfn)) continue;
    yield* mempoolFreePages(k, pool, pfn); // somebody else has given one back meanwhile
    break;
  }
  gauges(k, pool);
});
/** false: it is full. */
function* toReserve(k: Kernel, pool: Mempool, pfn: number): Timed<boolean> {
  yield* spinLockIrq(k, pool.lock);
  yield spend(k.cost.atomic);
  const fits = pool.elements.length < pool.minNr;
  if (fits) pool.elements.push(pfn);
  spinUnlockIrq(k, pool.lock);
  return fits;
}
function told(k: Kernel, pool: Mempool, from: number, pfn: number): number {
  k.mark('mempool_alloc', from, pool.elements.length);
  if (from === FROM.reserve) gauges(k, pool);
  return pfn;
}

/** An element, as the number of its first frame. -1: none, which only happens to who may not sleep (no __GFP_DIRECT_RECLAIM). */
export const mempoolAlloc = kfn('mempool_alloc', function* (k: Kernel, pool: Mempool, gfp: number): Timed<number> {
  const full = gfp | GFP.NOMEMALLOC | GFP.NORETRY | GFP.NOWARN, sleeps = (gfp & GFP.DIRECT_RECLAIM) !== 0;
  for (let mask = full & ~(GFP.DIRECT_RECLAIM | GFP.IO); ; mask = full) {
    const pfn = yield* mempoolAllocPages(k, pool, mask);
    if (pfn >= 0) return told(k, pool, FROM.allocator, pfn);
    yield* spinLockIrq(k, pool.lock);
    yield spend(k.cost.atomic);
    const element = k.decide('the reserve has an element', pool.elements.length > 0, pool.elements.length) ? must(pool.elements.pop(), 'the reserve is not empty') : -1;
    const waits = element < 0 && sleeps && mask === full;
    if (waits) prepareToWait(k, pool.wait, UNINTERRUPTIBLE); // before the lock is dropped: a wake-up that comes now is not lost
    spinUnlockIrq(k, pool.lock);
    if (element >= 0) return told(k, pool, FROM.reserve, element);
    if (!sleeps) return told(k, pool, FROM.nowhere, -1);
    if (!waits) continue; // at once, with all that the caller allows
    yield* scheduleTimeout(k, jiffies(WAIT_S * k.hz));
    finishWait(k, pool.wait);
  }
});
/** Gives an element back: to the reserve where that lacks one, and then to all who wait; else to the allocator. */
export const mempoolFree = kfn('mempool_free', function* (k: Kernel, pool: Mempool, pfn: number): Timed<void> {
  if (pool.elements.length >= pool.minNr || !(yield* toReserve(k, pool, pfn))) { yield* mempoolFreePages(k, pool, pfn); return; }
  gauges(k, pool);
  wakeUpAll(k, pool.wait);
});

/** The pool of that name, empty when it is first asked for. */
export function mempoolNamed(k: Kernel, name: string): Mempool {
  const { mempools } = k.mm, known = mempools.find((p) => p.name === name);
  if (known !== undefined) return known;
  const pool = new Mempool(k, name, 0);
  mempools.push(pool);
  return pool;
}
