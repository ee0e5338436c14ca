/**
 * kernel/rcu/tree_plugin.h rcu_oom_notify(), 3.7 to 4.19, and the other hooks of the mail of 29 June 2018: ways to make lazy callbacks move when
 * memory runs out (knob rcu.oomHook; rcu reference 1.5, 1.10). All of them kick alike: each CPU that has a lazy callback queues one that is not,
 * so that it sleeps for jiffies and no longer for seconds. They differ in who asks, who waits, and what the allocator is told.
 *
 * notifier: as released. notifier-claims: as first posted in 2012, says that it freed a page. notifier-waits: waits for its own kick, and tells
 * what came back. shrinker-nowait: reclaim asks at priority 0, and is told how many were kicked. shrinker-barrier: the same, and waits until all
 * are invoked. retry-kick: should_reclaim_retry() asks after its first round without progress.
 */
import { jiffies } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { type Deferred, kfn, type Kernel, spend } from '../kernel.ts';
import { leaf } from '../leaf.ts';
import { DEFAULT_SEEKS, SHRINK_STOP } from '../mm/shrinker.ts';
import { condResched } from '../sched/core.ts';
import { UNINTERRUPTIBLE } from '../sched/task.ts';
import { MAX_SCHEDULE_TIMEOUT, WaitQueue, waitEvent, wakeUp } from '../sched/wait.ts';
import { smpCallFunctionSingle } from '../smp.ts';
import { rcuBarrier } from './barrier.ts';
import { rcuInit } from './init.ts';
import { newRcuHead, type RcuHead } from './rcu_segcblist.ts';
import { rcuOf, type RcuState, thisCpu } from './state.ts';
import { callRcuHurry } from './tree.ts';

/** What a kick needs: callbacks of one's own, one a CPU, and the count of those that are under way. */
export class OomKick {
  count: number; // oom_callback_count
  readonly wq: WaitQueue;
  readonly heads: readonly RcuHead[];
  readonly retry: Deferred | null; // what should_reclaim_retry() calls
  readonly retryAt: number; // after so many rounds without progress
  constructor(k: Kernel, retry: Deferred | null) {
    this.count = 0; this.wq = new WaitQueue(k); this.retry = retry; this.retryAt = RETRY_KICK_AT;
    this.heads = k.cpus.map(() => newRcuHead((k) => rcuOomCallback(k, this)));
  }
}
/** The round without progress after which `retry-kick` kicks. The first: the sooner the better. Chosen. */
const RETRY_KICK_AT = 1;
/** The longest that `notifier-waits` waits: HZ/10, as long as a fruitless round of reclaim with dirty pages. Chosen. */
const waitJiffies = (k: Kernel): number => Math.floor(k.hz / 10);
/** Priority at and below which the shrinkers kick: the last one, where reclaim has tried all else. */
const KICK_PRIORITY = 0;

const rcuOomCallback = kfn('rcu_oom_callback', function* (k: Kernel, o: OomKick): Timed<void> {
  yield spend(k.cost.atomic);
  if (--o.count === 0) wakeUp(k, o.wq);
});
/** rcu_oom_notify_cpu(), with interrupts off on the CPU that it is about. */
const rcuOomNotifyCpu = leaf('rcu_oom_notify_cpu', (k: Kernel, o: OomKick): void => {
  const d = thisCpu(k);
  if (d.cblist.lenLazy === 0) return;
  o.count++;
  callRcuHurry(k, o.heads[d.cpu]);
});
/** The IPI to every CPU, one after the other. The callbacks of a kick before must all have been invoked: the heads are the same ones. */
function* kick(k: Kernel, o: OomKick): Timed<number> {
  const lazy = rcuOf(k).lazy;
  o.count = 1;
  for (const c of k.cpus) {
    yield* smpCallFunctionSingle(k, c.index, (k) => rcuOomNotifyCpu(k, o));
    yield* condResched(k);
  }
  o.count--;
  k.mark('rcu_oom_kick', lazy, o.count);
  return lazy;
}
const freePages = (k: Kernel): number => k.mm.zones.reduce((n, z) => n + z.nrFree, 0);

/** rcu_oom_notify(): waits for the run before it, however long that takes, under whatever locks its caller holds. */
const rcuOomNotify = kfn('rcu_oom_notify', function* (k: Kernel, o: OomKick, how: string): Timed<number> {
  const before = freePages(k);
  k.mark('rcu_oom_notify_begin', o.count);
  yield* waitEvent(k, o.wq, () => o.count === 0, UNINTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
  yield* kick(k, o);
  let freed = how === 'notifier-claims' ? 1 : 0;
  if (how === 'notifier-waits') {
    yield* waitEvent(k, o.wq, () => o.count === 0, UNINTERRUPTIBLE, jiffies(waitJiffies(k)));
    freed = Math.max(0, freePages(k) - before);
  }
  k.mark('rcu_oom_notify_end', o.count, freed);
  return freed;
});
/** A kick for whoever does not wait: none while one is under way. Returns the lazy callbacks that it found, 0 = it did nothing. */
const rcuLazyKick = kfn('rcu_lazy_kick', function* (k: Kernel, o: OomKick): Timed<number> {
  if (k.decide('lazy callbacks are kicked already, or there are none', o.count !== 0 || rcuOf(k).lazy === 0, o.count)) return 0;
  return yield* kick(k, o);
});
/** scan_objects() of the shrinkers: callbacks kicked, or those invoked meanwhile. The number says nothing of pages. */
const lazyRcuShrinkScan = kfn('lazy_rcu_shrink_scan', function* (k: Kernel, o: OomKick, nr: number, priority: number, barrier: boolean): Timed<number> {
  const s = rcuOf(k), invoked = s.invoked, promised = s.lazy;
  if (!k.decide('the last priority: lazy callbacks too', priority <= KICK_PRIORITY, priority)) return SHRINK_STOP;
  k.mark('rcu_lazy_scan_begin', promised, nr);
  let got = yield* rcuLazyKick(k, o);
  if (barrier && promised > 0) {
    yield* rcuBarrier(k);
    got = s.invoked - invoked;
  }
  k.mark('rcu_lazy_scan_end', promised, got);
  return got === 0 ? SHRINK_STOP : got;
});
const rcuRetryKick = kfn('rcu_retry_kick', function* (k: Kernel): Timed<void> {
  const o = rcuOf(k).oomKick;
  if (o !== null) yield* rcuLazyKick(k, o);
});
/** rcu_register_oom_notifier(), or what stands in its place. Knob rcu.oomHook = none: nothing is made. */
export function rcuRegisterOomHook(k: Kernel): void {
  const how = k.knob('rcu.oomHook');
  if (how === 'none') return;
  const s = rcuInit(k), o = new OomKick(k, how === 'retry-kick' ? (k) => rcuRetryKick(k) : null);
  s.oomKick = o;
  if (how.startsWith('notifier')) k.mm.oomNotifiers.push((k) => rcuOomNotify(k, o, how));
  else if (how.startsWith('shrinker')) registerShrinker(k, s, o, how === 'shrinker-barrier');
}
/** The count is a guess: other CPUs' lists are read without a lock, and a callback may free 32 bytes or megabytes. */
function registerShrinker(k: Kernel, s: RcuState, o: OomKick, barrier: boolean): void {
  k.mm.shrinkers.push({
    name: 'lazy_rcu_shrink_scan', seeks: DEFAULT_SEEKS, batch: 0, deferred: [],
    countObjects: () => s.lazy,
    scanObjects: (k, _p, nr, priority) => lazyRcuShrinkScan(k, o, nr, priority, barrier),
  });
}
