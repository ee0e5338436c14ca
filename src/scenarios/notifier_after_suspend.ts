import type { Scenario } from '../format/scenario.ts';
import { endAt, FILLER, fullMachine, VICTIMS } from './full_machine.ts';
import { RIENTJES_2018 } from './mails.ts';

export const notifierAfterSuspend: Scenario = {
  id: 'notifier-after-suspend',
  title: 'Suspended: nobody may be killed, may notifiers run?',
  mail: RIENTJES_2018,
  text: [
    'All tasks are frozen and the OOM killer is disabled, as when a machine suspends. Then a kernel thread asks for a page, and there is none.',
    'out_of_memory() returns at once, before its notifiers, and the request fails. With the chain before oom_lock the notifiers run all the same: what they free may save the request, and they may not be prepared to be called now.',
  ],
  ...fullMachine(1, 400),
  workloads: [{ type: 'notifier', name: 'driver' }, ...VICTIMS, FILLER, { type: 'suspend', name: 'suspend', start: 50, until: 300 }, { type: 'asker', name: 'asker', n: 2, start: 60, jitter: 4 }, endAt(400)],
  ends: 'no-oom',
};
