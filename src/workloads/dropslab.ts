/** Somebody writes 2 to /proc/sys/vm/drop_caches: every shrinker is asked at priority 0, again while that frees something (fs/drop_caches.c, mm/vmscan.c drop_slab()). */
import { ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { dropSlab } from '../kernel/mm/shrinker.ts';
import { spawn } from '../kernel/sched/core.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import { num, type Parameters, text, type Workload } from './workload.ts';

export const dropslab: Workload = {
  id: 'dropslab',
  doc: 'writes 2 to vm.drop_caches now and then: all shrinkers are asked for all they have',
  parameters: [
    { name: 'name', unit: '', default: 'dropper', doc: 'name of the process' },
    { name: 'cpu', unit: '', default: 0, doc: 'the CPU it is bound to' },
    { name: 'start', unit: 'ms', default: 100, doc: 'the first time' },
    { name: 'every', unit: 'ms', default: 100, doc: 'from one to the next' },
    { name: 'times', unit: '', default: 1, doc: 'how often' },
  ],
  start(k: Kernel, p: Parameters): void {
    const from = num(this, p, 'start') * 1e6, every = num(this, p, 'every') * 1e6, times = num(this, p, 'times');
    function* program(): Timed<void> {
      for (let i = 0; i < times; i++) {
        yield* clockNanosleep(k, ns(from + i * every));
        yield* dropSlab(k);
      }
    }
    spawn(k, text(p, 'name', 'dropper'), program, { cpus: [Math.min(num(this, p, 'cpu'), k.cpus.length - 1)] });
  },
};
