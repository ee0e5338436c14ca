/** kernel/workqueue.c queue_rcu_work(), kernel/rcu/update.c synchronize_rcu(): a work item after a grace period, and a task that waits for one. */
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel, mightSleep, spend } from '../kernel.ts';
import { complete, Completion, waitForCompletion } from '../sched/completion.ts';
import { queueWork, type Work, type Workqueue } from '../workqueue.ts';
import { newRcuHead } from './rcu_segcblist.ts';
import { callRcuHurry } from './tree.ts';

const rcuWorkRcufn = kfn('rcu_work_rcufn', function* (k: Kernel, wq: Workqueue, work: Work): Timed<void> {
  yield spend(k.cost.atomic);
  queueWork(k, wq, work);
});
/** queue_rcu_work(): the item runs after a grace period that begins from now on, by the pool of the CPU that invokes the callback. The caller sees to it that it is not pending. */
export function queueRcuWork(k: Kernel, wq: Workqueue, work: Work): void { callRcuHurry(k, newRcuHead((k) => rcuWorkRcufn(k, wq, work))); }

const wakemeAfterRcu = kfn('wakeme_after_rcu', function* (k: Kernel, done: Completion): Timed<void> {
  yield spend(k.cost.atomic);
  complete(k, done);
});
/** synchronize_rcu(): sleeps for a grace period that begins from now on. Left out: that with one CPU and without preemption, up to 5.10, it had nothing to wait for (from memory); expedited grace periods. */
export const synchronizeRcu = kfn('synchronize_rcu', function* (k: Kernel): Timed<void> {
  mightSleep(k);
  const done = new Completion(k, 'synchronize_rcu');
  callRcuHurry(k, newRcuHead((k) => wakemeAfterRcu(k, done)));
  yield* waitForCompletion(k, done);
});
