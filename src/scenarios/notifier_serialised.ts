import type { Scenario } from '../format/scenario.ts';
import { endAt, FILLER, fullMachine, VICTIMS } from './full_machine.ts';
import { RIENTJES_2018 } from './mails.ts';

export const notifierSerialised: Scenario = {
  id: 'notifier-serialised',
  title: 'Six callers of the notifiers: one after the other, or at once',
  mail: RIENTJES_2018,
  text: [
    'Six kernel threads find memory full at the same time, and the notifier takes 50 ms. The chain runs before oom_lock.',
    'Under a mutex of its own, as the patch has it, each caller waits for those before it, and the last one leaves after six times 50 ms. With the read side of the chain\'s semaphore alone, as the answer asks, all run the callback side by side: but callbacks were written for one caller at a time.',
  ],
  ...fullMachine(2, 700),
  knobs: { 'oom.notifierPlace': 'outside-mutex' },
  workloads: [{ type: 'notifier', name: 'driver', sleep: 50 }, ...VICTIMS, FILLER, { type: 'asker', name: 'asker', n: 6, start: 60, jitter: 4 }, endAt(700)],
  ends: 'oom-kill',
};
