/**
 * kernel/smp.c, 4.17: one CPU has another run a function, in an interrupt, and spins until it has. A CPU that keeps its interrupts off keeps the
 * caller spinning. Left out: asynchronous calls, masks of CPUs, CPUs that are offline.
 */
import type { Timer } from '../base/agenda.ts';
import { must, ns } from '../base/units.ts';
import type { Cpu } from '../sim/cpu.ts';
import { type Context, SPIN, type Timed } from '../sim/kfn.ts';
import { kfn, type Kernel, spend } from './kernel.ts';
import type { Task } from './sched/task.ts';

/** Takes no time, and must not sleep. */
export type SmpFunction = (k: Kernel) => void;
interface CallSingle { readonly func: SmpFunction; readonly waiter: Context; readonly from: Cpu<Task> }
/** What was asked of one CPU, and the interrupt by which it hears of it. */
export interface CallQueue { readonly calls: CallSingle[]; readonly irq: Timer }

const queueOf = (k: Kernel, cpu: number): CallQueue => (k.callQueues[cpu] ??= {
  calls: [], irq: k.timer(`call function ipi${cpu}`, () => k.cpus[cpu].interrupt({ call: () => genericSmpCallFunctionSingleInterrupt(k), quiet: false })),
});
const genericSmpCallFunctionSingleInterrupt = kfn('generic_smp_call_function_single_interrupt', function* (k): Timed<void> {
  const { calls } = queueOf(k, k.cpu.index);
  yield spend(k.cost.irq);
  while (calls.length > 0) {
    const { func, waiter, from } = must(calls.shift(), 'a call is queued');
    func(k);
    from.grant(waiter, k.cost.handoff);
  }
});
/** smp_call_function_single() with wait = 1: returns when `func` has run on `cpu`. Context: a task. */
export const smpCallFunctionSingle = kfn('smp_call_function_single', function* (k: Kernel, cpu: number, func: SmpFunction): Timed<void> {
  const me = k.current, here = k.cpu;
  me.preemptCount++; // get_cpu()
  if (cpu === here.index) {
    here.irqsOff++;
    func(k);
    yield spend(k.cost.irq);
    here.irqsOff--;
  } else {
    const q = queueOf(k, cpu);
    k.mark('ipi_raise', cpu);
    q.calls.push({ func, waiter: here.top, from: here });
    if (q.irq.slot < 0) k.agenda.arm(q.irq, ns(k.now + k.cost.ipi));
    here.top.spinning = true; // csd_lock_wait()
    yield SPIN;
  }
  me.preemptCount--;
});
