/** What each task does and for what, over the rows: one series of codes a task. */
import { ROW, TASK_STATE } from '../format/rows.ts';
import { type MachineState, TASK_CELLS } from '../format/state.ts';
import type { RowStore } from './row_store.ts';
import { CodeSeries, Points, StepSeries } from './series.ts';
import { HUE, HUE_COUNT, type Tables } from './tables.ts';

/** Codes of a task: shape and hue in one number. Queued and running are followed by the hues. */
export const CODE = { gone: 0, asleep: 1, blocked: 2, queued: 3, running: 3 + HUE_COUNT } as const;
export const isRunning = (code: number): boolean => code >= CODE.running;
export const isQueued = (code: number): boolean => code >= CODE.queued && code < CODE.running;
/** Hue of a code; sleeping and blocked tasks have none. */
export const hueOfCode = (code: number): number => (code >= CODE.running ? code - CODE.running : code >= CODE.queued ? code - CODE.queued : HUE.plain);
export const RUNNING_MASK = ((1 << HUE_COUNT) - 1) << CODE.running;
export const QUEUED_MASK = ((1 << HUE_COUNT) - 1) << CODE.queued;

/** Code of a task from its state, whether it has a CPU, and the hue of its stack. */
export function codeOf(state: number, onCpu: boolean, hue: number): number {
  if (state < 0 || (state & TASK_STATE.dead) !== 0) return CODE.gone;
  if (onCpu) return CODE.running + hue;
  if (state === TASK_STATE.running) return CODE.queued + hue;
  return (state & TASK_STATE.uninterruptible) !== 0 && state !== TASK_STATE.idle ? CODE.blocked : CODE.asleep;
}

export class TaskTracks {
  /** By task; a task that has not been heard of is absent. */
  readonly codes: CodeSeries[];
  /** How many tasks (idle ones left out) are running, queued, blocked. */
  readonly running: StepSeries;
  readonly queued: StepSeries;
  readonly blocked: StepSeries;
  /** By task: how many rows it has. */
  readonly rows: number[];
  /** Rows at which a task entered the OOM path: a = task. */
  readonly oomEntered: Points;
  /** Signals: a = task, b = number, c = sender. */
  readonly signals: Points;
  private readonly tables: Tables;
  private readonly hues: number[];
  private readonly counts: Int32Array;

  constructor(tables: Tables, initial: MachineState) {
    this.tables = tables;
    this.codes = [];
    this.rows = [];
    this.hues = [];
    this.counts = new Int32Array(3);
    this.oomEntered = new Points();
    this.signals = new Points();
    for (let t = 0; t * TASK_CELLS.size < initial.tasks.length; t++) {
      const at = t * TASK_CELLS.size, hue = tables.hue.data[Math.max(0, initial.tasks[at + TASK_CELLS.stack])] ?? HUE.plain;
      this.hues[t] = hue;
      const code = codeOf(initial.tasks[at + TASK_CELLS.state], initial.tasks[at + TASK_CELLS.cpu] >= 0, hue);
      this.codes[t] = new CodeSeries(code);
      this.count(t, code, 1);
    }
    this.running = new StepSeries(this.counts[0]);
    this.queued = new StepSeries(this.counts[1]);
    this.blocked = new StepSeries(this.counts[2]);
  }
  collect(kind: number, row: number, rows: RowStore, state: MachineState): void {
    const task = rows.task(row), hue = this.tables.hue.data[rows.stack(row)];
    this.rows[task] = (this.rows[task] ?? 0) + 1;
    if (hue !== this.hues[task]) {
      if (hue === HUE.oom) this.oomEntered.push(row, task);
      this.hues[task] = hue;
    }
    switch (kind) {
      case ROW.switch_: this.refresh(row, rows.a(row), state); this.refresh(row, rows.b(row), state); break;
      case ROW.signal: this.signals.push(row, rows.a(row), rows.b(row), rows.c(row)); break;
      case ROW.spawn: case ROW.block: case ROW.wake: case ROW.exit: this.refresh(row, rows.a(row), state); break;
      default: break;
    }
    this.refresh(row, task, state);
  }
  private refresh(row: number, task: number, state: MachineState): void {
    const at = task * TASK_CELLS.size;
    const code = codeOf(state.tasks[at + TASK_CELLS.state], state.tasks[at + TASK_CELLS.cpu] >= 0, this.hues[task] ?? HUE.plain);
    const series = (this.codes[task] ??= new CodeSeries(CODE.gone)), before = series.last();
    if (code === before) return;
    series.push(row, code);
    if (shapeOf(code) === shapeOf(before)) return;
    this.count(task, before, -1);
    this.count(task, code, 1);
    this.running.push(row, this.counts[0]);
    this.queued.push(row, this.counts[1]);
    this.blocked.push(row, this.counts[2]);
  }
  private count(task: number, code: number, by: number): void {
    const shape = shapeOf(code);
    if (shape >= 0 && this.tables.tasks[task]?.idle !== true) this.counts[shape] += by;
  }
}
/** 0 running, 1 queued, 2 blocked, -1 none of these. */
const shapeOf = (code: number): number => (isRunning(code) ? 0 : isQueued(code) ? 1 : code === CODE.blocked ? 2 : -1);
