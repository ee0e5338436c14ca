import type { Scenario } from '../format/scenario.ts';
import { FILLER, fullMachine, VICTIMS } from './full_machine.ts';
import { RIENTJES_2018 } from './mails.ts';

export const oomLockAbba: Scenario = {
  id: 'oom-lock-abba',
  title: 'A notifier needs the lock of a task that allocates',
  mail: RIENTJES_2018,
  text: [
    'The task caller holds what is needed for a kill and stands in a notifier, which wants a mutex of its driver. The task owner holds that mutex and asks for memory.',
    'Inside out_of_memory() caller holds oom_lock: owner fails to get it, sleeps a jiffy, reclaims nothing and comes again, for ever, and nobody is killed. Before oom_lock, under a mutex of its own, owner waits for that mutex instead, and a fatal signal, which it gets at 350 ms, ends it. With the read side alone owner runs the chain itself and waits for the lock that it holds; no signal ends that.',
    'The rule that all three need: a callback must not depend on anybody who may be allocating.',
  ],
  ...fullMachine(2, 6400),
  workloads: [
    { type: 'notifier', name: 'driver', lock: 'driver_lock' }, ...VICTIMS, FILLER,
    { type: 'asker', name: 'owner', user: 1, adj: -500, start: 50, jitter: 4, lock: 'driver_lock', wait: 40 }, { type: 'asker', name: 'caller', start: 60, jitter: 4 }, { type: 'stop', name: 'somebody', target: 'owner', start: 350 },
  ],
  ends: 'livelock',
  explore: { bad: 'no-progress', from: 'oom_notify_begin', untilNs: 300e6, steps: 500, deviations: 0, schedules: 0 },
};
