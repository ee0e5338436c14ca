import type { Scenario } from '../format/scenario.ts';
import { endAt } from './full_machine.ts';
import { ALONE, FILL, LAZY, lazyMachine, victims } from './lazy_rcu.ts';
import { HOCKO_2018 } from './mails.ts';

export const whyLazyCallbacksSit: Scenario = {
  id: 'why-lazy-callbacks-sit',
  title: '100 MiB wait for RCU while a process is killed',
  mail: HOCKO_2018,
  text: [
    'A driver on CPU 1 gives 1600 objects of 64 KiB back by kfree_rcu() and goes to sleep; CPU 1 is idle from then on. CPU 0 runs out of memory and kills somebody.',
    'Why were those callbacks not called in the meantime? With RCU_FAST_NO_HZ an idle CPU whose callbacks all are lazy stops its tick and asks to be woken in some six seconds. The grace period is over after a few ticks, for an idle CPU holds none up; but a CPU hears of its end only when it runs RCU code itself, and nobody wakes it.',
    'Without RCU_FAST_NO_HZ the tick goes on as long as there are callbacks, and all of them have run within four ticks.',
  ],
  ...lazyMachine(300),
  knobs: { 'rcu.fastNoHz': 'on' },
  workloads: [ALONE, LAZY, ...victims, ...FILL, { type: 'asker', name: 'asker', start: 80, jitter: 4, cpu: 0 }, endAt(300)],
  ends: 'oom-kill',
};
