/**
 * A judge outside the model. It sees what a run has written - its shape, first state, tables and rows - and keeps books of its own
 * by what the rows mean (format/rows.ts). It shares no code with the machine or with the fold of the state, so that a mistake in
 * either shows.
 */
import type { MachineShape, TableGrowth } from '../format/machine.ts';
import { type Columns, ROW, WMARK_CELL } from '../format/rows.ts';
import { type MachineState, RSS_CELLS, ZONE_CELLS } from '../format/state.ts';
import { type Broken, Findings, INVARIANTS } from './judge_findings.ts';
import { LockBook } from './judge_locks.ts';
import { Pages } from './judge_pages.ts';
import { ReaperBook } from './judge_reaper.ts';
import { TaskBook } from './judge_tasks.ts';

export type { Broken, Invariant } from './judge_findings.ts';

export interface Verdict { readonly checked: readonly string[]; readonly broken: readonly Broken[] }
/** What is judged: a RunTrace (run.ts). */
export interface Evidence { readonly shape: MachineShape; readonly initial: MachineState; readonly tables: TableGrowth; readonly chunks: readonly Columns[] }

const SIGKILL_LINE = /Killed process (\d+) \(/;

class Judge {
  readonly trace: Evidence;
  readonly say: Findings;
  readonly pages: Pages;
  readonly tasks: TaskBook;
  readonly locks: LockBook;
  readonly reaper: ReaperBook;
  readonly wmarks: Int32Array; // zone * 8 + cell
  readonly touched: Set<number>; // zones whose watermarks are being written
  readonly marked: Set<number>; // pids that had their mark_victim
  readonly lastOn: Int32Array; // by CPU: kind of the last row
  lines: number;
  constructor(trace: Evidence) {
    const { shape, initial, tables } = trace;
    this.trace = trace; this.say = new Findings(); this.lines = 0;
    this.pages = new Pages(shape, initial, this.say);
    this.tasks = new TaskBook(shape, tables, this.say);
    this.locks = new LockBook(tables.locks, this.tasks.name, this.say);
    this.reaper = new ReaperBook(shape.hz, this.say);
    this.wmarks = new Int32Array(shape.zones.length * 8);
    shape.zones.forEach((_, z) => { for (let i = 0; i < 5; i++) this.wmarks[z * 8 + i] = initial.zones[z * ZONE_CELLS.size + ZONE_CELLS.wmark + i]; });
    this.touched = new Set(shape.zones.keys());
    this.marked = new Set(); this.lastOn = new Int32Array(shape.cpus).fill(-1);
    this.checkWatermarks();
  }
  run(): Verdict {
    let next = 0;
    for (const c of this.trace.chunks) {
      if (c.first !== next) { this.say.row = next; this.say.tell('rows-in-order', `expected a chunk that begins with row ${next}, found ${c.first}`); }
      for (let i = 0; i < c.length; i++) this.row(c, i);
      next = c.first + c.length;
    }
    this.say.row = next;
    this.checkWatermarks();
    this.pages.checkAll();
    this.tasks.end();
    return { checked: Object.keys(INVARIANTS), broken: this.say.broken };
  }
  private row(c: Columns, i: number): void {
    const { say } = this, kind = c.kind[i], cpu = c.cpu[i], task = c.task[i], a = c.a[i], b = c.b[i], third = c.c[i];
    say.row = c.first + i;
    if (c.time[i] < say.timeNs) say.tell('rows-in-order', `time runs backward, from ${say.timeNs} to ${c.time[i]} ns`);
    say.timeNs = c.time[i];
    if (!this.known(kind, cpu, task, c.stack[i], a, b)) return;
    if (this.touched.size > 0 && kind !== ROW.wmark) this.checkWatermarks();
    this.tasks.anyRow(kind, cpu, task);
    if (kind <= ROW.leave || kind === ROW.signal) this.tasks.row(kind, cpu, a, b);
    else if (kind >= ROW.lockWait && kind <= ROW.lockMiss) this.locks.row(kind, a, b, third === 1);
    else if (kind >= ROW.buddyTake && kind <= ROW.blockType) this.pages.row(kind, a, b, third);
    else this.other(kind, cpu, a, b, third);
    if (kind === ROW.exit) this.exited(a);
    this.lastOn[cpu] = kind;
  }
  private other(kind: number, cpu: number, a: number, b: number, c: number): void {
    switch (kind) {
      case ROW.operand: if (this.lastOn[cpu] !== ROW.decide && this.lastOn[cpu] !== ROW.operand) this.say.tell('operands-follow', `an operand '${this.trace.tables.strings[a]}' on cpu${cpu} belongs to no decision`); break;
      case ROW.mark: this.mark(this.trace.tables.strings[a], b, c); break;
      case ROW.log: this.line(a); break;
      case ROW.wmark: this.watermark(a, b); break;
      case ROW.rss:
        if (a < 0 || b < 0 || b >= RSS_CELLS.size) this.say.tell('names-known', `a resident set of mm ${a}, cell ${b}`);
        if (c < 0) this.say.tell('rss', `mm ${a} has ${c} pages in cell ${b}`);
        break;
      case ROW.gauge: if (b < 0) this.say.tell('no-negative', `${this.trace.tables.strings[a]} is ${b}`); break;
      default: break; // decide, prio: they claim nothing that could be held against them
    }
  }

  /** Everything that the row points to exists. */
  private known(kind: number, cpu: number, task: number, stack: number, a: number, b: number): boolean {
    const { shape, tables } = this.trace, { tasks, strings, locks, stackParent } = tables;
    let what = '';
    if (cpu >= shape.cpus) what = `cpu${cpu}, of ${shape.cpus}`;
    else if (task >= tasks.length) what = `task ${task}, of ${tasks.length}`;
    else if (stack >= stackParent.length) what = `stack ${stack}, of ${stackParent.length}`;
    else if ((kind <= ROW.exit || kind === ROW.prio || kind === ROW.signal) && (a < 0 || a >= tasks.length)) what = `task ${a}, of ${tasks.length}`;
    else if ((kind === ROW.switch_ || kind === ROW.spawn) && (b < 0 || b >= tasks.length)) what = `task ${b}, of ${tasks.length}`;
    else if ((kind === ROW.decide || kind === ROW.operand || kind === ROW.mark || kind === ROW.gauge) && (a < 0 || a >= strings.length)) what = `string ${a}, of ${strings.length}`;
    else if (kind === ROW.enter && (b < 0 || b >= strings.length)) what = `string ${b}, of ${strings.length}`;
    else if (kind >= ROW.lockWait && kind <= ROW.lockMiss && (a < 0 || a >= locks.length || b < 0 || b >= tasks.length)) what = `lock ${a}, of ${locks.length}, or task ${b}, of ${tasks.length}`;
    if (what === '') return true;
    this.say.tell('names-known', `a row of kind ${kind} names ${what}`);
    return false;
  }
  private exited(task: number): void {
    const l = this.locks.holds(task);
    if (l !== undefined) this.say.tell('dropped-by-holder', `${this.tasks.name(task)} exits and holds ${l.name}`);
  }
  private mark(name: string, b: number, c: number): void {
    if (name === 'mark_victim') this.victim(b, c);
    else this.reaper.mark(name, c);
  }
  private victim(task: number, pid: number): void {
    this.marked.add(pid);
    const t = this.trace.tables.tasks[task];
    if (t === undefined || t.pid !== pid) this.say.tell('kill-marked', `mark_victim names task ${task} and pid ${pid}, which are not one`);
    else if (this.tasks.isDead(task)) this.say.tell('kill-marked', `${this.tasks.name(task)} is marked as a victim and is dead`);
  }
  private line(index: number): void {
    const { log } = this.trace.tables, line = log[index];
    if (index !== this.lines || line === undefined) this.say.tell('log-in-order', `expected line ${this.lines} of ${log.length}, found line ${index}`);
    this.lines = index + 1;
    if (line === undefined) return;
    if (line.timeNs !== this.say.timeNs) this.say.tell('log-in-order', `line ${index} is of ${line.timeNs} ns, its row of ${this.say.timeNs} ns`);
    this.reaper.line(line.text);
    const killed = SIGKILL_LINE.exec(line.text);
    if (killed !== null && !this.marked.has(Number(killed[1]))) this.say.tell('kill-marked', `the log says that pid ${killed[1]} was killed, and it had no mark_victim`);
  }
  private watermark(cell: number, value: number): void {
    const zone = cell >> 3;
    if (zone >= this.trace.shape.zones.length || (cell & 7) > WMARK_CELL.highatomic) { this.say.tell('names-known', `a watermark of zone ${zone}, cell ${cell & 7}`); return; }
    if (value < 0) this.say.tell('no-negative', `a watermark of zone ${this.trace.shape.zones[zone].name} is ${value}`);
    this.wmarks[cell] = value;
    this.touched.add(zone);
  }
  private checkWatermarks(): void {
    for (const zone of this.touched) {
      const [min, low, high] = this.wmarks.subarray(zone * 8, zone * 8 + 3);
      if (!(min <= low && low <= high)) this.say.tell('watermarks', `zone ${this.trace.shape.zones[zone].name} has min ${min}, low ${low}, high ${high}`);
    }
    this.touched.clear();
  }
}

/** Which invariants a run broke. */
export function judge(trace: Evidence): Verdict {
  return new Judge(trace).run();
}
