/** lib/dump_stack.c and arch/x86/kernel/dumpstack.c, v6.1 and v6.12: who is running, and how it got there. Left out: registers, code, taint, rescuers' items. */
import type { Timed } from '../../sim/kfn.ts';
import type { Kernel } from '../kernel.ts';
import { leaf } from '../leaf.ts';
import { workqueueOf } from '../workqueue.ts';
import { reportFormat } from './report_format.ts';
import { LOG, reportLine } from './report_line.ts';

const HARDWARE = 'oomscope simulated machine';

/** The stack innermost first, without offsets: there is no machine code here. Itself stands on top, as the kernel's does. */
const dumpStackLvl = leaf('dump_stack_lvl', (k: Kernel): string[] => {
  const { uid, release, before61 } = reportFormat(k), t = k.current, names = k.stackNames(k.cpu.top.stack).map((name) => ` ${name}`);
  const ofTask = k.inTask ? names.length : k.stacks.fns(t.stack).length, handlers = names.slice(0, names.length - ofTask);
  return [
    `CPU: ${k.cpu.index} ${uid ? `UID: ${t.uid} ` : ''}PID: ${t.pid} Comm: ${t.comm} Not tainted ${release} ${k.mm.era.version}`,
    `Hardware name: ${HARDWARE}`, ...workItem(k),
    'Call Trace:', ...(handlers.length > 0 ? [' <IRQ>', ...handlers, ' </IRQ>'] : []), ...(before61 ? [] : [' <TASK>']), ...names.slice(names.length - ofTask), ...(before61 ? [] : [' </TASK>']),
  ];
});
/** print_worker_info(): a worker says whose item it runs; the item's function is what process_one_work() has called. */
function workItem(k: Kernel): string[] {
  const queue = workqueueOf(k, k.current), names = k.stackNames(k.current.stack);
  return queue === null ? [] : [`Workqueue: ${queue} ${names[names.indexOf('process_one_work') - 1]}`];
}
export function* dumpStack(k: Kernel): Timed<void> {
  for (const line of dumpStackLvl(k)) yield* reportLine(k, LOG.WARNING, line);
}
