/** Boots a scenario and runs it to its end: for the worker, the command line and the tests. */
import type { MachineShape, TableGrowth } from '../format/machine.ts';
import { type Columns, CHUNK_ROWS } from '../format/rows.ts';
import type { Outcome, Scenario } from '../format/scenario.ts';
import type { MachineState } from '../format/state.ts';
import { ns } from '../base/units.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { type Booted, bootScenario } from './boot.ts';
import { outcomeOf } from './outcome.ts';
import { memorySigns, ProgressWatch, type Stall } from './progress.ts';
import { Window } from './window.ts';

export interface RunTrace { readonly shape: MachineShape; readonly initial: MachineState; readonly tables: TableGrowth; readonly chunks: readonly Columns[] }
export interface RunOptions {
  /** Called between slices; false ends the run there. */
  readonly onProgress?: (simNs: number, rows: number) => boolean;
  readonly record?: 'all' | 'none';
}
/** A run stops here whatever happens: columns of this many rows are what a browser's tab can hold. */
export const MAX_ROWS = 24_000_000;
/** Steps of the agenda between two looks at whether to go on. */
const SLICE_STEPS = 2048;
/** How long a run goes on after its last process has gone. */
const LINGER_NS = 500e6;

/** One run, in slices. */
export class Run {
  readonly scenario: Scenario;
  readonly booted: Booted;
  readonly k: Kernel;
  readonly lingerNs: number;
  readonly watch: ProgressWatch;
  /** Of a run by choices: the stretch that they are made in. */
  readonly window: Window | null;
  endNs: number; // where it will end, as far as is known
  ended: boolean;
  limit: boolean;
  stall: Stall | null; // why it ends before its time
  constructor(scenario: Scenario, onChunk: ((c: Columns) => void) | 'all' | 'none') {
    this.scenario = scenario;
    this.booted = bootScenario(scenario, onChunk);
    this.k = this.booted.k;
    this.lingerNs = scenario.lingerNs ?? LINGER_NS;
    this.watch = new ProgressWatch(memorySigns);
    this.window = scenario.choices !== undefined && scenario.explore !== undefined ? new Window(this.k, scenario.explore) : null;
    this.endNs = scenario.untilNs; this.ended = false; this.limit = false; this.stall = null;
  }
  /** Goes on until `rows` more rows or `steps` steps were made. true: the run has ended. */
  slice(rows = CHUNK_ROWS, steps = SLICE_STEPS): boolean {
    const { k } = this, stopRows = k.recorder.rows + rows;
    for (let n = 0; n < steps && k.recorder.rows < stopRows && !this.ended; n++) {
      const next = k.agenda.heap[0];
      if ((next === undefined || next.at > this.watch.dueNs) && this.stalls(next === undefined ? this.endNs : next.at)) { this.finish(); break; }
      if (next === undefined || next.at > this.endNs) { this.finish(); this.stall = this.watch.atEnd(k); break; }
      this.advance();
      if (k.mm.panicked !== null) this.finish();
      else if (k.running === 0 && this.endNs === this.scenario.untilNs && this.scenario.workloads.length > 0) this.endNs = Math.min(this.endNs, k.now + this.lingerNs);
      if (k.recorder.rows >= MAX_ROWS) { this.limit = true; this.finish(); }
    }
    return this.ended;
  }
  private advance(): void {
    const w = this.window;
    if (w === null || w.over) { this.k.step(); return; }
    if (w.begins()) w.begin();
    if (!w.open) this.k.step();
    else if (!w.step()) { w.end(); this.k.step(); }
  }
  /** The looks that come before `untilNs`, when the next thing happens. true: one of them has seen that nothing comes forward any more. */
  private stalls(untilNs: number): boolean {
    const { watch } = this;
    for (const end = Math.min(untilNs, this.endNs); this.stall === null && watch.dueNs < end;) {
      const at = watch.dueNs;
      this.stall = watch.look(this.k);
      if (this.stall !== null) this.endNs = at;
    }
    return this.stall !== null;
  }
  finish(): void {
    const { k } = this;
    if (k.mm.panicked === null && !this.limit && k.now < this.endNs) k.now = ns(this.endNs);
    for (const cpu of k.cpus) cpu.settle();
    k.recorder.flush();
    this.ended = true;
  }
  outcome(): Outcome { return outcomeOf(this); }
}

export function runScenario(scenario: Scenario, options: RunOptions = {}): { readonly outcome: Outcome; readonly trace: RunTrace } {
  const chunks: Columns[] = [], record = options.record ?? 'all';
  const run = new Run(scenario, record === 'all' ? (c) => { chunks.push(c); } : 'none');
  while (!run.slice()) if (options.onProgress?.(run.k.now, run.k.recorder.rows) === false) break;
  if (!run.ended) run.finish();
  return { outcome: run.outcome(), trace: { shape: run.booted.shape, initial: run.booted.initial, tables: run.k.recorder.takeGrowth(), chunks } };
}
