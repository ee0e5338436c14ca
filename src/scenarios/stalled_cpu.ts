import type { Scenario } from '../format/scenario.ts';
import { FILL, LAZY, lazyMachine, victims } from './lazy_rcu.ts';
import { made192 } from './machines.ts';
import { HOCKO_2018 } from './mails.ts';

export const stalledCpu: Scenario = {
  id: 'stalled-cpu',
  title: 'One CPU never reports a quiescent state',
  mail: HOCKO_2018,
  text: [
    'On CPU 2 a kernel thread loops without cond_resched(), so that no grace period ends. CPU 1 sleeps on 1600 lazy callbacks, and on CPU 0 three threads ask for 1.5 MiB each when memory is full.',
    'The notifier does not wait for its own kick, but for the one before: the first call of the OOM killer goes through, the second waits in the notifier for callbacks that never come, and holds oom_lock; nobody can be killed any more. A shrinker that waits for rcu_barrier() holds up everybody who reclaims. A kick from the retry loop holds up nobody.',
  ],
  ...lazyMachine(300), machine: made192(3), untilNs: 300e6,
  knobs: { 'rcu.fastNoHz': 'on', 'rcu.oomHook': 'notifier' },
  workloads: [
    { type: 'isolate', cpu: 1 }, { type: 'isolate', cpu: 2 }, { type: 'kernelloop', name: 'looper', cpu: 2, start: 5, for_s: 10 }, LAZY, ...victims, ...FILL,
    { type: 'asker', name: 'asker', n: 3, pages: 400, start: 80, jitter: 4, cpu: 0 },
  ],
  ends: 'oom-kill',
};
