// kernel/softirq.c: work that a handler leaves behind, run when it returns, or by ksoftirqd.
import { must } from '../../base/units.ts';
import { WANT_SOFTIRQ } from '../../sim/cpu.ts';
import type { Timed } from '../../sim/kfn.ts';
import { WAKE } from '../../sim/recorder.ts';
import { type Deferred, kfn, type Kernel } from '../kernel.ts';
import { spawn } from './fork.ts';
import type { RunQueue } from './rq.ts';
import { INTERRUPTIBLE, NORMAL, RUNNING } from './task.ts';
import { condResched, schedule, setCurrentState, tryToWakeUp } from './wake.ts';

const SOFTIRQ_BUDGET = 10, SOFTIRQ_BUDGET_NS = 2_000_000; // MAX_SOFTIRQ_RESTART, MAX_SOFTIRQ_TIME

/** raise_softirq(): runs when the handler returns; from a task, and always on RT, in ksoftirqd. */
export function raiseSoftirq(k: Kernel, action: Deferred): void {
  const rq = k.rqs[k.cpu.index], top = k.cpu.top;
  if (!top.shown) k.show(top);
  if (!rq.softirqs.includes(action)) rq.softirqs.push(action); // one pending bit each
  if (k.inTask || k.preempt === 'rt') wakeKsoftirqd(k, rq);
  else k.cpu.attention |= WANT_SOFTIRQ;
}
export const doSoftirq = kfn('__do_softirq', function* (k): Timed<void> {
  const rq = k.rqs[k.cpu.index], start = k.now;
  for (let n = 0; rq.softirqs.length > 0; n++) {
    if (n >= SOFTIRQ_BUDGET || k.now - start > SOFTIRQ_BUDGET_NS) { // the pending flag must not survive: the softirq would enter again at once
      k.mark('softirq_over_budget', n);
      wakeKsoftirqd(k, rq);
      break;
    }
    const action = must(rq.softirqs.shift(), 'a softirq was pending');
    yield* action(k);
  }
  k.cpu.attention &= ~WANT_SOFTIRQ;
});
/** ksoftirqd/N, born when it is first needed: a small machine shows no threads that never run. */
function wakeKsoftirqd(k: Kernel, rq: RunQueue): void {
  if (rq.ksoftirqd !== null) { tryToWakeUp(k, rq.ksoftirqd, NORMAL, WAKE.event); return; }
  rq.ksoftirqd = spawn(k, `ksoftirqd/${rq.index}`, runKsoftirqd, { cpus: [rq.index], daemon: true, ...(k.preempt === 'rt' ? { policy: 'fifo', rtPrio: 1 } : {}) });
}
const runKsoftirqd = kfn('run_ksoftirqd', function* (k): Timed<void> {
  for (;;) {
    setCurrentState(k, INTERRUPTIBLE);
    const action = k.rqs[k.cpu.index].softirqs.shift();
    if (action === undefined) { yield* schedule(k); continue; }
    k.current.state = RUNNING;
    yield* action(k);
    yield* condResched(k);
  }
});
