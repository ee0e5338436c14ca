/** Figures that several experiments show of a run. */
import { longestNs, type View } from './view.ts';

export const callbacks = (run: View): number => run.marks('oom_notify_end').length;
/** Requests of the kernel threads that came back: with a page, and without. */
export const served = (run: View): number => run.marks('ask_for_pages').filter((m) => m.c >= 0).length;
export const refused = (run: View): number => run.marks('ask_for_pages').filter((m) => m.c < 0).length;
export const oomPathFigures = (run: View): Readonly<Record<string, number>> => ({
  longestHoldMs: longestNs(run.holds('oom_lock')) / 1e6, callbacks: callbacks(run), trylockMisses: run.misses('oom_lock'),
  directReclaims: run.marks('mm_vmscan_direct_reclaim_begin').length, served: served(run), refused: refused(run), kills: run.outcome.kills.length,
});
