/**
 * Who waits for what at an event, who has it, and the rings in that: read off the rows alone, by the rules of the machine's own graph
 * (src/kernel/locking/wait_graph.ts), which is asked when a run ends.
 *
 * 1. Tasks that are queued or spin for a lock; tasks that keep losing a trylock to the hold of that moment; tasks that sleep for a completion.
 * 2. Of each lock who holds it, of each completion who is to make it. A reader behind a queued writer waits for that writer: the lock's
 *    reading side is a node of its own.
 * 3. Whoever can go on is taken out, and rings are looked for among the rest: all of whose waits block is a deadlock, another a livelock.
 * 4. Starvation is no ring: somebody is ready to run and has had no CPU for NO_CPU_NS, while others wait for what it has, or it wants memory.
 */
import { stuckRings } from '../base/rings.ts';
import { ROW, TASK_STATE } from '../format/rows.ts';
import { LOCK_CELLS, type MachineState, TASK_CELLS } from '../format/state.ts';
import { RETRY_ROUNDS, SLACK_NS } from './lock_order.ts';
import type { LockTrack } from './lock_tracks.ts';
import { lowerBound } from './pyramid.ts';
import type { ToldRing } from './ring_words.ts';
import { isQueued } from './task_tracks.ts';
import type { Trace } from './trace.ts';

const RINGS = 32;
/** As long as the machine's watch waits before it calls a standstill one. */
export const NO_CPU_NS = 5e9;

/** `event`: a completion. `side`: a lock's reading side, behind a queued writer. */
export interface WaitNode { readonly kind: 'task' | 'lock' | 'event' | 'side'; readonly id: number; readonly name: string }
/**
 * From a task to what it waits for: `waits` blocks, `retries` is a loop of trylocks, `timed` is a wait that ends by itself. From a thing
 * to a task: `holds` = that has it, or is to make it; `queued` = that stands before its readers.
 */
export type EdgeKind = 'waits' | 'retries' | 'timed' | 'holds' | 'queued';
/** @property row  where it began; -1 = before the first row. @property count, everyNs  of a loop: trylocks lost, and their pace */
export interface WaitEdge { readonly from: number; readonly to: number; readonly kind: EdgeKind; readonly row: number; readonly count: number; readonly everyNs: number; readonly jiffies: number }
export interface WaitRing { readonly kind: 'deadlock' | 'livelock'; readonly nodes: readonly number[]; readonly edges: readonly WaitEdge[] }
export interface Starved { readonly node: number; readonly row: number; readonly ns: number }
export interface WaitGraph {
  readonly event: number;
  /** The time at the event; after the last one the end of the run, as nothing has changed since. */
  readonly nowNs: number;
  readonly nodes: ReadonlyMap<number, WaitNode>;
  readonly edges: readonly WaitEdge[];
  /** Each from its first task on. */
  readonly rings: readonly WaitRing[];
  readonly starved: readonly Starved[];
}

interface Loop { readonly task: number; readonly row: number; readonly last: number; readonly count: number; readonly everyNs: number }
/** Spans of a lock's holders after `event` rows, the latest first: indices into `holds`. */
function holdsAt(t: LockTrack, holders: number, event: number): number[] {
  const found: number[] = [];
  for (let i = lowerBound(t.holds.from.data, event, 0, t.holds.length) - 1; i >= 0 && found.length < holders; i--) if (t.holds.coversEvent(i, event)) found.push(i);
  return found;
}
/** Who keeps trying for a lock that is held since row `fromRow`. */
function loopsAt(trace: Trace, t: LockTrack, fromRow: number, event: number, nowNs: number): Loop[] {
  const seen = new Map<number, { count: number; first: number; last: number }>(), { row, a } = t.misses;
  for (let i = t.misses.countAt(event) - 1; i >= 0 && row.data[i] > fromRow; i--) {
    const s = seen.get(a.data[i]);
    if (s === undefined) seen.set(a.data[i], { count: 1, first: row.data[i], last: row.data[i] });
    else { s.count++; s.first = row.data[i]; }
  }
  return [...seen].flatMap(([task, { count, first, last }]) => {
    if (count < RETRY_ROUNDS) return [];
    const lastNs = trace.timeAt(last), everyNs = (lastNs - trace.timeAt(first)) / (count - 1);
    return nowNs - lastNs <= SLACK_NS + 2 * everyNs ? [{ task, row: first, last, count, everyNs }] : [];
  });
}

class Builder {
  readonly trace: Trace;
  readonly state: MachineState;
  readonly event: number;
  readonly nowNs: number;
  readonly nodes: Map<number, WaitNode>;
  readonly edges: WaitEdge[];
  private readonly tasks: number;
  private readonly sides: Map<string, number>;
  private extra: number; // the next number of a node that is neither task nor lock
  constructor(trace: Trace, event: number) {
    const { tables } = trace;
    this.trace = trace; this.event = event; this.state = trace.stateAt(event - 1); this.nowNs = event >= trace.rows ? trace.endNs : trace.timeOfEvent(event);
    this.nodes = new Map(); this.edges = []; this.sides = new Map(); this.tasks = tables.tasks.length; this.extra = this.tasks + tables.locks.length;
    for (let task = 0; task * TASK_CELLS.size < this.state.tasks.length; task++) this.waits(task);
    trace.series.locks.list.forEach((t, lock) => { this.retries(lock, t); });
    for (const a of trace.series.locks.awaits) if (a.row < event && a.toRow >= event && this.cell(a.task, TASK_CELLS.state) !== TASK_STATE.running) this.awaits(a.task, a.name, a.by, a.jiffies, a.row);
  }
  cell(task: number, cell: number): number { return this.state.tasks[task * TASK_CELLS.size + cell] ?? -1; }
  private edge(from: number, to: number, kind: EdgeKind, row: number, loop: Loop | null = null, jiffies = 0): void {
    this.edges.push({ from, to, kind, row, count: loop?.count ?? 0, everyNs: loop?.everyNs ?? 0, jiffies });
  }
  task(id: number): number {
    if (!this.nodes.has(id)) this.nodes.set(id, { kind: 'task', id, name: this.trace.tables.taskName(id) });
    return id;
  }
  private waits(task: number): void {
    const lock = this.cell(task, TASK_CELLS.waitsFor), t = this.trace.series.locks.list[lock];
    if (lock < 0 || t === undefined) return;
    let i = lowerBound(t.waits.from.data, this.event, 0, t.waits.length) - 1;
    while (i > 0 && !(t.waits.who.data[i] === task && t.waits.coversEvent(i, this.event))) i--;
    const row = t.waits.from.data[i];
    this.edge(this.task(task), this.lock(lock, t, this.reads(row) ? row : null), 'waits', row);
  }
  private retries(lock: number, t: LockTrack): void {
    const [hold] = t.misses.length > 0 ? holdsAt(t, this.holders(lock), this.event) : [];
    if (hold === undefined) return;
    for (const l of loopsAt(this.trace, t, t.holds.from.data[hold], this.event, this.nowNs)) {
      if (this.edges.some((e) => e.from === l.task && e.kind === 'waits') || holdsAt(t, this.holders(lock), this.event).some((i) => t.holds.who.data[i] === l.task)) continue;
      this.edge(this.task(l.task), this.lock(lock, t, this.triesToRead(l.last) ? this.event : null), 'retries', l.row, l);
    }
  }
  private awaits(task: number, name: string, by: readonly number[], jiffies: number, row: number): void {
    const n = this.extra++;
    this.nodes.set(n, { kind: 'event', id: n, name });
    this.edge(this.task(task), n, jiffies === 0 ? 'waits' : 'timed', row, null, jiffies);
    for (const maker of by) if ((this.cell(maker, TASK_CELLS.state) & TASK_STATE.dead) === 0) this.edge(n, this.task(maker), 'holds', row);
  }
  private holders(lock: number): number { return this.state.locks[lock * LOCK_CELLS.size + LOCK_CELLS.holders] ?? 0; }
  private reads(row: number): boolean { return this.trace.stackNames(this.trace.stackAt(row)).some((f) => f.startsWith('rwsem_down_read_slowpath')); }
  /** The decision that follows a trylock names it. */
  private triesToRead(row: number): boolean {
    const { trace } = this, next = row + 1;
    return next < trace.rows && trace.kindAt(next) === ROW.decide && trace.taskAt(next) === trace.taskAt(row) && /read_trylock/.test(trace.tables.strings[trace.aAt(next)] ?? '');
  }
  /** @param readFrom  of one who wants to read: since which row; null = it does not */
  private lock(lock: number, t: LockTrack, readFrom: number | null): number {
    const { name = `lock ${lock}`, kind } = this.trace.tables.locks[lock] ?? {}, n = this.tasks + lock, holds = holdsAt(t, this.holders(lock), this.event);
    const writer = readFrom === null || this.trace.shape.preempt === 'rt' || holds.some((i) => t.holds.detail.data[i] === 0) ? -1 : this.writerBefore(t, readFrom);
    if (writer >= 0) return this.side(lock, name, t, writer);
    if (this.nodes.has(n)) return n;
    this.nodes.set(n, { kind: 'lock', id: lock, name });
    if (kind === 'semaphore' && t.signalsFrom < this.event) return n; // anybody may give the next unit
    const seen = new Set<number>();
    for (const i of holds) {
      const who = t.holds.who.data[i];
      if (!seen.has(who)) this.edge(n, this.task(who), 'holds', t.holds.from.data[i]);
      seen.add(who);
    }
    return n;
  }
  private writerBefore(t: LockTrack, row: number): number {
    for (let i = 0; i < t.waits.length && t.waits.from.data[i] < row; i++) if (t.waits.coversEvent(i, this.event) && !this.reads(t.waits.from.data[i])) return i;
    return -1;
  }
  private side(lock: number, name: string, t: LockTrack, wait: number): number {
    const key = `${lock} ${wait}`, known = this.sides.get(key);
    if (known !== undefined) return known;
    const n = this.extra++;
    this.sides.set(key, n);
    this.nodes.set(n, { kind: 'side', id: lock, name });
    this.edge(n, this.task(t.waits.who.data[wait]), 'queued', t.waits.from.data[wait]);
    return n;
  }
}

/** Where any one end going on is enough: units of a semaphore, makers of a completion. */
const anyWillDo = (trace: Trace, n: WaitNode | undefined): boolean => n !== undefined && (n.kind === 'event' || (n.kind === 'lock' && trace.tables.locks[n.id]?.kind === 'semaphore'));
function ringsOfGraph({ trace, nodes, edges }: Builder): WaitRing[] {
  const last = edges.reduce((n, e) => Math.max(n, e.from, e.to), -1), next: number[][] = Array.from({ length: last + 1 }, () => []);
  for (const e of edges) if (e.kind !== 'timed') next[e.from].push(e.to);
  return stuckRings(next, (n) => anyWillDo(trace, nodes.get(n)), RINGS).map((ring) => {
    const along = ring.flatMap((from, i) => edges.find((e) => e.from === from && e.to === ring[(i + 1) % ring.length]) ?? []);
    return { kind: along.some((e) => e.kind === 'retries') ? 'livelock' : 'deadlock', nodes: ring, edges: along };
  });
}
/** Since which row a task is ready to run and has no CPU; null = it is not so. */
export function readySince(trace: Trace, task: number, event: number): number | null {
  const codes = trace.series.tasks.codes[task];
  if (codes === undefined || !isQueued(codes.at(event))) return null;
  let i = codes.indexAt(event);
  while (i > 0 && isQueued(codes.codeOf(i - 1))) i--;
  return codes.rows.data[i];
}
function starvedOf(b: Builder): Starved[] {
  const { trace, edges, event } = b, found: Starved[] = [];
  for (let task = 0; task < trace.tables.tasks.length; task++) {
    const row = readySince(trace, task, event), ns = row === null ? 0 : b.nowNs - trace.timeOfEvent(row + 1);
    if (row === null || ns < NO_CPU_NS || trace.tables.tasks[task]?.idle === true) continue;
    const needed = edges.some((e) => e.kind === 'holds' && e.to === task), stack = b.cell(task, TASK_CELLS.stack);
    if (needed || (stack > 0 && trace.tables.innerAllocation.data[stack] > 0) || (trace.series.marks.isVictim(task) && b.cell(task, TASK_CELLS.signals) > 0)) found.push({ node: b.task(task), row, ns });
  }
  return found;
}
/** Tasks of one name are told apart by their pid, as the kernel log does. */
function namedApart(trace: Trace, nodes: Map<number, WaitNode>): ReadonlyMap<number, WaitNode> {
  const seen = new Map<string, number>();
  for (const { kind, name } of nodes.values()) if (kind === 'task') seen.set(name, (seen.get(name) ?? 0) + 1);
  for (const [n, { kind, id, name }] of nodes) if (kind === 'task' && (seen.get(name) ?? 0) > 1) nodes.set(n, { kind, id, name: `${name}:${trace.tables.tasks[id].pid}` });
  return nodes;
}
export function waitGraphAt(trace: Trace, event: number): WaitGraph {
  const b = new Builder(trace, event), rings = ringsOfGraph(b), starved = starvedOf(b);
  return { event, nowNs: b.nowNs, nodes: namedApart(trace, b.nodes), edges: b.edges, rings, starved };
}

const nameOf = (g: WaitGraph, n: number): string => g.nodes.get(n)?.name ?? '?';
/** A ring as the end of a run tells it, for ring_words.ts. */
export function toldRing(g: WaitGraph, ring: WaitRing): ToldRing {
  const name = (n: number): string => nameOf(g, n), isTask = (n: number): boolean => g.nodes.get(n)?.kind === 'task';
  const edges = ring.edges.map((e) => ({ from: name(e.from), to: name(e.to), blocking: e.kind !== 'retries', ...(e.kind === 'queued' ? { queued: true as const } : {}) }));
  return { kind: ring.kind, tasks: ring.nodes.filter(isTask).map(name), locks: [...new Set(ring.nodes.filter((n) => !isTask(n)).map(name))], edges };
}
