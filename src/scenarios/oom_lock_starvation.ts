import type { Scenario } from '../format/scenario.ts';
import { FILLER, fullMachine, VICTIMS } from './full_machine.ts';
import { RIENTJES_2018 } from './mails.ts';

const of = (id: string, title: string, loopers: number, policy: 'idle' | 'normal', ends: Scenario['ends']): Scenario => {
  const base = fullMachine(1, 130);
  return {
    id, title, mail: RIENTJES_2018,
    text: [
      'The holder of oom_lock sleeps 20 ms in a notifier. Whoever else runs out of memory fails to get the lock, sleeps a jiffy (1 ms here), calls that progress, and goes through a fruitless round of reclaim before it tries again: some 0.1 ms of CPU each time.',
      `${loopers === 1 ? 'One' : loopers} of them share${loopers === 1 ? 's' : ''} one CPU with the holder, which is ${policy === 'idle' ? 'a SCHED_IDLE task' : 'an ordinary task'}. As long as all of them together need less than a jiffy between two tries, their sleeps leave gaps; beyond that they are always runnable, and a task with little weight hardly ever runs: it holds the lock that all wait for.`,
    ],
    ...base, untilNs: 135e6, machine: { ...base.machine, hz: 1000 },
    workloads: [
      { type: 'notifier', name: 'driver', sleep: 20 }, ...VICTIMS, FILLER,
      { type: 'asker', name: 'holder', start: 60, policy, jitter: 1 }, { type: 'asker', name: 'looper', n: loopers, start: 66, jitter: 4 }
    ],
    ends,
  };
};
export const oomLockStarvation = of('oom-lock-starvation', 'Twenty-eight loopers starve the holder of oom_lock', 28, 'idle', 'no-oom'); // within the run's time
export const oomLockStarvationFew = of('oom-lock-starvation-few', 'Four loopers leave the holder its gaps', 4, 'idle', 'oom-kill');
export const oomLockStarvationOne = of('oom-lock-starvation-one', 'One looper beside the holder', 1, 'idle', 'oom-kill');
export const oomLockStarvationNormal = of('oom-lock-starvation-normal', 'Twenty-eight loopers and an ordinary holder', 28, 'normal', 'oom-kill');
