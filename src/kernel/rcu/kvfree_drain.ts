/**
 * kernel/rcu/tree.c, 5.9 to 6.12: from an object that waits to one that is free. The monitor moves what has been filled in into a free batch and asks for a grace
 * period; the batch's work item frees it after that. Source: rcu reference 2.3 (D), 2.4. Where all batches still wait, what is filled in goes on growing.
 */
import { jiffies, ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel, spend } from '../kernel.ts';
import { spinLockIrq, spinUnlockIrq } from '../locking/spinlock.ts';
import { condResched } from '../sched/core.ts';
import { modDelayedWork, queueDelayedWork } from '../workqueue.ts';
import { putBulkPage } from './kvfree_pages.ts';
import { type Batch, type BulkPage, CHANNEL, type Krcp, kvfreeOf, type KvObject, needWaitForKrwpWork, traceKrcp } from './kvfree_state.ts';
import { queueRcuWork } from './rcu_work.ts';
import { rcuOf } from './state.ts';

/** schedule_delayed_monitor_work(): D from now, or a jiffy when a page is full; an earlier end stands. To 5.14: once, until the monitor has run. */
export function scheduleDelayedMonitorWork(k: Kernel, p: Krcp): void {
  const s = kvfreeOf(k), { rules } = s;
  if (!rules.drainsFullSoon) {
    if (p.monitorTodo) return;
    p.monitorTodo = true;
    queueDelayedWork(k, s.drainWq, p.monitor, jiffies(rules.drainJiffies(k.hz)));
    return;
  }
  const soon = p.count >= s.capacity, delay = jiffies(soon ? 1 : rules.drainJiffies(k.hz));
  if (!p.monitor.pending) { queueDelayedWork(k, s.drainWq, p.monitor, delay); p.monitorTodo = soon; }
  else if (soon && !p.monitorTodo && (p.monitor.delay?.pending ?? false)) { modDelayedWork(k, s.drainWq, p.monitor, delay); p.monitorTodo = true; }
}

/** kfree_rcu_monitor(): the work item, and what the shrinker calls. */
export const kfreeRcuMonitor = kfn('kfree_rcu_monitor', function* (k: Kernel, p: Krcp): Timed<void> { yield* drainWhatWaits(k, p); });
export function* drainWhatWaits(k: Kernel, p: Krcp): Timed<void> {
  const { rules } = kvfreeOf(k);
  p.atBoot = 0;
  if (rules.drainsReady) yield* kvfreeRcuDrainReady(k, p);
  yield* spinLockIrq(k, p.lock);
  yield spend(k.cost.atomic);
  p.monitorTodo = false;
  for (const b of p.batches) if (p.count > 0 && !needWaitForKrwpWork(b)) moveToBatch(k, p, b);
  if (p.count > 0) scheduleDelayedMonitorWork(k, p);
  spinUnlockIrq(k, p.lock);
  traceKrcp(k, p);
}
/** All that has been filled in goes into one batch, whose work item then waits for a grace period. */
function moveToBatch(k: Kernel, p: Krcp, b: Batch): void {
  for (const i of [CHANNEL.KMALLOC, CHANNEL.VMALLOC]) b.bulk[i].push(...p.bulk[i].splice(0));
  b.head.push(...p.head.splice(0));
  k.mark('kvfree_monitor', p.cpu * p.batches.length + b.index, p.count);
  p.waiting += p.count;
  p.count = 0;
  b.pending = true;
  queueRcuWork(k, kvfreeOf(k).drainWq, b.work);
}
/** kvfree_rcu_drain_ready(), 6.4 on: pages whose own grace period is over wait for no other. */
const kvfreeRcuDrainReady = kfn('kvfree_rcu_drain_ready', function* (k: Kernel, p: Krcp): Timed<void> {
  const { completed } = rcuOf(k), ready: BulkPage[] = [];
  yield* spinLockIrq(k, p.lock);
  for (const list of p.bulk) while (list.length > 0 && list[0].gpSnap <= completed) ready.push(...list.splice(0, 1));
  const objects = ready.reduce((n, page) => n + page.objects.length, 0);
  p.count -= objects;
  p.freeing += objects;
  spinUnlockIrq(k, p.lock);
  for (const page of ready) yield* kvfreeRcuBulk(k, p, page);
});

/** kfree_rcu_work(): after the grace period. The batch is free for others as soon as its channels are taken off it. */
export const kfreeRcuWork = kfn('kfree_rcu_work', function* (k: Kernel, p: Krcp, b: Batch): Timed<void> {
  yield* spinLockIrq(k, p.lock);
  const pages = [...b.bulk[0].splice(0), ...b.bulk[1].splice(0)], head = b.head.splice(0), objects = head.length + pages.reduce((n, page) => n + page.objects.length, 0);
  b.pending = false;
  p.waiting -= objects;
  p.freeing += objects;
  spinUnlockIrq(k, p.lock);
  k.mark('kvfree_worker', p.cpu * p.batches.length + b.index, objects);
  traceKrcp(k, p);
  for (const page of pages) yield* kvfreeRcuBulk(k, p, page);
  for (const o of head) {
    p.linked--;
    yield* freeOne(k, p, o);
    if ((p.freeing & 63) === 0) { traceKrcp(k, p); yield* condResched(k); }
  }
  traceKrcp(k, p);
});
/** kvfree_rcu_bulk(): the objects of one page, and then the page. */
const kvfreeRcuBulk = kfn('kvfree_rcu_bulk', function* (k: Kernel, p: Krcp, page: BulkPage): Timed<void> {
  k.mark('rcu_invoke_kfree_bulk_callback', page.objects.length, page.pfn);
  for (const o of page.objects) yield* freeOne(k, p, o);
  yield* putBulkPage(k, p, page.pfn);
  traceKrcp(k, p);
  yield* condResched(k);
});
/** One object of a CPU's, out of a bulk page or off the list. */
function* freeOne(k: Kernel, p: Krcp, o: KvObject): Timed<void> {
  yield spend(ns(k.mm.costs.kvfree_object));
  p.freeing--;
  yield* kvfree(k, o);
}
/** kvfree(): the object is gone from here on. */
export const kvfree = kfn('kvfree', function* (k: Kernel, o: KvObject): Timed<void> {
  k.mark('kvfree_free', o.id, o.pages);
  yield* o.free(k);
});
