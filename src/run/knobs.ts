/** Knobs that exist, with their values and defaults by profile. One line each; what each does says knob_docs.ts. */
import { MACHINE_KNOBS } from '../format/machine_knobs.ts';
import { defaultOf, type KnobRule } from '../format/protocol.ts';
import { PROFILES, type ProfileName } from '../format/scenario.ts';

type Named<N> = KnobRule & { readonly name: N };
const knob = <N extends string>(name: N, values: readonly string[], profiles: readonly ProfileName[] = PROFILES): Named<N> => ({ name, values, default: values[0], profiles });
/** A knob whose default is another one in some versions. */
const byProfile = <N>(rule: Named<N>, defaults: Partial<Record<ProfileName, string>>): Named<N> => ({ ...rule, defaults });
/** What both versions of 6.x begin with, and what these and 5.9 do. */
const in6 = (value: string): Partial<Record<ProfileName, string>> => ({ 'v6.1': value, 'v6.12': value });
const since59 = (value: string): Partial<Record<ProfileName, string>> => ({ 'v5.9': value, ...in6(value) });
/** Versions with bulk pages of kvfree_rcu(). */
const since5_9 = PROFILES.filter((p) => !p.startsWith('v4'));
/** Versions with block devices of a single queue. */
const before5 = PROFILES.filter((p) => p.startsWith('v4'));
/** A knob that is a number. */
const numeric = <N extends string>(name: N, fallback: number, min: number, max: number, unit: string, profiles: readonly ProfileName[] = PROFILES): Named<N> => ({ name, values: [], min, max, unit, default: fallback, profiles });

export const knobs = [
  knob('oom.notifierPlace', ['inside', 'outside-mutex', 'outside-rwsem', 'none']),
  knob('oom.waiters', ['trylock', 'block']),
  knob('pcp.drainOnReclaim', ['on', 'off']),
  knob('pcptake.source', ['pcp-lockless', 'pcp-lockless-min', 'inline-nowait', 'none']),
  knob('lru.gen', ['on', 'off'], ['v6.12']),
  byProfile(knob('reclaim.writepage', ['all', 'anon']), { 'v6.12': 'anon' }), // ext4 has none since 6.2, nor have xfs and btrfs: 6.12-256M-2-dirty_oom meets 618,447 dirty pages and writes none
  knob('reclaim.vmpressure', ['on', 'off']),
  byProfile(knob('reclaim.throttle', ['congestion-wait', 'wait-iff-congested', 'throttle']), in6('throttle')),
  byProfile(knob('reclaim.workerNap', ['to-retry', 'always', 'never']), since59('always')),
  byProfile(knob('oom.sleepAfterKill', ['on', 'off']), since59('off')),
  byProfile(knob('oomReaper.oomLock', ['held', 'free']), since59('free')),
  byProfile(knob('oomReaper.mmuNotifier', ['ignore', 'skip-sleep', 'retry', 'invalidate', 'safe-flag', 'nonblock']), { 'v4.17': 'safe-flag', ...since59('nonblock') }),
  knob('oomReaper.check', ['after', 'before']),
  knob('rwsem.fair', ['on', 'off']),
  knob('sched.sharedCache', ['on', 'off']),
  numeric('cpu.idleExit', 0, 0, 100_000, 'us'),
  knob('rcu.fastNoHz', ['off', 'on']),
  knob('rcu.idleAccelBug', ['off', 'on']),
  knob('rcu.oomHook', ['none', 'notifier', 'notifier-claims', 'notifier-waits', 'shrinker-nowait', 'shrinker-barrier', 'retry-kick']),
  knob('rcu.nocbs', ['off', 'all'], ['v6.1', 'v6.12']),
  knob('rcu.lazy', ['on', 'off'], ['v6.12']),
  knob('rcu.lazyShrinker', ['on', 'off'], ['v6.12']),
  numeric('rcu.blimit', 10, 1, 1e9, 'callbacks'),
  numeric('rcu.qhimark', 10_000, 1, 1e9, 'callbacks'),
  numeric('rcu.qlowmark', 100, 0, 1e9, 'callbacks'),
  byProfile(knob('kvfree.pageSource', ['inline-nowait', 'pcp-lockless', 'pcp-lockless-min', 'own-pool', 'own-pool-grow', 'rescue-pool', 'none'], since5_9), in6('own-pool')),
  { // merged versions never allocate under a lock: there it says something only together with kvfree.pageSource
    ...byProfile(knob('kvfree.allocUnderLock', ['defer', 'inline-if-preemptible', 'inline-always'], since5_9), { 'v5.9': 'inline-always', ...in6('inline-always') }), onRt: 'defer',
  },
  knob('reserve.pool', ['shared', 'per-user']),
  knob('reserve.kind', ['memalloc', 'per-thread', 'global']),
  knob('preempt', ['full', 'none', 'rt']),
  knob('hz', ['250', '100', '1000']),
  knob('io.device', ['ssd', 'hdd', 'nvme', 'usb', 'hung']),
  knob('io.queue', ['multi-queue', 'single-queue', 'single-queue-2.6.9'], before5),
  numeric('io.nrRequests', 128, 4, 10_000, 'requests', before5),
];
export type KnobName = (typeof knobs)[number]['name'];
/** Defaults of one profile, without what a scenario's machine says. */
export function knobDefaults(profile: ProfileName, rt = false): Record<string, string | number> {
  return Object.fromEntries(knobs.filter((i) => i.profiles.includes(profile) && !MACHINE_KNOBS.includes(i.name)).map((i) => [i.name, defaultOf(i, profile, rt)]));
}
