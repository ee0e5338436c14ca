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
  constructor({ shape, initial }: FirstState) {
    this.pcp = new PcpBooks(shape, initial);
    this.strings = []; this.tasks = []; this.locks = [];
    this.marks = new Map(); this.holds = new Map(); this.since = new Map();
  }
  /** What the tables have gained: before the rows that name it. */
  learn(growth: TableGrowth): void {
    this.pcp.learn(growth);
    for (const s of growth.strings) this.strings.push(s);
    for (const t of growth.tasks) this.tasks[t.id] = `${t.comm}/${t.pid}`;
    for (const l of growth.locks) this.locks[l.id] = l.name;
  }
  fold(c: Columns): void {
    this.pcp.fold(c);
    const { strings, tasks, locks, since } = this;
    for (let i = 0; i < c.length; i++) {
      const timeNs = c.time[i], a = c.a[i], b = c.b[i];
      if (c.kind[i] === ROW.mark) into(this.marks, strings[a], { timeNs, task: tasks[c.task[i]], b, c: c.c[i] });
      else if (c.kind[i] === ROW.lockGot) since.set(`${a}/${b}`, timeNs);
      else if (c.kind[i] === ROW.lockDrop) into(this.holds, locks[a], { fromNs: since.get(`${a}/${b}`) ?? timeNs, toNs: timeNs, task: tasks[b] });
    }
  }
  view(outcome: Outcome): View {
    const { marks, holds, pcp } = this;
    return {
      outcome, pcp,
      marks: (name) => marks.get(name) ?? [],
      holds: (lock) => holds.get(lock) ?? [],
      misses: (lock) => outcome.locks.find((l) => l.name === lock)?.trylockMisses ?? 0,
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
