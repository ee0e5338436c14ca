/**
 * A run as the page holds it: rows, names, the state at any row, and what was collected of it. It grows while the run goes on.
 *
 * For people an event is numbered from 1 and event 0 is the start: "event n" is the moment after n rows, so the state at event n
 * is `stateAt(n - 1)`, and the series' `at(n)` say what held then.
 */
import type { MachineShape, TableGrowth } from '../format/machine.ts';
import { type Columns, ROW } from '../format/rows.ts';
import type { MachineState } from '../format/state.ts';
import { Collected } from './collect.ts';
import { Keyframes } from './keyframes.ts';
import { RowStore } from './row_store.ts';
import type { PixelColumns } from './series.ts';
import { Tables } from './tables.ts';

/** The window, the overview, and one to come back to. */
const WINDOWS_KEPT = 4;
/** Rows a pixel column, as a mean over the window, from which on its borders may be off by a quarter of it. */
const MANY_ROWS = 256;

export class Trace {
  readonly shape: MachineShape;
  readonly initial: MachineState;
  readonly tables: Tables;
  readonly store: RowStore;
  /** How far the run is to go. */
  untilNs: number;
  private simulatedNs: number;
  private readonly keyframes: Keyframes;
  private collected: Collected | null;
  private readonly windows: { readonly atRows: number; readonly columns: PixelColumns }[];

  constructor(shape: MachineShape, initial: MachineState, untilNs: number) {
    this.shape = shape;
    this.initial = initial;
    this.untilNs = untilNs;
    this.simulatedNs = 0;
    this.tables = new Tables();
    this.store = new RowStore();
    this.keyframes = new Keyframes(initial, shape.cpus, this.store);
    this.collected = null;
    this.windows = [];
  }
  addTables(growth: TableGrowth): void {
    this.tables.add(growth);
  }
  append(columns: Columns, growth: TableGrowth): void {
    this.tables.add(growth);
    const from = this.store.length, series = this.series;
    this.store.append(columns);
    for (let row = from; row < this.store.length; row++) {
      this.keyframes.fold(row);
      series.collect(this.store, row, this.keyframes.current);
    }
  }
  /** What the lanes draw. */
  get series(): Collected {
    return (this.collected ??= new Collected(this.shape, this.initial, this.tables));
  }
  get rows(): number {
    return this.store.length;
  }
  /** How far the machine has come: the last row so far, or quiet time after it. */
  get endNs(): number {
    return Math.max(this.simulatedNs, this.rows > 0 ? this.store.time(this.rows - 1) : 0);
  }
  /** The machine has been simulated up to `timeNs`, with or without a row. */
  reached(timeNs: number): void { this.simulatedNs = Math.max(this.simulatedNs, timeNs); }
  timeAt(row: number): number { return this.store.time(row); }
  kindAt(row: number): number { return this.store.kind(row); }
  aAt(row: number): number { return this.store.a(row); }
  bAt(row: number): number { return this.store.b(row); }
  cAt(row: number): number { return this.store.c(row); }
  taskAt(row: number): number { return this.store.task(row); }
  cpuAt(row: number): number { return this.store.cpu(row); }
  stackAt(row: number): number { return this.store.stack(row); }

  /** The last row at `timeNs` or before, -1 before the first. */
  rowAt(timeNs: number): number {
    return this.store.firstAt(Math.floor(timeNs) + 1, 0, this.rows) - 1;
  }
  /** Time of an event number: that of its last row; the start is 0. */
  timeOfEvent(event: number): number {
    return event > 0 ? this.store.time(Math.min(event, this.rows) - 1) : 0;
  }
  /** The event number that holds at `timeNs`. */
  eventAt(timeNs: number): number {
    return this.rowAt(timeNs) + 1;
  }
  /** The state after row `row`; -1 = the start. Valid until the next call; callers must not change it. */
  stateAt(row: number): MachineState {
    return this.keyframes.after(row + 1);
  }
  stackNames(stack: number): string[] {
    return this.tables.stackNames(stack);
  }
  /** The task that row `row` belongs to; the start belongs to nobody (-1). */
  taskOfEvent(event: number): number {
    return event > 0 && event <= this.rows ? this.store.task(event - 1) : -1;
  }
  /** Text of the log line of a row of kind `log`. */
  logText(row: number): string {
    return this.kindAt(row) === ROW.log ? (this.tables.log[this.aAt(row)]?.text ?? '') : '';
  }
  /** Which rows fall into which of `width` pixel columns. The last few answers are kept: all lanes ask for the same. */
  columns(fromNs: number, toNs: number, width: number): PixelColumns {
    const known = this.windows.find(({ atRows, columns: c }) => atRows === this.rows && c.fromNs === fromNs && c.toNs === toNs && c.width === width);
    if (known) return known.columns;
    const columns = this.columnsOf(fromNs, toNs, width);
    this.windows.unshift({ atRows: this.rows, columns });
    this.windows.length = Math.min(this.windows.length, WINDOWS_KEPT);
    return columns;
  }
  private columnsOf(fromNs: number, toNs: number, width: number): PixelColumns {
    const edges = new Int32Array(width + 1), { store } = this, n = this.rows, span = toNs - fromNs, end = store.firstAt(toNs, 0, n);
    let row = store.firstAt(fromNs, 0, end);
    // where rows are many a column, its borders are those of a sample of the times: a quarter of a pixel is not seen
    const slackNs = end - row >= MANY_ROWS * width ? span / width / 4 : -1;
    for (let x = 0; x < width; x++) {
      if (x > 0) row = store.firstAt(fromNs + (span * x) / width, row, end, slackNs);
      edges[x] = row;
    }
    edges[width] = end;
    const known = Math.ceil(((this.endNs - fromNs) / span) * width);
    return { fromNs, toNs, width, edges, known: Math.max(0, Math.min(width, known)) };
  }
}
