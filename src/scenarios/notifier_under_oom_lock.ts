import type { Scenario } from '../format/scenario.ts';
import { endAt, FILLER, fullMachine, VICTIMS } from './full_machine.ts';
import { RIENTJES_2018 } from './mails.ts';

export const notifierUnderOomLock: Scenario = {
  id: 'notifier-under-oom-lock',
  title: 'A notifier sleeps under oom_lock',
  mail: RIENTJES_2018,
  text: [
    'Memory is full. Four kernel threads ask for a page each; the first to take oom_lock calls the OOM notifiers, and one of them sleeps for 100 ms.',
    'In every released kernel the chain runs inside out_of_memory(), so oom_lock is held for as long as the callback takes; the other three fail to get it, sleep a jiffy, call that progress and go through direct reclaim again. With the chain before oom_lock nobody holds it meanwhile.',
    'Inside, a second process may die for nothing: the first one goes while the second caller sleeps in the chain, and nobody looks at the free list before the choice.',
  ],
  ...fullMachine(2, 700),
  workloads: [{ type: 'notifier', name: 'driver', sleep: 100 }, ...VICTIMS, FILLER, { type: 'asker', name: 'asker', n: 4, start: 60, jitter: 4 }, endAt(700)],
  ends: 'oom-kill',
};
