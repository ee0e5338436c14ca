import type { Scenario } from '../format/scenario.ts';
import { endAt, FILLER, fullMachine, VICTIMS } from './full_machine.ts';

export const suspendWaits: Scenario = {
  id: 'suspend-waits',
  title: 'Suspending waits for the OOM killer',
  text: [
    'Before a machine suspends, the OOM killer is disabled: nobody may be killed once all are frozen. For that oom_lock is needed, and then every victim has to be gone.',
    'Here a task is inside out_of_memory(), in a notifier that sleeps for 300 ms with oom_lock held, when the machine is told to suspend. That waits for the lock, like the two other tasks that go round reclaim meanwhile, and then for the victim to exit. Whatever delays the holder of oom_lock delays the suspend; after 20 s it would be given up.',
  ],
  ...fullMachine(2, 900),
  workloads: [{ type: 'notifier', name: 'driver', sleep: 300 }, ...VICTIMS, FILLER, { type: 'asker', name: 'asker', n: 3, start: 60, jitter: 4 }, { type: 'suspend', name: 'suspend', start: 100, until: 800 }, endAt(900)],
  ends: 'oom-kill',
};
