/**
 * A kernel thread that computes in the kernel and never says cond_resched(), as a driver in a long loop does. Without preemption its CPU passes
 * through no quiescent state of RCU meanwhile, and nobody else gets it.
 */
import { ns, type Ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import { kfn, type Kernel, spend } from '../kernel/kernel.ts';
import { condResched, spawn } from '../kernel/sched/core.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import { num, type Parameters, text, type Workload } from './workload.ts';

/** Between two points at which it could give way. */
const STEP_NS = 1e6;
const kthread = kfn('kthread', function* (k: Kernel, from: Ns, forNs: number, polite: boolean): Timed<void> {
  yield* clockNanosleep(k, from);
  for (const end = k.now + forNs; k.now < end;) {
    yield spend(ns(Math.min(STEP_NS, end - k.now)));
    if (polite) yield* condResched(k);
  }
});

export const kernelloop: Workload = {
  id: 'kernelloop',
  doc: 'a kernel thread in a long loop without cond_resched(): its CPU reports no quiescent state',
  parameters: [
    { name: 'name', unit: '', default: 'looper', doc: 'name of the thread' },
    { name: 'cpu', unit: '', default: 1, doc: 'the CPU it is bound to' },
    { name: 'start', unit: 'ms', default: 0, doc: 'when it begins' },
    { name: 'for_s', unit: 's', default: 1, doc: 'for how long' },
    { name: 'polite', unit: '', default: 0, max: 1, doc: '1: it does say cond_resched(), every ms' },
  ],
  start(k: Kernel, p: Parameters): void {
    const cpu = Math.min(num(this, p, 'cpu'), k.cpus.length - 1);
    spawn(k, text(p, 'name', 'looper'), (k) => kthread(k, ns(num(this, p, 'start') * 1e6), num(this, p, 'for_s') * 1e9, num(this, p, 'polite') > 0), { cpus: [cpu] });
  },
};
