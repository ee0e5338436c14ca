/** What experiments about kvfree_rcu() read off a run. */
import type { Mark, View } from './view.ts';

export const KMALLOC = 0, LINKED = 2, SYNCHRONOUS = 3, NO_PAGE = -1, RESCUE = 3;
/** Objects that were handed over. `b`: the object, `c`: how. */
export const calls = (run: View): readonly Mark[] => run.marks('kvfree_call');
/** Objects that found no page. */
export const fallbacks = (run: View): readonly Mark[] => calls(run).filter((m) => m.c === LINKED || m.c === SYNCHRONOUS);
/** How many objects came before the first that found no page; Infinity: all found one. */
export function beforeFallback(run: View): number {
  const i = calls(run).findIndex((m) => m.c === LINKED || m.c === SYNCHRONOUS);
  return i < 0 ? Infinity : i;
}
export const finite = (n: number): number => (n === Infinity ? -1 : n);
/** Bulk pages that were obtained. */
export const bulkPages = (run: View): readonly Mark[] => run.marks('kvfree_page').filter((m) => m.b >= 0);
export const belowMin = (run: View): number => run.marks('kvfree_below_min').length;
export const missedWakes = (run: View): number => run.marks('kvfree_missed_wake').length;
export const allFreed = (run: View): boolean => run.marks('kvfree_free').length === calls(run).length && calls(run).length > 0;
/** The longest time from one call to the next of the same burst. */
export const longestGapNs = (run: View): number => calls(run).reduce((most, m, i, all) => (i === 0 ? 0 : Math.max(most, m.timeNs - all[i - 1].timeNs)), 0);
