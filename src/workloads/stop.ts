/** The end of a workload, as the captures' driver makes it: at a set time every process that still runs is killed; or only those of one name. */
import { ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { sendSignal, SIGKILL, spawn } from '../kernel/sched/core.ts';
import { DEAD } from '../kernel/sched/task.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import { num, type Parameters, text, type Workload } from './workload.ts';

export const stop: Workload = {
  id: 'stop',
  doc: 'kills every process of the workload that still runs, or those of one name',
  parameters: [
    { name: 'name', unit: '', default: 'driver', doc: 'name of the task that does it' },
    { name: 'start', unit: 'ms', default: 1000, doc: 'when' },
    { name: 'target', unit: '', default: '', doc: 'name of the processes; all if empty' },
  ],
  start(k: Kernel, p: Parameters): void {
    const at = ns(num(this, p, 'start') * 1e6), target = text(p, 'target', '');
    function* program(): Timed<void> {
      yield* clockNanosleep(k, at);
      for (const t of k.tasks) if (!t.kthread && !t.daemon && t.state !== DEAD && (target === '' || t.comm === target)) sendSignal(k, t, SIGKILL, true);
    }
    spawn(k, String(p.name ?? 'driver'), program, { daemon: true });
  },
};
