/** What experiments about lazy RCU callbacks read off a run. */
import type { Mark, View } from './view.ts';

export const JIFFY_NS = 4e6;
const byTime = (a: Mark, b: Mark): number => a.timeNs - b.timeNs;
/** Callbacks that were queued and invoked, lazy or not, in order. `b`: the callback's number, `c`: of an invocation, the pages that it frees. */
export const posted = (run: View): readonly Mark[] => [...run.marks('rcu_kfree_callback'), ...run.marks('rcu_callback')].sort(byTime);
export const invoked = (run: View): readonly Mark[] => [...run.marks('rcu_invoke_kfree_callback'), ...run.marks('rcu_invoke_callback')].sort(byTime);
export const killNs = (run: View): number => run.outcome.firsts.killNs ?? Infinity;
export const invokedBefore = (run: View, timeNs: number): number => invoked(run).filter((m) => m.timeNs < timeNs).length;
/** The longest time from queueing to invocation; Infinity if one was not invoked. */
export function longestWaitNs(run: View): number {
  const at = new Map(invoked(run).map((m) => [m.b, m.timeNs]));
  return posted(run).reduce((most, m) => Math.max(most, (at.get(m.b) ?? Infinity) - m.timeNs), 0);
}
/** Of all callbacks the most ticks between queueing and invocation; Infinity: one was not invoked. A callback that the fourth tick brings is called some time into it, after those before it. */
export function mostTicks(run: View): number {
  const at = new Map(invoked(run).map((m) => [m.b, m.timeNs]));
  return posted(run).reduce((most, m) => Math.max(most, Math.floor((at.get(m.b) ?? Infinity) / JIFFY_NS) - Math.floor(m.timeNs / JIFFY_NS)), 0);
}
/** Grace periods that ended before `timeNs` and began after every callback was queued. */
export function gracePeriodsAfterQueueing(run: View, untilNs: number): number {
  const last = posted(run).at(-1)?.timeNs ?? Infinity, ends = run.marks('rcu_grace_period_end');
  return run.marks('rcu_grace_period_start').filter((s) => s.timeNs >= last && ends.some((e) => e.b === s.b && e.timeNs < untilNs)).length;
}
/** Tasks that passed a tracepoint `begin` and after that no `end` any more: they stand between the two when the run is over. */
export function unfinished(run: View, begin: string, end: string): number {
  const tasks = new Set(run.marks(begin).map((m) => m.task)), last = (name: string, task: string): number => run.marks(name).findLast((m) => m.task === task)?.timeNs ?? -1;
  return [...tasks].filter((t) => last(begin, t) > last(end, t)).length;
}
