import type { Scenario } from '../format/scenario.ts';
import { endAt, FILLER, fullMachine, VICTIMS } from './full_machine.ts';
import { RIENTJES_2018 } from './mails.ts';

const of = (id: string, title: string, loopers: number, policy: 'idle' | 'normal'): Scenario => {
  return {
    id, title, mail: RIENTJES_2018,
    text: [
      'The holder of oom_lock sleeps 20 ms in a notifier. Whoever else runs out of memory fails to get the lock, sleeps a jiffy (4 ms here), calls that progress, and goes through seventeen fruitless rounds of reclaim before it tries again: 1.7 ms of CPU each time.',
      `${loopers === 1 ? 'One' : loopers} of them share${loopers === 1 ? 's' : ''} one CPU with the holder, which is ${policy === 'idle' ? 'a SCHED_IDLE task' : 'an ordinary task'}. As long as all of them together need less than a jiffy between two tries, their sleeps leave gaps; beyond that they are always runnable, and a task with little weight hardly ever runs: it holds the lock that all wait for.`,
    ],
    ...fullMachine(1, 600),
    workloads: [
      { type: 'notifier', name: 'driver', sleep: 20 }, ...VICTIMS, FILLER,
      { type: 'asker', name: 'holder', start: 60, policy, jitter: 1 }, { type: 'asker', name: 'looper', n: loopers, start: 66, jitter: 4 }, endAt(600),
    ],
    ends: 'oom-kill',
  };
};
export const oomLockStarvation = of('oom-lock-starvation', 'Sixteen loopers starve the holder of oom_lock', 16, 'idle');
export const oomLockStarvationFew = of('oom-lock-starvation-few', 'Two loopers leave the holder its gaps', 2, 'idle');
export const oomLockStarvationOne = of('oom-lock-starvation-one', 'One looper beside the holder', 1, 'idle');
export const oomLockStarvationNormal = of('oom-lock-starvation-normal', 'Sixteen loopers and an ordinary holder', 16, 'normal');
