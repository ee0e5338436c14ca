/** The kernel's command line with isolcpus=: tasks that are not bound to this CPU are kept off it, kernel threads too. Put it before those that it is to keep off. */
import type { Kernel } from '../kernel/kernel.ts';
import { isolateCpu } from '../kernel/sched/isolation.ts';
import { num, type Parameters, type Workload } from './workload.ts';

export const isolate: Workload = {
  id: 'isolate',
  doc: 'keeps everything off a CPU that is not bound to it, as isolcpus= on the kernel\'s command line does',
  parameters: [{ name: 'cpu', unit: '', default: 1, doc: 'which CPU' }],
  start(k: Kernel, p: Parameters): void { isolateCpu(k, Math.min(num(this, p, 'cpu'), k.cpus.length - 1)); },
};
