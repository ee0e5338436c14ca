/** Which tasks are shown, and in which order: the one that takes the memory, the victims, kswapd and the reaper, then by how much happened to them. */
import { anyPool } from '../../analysis/pools.ts';
import type { CodeSeries } from '../../analysis/series.ts';
import { CODE } from '../../analysis/task_tracks.ts';
import type { Trace } from '../../analysis/trace.ts';
import { plural } from '../../ui/format.ts';
import { shownLocks } from './locks.ts';

/** Fewer where RCU or pools have lanes below, the pace of reclaim one above, or more than one lock a place: all of it is to be seen at once. */
const MOST_TASKS = 12, FEWEST = 5, PACE_TASKS = 3, LOCK_TASKS = 2;
function mostTasks(trace: Trace): number {
  if (trace.series.rcu.some || anyPool(trace)) return FEWEST;
  return Math.max(FEWEST, MOST_TASKS - (trace.series.paces.some ? PACE_TASKS : 0) - LOCK_TASKS * Math.max(0, shownLocks(trace).length - 1));
}
/** A line of the lane: a task; those that have no line; the idle kernel threads, which stand below it where they are unfolded. */
export type TaskLine = { readonly kind: 'task'; readonly task: number } | { readonly kind: 'rest'; readonly tasks: readonly number[] } | { readonly kind: 'idle'; readonly tasks: readonly number[] };
interface Order {
  readonly rows: number;
  readonly order: readonly number[];
  readonly idle: readonly number[];
}
const known = new WeakMap<Trace, Order>();

/** Whether a task is never on a CPU, or waits for one, after it has first slept. */
function sleepsOn(codes: CodeSeries | undefined): boolean {
  let slept = codes === undefined;
  for (let i = 0; i < (codes?.length ?? 0); i++) {
    const code = codes?.codeOf(i) ?? CODE.gone;
    if (code === CODE.asleep || code === CODE.blocked) slept = true;
    else if (slept && code !== CODE.gone) return false;
  }
  return slept;
}
function orderOf(trace: Trace): Order {
  const before = known.get(trace);
  if (before?.rows === trace.rows) return before;
  const { rows: busy, codes } = trace.series.tasks, { kills, userKills } = trace.series.marks, { tasks } = trace.tables;
  const ids = tasks.filter((t) => t !== undefined && !t.idle).map((t) => t.id);
  ids.sort((a, b) => (busy[b] ?? 0) - (busy[a] ?? 0) || a - b);
  const hog = ids.find((id) => !tasks[id].kthread), victims = [kills, userKills].flatMap((points) => Array.from({ length: points.length }, (_, i) => points.a.data[i])).filter((id) => id >= 0);
  const threads = ids.filter((id) => /^kswapd\d/.test(tasks[id].comm)), reaper = kills.length > 0 ? ids.filter((id) => tasks[id].comm === 'oom_reaper') : [];
  const first = new Set([...(hog === undefined ? [] : [hog]), ...victims.slice(0, MOST_TASKS / 3), ...threads, ...reaper]), idle = ids.filter((id) => tasks[id].kthread && !first.has(id) && sleepsOn(codes[id]));
  // one line for one thread would save none
  const now = { rows: trace.rows, order: [...new Set([...first, ...ids])], idle: idle.length > 1 ? idle.sort((a, b) => a - b) : [] };
  known.set(trace, now);
  return now;
}
/** All tasks but the idle ones, the most telling first. */
export const taskOrder = (trace: Trace): readonly number[] => orderOf(trace).order;
/** Kernel threads that do nothing in the whole run but go to sleep. By the whole run: a line must not come and go with the cursor. */
export const idleThreads = (trace: Trace): readonly number[] => orderOf(trace).idle;
export const idleWords = (n: number): string => plural(n, 'idle kernel thread');
/** From top to bottom. How many there are does not depend on who is selected: that one takes the place of another where it has none. */
export function taskLines(trace: Trace, selected: number | null, unfolded = false): readonly TaskLine[] {
  const { order, idle } = orderOf(trace), busy = order.filter((id) => !idle.includes(id)), room = mostTasks(trace), most = busy.length > room && idle.length > 0 ? room - 1 : room;
  const shown = busy.slice(0, most), below = unfolded ? idle : [];
  if (selected !== null && shown.length > 0 && order.includes(selected) && !shown.includes(selected) && !below.includes(selected)) shown[shown.length - 1] = selected;
  const line = (task: number): TaskLine => ({ kind: 'task', task }), rest = busy.filter((id) => !shown.includes(id));
  return [...shown.map(line), ...(busy.length > most ? [{ kind: 'rest', tasks: rest } as const] : []), ...(idle.length > 0 ? [{ kind: 'idle', tasks: idle } as const] : []), ...below.map(line)];
}
/** The tasks that have a line. */
export const shownTasks = (trace: Trace, selected: number | null): readonly number[] => taskLines(trace, selected).flatMap((line) => (line.kind === 'task' ? [line.task] : []));
