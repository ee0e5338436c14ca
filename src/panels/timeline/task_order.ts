/** Which tasks are shown, and in which order: the one that takes the memory, victims, who called the OOM killer, who held what others wanted, kswapd and the reaper, then by how much happened to them. */
import { anyPool } from '../../analysis/pools.ts';
import { lowerBound } from '../../analysis/pyramid.ts';
import { type CodeSeries, OPEN, type Points } from '../../analysis/series.ts';
import { CODE } from '../../analysis/task_tracks.ts';
import type { Trace } from '../../analysis/trace.ts';
import { plural } from '../../ui/format.ts';
import type { Fold } from './folds.ts';
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
/** Of these so many come before the others. */
const MOST_CALLERS = 2, MOST_HOLDERS = 2;

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
/** The first row of `rows` behind `row`. */
const nextRow = (rows: { readonly data: Int32Array; readonly length: number }, row: number): number => {
  const i = lowerBound(rows.data, row + 1, 0, rows.length);
  return i < rows.length ? rows.data[i] : OPEN;
};
/** Tasks that held a lock while others found it taken, by how long that was: from the first who missed it or queued for it to the end of the hold. */
function inTheWay(trace: Trace): readonly number[] {
  const heldNs = new Map<number, number>(), { rows } = trace;
  for (const lock of trace.series.locks.list) {
    if (lock === undefined || lock.misses.length + lock.waits.length === 0) continue;
    const { holds, waits, misses } = lock;
    for (let i = 0; i < holds.length; i++) {
      const from = Math.min(nextRow(misses.row, holds.from.data[i]), nextRow(waits.from, holds.from.data[i])), to = Math.min(holds.to.data[i], rows - 1);
      if (from < to) heldNs.set(holds.who.data[i], (heldNs.get(holds.who.data[i]) ?? 0) + trace.timeAt(to) - trace.timeAt(from));
    }
  }
  return [...heldNs].sort(([a, x], [b, y]) => y - x || a - b).map(([id]) => id);
}
/** Who called the OOM killer: first those whose call killed, then those whose call did not. */
function callers({ series: { marks: { kills }, tasks: { oomEntered } } }: Trace): readonly number[] {
  const of = (from: Points['a'], n: number): number[] => Array.from({ length: n }, (_, i) => from.data[i]);
  return [...new Set([...of(kills.c, kills.length), ...of(oomEntered.a, oomEntered.length)])];
}
/** One of each comes before the second of any: where few lines fit, the parts of the story are all there. */
const inTurn = (lists: readonly (readonly number[])[]): number[] => Array.from({ length: Math.max(...lists.map((l) => l.length)) }, (_, i) => lists.flatMap((l) => l.slice(i, i + 1))).flat();

function orderOf(trace: Trace): Order {
  const before = known.get(trace);
  if (before?.rows === trace.rows) return before;
  const { rows: busy, codes } = trace.series.tasks, { kills, userKills } = trace.series.marks, { tasks } = trace.tables;
  const ids = tasks.filter((t) => t !== undefined && !t.idle).map((t) => t.id);
  ids.sort((a, b) => (busy[b] ?? 0) - (busy[a] ?? 0) || a - b);
  const hog = ids.find((id) => !tasks[id].kthread), victims = [kills, userKills].flatMap((points) => Array.from({ length: points.length }, (_, i) => points.a.data[i])).filter((id) => id >= 0);
  const threads = ids.filter((id) => /^kswapd\d/.test(tasks[id].comm)), reaper = kills.length > 0 ? ids.filter((id) => tasks[id].comm === 'oom_reaper') : [];
  const parts = inTurn([victims.slice(0, MOST_TASKS / 3), callers(trace).slice(0, MOST_CALLERS), inTheWay(trace).slice(0, MOST_HOLDERS)]).filter((id) => tasks[id]?.idle !== true);
  const first = new Set([...(hog === undefined ? [] : [hog]), ...parts, ...threads, ...reaper]), idle = ids.filter((id) => tasks[id].kthread && !first.has(id) && sleepsOn(codes[id]));
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
export const restWords = (n: number): string => `and ${plural(n, 'more task')}`;
/** From top to bottom. How many there are does not depend on who is selected: that one takes the place of another where it has none. */
export function taskLines(trace: Trace, selected: number | null, unfolded: readonly Fold[] = []): readonly TaskLine[] {
  const { order, idle } = orderOf(trace), busy = order.filter((id) => !idle.includes(id)), room = mostTasks(trace), most = busy.length > room && idle.length > 0 ? room - 1 : room;
  const shown = busy.slice(0, most), below = unfolded.includes('idle') ? idle : [];
  if (selected !== null && shown.length > 0 && order.includes(selected) && !shown.includes(selected) && !below.includes(selected) && !unfolded.includes('rest')) shown[shown.length - 1] = selected;
  const line = (task: number): TaskLine => ({ kind: 'task', task }), rest = busy.filter((id) => !shown.includes(id));
  return [...shown.map(line), ...(busy.length > most ? [{ kind: 'rest', tasks: rest } as const, ...(unfolded.includes('rest') ? rest.map(line) : [])] : []), ...(idle.length > 0 ? [{ kind: 'idle', tasks: idle } as const] : []), ...below.map(line)];
}
/** The tasks that have a line. */
export const shownTasks = (trace: Trace, selected: number | null): readonly number[] => taskLines(trace, selected).flatMap((line) => (line.kind === 'task' ? [line.task] : []));
