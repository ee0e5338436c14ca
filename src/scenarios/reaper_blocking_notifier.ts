import type { Scenario } from '../format/scenario.ts';
import { endAt } from './full_machine.ts';
import { HOCKO_2017 } from './mails.ts';
import { askers, base4_13, stuckVictim } from './reaper_mmu_notifier.ts';

export const reaperBlockingNotifier: Scenario = {
  id: 'reaper-blocking-notifier',
  title: 'A notifier that never answers the reaper',
  mail: HOCKO_2017,
  text: [
    'The victim cannot exit, and shares its pages with a second MMU. The reaper tells that one before it takes them, as it should; but the callback waits for a device that does not answer, and the reaper waits for the callback.',
    'With oom_lock in its hands nobody gets as far as out_of_memory() any more: all fail to take the lock, sleep a jiffy, call that progress and reclaim again. Without it each of them learns that a victim is on its way, and waits as well. In both nobody else dies, and nothing ends it: the reaper never gets to say that it gives up.',
    'A callback that must not block refuses instead, and a victim whose notifiers make no promise is left alone; a second later the next one is chosen.',
  ],
  ...base4_13(2250), knobs: { 'oomReaper.mmuNotifier': 'invalidate' },
  workloads: [...stuckVictim({ sleep: -1, safe: 0 }), askers(1), endAt(2250)],
  ends: 'oom-kill',
};
/** The device answers, after 300 ms each time. */
export const reaperSlowNotifier: Scenario = {
  ...reaperBlockingNotifier, id: 'reaper-slow-notifier', title: 'A notifier that lets the reaper wait',
  text: [
    'The callback of the second MMU waits 300 ms for its device, and the reaper waits for the callback.',
    'Told so that it may sleep, it does, once for each mapping, with oom_lock in the reaper\'s hands in between; then the memory comes back, and one victim is enough. Told that it may not, it refuses, and somebody else dies for that.',
  ],
  workloads: [...stuckVictim({ sleep: 300, safe: 0 }), askers(1), endAt(2250)],
};
