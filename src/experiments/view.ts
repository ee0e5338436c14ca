/** What an experiment sees of a run: how it ended, its tracepoints, and who held which lock from when to when. */
import { PcpBooks } from '../analysis/pcp_books.ts';
import type { Explored } from '../format/exploration.ts';
import type { MachineShape, TableGrowth } from '../format/machine.ts';
import { type Columns, ROW } from '../format/rows.ts';
import type { Outcome } from '../format/scenario.ts';
import type { MachineState } from '../format/state.ts';

export interface Mark { readonly timeNs: number; readonly task: string; readonly b: number; readonly c: number }
export interface Span { readonly fromNs: number; readonly toNs: number; readonly task: string }
export interface View {
  readonly outcome: Outcome;
  /** Tracepoints of that name, in order. */
  marks(name: string): readonly Mark[];
  /** Holds of the lock of that name that have ended, in the order of their ends. */
  holds(lock: string): readonly Span[];
  /** How often a trylock on it failed. */
  misses(lock: string): number;
  /** Who took pages off which CPU's lists, and how long these were empty. */
  readonly pcp: PcpBooks;
  /** How often tasks of that name have come to a branch and taken it. */
  taken(question: string, comm: string): number;
  /** CPU time of the tasks of that name until now, handlers that came in between left out; ns. */
  cpuNs(comm: string): number;
  /** Of an experiment that explores: what the exploration of this variant has come to. */
  readonly explored?: Explored;
}

/** Spans from a tracepoint `begin` to the next `end` of the same task. */
export function spans(view: View, begin: string, end: string): Span[] {
  const ends = view.marks(end), out: Span[] = [];
  for (const from of view.marks(begin)) {
    const to = ends.find((m) => m.task === from.task && m.timeNs >= from.timeNs);
    if (to !== undefined) out.push({ fromNs: from.timeNs, toNs: to.timeNs, task: from.task });
  }
  return out;
}
export const lengthNs = (s: Span): number => s.toNs - s.fromNs;
/** The longest of them, 0 if there is none. */
export const longestNs = (all: readonly Span[]): number => all.reduce((most, s) => Math.max(most, lengthNs(s)), 0);

interface Recorded extends FirstState { readonly tables: TableGrowth; readonly chunks: readonly Columns[] }

/** What a machine is when its run begins: the books are opened with it. */
export interface FirstState { readonly shape: Pick<MachineShape, 'cpus' | 'zones'>; readonly initial: Pick<MachineState, 'zones' | 'pcp'> }

/** Makes a view while the rows come in: of a chunk nothing is kept but marks and holds. */
export class ViewMaker {
  private readonly pcp: PcpBooks;
  private readonly strings: string[];
  private readonly tasks: string[];
  private readonly locks: string[];
  private readonly marks: Map<string, Mark[]>;
  private readonly holds: Map<string, Span[]>;
  /** When a task got a lock, by both. */
  private readonly since: Map<string, number>;
  /** Branches taken, by task and then by string. */
  private readonly branches: number[][];
  /** By CPU: who has it, since when, and handlers on top. */
  private readonly cpus: { task: number; sinceNs: number; handlers: number }[];
  /** By task. */
  private readonly used: number[];
  constructor({ shape, initial }: FirstState) {
    this.pcp = new PcpBooks(shape, initial);
    this.strings = []; this.tasks = []; this.locks = [];
    this.marks = new Map(); this.holds = new Map(); this.since = new Map(); this.branches = []; this.cpus = []; this.used = [];
  }
  /** What the tables have gained: before the rows that name it. */
  learn(growth: TableGrowth): void {
    this.pcp.learn(growth);
    for (const s of growth.strings) this.strings.push(s);
    for (const t of growth.tasks) this.tasks[t.id] = `${t.comm}/${t.pid}`;
    for (const l of growth.locks) this.locks[l.id] = l.name;
  }
  /** A task, or a handler, begins or ends on a CPU: until now its task has run, unless a handler did. */
  private runs(cpu: number, timeNs: number, handlers: number, task?: number): void {
    const on = (this.cpus[cpu] ??= { task: -1, sinceNs: timeNs, handlers: 0 });
    if (on.task >= 0 && on.handlers === 0) this.used[on.task] = (this.used[on.task] ?? 0) + timeNs - on.sinceNs;
    on.sinceNs = timeNs;
    on.handlers += handlers;
    on.task = task ?? on.task;
  }
  fold(c: Columns): void {
    this.pcp.fold(c);
    const { strings, tasks, locks, since } = this;
    for (let i = 0; i < c.length; i++) {
      const timeNs = c.time[i], a = c.a[i], b = c.b[i];
      if (c.kind[i] === ROW.mark) into(this.marks, strings[a], { timeNs, task: tasks[c.task[i]], b, c: c.c[i] });
      else if (c.kind[i] === ROW.decide && b === 1) { const by = (this.branches[c.task[i]] ??= []); by[a] = (by[a] ?? 0) + 1; }
      else if (c.kind[i] === ROW.switch_) this.runs(c.cpu[i], timeNs, 0, b);
      else if (c.kind[i] === ROW.enter) this.runs(c.cpu[i], timeNs, 1);
      else if (c.kind[i] === ROW.leave) this.runs(c.cpu[i], timeNs, -1);
      else if (c.kind[i] === ROW.lockGot) since.set(`${a}/${b}`, timeNs);
      else if (c.kind[i] === ROW.lockDrop) into(this.holds, locks[a], { fromNs: since.get(`${a}/${b}`) ?? timeNs, toNs: timeNs, task: tasks[b] });
    }
  }
  private sumOver(comm: string, of: (task: number) => number): number {
    return this.tasks.reduce((n, name, id) => n + (name.slice(0, name.lastIndexOf('/')) === comm ? of(id) : 0), 0);
  }
  view(outcome: Outcome): View {
    const { marks, holds, pcp, used, branches } = this;
    for (const cpu of this.cpus.keys()) this.runs(cpu, outcome.endNs, 0);
    return {
      outcome, pcp,
      marks: (name) => marks.get(name) ?? [],
      holds: (lock) => holds.get(lock) ?? [],
      misses: (lock) => outcome.locks.find((l) => l.name === lock)?.trylockMisses ?? 0,
      taken: (question, comm) => { const a = this.strings.indexOf(question); return this.sumOver(comm, (id) => branches[id]?.[a] ?? 0); },
      cpuNs: (comm) => this.sumOver(comm, (id) => used[id] ?? 0),
    };
  }
}
function into<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
export function viewOf(outcome: Outcome, { tables, chunks, shape, initial }: Recorded): View {
  const maker = new ViewMaker({ shape, initial });
  maker.learn(tables);
  for (const c of chunks) maker.fold(c);
  return maker.view(outcome);
}
