/**
 * Two runs of almost the same scenario: up to which event they are the same, and which moment of one belongs to a moment of the other.
 * Strings, stacks, tasks and locks are numbered as a run meets them, so what is compared are their names.
 */
import type { TaskInfo } from '../format/machine.ts';
import { ROW } from '../format/rows.ts';
import { type MachineState, ZONE_CELLS } from '../format/state.ts';
import type { Tables } from './tables.ts';
import type { Trace } from './trace.ts';

/** Numbers of one run -> numbers that both runs share. */
class Shared {
  readonly strings: number[];
  readonly stacks: number[];
  private readonly tasks: number[];
  private readonly locks: number[];
  private readonly tables: Tables;
  private readonly ids: Map<string | number, number>;
  /** `ids` is the same for both runs. */
  constructor(tables: Tables, ids: Map<string | number, number>) {
    this.strings = [];
    this.stacks = [];
    this.tasks = [];
    this.locks = [];
    this.tables = tables;
    this.ids = ids;
  }
  private id(key: string | number): number {
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    this.ids.set(key, this.ids.size);
    return this.ids.size - 1;
  }
  /** Takes in what the tables have gained. */
  grow(): void {
    const { strings, stackParent, stackFn } = this.tables;
    for (let i = this.strings.length; i < strings.length; i++) this.strings.push(this.id(`s ${strings[i]}`));
    // a stack is its caller's stack and its function: both have their shared numbers by now
    for (let i = this.stacks.length; i < stackParent.length; i++) this.stacks.push(i === 0 ? -1 : this.id((this.stacks[stackParent[i]] + 1) * 0x100_0000 + this.strings[stackFn[i]]));
  }
  task(id: number): number {
    if (id < 0) return -1;
    return (this.tasks[id] ??= this.id(taskKey(this.tables.tasks[id], id)));
  }
  lock(id: number): number {
    const info = this.tables.locks[id];
    return (this.locks[id] ??= this.id(info === undefined ? `l? ${id}` : `l ${info.kind} ${info.name}`));
  }
}
const taskKey = (info: TaskInfo | undefined, id: number): string => (info === undefined ? `t? ${id}` : `t ${info.pid} ${info.comm}`);

/** Two runs side by side. Both may still be growing. */
export class Pair {
  readonly a: Trace;
  readonly b: Trace;
  /** So many rows, from the first on, are known to be the same. */
  same: number;
  /** Row `same` is there in both runs and is not the same. */
  differs: boolean;
  private readonly sharedA: Shared;
  private readonly sharedB: Shared;
  constructor(a: Trace, b: Trace) {
    const ids = new Map<string | number, number>();
    this.a = a;
    this.b = b;
    this.same = 0;
    this.differs = false;
    this.sharedA = new Shared(a.tables, ids);
    this.sharedB = new Shared(b.tables, ids);
  }
  /** Compares the rows that have come since the last call. */
  advance(): void {
    const end = Math.min(this.a.rows, this.b.rows);
    if (this.differs || this.same === end) return;
    this.sharedA.grow();
    this.sharedB.grow();
    let row = this.same;
    while (row < end && this.equal(row)) row++;
    this.same = row;
    this.differs = row < end;
  }
  private equal(row: number): boolean {
    const { a, b, sharedA, sharedB } = this, kind = a.kindAt(row);
    return kind === b.kindAt(row) && a.timeAt(row) === b.timeAt(row) && a.cpuAt(row) === b.cpuAt(row) && sharedA.stacks[a.stackAt(row)] === sharedB.stacks[b.stackAt(row)]
      && sharedA.task(a.taskAt(row)) === sharedB.task(b.taskAt(row)) && this.argumentsEqual(row, kind);
  }
  /** As the comments of ROW say what a, b and c are. */
  private argumentsEqual(row: number, kind: number): boolean {
    const { a, b, sharedA, sharedB } = this, a0 = a.aAt(row), a1 = a.bAt(row), a2 = a.cAt(row), b0 = b.aAt(row), b1 = b.bAt(row), b2 = b.cAt(row);
    switch (kind) {
      case ROW.charge: return a0 === b0 && a1 === b1 && (a2 < 0 || b2 < 0 ? a2 === b2 : sharedA.strings[a2] === sharedB.strings[b2]);
      case ROW.decide: case ROW.operand: case ROW.mark: case ROW.gauge: return sharedA.strings[a0] === sharedB.strings[b0] && a1 === b1 && a2 === b2;
      case ROW.enter: return a0 === b0 && sharedA.strings[a1] === sharedB.strings[b1];
      case ROW.log: return a.logText(row) === b.logText(row);
      case ROW.spawn: case ROW.switch_: return sharedA.task(a0) === sharedB.task(b0) && sharedA.task(a1) === sharedB.task(b1);
      case ROW.block: case ROW.wake: case ROW.exit: case ROW.prio: return sharedA.task(a0) === sharedB.task(b0) && a1 === b1;
      case ROW.signal: return sharedA.task(a0) === sharedB.task(b0) && a1 === b1 && sharedA.task(a2) === sharedB.task(b2);
      case ROW.lockWait: case ROW.lockGot: case ROW.lockDrop: case ROW.lockQuit: case ROW.lockMiss: return sharedA.lock(a0) === sharedB.lock(b0) && sharedA.task(a1) === sharedB.task(b1) && a2 === b2;
      default: return a0 === b0 && a1 === b1 && a2 === b2;
    }
  }
  /**
   * The first event that differs, as an event number; null = none, or none so far. Where one run is over and the other goes on, that is its next event.
   * @param over  whether each run has all its rows
   */
  firstDifference(over: { readonly a: boolean; readonly b: boolean }): number | null {
    const { a, b, same } = this, ended = (over.a && a.rows === same && b.rows > same) || (over.b && b.rows === same && a.rows > same);
    if (!this.differs && !ended) return null;
    const longer = a.rows > same ? a : b;
    let row = same;
    // an operand is a part of the question before it
    while (row > 0 && longer.kindAt(row) === ROW.operand) row--;
    return row + 1;
  }
}

/** How a moment of one run is found in the other: the same event while they are the same and the same time after it, or the same time always. */
export const ALIGNMENTS = ['divergence', 'time'] as const;
export type Alignment = (typeof ALIGNMENTS)[number];
/**
 * The event of `to` that belongs to event `event` of `from`.
 * @param same  so many rows of both are the same; the event that differs first belongs to the one that differs first
 */
export function counterpart(from: Trace, to: Trace, event: number, how: Alignment, same: number): number {
  if (event <= 0) return 0;
  if (how === 'divergence' && event <= same + 1) return Math.min(event, to.rows);
  return to.eventAt(from.timeOfEvent(event));
}

/** Zones that both machines have, by their place in each. */
export interface CommonZone {
  readonly name: string;
  readonly node: number;
  readonly a: number;
  readonly b: number;
}
export function commonZones(a: Trace, b: Trace): readonly CommonZone[] {
  return a.shape.zones.flatMap(({ name, node }, i) => {
    const j = b.shape.zones.findIndex((z) => z.name === name && z.node === node);
    return j < 0 ? [] : [{ name, node, a: i, b: j }];
  });
}
/** Whether figures of one run can be held against those of the other, and what to keep in mind; '' = nothing. */
export interface Comparable {
  readonly kind: 'yes' | 'care' | 'no';
  readonly words: string;
}
export function comparable(a: Trace, b: Trace): Comparable {
  const common = commonZones(a, b);
  if (common.length === 0) return { kind: 'no', words: 'no zone is in both machines' };
  const parts: string[] = [];
  if (a.shape.profile !== b.shape.profile) parts.push(`two kernels, ${a.shape.profile} and ${b.shape.profile}`);
  if (a.shape.cpus !== b.shape.cpus) parts.push(`${a.shape.cpus} and ${b.shape.cpus} CPUs`);
  const resized = common.filter((z) => a.shape.zones[z.a].managed !== b.shape.zones[z.b].managed).map((z) => z.name);
  if (resized.length > 0) parts.push(`${resized.join(', ')} of two sizes`);
  if (common.length < Math.max(a.shape.zones.length, b.shape.zones.length)) parts.push('a zone that only one machine has');
  return parts.length === 0 ? { kind: 'yes', words: '' } : { kind: 'care', words: parts.join('; ') };
}
const cellsOf = (s: MachineState, zone: number): Int32Array => s.zones.subarray(zone * ZONE_CELLS.size, zone * ZONE_CELLS.size + ZONE_CELLS.types);
/** Zones whose free pages or watermarks differ before the first event. */
export function differsAtStart(a: Trace, b: Trace): readonly string[] {
  return commonZones(a, b).filter((z) => { const inB = cellsOf(b.initial, z.b); return cellsOf(a.initial, z.a).some((value, i) => value !== inB[i]); }).map((z) => z.name);
}
/** The first function, from the outermost, on which the paths of two rows part: for rows that are told by the same words. Empty where they do not. */
export function partingOf(a: Trace, b: Trace, row: number): readonly [string, string] {
  const inA = a.stackNames(a.stackAt(row)), inB = b.stackNames(b.stackAt(row)), at = inA.findIndex((name, i) => name !== inB[i]), i = at < 0 ? inA.length : at;
  return i >= Math.max(inA.length, inB.length) ? ['', ''] : [inA[i] ?? inA.at(-1) ?? '', inB[i] ?? inB.at(-1) ?? ''];
}
