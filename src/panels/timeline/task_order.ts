/** Which tasks are shown, and in which order: the one that takes the memory, the victims, kswapd and the reaper, then by how much happened to them. */
import { anyPool } from '../../analysis/pools.ts';
import type { Trace } from '../../analysis/trace.ts';
import { shownLocks } from './locks.ts';

/** Fewer where RCU or pools have lanes below, the pace of reclaim one above, or more than one lock a place: all of it is to be seen at once. */
const MOST_TASKS = 12, FEWEST = 5, PACE_TASKS = 3, LOCK_TASKS = 2;
function mostTasks(trace: Trace): number {
  if (trace.series.rcu.some || anyPool(trace)) return FEWEST;
  return Math.max(FEWEST, MOST_TASKS - (trace.series.paces.some ? PACE_TASKS : 0) - LOCK_TASKS * Math.max(0, shownLocks(trace).length - 1));
}
export interface ShownTasks {
  readonly ids: readonly number[];
  /** How many more there are. */
  readonly rest: number;
}
const known = new WeakMap<Trace, { readonly rows: number; readonly order: readonly number[] }>();

/** All tasks but the idle ones, the most telling first. */
export function taskOrder(trace: Trace): readonly number[] {
  const before = known.get(trace);
  if (before?.rows === trace.rows) return before.order;
  const { rows: busy } = trace.series.tasks, { kills, userKills } = trace.series.marks, { tasks } = trace.tables;
  const ids = tasks.filter((t) => t !== undefined && !t.idle).map((t) => t.id);
  ids.sort((a, b) => (busy[b] ?? 0) - (busy[a] ?? 0) || a - b);
  const hog = ids.find((id) => !tasks[id].kthread), victims = [kills, userKills].flatMap((points) => Array.from({ length: points.length }, (_, i) => points.a.data[i])).filter((id) => id >= 0);
  const threads = ids.filter((id) => /^kswapd\d/.test(tasks[id].comm)), reaper = kills.length > 0 ? ids.filter((id) => tasks[id].comm === 'oom_reaper') : [];
  const order = [...new Set([...(hog === undefined ? [] : [hog]), ...victims.slice(0, MOST_TASKS / 3), ...threads, ...reaper, ...ids])];
  known.set(trace, { rows: trace.rows, order });
  return order;
}
export function shownTasks(trace: Trace, selected: number | null): ShownTasks {
  const order = taskOrder(trace), most = mostTasks(trace), ids = order.slice(0, most);
  if (selected !== null && !ids.includes(selected) && order.includes(selected)) ids[ids.length < most ? ids.length : most - 1] = selected;
  return { ids, rest: order.length - ids.length };
}
