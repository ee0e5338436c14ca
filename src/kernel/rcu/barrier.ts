/**
 * kernel/rcu/tree.c rcu_barrier(), v4.19 (rcu reference 1.7): waits until every callback that was queued before has been invoked. One caller at
 * a time; who finds that a whole barrier has passed since it asked is done. It waits for the slowest CPU, and for ever where a grace period
 * does not end. Left out: the lock against CPUs that go offline.
 */
import type { Timed } from '../../sim/kfn.ts';
import { type Deferred, kfn, type Kernel, spend } from '../kernel.ts';
import { mutexLock, mutexUnlock } from '../locking/mutex.ts';
import { complete, Completion, waitForCompletion } from '../sched/completion.ts';
import { smpCallFunctionSingle } from '../smp.ts';
import { rcuNocbFlushBypass, wakeNocbGp } from './nocb.ts';
import { newRcuHead } from './rcu_segcblist.ts';
import { rcuOf, thisCpu, traceCallbacks } from './state.ts';

interface Barrier { count: number; readonly done: Completion }

const rcuBarrierCallback = kfn('rcu_barrier_callback', function* (k: Kernel, b: Barrier): Timed<void> {
  yield spend(k.cost.atomic);
  if (--b.count === 0) complete(k, b.done);
});
/** rcu_barrier_func(), rcu_barrier_entrain(), on each CPU that has callbacks: one more behind the last of them, which may stand in a bypass. */
function rcuBarrierFunc(k: Kernel, b: Barrier, callback: Deferred): void {
  const d = thisCpu(k), head = newRcuHead(callback), { nocb } = d, wasAllDone = !d.cblist.pending;
  head.id = rcuOf(k).nextId++;
  if (nocb !== null) rcuNocbFlushBypass(k, d, nocb);
  const woken = nocb !== null && wasAllDone && d.cblist.pending ? nocb.group : null;
  if (d.cblist.entrain(head)) b.count++;
  traceCallbacks(k, d);
  if (woken !== null) wakeNocbGp(k, woken);
}
export const rcuBarrier = kfn('rcu_barrier', function* (k: Kernel): Timed<void> {
  const s = rcuOf(k), goal = s.barriersDone + (s.barrierUnderWay ? 2 : 1);
  k.mark('rcu_barrier_begin', s.queued);
  yield* mutexLock(k, s.barrierMutex);
  if (s.barriersDone < goal) {
    const b: Barrier = { count: 1, done: new Completion(k, 'rcu_barrier') };
    s.barrierUnderWay = true;
    for (const d of s.cpus) if (d.cblist.len > 0) yield* smpCallFunctionSingle(k, d.cpu, (k) => rcuBarrierFunc(k, b, (k) => rcuBarrierCallback(k, b)));
    if (--b.count === 0) complete(k, b.done);
    yield* waitForCompletion(k, b.done);
    s.barrierUnderWay = false;
    s.barriersDone++;
  }
  mutexUnlock(k, s.barrierMutex);
  k.mark('rcu_barrier_end', s.queued);
});
