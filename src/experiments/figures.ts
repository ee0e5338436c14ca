/** Figures that several experiments show of a run, and what figures say in words. */
import { longestNs, type View } from './view.ts';

export const callbacks = (run: View): number => run.marks('oom_notify_end').length;
/** Requests of the kernel threads that came back: with a page, and without. */
export const served = (run: View): number => run.marks('ask_for_pages').filter((m) => m.c >= 0).length;
export const refused = (run: View): number => run.marks('ask_for_pages').filter((m) => m.c < 0).length;
export const oomPathFigures = (run: View): Readonly<Record<string, number>> => ({
  longestHoldMs: longestNs(run.holds('oom_lock')) / 1e6, callbacks: callbacks(run), trylockMisses: run.misses('oom_lock'),
  directReclaims: run.marks('mm_vmscan_direct_reclaim_begin').length, served: served(run), refused: refused(run), kills: run.outcome.kills.length,
});

/** What a figure says, without its unit; one that is not named here is told by its own words. */
export const FIGURE_WORDS: Readonly<Record<string, string>> = {
  longestHoldMs: 'longest hold of oom_lock', callbacks: 'calls of the notifier', trylockMisses: 'failed trylocks of oom_lock', directReclaims: 'direct reclaims begun', served: 'requests served', refused: 'requests refused',
  kills: 'processes killed', stuck: 'stuck until SIGKILL (1 = yes)', servedInTime: 'requests served before SIGKILL', wakeToUnlockMs: "from the holder's wake-up to its unlock", callsBeforeKill: 'calls of the notifier before the first kill',
  roundsOfTheCaller: 'direct reclaims of who asks', lastLeavesAfterMs: 'until the last caller leaves', gates: 'gates', asTheReference: 'gates as the reference has them, of 8',
};
/** A figure by its name: `freedPages` is freed, in pages. */
const UNITS: readonly (readonly [end: string, unit: string])[] = [['Ms', 'ms'], ['Ns', 'ns'], ['Pages', 'pages'], ['Kb', 'KiB'], ['Bytes', 'bytes'], ['Percent', '%']];
export function figureName(name: string): { readonly words: string; readonly unit: string } {
  const [end, unit] = UNITS.find(([e]) => name.endsWith(e) && name.length > e.length) ?? ['', ''];
  return { words: FIGURE_WORDS[name] ?? name.slice(0, name.length - end.length).replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`), unit };
}
