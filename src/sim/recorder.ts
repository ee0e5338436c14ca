/**
 * The event stream: rows in columns (format/rows.ts), a hash over every row, and the tables that rows point into.
 * Kernel code takes the constants of the trace from here: it does not know the wire.
 */
import type { LockInfo, LogLine, TableGrowth, TaskInfo } from '../format/machine.ts';
import { CHUNK_ROWS, type Columns, newColumns } from '../format/rows.ts';
import type { StackTable } from './kfn.ts';

export {
  blockCpu, blockFrom, blockOrder, blockType, blockZone, FRAME, FRAME_ACTIVE, FRAME_DIRTY, FRAME_NAMES, FRAME_TYPE_MASK, FRAME_UNEVICTABLE, FRAME_WRITEBACK, frameOwner,
  MAX_ORDER, MT, MT_COUNT, MT_NAMES, NO_CPU, NO_OPERAND, ORDERS, ownerBits, packBlock, ROW, TASK_STATE, WAKE, WMARK_CELL,
} from '../format/rows.ts';
export type { LockInfo, LogLine, TableGrowth, TaskInfo } from '../format/machine.ts';
export type { Columns } from '../format/rows.ts';

/** Gets each chunk as it fills. What the tables have gained is to be had from takeGrowth() at that moment. */
export type Sink = (columns: Columns) => void;
/** 'all' keeps every chunk (tests, the command line); 'none' counts and hashes only. */
export type Keep = 'all' | 'none' | Sink;
type MutableColumns = ReturnType<typeof newColumns>;

const hex = (n: number): string => (n >>> 0).toString(16).padStart(8, '0');

export class Recorder {
  readonly on: boolean;
  rows: number;
  /** The chunks so far, if all are kept. The last one is not full. */
  readonly chunks: Columns[];
  readonly strings: string[];
  readonly tasks: TaskInfo[];
  readonly locks: LockInfo[];
  readonly log: LogLine[];
  readonly #stacks: StackTable;
  readonly #label: (fn: number) => string;
  readonly #sink: Sink;
  readonly #index: Map<string, number>;
  readonly #fnString: Int32Array; // by fn: its name's string, -1 = not yet needed
  readonly #spare: MutableColumns[];
  readonly #sent: { strings: number; stacks: number; tasks: number; locks: number; log: number };
  #chunk: MutableColumns;
  #h1: number; // the two lanes of the hash
  #h2: number;

  /** @param label  how a kernel function is printed, with the livepatch that replaced it */
  constructor(keep: Keep, stacks: StackTable, fns: number, label: (fn: number) => string) {
    this.on = keep !== 'none'; this.rows = 0; this.chunks = []; this.strings = []; this.tasks = []; this.locks = []; this.log = [];
    this.#stacks = stacks; this.#label = label; this.#index = new Map(); this.#fnString = new Int32Array(fns).fill(-1); this.#spare = [];
    this.#sink = typeof keep === 'function' ? keep : (c) => { this.chunks.push(c); };
    this.#sent = { strings: 0, stacks: 0, tasks: 0, locks: 0, log: 0 };
    this.#chunk = newColumns(0, this.on ? CHUNK_ROWS : 0);
    this.#h1 = 0x243f6a88; this.#h2 = 0x13198a2e;
  }

  /** Numbers a string, from 0 in order of arrival. */
  intern(text: string): number {
    const known = this.#index.get(text);
    if (known !== undefined) return known;
    const i = this.strings.push(text) - 1;
    this.#index.set(text, i);
    return i;
  }
  /** The string of a kernel function's name. */
  fnString(fn: number): number {
    const known = this.#fnString[fn];
    return known >= 0 ? known : (this.#fnString[fn] = this.intern(this.#label(fn)));
  }

  /**
   * Each lane takes all words of the row into one sum with its own odd factors, and turns and multiplies what it had.
   * The lanes share no intermediate value: a change that one misses by chance is no more likely to be missed by the other.
   */
  row(time: number, cpu: number, task: number, stack: number, kind: number, a: number, b: number, c: number): void {
    const lo = time | 0, hi = (time / 0x1_0000_0000) | 0, who = kind | (cpu << 8) | (task << 16); // ns wrap an int32 after 4 s: both halves count
    const s1 = Math.imul(lo, 0x9e3779b1) + Math.imul(hi, 0x85ebca6b) + Math.imul(who, 0xc2b2ae35) + Math.imul(stack, 0x27d4eb2f) + Math.imul(a, 0x165667b1) + Math.imul(b, 0xd3a2646d) + Math.imul(c, 0xfd7046c5);
    const s2 = Math.imul(lo, 0xcc9e2d51) + Math.imul(hi, 0x1b873593) + Math.imul(who, 0xe6546b65) + Math.imul(stack, 0x5bd1e995) + Math.imul(a, 0x2c1b3c6d) + Math.imul(b, 0x297a2d39) + Math.imul(c, 0x7feb352d);
    const h1 = this.#h1, h2 = this.#h2;
    this.#h1 = Math.imul(((h1 << 5) | (h1 >>> 27)) ^ (s1 | 0), 0x846ca68b);
    this.#h2 = Math.imul((h2 ^ (h2 >>> 15)) + (s2 | 0), 0x9e3779b9);
    this.rows++;
    if (this.on) this.#write(time, cpu, task, stack, kind, a, b, c);
  }
  #write(time: number, cpu: number, task: number, stack: number, kind: number, a: number, b: number, c: number): void {
    const chunk = this.#chunk, i = chunk.length;
    chunk.time[i] = time; chunk.cpu[i] = cpu; chunk.kind[i] = kind; chunk.task[i] = task; chunk.stack[i] = stack;
    chunk.a[i] = a; chunk.b[i] = b; chunk.c[i] = c;
    chunk.length = i + 1;
    if (i + 1 === CHUNK_ROWS) this.#hand();
  }
  #hand(): void {
    const full = this.#chunk, next = this.#spare.pop() ?? newColumns(0);
    next.first = this.rows;
    next.length = 0;
    this.#chunk = next;
    this.#sink(full);
  }
  /** Hands over the rows of the last, partial chunk. */
  flush(): void { if (this.#chunk.length > 0) this.#hand(); }
  /** Gives back columns that the sink has done with and not transferred. */
  recycle(columns: Columns): void { this.#spare.push(columns as MutableColumns); }

  /** What the tables have gained since the last time. */
  takeGrowth(): TableGrowth {
    const sent = this.#sent, stacks = this.#stacks;
    const stackFn = stacks.fn.slice(sent.stacks).map((fn) => (fn < 0 ? -1 : this.fnString(fn))); // first: it may add strings
    const growth: TableGrowth = {
      strings: this.strings.slice(sent.strings), stackParent: stacks.parent.slice(sent.stacks), stackFn,
      tasks: this.tasks.slice(sent.tasks), locks: this.locks.slice(sent.locks), log: this.log.slice(sent.log),
    };
    sent.strings = this.strings.length; sent.stacks = stacks.fn.length; sent.tasks = this.tasks.length; sent.locks = this.locks.length; sent.log = this.log.length;
    return growth;
  }
  /** 64 bits over every row so far, in 16 hex digits. */
  get digest(): string { return hex(this.#h1) + hex(this.#h2); }
}
