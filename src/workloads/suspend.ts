/** What suspending to disk does to the OOM killer: from a set time on oom_killer_disable() is in force, and nobody may be killed. */
import { ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel/kernel.ts';
import { oomKillerDisable, oomKillerEnable } from '../kernel/mm/oom_disable.ts';
import { spawn } from '../kernel/sched/core.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import { num, type Parameters, text, type Workload } from './workload.ts';

const freezeProcesses = kfn('freeze_processes', function* (k: Kernel, from: number, until: number): Timed<void> {
  yield* clockNanosleep(k, ns(from));
  if (!(yield* oomKillerDisable(k))) return;
  yield* clockNanosleep(k, ns(until));
  oomKillerEnable(k);
});

export const suspend: Workload = {
  id: 'suspend',
  doc: 'disables the OOM killer from a time to another, as suspending the machine does',
  parameters: [
    { name: 'name', unit: '', default: 'suspend', doc: 'name of the task' },
    { name: 'start', unit: 'ms', default: 0, doc: 'from when' },
    { name: 'until', unit: 'ms', default: 1000, doc: 'until when' },
  ],
  start(k: Kernel, p: Parameters): void {
    const from = num(this, p, 'start') * 1e6, until = num(this, p, 'until') * 1e6;
    spawn(k, text(p, 'name', 'suspend'), (k) => freezeProcesses(k, from, until));
  },
};
