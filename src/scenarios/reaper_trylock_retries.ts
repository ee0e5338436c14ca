import type { Scenario } from '../format/scenario.ts';
import { endAt } from './full_machine.ts';
import { HOCKO_2017 } from './mails.ts';
import { base4_13, stuckVictim } from './reaper_mmu_notifier.ts';

const of = (id: string, title: string, profile: Scenario['profile'], p: Readonly<Record<string, string | number>>, text: readonly string[]): Scenario => ({
  id, title, mail: HOCKO_2017, text, ...base4_13(4800), profile,
  workloads: [...stuckVictim({ register: -1, ...p }), endAt(4800)],
  ends: 'oom-kill',
});
const REAPER = 'The reaper needs mmap_lock of its victim, and only tries to take it: ten times, a tenth of a second apart. Then it gives up, says so in the log, and the victim counts as done: somebody else is chosen.';
export const reaperTrylockRetries = of('reaper-trylock-retries', 'The reaper tries ten times for a lock that a writer holds', 'v4.13', { hold: 'write' }, [REAPER, 'Here the victim itself holds the lock for writing and waits for a mutex whose holder asks for memory.']);
export const reaperTrylockRetries61 = of('reaper-trylock-retries-v6.1', 'The same on 6.1, where the reaper comes two seconds later', 'v6.1', { hold: 'write' }, [REAPER, 'Since 5.18 it begins two seconds after the kill, for most victims get away by themselves.']);
export const reaperTrylockQueued = of('reaper-trylock-queued', 'A writer that waits keeps the reaper out', 'v4.13', { hold: 'read', writer: 1 }, [REAPER, 'Here the victim holds the lock for reading, as the reaper would, and another of its threads waits to write. A fair lock lets nobody pass a waiting writer, so the reaper fails all the same; on PREEMPT_RT (rwsem.fair=off) readers do pass.']);
