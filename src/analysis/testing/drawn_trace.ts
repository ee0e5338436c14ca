/**
 * Test worlds drawn in text. One column is one millisecond:
 *
 *     ms       0      1                     2             3
 *     hog      run    run@handle_mm_fault   oom_lock*     D
 *     kswapd0  sleep  .                     run@kswapd    .
 *     DMA32    50     40                    .             45
 *     mark     .      kswapd_wake           .             .
 *
 * A task runs, queues, sleeps, is blocked (D) or gone (-); `@a>b` is its stack; `lock*` = it runs and holds the lock, `lock?` = it
 * waits for it, `lock!` = it missed it; `fork` = it starts. A zone's number is its free pages. A dot changes nothing.
 */
import { must } from '../../base/units.ts';
import type { LockInfo, MachineShape, TableGrowth, TaskInfo } from '../../format/machine.ts';
import { type Columns, FRAME, MT, newColumns, NO_CPU, NO_OPERAND, ownerBits, packBlock, ROW, TASK_STATE } from '../../format/rows.ts';
import { countFrames, emptyState, TASK_CELLS } from '../../format/state.ts';
import { Trace } from '../trace.ts';

const ZONES = ['DMA', 'DMA32', 'Normal'] as const;
const MS = 1e6;
/** Frames of a drawn zone, and its watermarks. */
export const DRAWN_FRAMES = 4096, DRAWN_MARKS = { min: 20, low: 30, high: 40 };

/** Writes rows as the recorder of the machine does. */
export class RowWriter {
  readonly strings: string[];
  readonly stacks: { parent: number[]; fn: number[] };
  readonly tasks: TaskInfo[];
  readonly locks: LockInfo[];
  readonly columns: Columns & { length: number };
  timeNs: number;
  private sent: { strings: number; stacks: number; tasks: number; locks: number };
  constructor(rows = 1 << 16) {
    this.strings = [];
    this.stacks = { parent: [0], fn: [-1] };
    this.tasks = [];
    this.locks = [];
    this.columns = newColumns(0, rows);
    this.timeNs = 0;
    this.sent = { strings: 0, stacks: 0, tasks: 0, locks: 0 };
  }
  string(s: string): number {
    const i = this.strings.indexOf(s);
    return i >= 0 ? i : this.strings.push(s) - 1;
  }
  stack(...names: readonly string[]): number {
    let at = 0;
    for (const name of names) {
      const fn = this.string(name), found = this.stacks.parent.findIndex((parent, i) => i > 0 && parent === at && this.stacks.fn[i] === fn);
      at = found > 0 ? found : this.stacks.parent.push(at) - 1;
      this.stacks.fn[at] = fn;
    }
    return at;
  }
  task(comm: string, more: Partial<TaskInfo> = {}): number {
    const found = this.tasks.findIndex((t) => t.comm === comm);
    if (found >= 0) return found;
    const id = this.tasks.length;
    this.tasks.push({ id, pid: 100 + id, tgid: 100 + id, comm, kthread: /^k(swapd|worker)/.test(comm), idle: comm.startsWith('swapper'), mm: comm.startsWith('kswapd') ? -1 : id, oomScoreAdj: 0, policy: 'normal', row: this.columns.length, ...more });
    return id;
  }
  lock(name: string, kind: LockInfo['kind'] = 'mutex'): number {
    const found = this.locks.findIndex((l) => l.name === name);
    return found >= 0 ? found : this.locks.push({ id: this.locks.length, name, kind }) - 1;
  }
  row(kind: number, task: number, stack = 0, a = 0, b = 0, c = 0, cpu = 0): void {
    const { columns: q } = this, i = q.length++;
    q.time[i] = this.timeNs; q.cpu[i] = cpu; q.kind[i] = kind; q.task[i] = task; q.stack[i] = stack; q.a[i] = a; q.b[i] = b; q.c[i] = c;
  }
  decide(task: number, stack: number, question: string, answer: number, operands: Readonly<Record<string, number>> = {}, subject = NO_OPERAND): void {
    this.row(ROW.decide, task, stack, this.string(question), answer, subject);
    for (const [name, value] of Object.entries(operands)) this.row(ROW.operand, task, stack, this.string(name), value);
  }
  mark(task: number, stack: number, name: string, b = 0, c = 0): void {
    this.row(ROW.mark, task, stack, this.string(name), b, c);
  }
  /** What the tables have gained since the last call. */
  growth(): TableGrowth {
    const { sent } = this;
    const growth = {
      strings: this.strings.slice(sent.strings), stackParent: this.stacks.parent.slice(sent.stacks), stackFn: this.stacks.fn.slice(sent.stacks),
      tasks: this.tasks.slice(sent.tasks), locks: this.locks.slice(sent.locks), log: [],
    };
    this.sent = { strings: this.strings.length, stacks: this.stacks.parent.length, tasks: this.tasks.length, locks: this.locks.length };
    return growth;
  }
}

export function drawnShape(zones: readonly (typeof ZONES)[number][] = ['DMA32'], cpus = 1, frames = DRAWN_FRAMES): MachineShape {
  return {
    profile: 'v6.1', kernel: '6.1.0', cpus, hz: 250, preempt: 'none', frames: frames * zones.length, swapPages: 0,
    zones: zones.map((name, i) => ({ name, node: 0, startPfn: i * frames, spanned: frames, present: frames, managed: frames, reserve: [0, 0, 0] })),
  };
}
/** Machine of `shape`: in each zone `free[z]` frames are free, the rest belongs to the kernel; watermarks as DRAWN_MARKS. */
export function drawnState(shape: MachineShape, free: readonly number[]): ReturnType<typeof emptyState> {
  const s = emptyState(shape), size = s.zones.length / shape.zones.length;
  shape.zones.forEach((z, i) => {
    s.frames.fill(FRAME.kernel, z.startPfn, z.startPfn + z.spanned);
    s.frames.fill(FRAME.buddy, z.startPfn, z.startPfn + free[i]);
    s.zones.set([free[i], DRAWN_MARKS.min, DRAWN_MARKS.low, DRAWN_MARKS.high], i * size);
  });
  countFrames(s, shape);
  return s;
}

interface Cell {
  readonly word: string;
  readonly stack: readonly string[];
}
const cellOf = (text: string): Cell => {
  const [word, stack] = text.split('@');
  return { word, stack: stack === undefined ? [] : stack.split('>') };
};
/** Draws what the lines say into rows. */
class Drawing {
  readonly w: RowWriter;
  private readonly shape: MachineShape;
  private readonly free: number[];
  private readonly holding: Map<string, string>;
  private readonly states: Map<string, string>;
  /** Where each task stood last. */
  private readonly stacks: number[];
  private running: number;
  constructor(shape: MachineShape, free: readonly number[]) {
    this.w = new RowWriter();
    this.shape = shape;
    this.free = [...free];
    this.holding = new Map();
    this.states = new Map();
    this.stacks = [];
    this.running = this.w.task('swapper/0', { mm: -1 });
  }
  zone(name: string, word: string): void {
    const z = this.shape.zones.findIndex((one) => one.name === name), wanted = Number(word), { w } = this, start = this.shape.zones[z].startPfn, me = this.running, stack = this.stacks[me] ?? 0;
    while (this.free[z] > wanted) {
      const pfn = start + --this.free[z];
      w.row(ROW.buddyTake, me, stack, pfn, packBlock(0, 0, MT.movable, z, NO_CPU));
      w.row(ROW.pageUse, me, stack, pfn, packBlock(0, 0, MT.movable, z, NO_CPU), FRAME.anon | ownerBits(Math.max(0, w.tasks[me].mm)));
    }
    while (this.free[z] < wanted) w.row(ROW.buddyFree, me, stack, start + this.free[z]++, packBlock(0, 0, MT.movable, z, NO_CPU));
  }
  task(name: string, cell: Cell): void {
    const { w } = this, id = w.task(name), stack = (this.stacks[id] = w.stack(...cell.stack)), before = this.states.get(name), lock = /^(\w+)([*?!])$/.exec(cell.word);
    if (before === undefined && cell.word !== '-') w.row(ROW.spawn, this.running, 0, id, this.running);
    const held = this.holding.get(name);
    if (held !== undefined && lock?.[0] !== `${held}*`) {
      w.row(ROW.lockDrop, id, stack, w.lock(held), id);
      this.holding.delete(name);
    }
    if (lock !== null) this.lock(name, id, stack, lock[1], lock[2]);
    else if (cell.word === 'run' || cell.word === 'fork') this.run(id, stack, before);
    else if (cell.word === 'queue') this.leave(id);
    else if (cell.word === 'sleep' || cell.word === 'D') {
      w.row(ROW.block, id, stack, id, cell.word === 'D' ? TASK_STATE.uninterruptible : TASK_STATE.interruptible);
      this.leave(id);
    } else if (cell.word === '-') {
      if (before === undefined) return;
      w.row(ROW.exit, id, stack, id);
      this.leave(id);
    } else throw new Error(`a task cannot "${cell.word}"`);
    this.states.set(name, cell.word);
  }
  private run(id: number, stack: number, before: string | undefined): void {
    if (before === 'sleep' || before === 'D' || before?.endsWith('?') === true) this.w.row(ROW.wake, this.running, 0, id, 1);
    if (this.running !== id) this.w.row(ROW.switch_, id, stack, this.running, id);
    this.running = id;
    this.w.row(ROW.mark, id, stack, this.w.string('tick'));
  }
  private leave(id: number): void {
    if (this.running !== id) return;
    this.w.row(ROW.switch_, 0, 0, id, 0);
    this.running = 0;
  }
  private lock(name: string, id: number, stack: number, lock: string, how: string): void {
    const { w } = this, l = w.lock(lock);
    if (how === '?') {
      w.row(ROW.lockWait, id, stack, l, id);
      w.row(ROW.block, id, stack, id, TASK_STATE.uninterruptible);
      this.leave(id);
      return;
    }
    this.run(id, stack, this.states.get(name));
    if (how === '!') w.row(ROW.lockMiss, id, stack, l, id);
    else if (!this.holding.has(name)) {
      w.row(ROW.lockGot, id, stack, l, id);
      this.holding.set(name, lock);
    }
  }
  mark(word: string): void {
    const [name, b, c] = word.split(':'), stack = this.stacks[this.running] ?? 0;
    if (name === 'kill') {
      const victim = this.w.task(must(b, 'kill:NAME'));
      this.w.mark(this.running, stack, 'mark_victim', victim, this.w.tasks[victim].pid);
      this.w.row(ROW.signal, this.running, stack, victim, 9, this.running);
    } else this.w.mark(this.running, stack, name, Number(b ?? 0), Number(c ?? 0));
  }
}

export function traceFromText(text: string): Trace {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/)).filter((words) => words.length > 1);
  const [head, ...rows] = lines, zones = ZONES.filter((z) => rows.some((words) => words[0] === z));
  const used = zones.length > 0 ? zones : (['DMA32'] as const), shape = drawnShape([...used]);
  const free = used.map((z) => Number(rows.find((words) => words[0] === z)?.[1] ?? DRAWN_FRAMES)), initial = drawnState(shape, free);
  const drawing = new Drawing(shape, free);
  for (let at = 1; at < head.length; at++) {
    drawing.w.timeNs = Number(head[at]) * MS;
    for (const [name, ...cells] of rows) {
      const word = cells[at - 1] ?? '.';
      if (word === '.') continue;
      if (name === 'mark') drawing.mark(word);
      else if (used.some((z) => z === name)) drawing.zone(name, word);
      else drawing.task(name, cellOf(word));
    }
  }
  initial.tasks = new Int32Array(TASK_CELLS.size).fill(-1);
  initial.tasks.set([TASK_STATE.running, 0]);
  const trace = new Trace(shape, initial, Number(head[head.length - 1]) * MS);
  trace.append(drawing.w.columns, drawing.w.growth());
  return trace;
}
