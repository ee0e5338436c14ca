/** Figures that several experiments show of a run, and what figures say in words. */
import { longestNs, type Mark, type Span, type View } from './view.ts';

export const callbacks = (run: View): number => run.marks('oom_notify_end').length;
/** Requests of the kernel threads that came back: with a page, and without. */
export const served = (run: View): number => run.marks('ask_for_pages').filter((m) => m.c >= 0).length;
export const refused = (run: View): number => run.marks('ask_for_pages').filter((m) => m.c < 0).length;
export const oomPathFigures = (run: View): Readonly<Record<string, number>> => ({
  longestHoldMs: longestNs(run.holds('oom_lock')) / 1e6, callbacks: callbacks(run), trylockMisses: run.misses('oom_lock'),
  directReclaims: run.marks('mm_vmscan_direct_reclaim_begin').length, served: served(run), refused: refused(run), kills: run.outcome.kills.length,
});

const killed = (run: View, nth: number): Mark | undefined => run.marks('mark_victim')[nth];
/** Tracepoints of the reaper about the first victim. */
export const aboutFirst = (run: View, name: string): readonly Mark[] => run.marks(name).filter((m) => m.c === killed(run, 0)?.c);
/** Its holds of oom_lock for that one, one an attempt where it takes it: those before there is a second victim. */
export const reaperHolds = (run: View): readonly Span[] => run.holds('oom_lock').filter((h) => h.task.startsWith('oom_reaper/') && h.fromNs < (killed(run, 1)?.timeNs ?? Infinity));
/** How far apart in time, in ms, each from the one before. */
export const gapsMs = (timesNs: readonly number[]): readonly number[] => timesNs.slice(1).map((t, i) => (t - timesNs[i]) / 1e6);
/** From the first victim's mark to a time; 0 if there was none. */
export const sinceKillMs = (run: View, timeNs: number | undefined): number => ((timeNs ?? 0) - (killed(run, 0)?.timeNs ?? 0)) / 1e6;
/** From the first victim to the second; 0 if there was none. */
export const nextVictimMs = (run: View): number => (killed(run, 1) === undefined ? 0 : sinceKillMs(run, killed(run, 1)?.timeNs));
/** Pages that were unmapped while a second MMU used them and nobody told it. */
export const untoldPages = (run: View): number => run.marks('unmap_under_notifier').reduce((sum, m) => sum + m.c, 0);
/** Calls of out_of_memory() after a notifier was called for the first time, by their holds of oom_lock; the reaper's are not. Between the kill and the reaper's first step one may slip in. */
export const laterOomCalls = (run: View): number => run.holds('oom_lock').filter((h) => !h.task.startsWith('oom_reaper/') && h.fromNs > (run.marks('invalidate_range_start')[0]?.timeNs ?? Infinity)).length;
/** How often it began to take the first victim's memory. */
export const reaped = (run: View): number => aboutFirst(run, 'start_task_reaping').length;
export const reaperFigures = (run: View): Readonly<Record<string, number>> => ({
  nextVictimMs: nextVictimMs(run), reapings: reaped(run), failedTrylocks: aboutFirst(run, 'skip_task_reaping').length, callbacks: run.marks('invalidate_range_start').length, untoldPages: untoldPages(run),
  longestReaperHoldMs: longestNs(reaperHolds(run)) / 1e6, laterOomCalls: laterOomCalls(run), trylockMisses: run.misses('oom_lock'), directReclaims: run.marks('mm_vmscan_direct_reclaim_begin').length, kills: run.outcome.kills.length,
});
/** What a figure says, without its unit; one that is not named here is told by its own words. */
export const FIGURE_WORDS: Readonly<Record<string, string>> = {
  longestHoldMs: 'longest hold of oom_lock', callbacks: 'calls of the notifier', trylockMisses: 'failed trylocks of oom_lock', directReclaims: 'direct reclaims begun', served: 'requests served', refused: 'requests refused',
  kills: 'processes killed by the OOM killer', stuck: 'stuck until SIGKILL (1 = yes)', servedInTime: 'requests served before SIGKILL', wakeToUnlockMs: "from the holder's wake-up to its unlock", callsBeforeKill: 'calls of the notifier before the first kill',
  nextVictimMs: 'from the first victim to the second (0 = none)', reapings: 'attempts that unmapped', failedTrylocks: 'failed trylocks of mmap_lock', untoldPages: 'unmapped under a notifier, untold', longestReaperHoldMs: 'longest hold of oom_lock by the reaper',
  laterOomCalls: 'out_of_memory() calls after a notifier', firstAttemptMs: 'from the kill to the first attempt', badSchedules: 'bad schedule found (1 = yes)', badAfterSteps: 'steps to the bad schedule', schedulesTried: 'schedules tried',
  longestWaitMs: 'longest wait of a callback', queued: 'callbacks queued', invokedBeforeScan: "callbacks invoked before the shrinker's scan", scanToFirstMs: 'from that scan to the first callback (−1 = no scan)', reclaimToFirstMs: 'from the first direct reclaim to the first callback (−1 = never)', invokedBeforeKill: 'callbacks invoked before the kill', gracePeriodsOverBeforeKill: 'grace periods over before the kill', wakeToKillMs: 'from the first wake of kswapd to the kill',
  kickToMemoryBackMs: 'from the kick to the last callback (−1 = never)', gracePeriodMs: 'from the kick to the end of a grace period (−1 = never)', longestHoldOfOomLockMs: 'longest hold of oom_lock', killMs: 'first kill (−1 = none)', ipis: 'interrupts between CPUs',
  correlation: 'correlation of promised and freed', fewestGracePeriodsOfAScan: 'fewest grace periods of a scan', mostCallbacks: 'most callbacks at once', leftAtEnd: 'callbacks left at the end', liftToQlowmarkMs: 'from lifting the limit to qlowmark',
  pagesReclaimedPerMsOfKswapd: 'pages that kswapd reclaims per ms of CPU', wakesOfKswapd: 'wakes of kswapd', emptyLists: 'refills of its per-CPU list by kswapd', pointerPages: 'taken for pointers', mostStalledMs: 'most stall within the window', userKills: 'processes killed by the userspace killer',
  selfDeadlocks: 'a CPU waits for its own lock (1 = yes)', invalidWaitContexts: 'invalid wait contexts', sleepsInAtomic: 'sleeps where the CPU may not switch (RT)', objectsGivenBack: 'objects given to kvfree_rcu()', objectsFreed: 'objects freed', pagesTakenInline: 'bulk pages allocated under locks',
  mostPinnedPages: 'reserved at most', unusedPages: 'reserved and not used by anybody', pinnedIdlePages: 'reserved before the first section', inSectionsPages: 'allocated in sections', reservedBeforehandPages: 'allocated to be in reserve, by threads', leftPinnedPages: 'reserved at the end',
  othersRefused: 'requests of the others refused', othersFromReservePages: 'taken by the others from the reserve', specialFromReservePages: 'taken by the special one from the reserve', specialRefused: 'requests of the special one refused', fromAllocatorPages: 'taken from the allocator',
  belowMinPages: 'taken below MIN', missedWakes: 'takes below LOW that woke nobody', fallbacks: 'objects without a page', beforeFallback: 'objects before the first without a page (−1 = all had one)', bulkPages: 'used for pointers',
  fallbacksOfFirstBurst: 'objects without a page, first burst', fallbacksOfSecondBurst: 'objects without a page, second burst', givenBackPages: 'given back when the pool shrank', inPagesMeanwhile: 'objects that got into a page before the refill',
  fallbacksAfterRefill: 'objects without a page after the refill', refillAfterMs: 'from the first miss to the refill (0 = no miss, −1 = never)', objects: 'objects', driversAs510: 'drivers with one page for 510, of 8', driversAs507: 'drivers with one page for 507, of 8',
  linked: 'objects linked', waitedFor: 'objects whose caller waited', longestWaitOfCallerMs: 'longest from one call to the next', fewestGracePeriodsOfAnObject: 'fewest grace periods between call and end of an object',
  roundsOfTheCaller: 'direct reclaims of who asks', lastLeavesAfterMs: 'until the last caller leaves', gates: 'gates', asTheReference: 'gates as the reference has them, of 8',
  neighbourRefills: 'refills by the neighbour', emptyMs: "how long the CPU's lists were empty", takerTakenPages: 'taken by the taker', takerSharePercent: "taker's share of all pages taken there", takerRefills: 'refills by the taker', refusedTakes: 'takes that found nothing',
  inducedRefills: 'refills by others soon after a take', takerWakes: 'wakes of kswapd by the taker', drains: 'drains of all lists',
};
/** A figure by its name: `freedPages` is freed, in pages. */
const UNITS: readonly (readonly [end: string, unit: string])[] = [['Ms', 'ms'], ['Ns', 'ns'], ['Pages', 'pages'], ['Kb', 'KiB'], ['Bytes', 'bytes'], ['Percent', '%']];
export function figureName(name: string): { readonly words: string; readonly unit: string } {
  const [end, unit] = UNITS.find(([e]) => name.endsWith(e) && name.length > e.length) ?? ['', ''];
  return { words: FIGURE_WORDS[name] ?? name.slice(0, name.length - end.length).replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`), unit };
}
