/** Somebody asks for an OOM kill by hand: 'f' written to /proc/sysrq-trigger at a set time. */
import { ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { spawn } from '../kernel/sched/core.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import { sysrqHandleMoom } from '../kernel/tty/sysrq.ts';
import { num, type Parameters, type Workload } from './workload.ts';

export const sysrq: Workload = {
  id: 'sysrq',
  doc: 'asks the kernel for an OOM kill, as SysRq-f does',
  parameters: [
    { name: 'name', unit: '', default: 'sysrq', doc: 'name of the task that asks' },
    { name: 'start', unit: 'ms', default: 1000, doc: 'when' },
  ],
  start(k: Kernel, p: Parameters): void {
    const at = ns(num(this, p, 'start') * 1e6);
    function* program(): Timed<void> {
      yield* clockNanosleep(k, at);
      yield* sysrqHandleMoom(k);
    }
    spawn(k, String(p.name ?? 'sysrq'), program);
  },
};
