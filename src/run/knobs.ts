/** Knobs and sysctls that exist, with their values and defaults by profile. One line each. */
import { MACHINE_KNOBS } from '../format/machine_knobs.ts';
import { defaultOf, type KnobInfo } from '../format/protocol.ts';
import { PROFILES, type ProfileName } from '../format/scenario.ts';

const knob = (name: string, values: readonly string[], doc: string, profiles: readonly ProfileName[] = PROFILES): KnobInfo => ({ name, values, default: values[0], profiles, doc });
/** A knob whose default is another one in some versions. */
const byProfile = (info: KnobInfo, defaults: Partial<Record<ProfileName, string>>): KnobInfo => ({ ...info, defaults });
/** What both versions of 6.x begin with, and what these and 5.9 do. */
const in6 = (value: string): Partial<Record<ProfileName, string>> => ({ 'v6.1': value, 'v6.12': value });
const since59 = (value: string): Partial<Record<ProfileName, string>> => ({ 'v5.9': value, ...in6(value) });
/** Versions with bulk pages of kvfree_rcu(). */
const since5_9 = PROFILES.filter((p) => !p.startsWith('v4'));
/** Versions with block devices of a single queue. */
const before5 = PROFILES.filter((p) => p.startsWith('v4'));
/** A knob that is a number. */
const numeric = (name: string, fallback: number, min: number, max: number, unit: string, doc: string, profiles: readonly ProfileName[] = PROFILES): KnobInfo => ({ name, values: [], min, max, unit, default: fallback, profiles, doc });

export const knobs: readonly KnobInfo[] = [
  knob('oom.notifierPlace', ['inside', 'outside-mutex', 'outside-rwsem', 'none'], 'who calls the OOM notifiers: out_of_memory() under oom_lock, or the allocation before it asks for oom_lock, one caller at a time or all at once'),
  knob('oom.waiters', ['trylock', 'block'], 'an allocation that finds oom_lock taken: sleeps a jiffy, calls that progress and reclaims again, or waits for the lock'),
  knob('pcp.drainOnReclaim', ['on', 'off'], 'after direct reclaim with progress that still found no page: empty every per-CPU list and look again'),
  knob('pcptake.source', ['pcp-lockless', 'pcp-lockless-min', 'inline-nowait', 'none'], 'where the workload pcptake gets its pages: off its CPU\'s lists without lock, mark or wake (proposed in September 2020), the same above MIN only, by GFP_NOWAIT, or nowhere'),
  knob('lru.gen', ['off'], 'multi-generational LRU; only the classic LRU is modelled so far'),
  knob('reclaim.writepage', ['all', 'anon'], 'dirty pages that kswapd may write one by one: those of files too, or only anonymous ones, as on a file system without ->writepage'),
  knob('reclaim.vmpressure', ['on', 'off'], 'whether reclaim reports pressure by a work item: each window of 512 pages scanned, and each pass at priority 3 and below; off: as in a kernel without memory cgroups (cgroup_disable=memory)'),
  byProfile(knob('reclaim.throttle', ['congestion-wait', 'wait-iff-congested', 'throttle'], 'how reclaim waits: a tenth of a second for writes under way, only if a queue is congested, or by reclaim_throttle() (5.16 on)'), in6('throttle')),
  byProfile(knob('reclaim.workerNap', ['to-retry', 'always', 'never'], 'a workqueue worker whose allocation finds nothing: sleeps a jiffy before it goes round again (to 4.19), in every round (4.20 on), or never (before 4.5), so that the items behind its own can run or cannot'), since59('always')),
  byProfile(knob('oom.sleepAfterKill', ['on', 'off'], 'after a kill: sleep a jiffy, killable, with oom_lock held (up to 4.18)'), since59('off')),
  byProfile(knob('oomReaper.oomLock', ['held', 'free'], 'the reaper takes oom_lock for each attempt (up to 4.18), or leaves it alone'), since59('free')),
  byProfile(knob('oomReaper.mmuNotifier', ['ignore', 'skip-sleep', 'retry', 'invalidate', 'safe-flag', 'nonblock'], 'a victim whose pages others map too (a virtual machine): the reaper takes no notice (4.13), leaves it alone and gives up after a second, tries again ten times, tells them and waits, tells them if all promise not to block (4.16 to 4.18), or tells them that they may not block (4.19 on)'), { 'v4.17': 'safe-flag', ...since59('nonblock') }),
  knob('oomReaper.check', ['after', 'before'], 'whether the reaper asks who else maps the pages after it has mmap_lock, when nobody can join them, or before'),
  knob('rwsem.fair', ['on', 'off'], 'whether a writer that waits for a rwsem keeps later readers out; off: they pass it, as they always do on PREEMPT_RT'),
  knob('rcu.fastNoHz', ['off', 'on'], 'CONFIG_RCU_FAST_NO_HZ (to 5.16): an idle CPU with RCU callbacks stops its tick, and sleeps some six seconds if all of them are lazy (to 5.5)'),
  knob('rcu.idleAccelBug', ['off', 'on'], 'with rcu.fastNoHz: callbacks queued just before a CPU goes idle get no grace period until it wakes (4.12 to 4.18)'),
  knob('rcu.oomHook', ['none', 'notifier', 'notifier-claims', 'notifier-waits', 'shrinker-nowait', 'shrinker-barrier', 'retry-kick'], 'who makes lazy RCU callbacks move when memory runs out, who waits for them, and what the allocator is told'),
  knob('rcu.nocbs', ['off', 'all'], 'rcu_nocbs=all: RCU callbacks of every CPU are offloaded to threads (rcuog, rcuop) that run anywhere', ['v6.1', 'v6.12']),
  knob('rcu.lazy', ['on', 'off'], 'CONFIG_RCU_LAZY (6.2 on), with rcu.nocbs: call_rcu() may wait ten seconds for company, until much memory is wanted; a shrinker flushes what waits', ['v6.12']),
  knob('rcu.lazyShrinker', ['on', 'off'], 'whether the shrinker of lazy callbacks (rcu-lazy) is there; off: nothing but their ten seconds, a barrier or a flood brings them in', ['v6.12']),
  numeric('rcu.blimit', 10, 1, 1e9, 'callbacks', 'callbacks of a batch after which others may have the CPU'),
  numeric('rcu.qhimark', 10_000, 1, 1e9, 'callbacks', 'more callbacks than this on one CPU lift the limit of its batches and hurry the grace period'),
  numeric('rcu.qlowmark', 100, 0, 1e9, 'callbacks', 'at so few the limit is back'),
  byProfile(knob('kvfree.pageSource', ['inline-nowait', 'pcp-lockless', 'pcp-lockless-min', 'own-pool', 'own-pool-grow', 'rescue-pool', 'none'], 'where kvfree_rcu() has its pages of pointers from: the allocator, under its own raw lock, with GFP_NOWAIT (5.8 to 5.10); this CPU\'s lists without a lock, past every mark or not below MIN (proposed in 2020); a small pool that a worker refills (5.11 on); such a pool that grows after an emergency; that with a reserve for the worst; or nowhere', since5_9), in6('own-pool')),
  { // merged versions never allocate under a lock: there it says something only together with kvfree.pageSource
    ...byProfile(knob('kvfree.allocUnderLock', ['defer', 'inline-if-preemptible', 'inline-always'], 'with kvfree.pageSource = inline-nowait, when an object finds no page: allocate it there and then, whatever the caller holds; only if the preempt count says that it may; or leave it to a worker', since5_9), { 'v5.9': 'inline-always', ...in6('inline-always') }), onRt: 'defer',
  },
  knob('reserve.pool', ['shared', 'per-user'], 'an emergency reserve of pages for users who may not sleep: one for all of them, or each its own'),
  knob('reserve.kind', ['memalloc', 'per-thread', 'global'], 'what the workload fssection has in reserve for its sections: nothing but PF_MEMALLOC; the worst case, by each thread; or one pool, as large as the largest worst case'),
  knob('preempt', ['full', 'none', 'rt'], 'where kernel code can be preempted, and what locks are: anywhere, nowhere, or PREEMPT_RT; a scenario has its own in its machine'),
  knob('hz', ['250', '100', '1000'], 'timer ticks a second; a scenario has its own in its machine'),
  knob('io.device', ['ssd', 'hdd', 'nvme', 'usb', 'hung'], 'the block device behind files and swap'),
  knob('io.queue', ['multi-queue', 'single-queue', 'single-queue-2.6.9'], 'how requests wait for the block device: for its tags, or in one queue (to 4.20), which is congested from 113 of 128 requests on until there are fewer than 103 (2.6.9: 111); reclaim waits for that', before5),
  numeric('io.nrRequests', 128, 4, 10_000, 'requests', 'with a single queue: requests of each direction', before5),
];
/** Defaults of one profile, without what a scenario's machine says. */
export function knobDefaults(profile: ProfileName, rt = false): Record<string, string | number> {
  return Object.fromEntries(knobs.filter((i) => i.profiles.includes(profile) && !MACHINE_KNOBS.includes(i.name)).map((i) => [i.name, defaultOf(i, profile, rt)]));
}
