import type { Scenario } from '../format/scenario.ts';
import { endAt, fullMachine, VICTIMS } from './full_machine.ts';
import { RIENTJES_2018 } from './mails.ts';

export const sysrqAndPagefaultOom: Scenario = {
  id: 'sysrq-and-pagefault-oom',
  title: 'A kill by hand: are the notifiers asked?',
  mail: RIENTJES_2018,
  text: [
    'Somebody presses SysRq-f on a machine that has memory enough. The work item takes oom_lock and calls out_of_memory() with order -1.',
    'In released kernels the notifiers are called on this way too, and what they free is ignored. With the chain in the allocator they are not: SysRq-f does not come by there.',
  ],
  ...fullMachine(1, 400),
  workloads: [{ type: 'notifier', name: 'driver' }, ...VICTIMS, { type: 'sysrq', name: 'sysrq', start: 60 }, endAt(400)],
  ends: 'oom-kill',
};
