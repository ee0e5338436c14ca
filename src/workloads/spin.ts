/**
 * A real-time task that computes and never gives its CPU up: whoever is less urgent starves there. Real-time throttling is not
 * modelled, as if kernel.sched_rt_runtime_us were -1, and neither is the fair server of v6.12.
 */
import { ns } from '../base/units.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { spend } from '../kernel/kernel.ts';
import { startProcess } from './process.ts';
import { num, type Parameters, type Workload } from './workload.ts';

/** Between two looks at the clock. */
const STEP_NS = 1e6;

export const spin: Workload = {
  id: 'spin',
  doc: 'a SCHED_FIFO task that computes without a pause; it is one from its birth, a real program becomes one when it starts',
  parameters: [
    { name: 'name', unit: '', default: 'spinner', doc: 'name of the process' },
    { name: 'cpu', unit: '', default: 1, doc: 'the CPU it is bound to' },
    { name: 'prio', unit: '', default: 50, max: 99, doc: 'real-time priority, 1 to 99' },
    { name: 'start', unit: 'ms', default: 0, doc: 'when it begins' },
    { name: 'for_s', unit: 's', default: 5, doc: 'for how long' },
    { name: 'adj', unit: '', default: 0, min: -1000, max: 1000, doc: 'oom_score_adj' },
  ],
  start(k: Kernel, p: Parameters): void {
    const cpu = Math.min(num(this, p, 'cpu'), k.cpus.length - 1), forNs = num(this, p, 'for_s') * 1e9;
    startProcess(k, { ...p, name: p.name ?? 'spinner', cpu, fifo: num(this, p, 'prio') }, function* main() {
      for (const end = k.now + forNs; k.now < end;) yield spend(ns(Math.min(STEP_NS, end - k.now)));
    });
  },
};
