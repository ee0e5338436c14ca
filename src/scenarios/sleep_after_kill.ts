import type { Scenario } from '../format/scenario.ts';
import { FILLER, fullMachine, VICTIMS } from './full_machine.ts';

const base = fullMachine(1, 130);
export const sleepAfterKill: Scenario = {
  id: 'sleep-after-the-kill',
  title: 'A jiffy of sleep that does not end',
  text: [
    'Up to Linux 4.18 whoever has killed a process sleeps a jiffy with oom_lock in its hands, so that the victim can get away. Here it is a SCHED_IDLE task, and twenty-eight others without memory share its CPU: each fails to get the lock, sleeps a jiffy too, and goes through a fruitless round of reclaim.',
    'The jiffy is soon over, but the sleeper hardly ever gets the CPU back to let go of the lock. The exit of the victim needs that lock (4.17), and so does the reaper: nothing is freed, though somebody was killed for it. With oom.sleepAfterKill=off, as from 4.19 on, the lock is free at once.',
  ],
  ...base, untilNs: 135e6, machine: { ...base.machine, hz: 1000 },
  workloads: [...VICTIMS, FILLER, { type: 'asker', name: 'holder', start: 60, policy: 'idle' }, { type: 'asker', name: 'looper', n: 28, start: 61, jitter: 1 }],
  ends: 'oom-kill',
};
/** The same without the sleep: the holder is put off its CPU while it writes its report. */
export const preemptedUnderOomLock: Scenario = {
  ...sleepAfterKill, id: 'preempted-under-oom-lock', title: 'Put off the CPU with oom_lock in its hands',
  text: [
    'No sleep under oom_lock any more (4.19): but the report of a kill is long, and whoever writes it holds the lock. Here a SCHED_IDLE task does, in a kernel that can be preempted anywhere, and twenty-eight others without memory come while it writes.',
    'Each of them fails to get the lock, sleeps a jiffy and reclaims in vain. Together they need more CPU than a jiffy has, so the report is hardly ever written on, and nobody is killed in all that time. With oom.waiters=block they wait for the lock, and the CPU is free for its holder.',
  ],
  machine: { ...sleepAfterKill.machine, preempt: 'full' }, knobs: { 'oom.sleepAfterKill': 'off' },
  workloads: [...VICTIMS, FILLER, { type: 'asker', name: 'holder', start: 60, policy: 'idle' }, { type: 'asker', name: 'looper', n: 28, start: 60.15, jitter: 0.3 }],
  ends: 'no-oom', // within the run's time
};
