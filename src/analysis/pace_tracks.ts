/**
 * How fast pages are reclaimed, by each node's kswapd and by all tasks in direct reclaim together: the pages that shrink_inactive_list() gave back, and the CPU time
 * of those who called it, handlers that came in between left out. kswapd_slowdown of the kernel reference rcu-mempool-io-locking.md, 2.7. Pages are told of when a call
 * returns, and it may have slept meanwhile: so a window has whole calls, and all CPU time since the call before them.
 */
import { ROW } from '../format/rows.ts';
import { ROLE } from './mark_tracks.ts';
import { Ints, lowerBound } from './pyramid.ts';
import type { RowStore } from './row_store.ts';
import type { Tables } from './tables.ts';

/** The sliding window of the reference. */
export const PACE_WINDOW_NS = 10e6;

/** Of the calls that returned in a window: how many, their pages and their CPU time. */
export interface Told {
  readonly calls: number;
  readonly pages: number;
  readonly cpuNs: number;
}
export const pagesPerMs = ({ pages, cpuNs }: Told): number => (cpuNs > 0 ? (pages * 1e6) / cpuNs : 0);

export class Pace {
  /** The most pages a ms of CPU that any window had which ends with a call. */
  most: number;
  private readonly rows: Ints; // of the calls' returns
  private readonly sums: Ints; // pages with each of them
  private readonly times: number[]; // ns of CPU with each of them
  private readonly changes: number[]; // ns: when the number of CPUs changed
  private readonly used: number[]; // ns of CPU until then
  private cpus: number;
  private readonly counts: number[]; // CPUs from then on
  private firstInWindow: number;
  constructor() {
    this.most = 0;
    this.rows = new Ints(16); this.sums = new Ints(16); this.times = [];
    this.changes = []; this.used = []; this.counts = [];
    this.cpus = 0;
    this.firstInWindow = 0;
  }
  get calls(): number { return this.rows.length; }
  /** One CPU more, or fewer, works on it. */
  change(timeNs: number, by: 1 | -1): void {
    this.used.push(this.cpuNs(timeNs));
    this.changes.push(timeNs);
    this.counts.push((this.cpus += by));
  }
  gave(rows: RowStore, row: number, pages: number): void {
    const { rows: calls, sums } = this, timeNs = rows.time(row), from = timeNs - PACE_WINDOW_NS;
    sums.push((sums.length > 0 ? sums.last() : 0) + pages);
    calls.push(row);
    this.times.push(this.cpuNs(timeNs));
    while (rows.time(calls.data[this.firstInWindow]) <= from) this.firstInWindow++;
    this.most = Math.max(this.most, pagesPerMs(this.between(this.firstInWindow, calls.length)));
  }
  /** The calls that returned after event `from` and until event `to`. */
  told(from: number, to: number): Told {
    return this.between(this.callsAt(from), this.callsAt(to));
  }
  private callsAt(event: number): number {
    return lowerBound(this.rows.data, event, 0, this.rows.length);
  }
  private between(from: number, to: number): Told {
    if (to <= from) return { calls: 0, pages: 0, cpuNs: 0 };
    return { calls: to - from, pages: this.sums.data[to - 1] - (from > 0 ? this.sums.data[from - 1] : 0), cpuNs: this.times[to - 1] - (from > 0 ? this.times[from - 1] : 0) };
  }
  /** CPU time until then, ns. */
  cpuNs(timeNs: number): number {
    const { changes, used, counts } = this, i = lowerBound(changes, timeNs, 0, changes.length) - 1;
    return i < 0 ? 0 : used[i] + counts[i] * (timeNs - changes[i]);
  }
}

interface OnCpu {
  task: number;
  handlers: number;
  pace: Pace | null; // whose time it is
}
export class PaceTracks {
  /** By node. */
  readonly kswapd: Map<number, Pace>;
  readonly direct: Pace;
  private readonly tables: Tables;
  private readonly nodes: number[]; // by task: the node whose kswapd it is, -1 = it is none
  private readonly reclaimers: Set<number>; // tasks in a round of direct reclaim
  private readonly on: OnCpu[];
  constructor(cpus: number, tables: Tables) {
    this.kswapd = new Map();
    this.direct = new Pace();
    this.tables = tables;
    this.nodes = [];
    this.reclaimers = new Set();
    this.on = Array.from({ length: cpus }, () => ({ task: -1, handlers: 0, pace: null }));
  }
  /** Somebody has got pages from shrink_inactive_list(). */
  get some(): boolean { return [this.direct, ...this.kswapd.values()].some((p) => p.most > 0); }
  /** A task or a handler begins or ends on a CPU. */
  collect(kind: number, row: number, rows: RowStore): void {
    const on = this.on[rows.cpu(row)];
    if (kind === ROW.switch_) on.task = rows.b(row);
    else on.handlers += kind === ROW.enter ? 1 : -1;
    this.turn(on, rows.time(row));
  }
  /** A tracepoint that means `role`. */
  mark(role: number, row: number, rows: RowStore): void {
    const task = rows.task(row);
    if (role === ROLE.shrink) this.paceOf(task)?.gave(rows, row, rows.c(row));
    else if (role === ROLE.directBegin) this.reclaimers.add(task);
    else if (role === ROLE.directEnd) this.reclaimers.delete(task);
    else return;
    this.turn(this.on[rows.cpu(row)], rows.time(row));
  }
  private turn(on: OnCpu, timeNs: number): void {
    const now = on.task < 0 || on.handlers > 0 ? null : this.paceOf(on.task);
    if (now === on.pace) return;
    on.pace?.change(timeNs, -1);
    now?.change(timeNs, 1);
    on.pace = now;
  }
  private paceOf(task: number): Pace | null {
    const node = (this.nodes[task] ??= Number(/^kswapd(\d+)$/.exec(this.tables.tasks[task]?.comm ?? '')?.[1] ?? -1));
    if (node < 0) return this.reclaimers.has(task) ? this.direct : null;
    let pace = this.kswapd.get(node);
    if (pace === undefined) this.kswapd.set(node, (pace = new Pace()));
    return pace;
  }
}
