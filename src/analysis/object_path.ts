/**
 * The way of one thing that is freed by RCU, station by station: a callback from call_rcu() to its invocation, an object from kvfree_rcu() by page,
 * monitor, grace period and worker; and from there its memory to a per-CPU list and to the buddy lists. What a row says of one callback is read as it
 * stands; that a CPU gives callbacks a grace period, or finds them done, is read from its segments, in which they lie in the order in which they came.
 */
import { blockCpu, blockOrder, NO_CPU, ROW } from '../format/rows.ts';
import { lowerBound } from './pyramid.ts';
import { gaugeAt } from './rcu.ts';
import { KVFREE_CHANNEL } from './rcu_tracks.ts';
import { OPEN } from './series.ts';
import type { Trace } from './trace.ts';

export interface ObjectRef {
  /** A callback of RCU, or an object of kvfree_rcu(). */
  readonly kind: 'callback' | 'object';
  readonly id: number;
}
/** What a station is; the comment names a and b. */
export type StationKind =
  | 'queued' //      a = 1: lazy
  | 'assigned' //    it left NEXT: a grace period to come is its own
  | 'called' //      a = channel of kvfree_rcu()
  | 'page' //        a page for pointers was obtained: a = pfn, -1 = none; b = source
  | 'monitor' //     a = number of the batch, b = objects in it
  | 'begin' //       a = number of the grace period
  | 'reported' //    the last CPU it waited for
  | 'end' //         a = number of the grace period
  | 'done' //        its CPU, or who sees to its list, finds that its grace period is over: a = its CPU
  | 'batch' //       a = its CPU, b = callbacks of that
  | 'worker' //      a = number of the batch, b = objects in it
  | 'bulk' //        a = pfn of the page with its pointer, b = pointers in it
  | 'invoked' //     a = pages that it frees
  | 'freed' //       a = pages
  | 'list' //        the first of its pages: a = pfn, b = pages of this CPU's list together
  | 'buddy' //       a = pfn, b = pages
  | 'taken'; //      from the per-CPU list into use again: a = pfn
export interface Station {
  readonly kind: StationKind;
  readonly event: number;
  readonly timeNs: number;
  readonly cpu: number;
  readonly task: number;
  readonly stack: number;
  readonly a: number;
  readonly b: number;
  /** Since the station before it, ns; 0 for the first. */
  readonly tookNs: number;
}
export interface ObjectPath {
  readonly ref: ObjectRef;
  readonly stations: readonly Station[];
  /** Its memory is in the buddy lists or in use again, or it had none. */
  readonly over: boolean;
}
/** So many rows are read in search of a page that left a list. */
const MOST_ROWS = 500_000;
type Step = Pick<Station, 'kind' | 'a' | 'b'> & { readonly row: number };
const BEGINS: ReadonlyMap<string, ObjectRef['kind']> = new Map([
  ['rcu_callback', 'callback'], ['rcu_kfree_callback', 'callback'], ['rcu_invoke_callback', 'callback'], ['rcu_invoke_kfree_callback', 'callback'], ['kvfree_call', 'object'], ['kvfree_free', 'object'],
]);
const FREES = new Set(['rcu_invoke_callback', 'rcu_invoke_kfree_callback', 'kvfree_free']), STOPS = new Set(['rcu_batch_end', 'rcu_batch_start', 'kvfree_worker', 'kvfree_monitor', 'kvfree_call']);
/** How far behind the tracepoint of its invocation a freed page is looked for. */
const NEAR_ROWS = 2000;
const markOf = (trace: Trace, row: number): string => (trace.kindAt(row) === ROW.mark ? (trace.tables.strings[trace.aAt(row)] ?? '') : '');
const isFree = (kind: number): boolean => kind === ROW.pcpFree || kind === ROW.buddyFree;

/** The callback or object that the event is about; null = it is about none. */
export function objectOf(trace: Trace, event: number): ObjectRef | null {
  const row = event - 1;
  if (row < 0 || row >= trace.rows) return null;
  const kind = BEGINS.get(markOf(trace, row));
  if (kind !== undefined) return known(trace, { kind, id: trace.bAt(row) });
  if (!isFree(trace.kindAt(row))) return null;
  for (let r = row - 1; r >= Math.max(0, row - NEAR_ROWS); r--) {
    if (trace.taskAt(r) !== trace.taskAt(row)) continue;
    const name = markOf(trace, r);
    if (STOPS.has(name)) return null;
    if (FREES.has(name)) return known(trace, { kind: BEGINS.get(name) ?? 'callback', id: trace.bAt(r) });
  }
  return null;
}
/** Only what was told to come: a barrier's callback was not. */
function known(trace: Trace, ref: ObjectRef): ObjectRef | null {
  const { callbacks, objects } = trace.series.rcu;
  return (ref.kind === 'callback' ? callbacks : objects).rowOf(ref.id) < 0 ? null : ref;
}

/** The first grace period that begins after `row`, and how it ends; nothing of it where it has not come. */
function periodSteps(trace: Trace, row: number): Step[] {
  const { periods } = trace.series.rcu, i = periods.length === 0 ? 0 : lowerBound(periods.from.data, row + 1, 0, periods.length);
  if (i >= periods.length) return [];
  const from = periods.from.data[i], to = periods.to.data[i], number = periods.who.data[i], steps: Step[] = [{ kind: 'begin', row: from, a: number, b: 0 }];
  const mask = trace.series.gauges.get(trace.tables.stringIndex('rcu_qsmask'));
  const last = mask === undefined ? -1 : mask.indexAt(Math.min(to, trace.rows));
  if (mask !== undefined && last > 0 && mask.pyramid.values.data[last] === 0 && mask.rows.data[last] > from) steps.push({ kind: 'reported', row: mask.rows.data[last], a: number, b: mask.pyramid.values.data[last - 1] });
  if (to !== OPEN) steps.push({ kind: 'end', row: to, a: number, b: 0 });
  return steps;
}
/** The first row of these gauges of a CPU, after `row`, at which fewer than `place + 1` of what had come lie behind the last of `behind`; -1 = none so far. */
function leftAt(trace: Trace, cpu: number, place: number, row: number, behind: readonly string[]): number {
  const { callbacks } = trace.series.rcu, names = behind.map((segment) => `rcu_cbs cpu${cpu} ${segment}`);
  const left = (at: number): boolean => place < callbacks.came(cpu, at + 1) - names.reduce((sum, name) => sum + gaugeAt(trace, name, at + 1), 0);
  let first = -1;
  for (const name of names) {
    const series = trace.series.gauges.get(trace.tables.stringIndex(name));
    if (series === undefined) continue;
    for (let i = series.indexAt(row + 1) + 1; i < series.length; i++) {
      const at = series.rows.data[i];
      if (first >= 0 && at >= first) break;
      if (left(at)) { first = at; break; }
    }
  }
  return first;
}
function callbackSteps(trace: Trace, id: number): Step[] {
  const { callbacks, batches } = trace.series.rcu, row = callbacks.rowOf(id), end = callbacks.endOf(id), cpu = callbacks.cpuOf(id), place = callbacks.placeOf(id);
  const steps: Step[] = [{ kind: 'queued', row, a: markOf(trace, row) === 'rcu_kfree_callback' ? 1 : 0, b: 0 }];
  const assigned = leftAt(trace, cpu, place, row, ['NEXT', 'bypass']);
  if (assigned >= 0) steps.push({ kind: 'assigned', row: assigned, a: 0, b: 0 }, ...periodSteps(trace, assigned));
  const done = assigned < 0 ? -1 : leftAt(trace, cpu, place, assigned, ['WAIT', 'NEXT_READY', 'NEXT', 'bypass']);
  if (done >= 0) steps.push({ kind: 'done', row: done, a: cpu, b: 0 });
  if (end < 0) return steps;
  const own = batches[cpu], batch = own.length === 0 ? -1 : lowerBound(own.from.data, end, 0, own.length) - 1;
  if (batch >= 0) steps.push({ kind: 'batch', row: own.from.data[batch], a: cpu, b: trace.bAt(own.from.data[batch]) });
  return [...steps, { kind: 'invoked', row: end, a: trace.cAt(end), b: 0 }, ...memorySteps(trace, end)];
}
const N_BATCHES = 2; // KFREE_N_BATCHES: a batch's number is its CPU's times this, and one of the two
/** The first row from `from` on, before `limit`, that is such a tracepoint and fits; -1 = there is none. */
function nextMark(trace: Trace, name: string, from: number, limit: number, fits: (row: number) => boolean): number {
  const index = trace.tables.stringIndex(name);
  for (let r = from; index >= 0 && r < limit; r++) if (trace.kindAt(r) === ROW.mark && trace.aAt(r) === index && fits(r)) return r;
  return -1;
}
/** The wait of a batch, or of a caller: its task queues a callback, and what that goes through is the wait. */
function waitSteps(trace: Trace, row: number, limit: number): Step[] {
  const task = trace.taskAt(row), queued = nextMark(trace, 'rcu_callback', row + 1, Math.min(limit, row + NEAR_ROWS), (r) => trace.taskAt(r) === task);
  return queued < 0 ? [] : callbackSteps(trace, trace.bAt(queued)).filter(({ kind }) => kind === 'assigned' || kind === 'begin' || kind === 'reported' || kind === 'end' || kind === 'done');
}
/**
 * The monitor that takes an object is the next of its CPU, wherever that runs; the worker that frees it the next of the same batch. From 6.4 on a page whose grace
 * period is over is freed without either: the period shown is then the first that began after the call, though the page's own may be that of a later object.
 */
function kvfreeSteps(trace: Trace, id: number): Step[] {
  const { objects } = trace.series.rcu, row = objects.rowOf(id), end = objects.endOf(id), cpu = objects.cpuOf(id), channel = trace.cAt(row), limit = end < 0 ? trace.rows : end;
  const steps: Step[] = [{ kind: 'called', row, a: channel, b: 0 }], page = pageStep(trace, row, trace.taskAt(row));
  if (page !== null) steps.push(page);
  const monitor = channel === KVFREE_CHANNEL.synchronous ? -1 : nextMark(trace, 'kvfree_monitor', row + 1, limit, (r) => Math.floor(trace.bAt(r) / N_BATCHES) === cpu);
  const worker = monitor < 0 ? -1 : nextMark(trace, 'kvfree_worker', monitor + 1, limit, (r) => trace.bAt(r) === trace.bAt(monitor));
  if (monitor >= 0) steps.push({ kind: 'monitor', row: monitor, a: trace.bAt(monitor), b: trace.cAt(monitor) }, ...waitSteps(trace, monitor, limit));
  else steps.push(...(channel === KVFREE_CHANNEL.synchronous ? waitSteps(trace, row, limit) : end < 0 ? [] : periodSteps(trace, row).filter((s) => s.row < limit)));
  if (worker >= 0) steps.push({ kind: 'worker', row: worker, a: trace.bAt(worker), b: trace.cAt(worker) });
  if (end < 0) return steps;
  const bulk = bulkStep(trace, end);
  return [...steps, ...(bulk === null ? [] : [bulk]), { kind: 'freed', row: end, a: trace.cAt(end), b: 0 }, ...memorySteps(trace, end)];
}
/** The page that an object's pointer stood in: it is followed by as many objects as it had. An object of a list has none. */
function bulkStep(trace: Trace, row: number): Step | null {
  const task = trace.taskAt(row);
  for (let r = row - 1, before = 0; r >= Math.max(0, row - NEAR_ROWS); r--) {
    if (trace.taskAt(r) !== task) continue;
    const name = markOf(trace, r);
    if (name === 'kvfree_free') before++;
    if (name === 'rcu_invoke_kfree_bulk_callback') return before < trace.bAt(r) ? { kind: 'bulk', row: r, a: trace.cAt(r), b: trace.bAt(r) } : null;
  }
  return null;
}
/** A page for pointers that the same call obtained: its tracepoint comes before that of the call. */
function pageStep(trace: Trace, row: number, task: number): Step | null {
  for (let r = row - 1; r >= Math.max(0, row - NEAR_ROWS); r--) {
    if (trace.taskAt(r) !== task) continue;
    const name = markOf(trace, r);
    if (name === 'kvfree_call' || name === 'kvfree_free') return null;
    if (name === 'kvfree_page') return { kind: 'page', row: r, a: trace.bAt(r), b: trace.cAt(r) };
  }
  return null;
}
/** Where the memory goes that the tracepoint `row` is followed by: pages of its own task, until the next of its kind. */
function memorySteps(trace: Trace, row: number): Step[] {
  const task = trace.taskAt(row);
  let first = -1, pages = 0;
  for (let r = row + 1; r < Math.min(trace.rows, row + NEAR_ROWS); r++) {
    if (trace.taskAt(r) !== task) continue;
    const name = markOf(trace, r);
    if (STOPS.has(name) || FREES.has(name)) break;
    // what leaves a list to make room is another's
    if (!isFree(trace.kindAt(r)) || (trace.kindAt(r) === ROW.buddyFree && blockCpu(trace.bAt(r)) !== NO_CPU)) continue;
    if (first < 0) first = r;
    pages += 1 << blockOrder(trace.bAt(r));
  }
  if (first < 0) return [];
  if (trace.kindAt(first) === ROW.buddyFree) return [{ kind: 'buddy', row: first, a: trace.aAt(first), b: pages }];
  const next = leavesList(trace, first);
  return [{ kind: 'list', row: first, a: trace.aAt(first), b: pages }, ...(next === null ? [] : [next])];
}
/** What becomes of a page on a per-CPU list: back to the buddy lists, or into use. */
function leavesList(trace: Trace, row: number): Step | null {
  const pfn = trace.aAt(row);
  for (let r = row + 1; r < Math.min(trace.rows, row + MOST_ROWS); r++) {
    if (trace.aAt(r) !== pfn) continue;
    const kind = trace.kindAt(r);
    if (kind === ROW.buddyFree) return { kind: 'buddy', row: r, a: pfn, b: 1 << blockOrder(trace.bAt(r)) };
    if (kind === ROW.pageUse) return { kind: 'taken', row: r, a: pfn, b: 0 };
  }
  return null;
}

/** The last answer of each run: what is followed is asked for again and again while the cursor moves. */
const answers = new WeakMap<Trace, { readonly rows: number; readonly path: ObjectPath }>();
/** null: the run has no such thing so far. */
export function objectPath(trace: Trace, ref: ObjectRef): ObjectPath | null {
  const before = answers.get(trace);
  if (before?.rows === trace.rows && before.path.ref.kind === ref.kind && before.path.ref.id === ref.id) return before.path;
  const path = known(trace, ref) === null ? null : pathOf(trace, ref);
  if (path !== null) answers.set(trace, { rows: trace.rows, path });
  return path;
}
function pathOf(trace: Trace, ref: ObjectRef): ObjectPath {
  const steps = (ref.kind === 'callback' ? callbackSteps(trace, ref.id) : kvfreeSteps(trace, ref.id)).map((s, i) => ({ s, i })).sort((a, b) => a.s.row - b.s.row || a.i - b.i).map(({ s }) => s);
  const stations = steps.map(({ row, ...s }, i): Station => ({
    ...s, event: row + 1, timeNs: trace.timeAt(row), cpu: trace.cpuAt(row), task: trace.taskAt(row), stack: trace.stackAt(row), tookNs: i === 0 ? 0 : trace.timeAt(row) - trace.timeAt(steps[i - 1].row),
  }));
  const end = stations[stations.length - 1];
  return { ref, stations, over: end.kind === 'buddy' || end.kind === 'taken' || ((end.kind === 'invoked' || end.kind === 'freed') && end.a === 0) };
}
/** The station after `event`, or before it; null = there is none. */
export function stationFrom({ stations }: ObjectPath, event: number, direction: 1 | -1): Station | null {
  return (direction > 0 ? stations.find((s) => s.event > event) : stations.findLast((s) => s.event < event)) ?? null;
}
