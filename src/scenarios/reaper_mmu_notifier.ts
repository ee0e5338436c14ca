import type { Scenario, WorkloadSpec } from '../format/scenario.ts';
import { endAt, FILLER, fullMachine } from './full_machine.ts';
import { HOCKO_2017 } from './mails.ts';

/** A victim that cannot exit: it waits for a mutex whose holder asks for memory. Two that nobody misses stand by. */
export const stuckVictim = (p: Readonly<Record<string, string | number>>): readonly WorkloadSpec[] => [
  { type: 'mmunotifier', name: 'vmm', mb: 4, adj: 1000, register: 600, jitter: 40, lock: 'fs_lock', wait: 905, ...p },
  { type: 'anon', name: 'spare', mb: 1, adj: 900 }, { type: 'anon', name: 'spare2', mb: 1, adj: 800 }, { ...FILLER, start: 250 },
  { type: 'asker', name: 'writer', start: 900, lock: 'fs_lock', wait: 14 },
];
export const askers = (n: number): WorkloadSpec => ({ type: 'asker', name: 'asker', n, start: 920, jitter: 4 });
/** Slower than the captures' machine by forty: who finds a victim on its way reclaims again at once, and would fill a run with events. */
export const base4_13 = (endMs: number): Pick<Scenario, 'profile' | 'seed' | 'machine' | 'sysctl' | 'knobs' | 'untilNs' | 'lingerNs'> => {
  const full = fullMachine(2, endMs);
  return { ...full, profile: 'v4.13', machine: { ...full.machine, speed: 40_000 } };
};

export const reaperMmuNotifier: Scenario = {
  id: 'reaper-mmu-notifier',
  title: 'The victim is a virtual machine',
  mail: HOCKO_2017,
  text: [
    'The process that is chosen shares its pages with a second MMU, which has asked to be told before they go. It cannot exit: it waits for a lock whose holder waits for memory. So the OOM reaper is to take its pages.',
    'Linux 4.13 takes them and tells nobody: the second MMU goes on using pages that belong to others by then. The patch of the mail leaves such a victim alone; a second later, or after ten attempts, it counts as done, and somebody else dies for it. Telling the notifiers needs callbacks that do not block, or that may refuse.',
  ],
  ...base4_13(2600),
  workloads: [...stuckVictim({}), endAt(2600)],
  ends: 'oom-kill',
};
