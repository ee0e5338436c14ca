/** Figures that several experiments show of a run. */
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
/** Calls of out_of_memory() after the first kill, by their holds of oom_lock; the reaper's are not. */
export const laterOomCalls = (run: View): number => run.holds('oom_lock').filter((h) => !h.task.startsWith('oom_reaper/') && h.fromNs > (killed(run, 0)?.timeNs ?? Infinity)).length;
/** How often it began to take the first victim's memory. */
export const reaped = (run: View): number => aboutFirst(run, 'start_task_reaping').length;
export const reaperFigures = (run: View): Readonly<Record<string, number>> => ({
  nextVictimMs: nextVictimMs(run), reapings: reaped(run), failedTrylocks: aboutFirst(run, 'skip_task_reaping').length, callbacks: run.marks('invalidate_range_start').length, untoldPages: untoldPages(run),
  longestReaperHoldMs: longestNs(reaperHolds(run)) / 1e6, laterOomCalls: laterOomCalls(run), trylockMisses: run.misses('oom_lock'), directReclaims: run.marks('mm_vmscan_direct_reclaim_begin').length, kills: run.outcome.kills.length,
});
