// kernel/softirq.c: work that a handler leaves behind, run when it returns, or by ksoftirqd.
import { WANT_SOFTIRQ } from '../../sim/cpu.ts';
import type { Timed } from '../../sim/kfn.ts';
import { WAKE } from '../../sim/recorder.ts';
import { type Deferred, kfn, type Kernel } from '../kernel.ts';
import { spawn } from './fork.ts';
import type { RunQueue } from './rq.ts';
import { INTERRUPTIBLE, NORMAL, RUNNING } from './task.ts';
import { condResched, needResched, schedule, setCurrentState, tryToWakeUp } from './wake.ts';

const SOFTIRQ_BUDGET = 10, SOFTIRQ_BUDGET_NS = 2_000_000; // MAX_SOFTIRQ_RESTART, MAX_SOFTIRQ_TIME

/** Vectors, as the kernel numbers them: those pending at the same time run in this order. */
export const SOFTIRQ_VEC = { TIMER: 1, NET_RX: 3, BLOCK: 4, RCU: 9 } as const;

/** raise_softirq(): runs when the handler returns; from a task, and always on RT, in ksoftirqd. A vector may have several actions, which run in the order in which they were raised. */
export function raiseSoftirq(k: Kernel, vec: number, action: Deferred): void {
  const rq = k.rqs[k.cpu.index], top = k.cpu.top;
  if (!top.shown) k.show(top);
  if (!rq.softirqs.some((s) => s.action === action)) rq.softirqs.push({ vec, action }); // one pending bit each
  if (k.inTask || k.preempt === 'rt') wakeKsoftirqd(k, rq);
  else k.cpu.attention |= WANT_SOFTIRQ;
}
/** __do_softirq(): in rounds, each of what is pending as it begins. What comes meanwhile is left to ksoftirqd as soon as somebody else wants the CPU, or after too many rounds. */
export const doSoftirq = kfn('__do_softirq', function* (k): Timed<void> {
  const rq = k.rqs[k.cpu.index], start = k.now;
  for (let n = 0; rq.softirqs.length > 0; n++) {
    const over = n >= SOFTIRQ_BUDGET || k.now - start > SOFTIRQ_BUDGET_NS;
    if (over || (n > 0 && needResched(k))) { // the pending flag must not survive: the softirq would enter again at once
      if (over) k.mark('softirq_over_budget', n);
      wakeKsoftirqd(k, rq);
      break;
    }
    const pending = rq.softirqs.splice(0).sort((a, b) => a.vec - b.vec);
    for (const { action } of pending) yield* action(k);
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
    if (k.rqs[k.cpu.index].softirqs.length === 0) { yield* schedule(k); continue; }
    k.current.state = RUNNING;
    yield* doSoftirq(k);
    yield* condResched(k);
  }
});
