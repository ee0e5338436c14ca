/**
 * 400 callbacks of 62 pages each (97 MiB), queued by call_rcu() or call_rcu_hurry() on a machine of 256 MiB with one CPU, and a hog that then needs all of it:
 * what a module asked real kernels (captures *-256M-1-mod_lazyrcu_*, each made twice; those of 6.12 are known by their figures alone), asked of the model.
 */
import { must } from '../../base/units.ts';
import type { Scenario } from '../../format/scenario.ts';
import { bootScenario } from '../boot.ts';
import { meets } from './probe_figures.ts';

/** Times in ms, from the last call_rcu() unless said; null: it did not happen. */
export interface LazyFigures {
  readonly firstMs: number | null; readonly halfMs: number | null; readonly lastMs: number | null; // callbacks
  readonly killMs: number | null; readonly kills: number;
  readonly scanPriority: number | null; // of the shrinker's first scan
  readonly firstAfterReclaimMs: number | null; // the first callback, after the first direct reclaim
  readonly killAfterMs: number | null; // after the first callback
}
/** A figure, its column in fixtures/probe/lazyrcu.csv, and how near is near enough: times within a quarter, the rest equal. */
const COLUMNS: readonly { readonly name: string; readonly column: string; readonly factor: number; readonly of: (f: LazyFigures) => number | null }[] = [
  { name: 'first callback, ms', column: 'first_ms', factor: 1.25, of: (f) => f.firstMs }, { name: 'half of them, ms', column: 'half_ms', factor: 1.25, of: (f) => f.halfMs }, { name: 'last, ms', column: 'last_ms', factor: 1.25, of: (f) => f.lastMs },
  { name: 'kill, ms', column: 'kill_ms', factor: 1.25, of: (f) => f.killMs }, { name: 'kills', column: 'kills', factor: 1, of: (f) => f.kills }, { name: 'priority of the first scan', column: 'scan_priority', factor: 1, of: (f) => f.scanPriority },
  { name: 'first callback after the first direct reclaim, ms', column: 'first_after_reclaim_ms', factor: 1.25, of: (f) => f.firstAfterReclaimMs }, { name: 'kill after the first callback, ms', column: 'kill_after_ms', factor: 1.25, of: (f) => f.killAfterMs },
];
const KILL_COLUMNS: readonly string[] = ['kill_ms', 'kills', 'kill_after_ms'];
/** What a kernel's runs said of one capture: idle, nocb (lazy, with the hog), nocb_clru (the same, generations off), nocb_hurry, plain (nothing is offloaded). By column; none: it is not known. */
export interface LazyRow { readonly profile: string; readonly capture: string; readonly kernel: Readonly<Record<string, readonly number[]>> }
export function readLazyRows(csv: string): LazyRow[] {
  const [head, ...lines] = csv.trim().split('\n').map((l) => l.split(','));
  return lines.map((l) => {
    const at = (column: string): string => l[head.indexOf(column)] ?? '';
    return { profile: at('profile'), capture: at('capture'), kernel: Object.fromEntries(COLUMNS.filter((c) => at(c.column) !== '').map((c) => [c.column, at(c.column).split(' ').map(Number)])) };
  });
}
export interface LazyCell { readonly name: string; readonly kernel: readonly number[]; readonly model: readonly number[]; readonly near: boolean }
/** @param models  one run a moment of phasesOf(); near enough if the spans meet, as with other figures of two runs. None in `model`: in one of them it did not happen. */
export const compareLazy = (row: LazyRow, models: readonly LazyFigures[]): LazyCell[] => COLUMNS.filter((c) => row.kernel[c.column] !== undefined).map((c): LazyCell => {
  const kernel = row.kernel[c.column], all = models.map(c.of).filter((n) => n !== null), model = all.length === models.length ? all : [];
  return { name: c.name, kernel, model, near: model.length > 0 && meets(kernel, model, { factor: c.factor, slack: 0 }) };
});

/** The capture of 6.1 queues 332.5 ms after its zero, 1.28 ms after a tick. Times of the model's tick are those of its own zero. */
const QUEUE_MS = 333.281, HOG_MS = 600, COUNT = 400, PAGES = 62;
/** So much later all of it begins, ms. How far from a tick those of 6.12 queued is not known: over one jiffy, half a millisecond each. */
const phasesOf = (row: LazyRow): readonly number[] => (row.profile === 'v6.1' ? [0] : [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]);
/** What the module costs once it is loaded, and its log (captures-probe README). KiB. */
const MODULE_KB = 5120;

/** @param base  a machine of 256 MiB and one CPU, idle, as a capture of that kernel found it  @param laterMs  see phasesOf() */
export function lazyScenario(base: Scenario, capture: string, laterMs = 0): Scenario {
  const offloaded = capture !== 'plain', generations = base.profile === 'v6.12' ? { 'lru.gen': capture.endsWith('_clru') ? 'off' : 'on' } : {};
  return {
    ...base, id: `lazyrcu-${capture}`, title: capture, untilNs: 18e9, ends: capture === 'idle' ? 'no-oom' : 'oom-kill', seed: base.seed + Math.round(laterMs * 2), // each boot draws its own lists of groups (mm/lru_gen_node.ts)
    knobs: { ...generations, ...(offloaded ? { 'rcu.nocbs': 'all' } : {}) },
    workloads: [
      { type: 'kernelbuf', name: 'module', kb: MODULE_KB }, { type: 'callrcu', name: 'oprobe00', cpu: 0, start: QUEUE_MS + laterMs, count: COUNT, pages: PAGES, lazy: 0, hurry: capture === 'nocb_hurry' ? 1 : 0, order: 0 },
      ...(capture === 'idle' ? [] : [{ type: 'anon', name: 'hog', mb: 2048, rate: 100, start: HOG_MS + laterMs }]),
    ],
  };
}
/** Runs it until all callbacks have run and, if that is asked, somebody is killed, or to its end. */
export function runLazy(scenario: Scenario, toTheKill: boolean): LazyFigures {
  const { k } = bootScenario(scenario, 'none'), ran: number[] = [], kills: number[] = [], { mark } = k, lazy = k.mm.shrinkers.find((s) => s.name === 'lazy_rcu_shrink_scan');
  let queuedNs = 0, reclaimNs = -1, priority = -1;
  k.mark = (name, b, c) => {
    if (name === 'rcu_callback') queuedNs = k.now;
    else if (name === 'rcu_invoke_callback') ran.push(k.now);
    else if (name === 'mark_victim') kills.push(k.now);
    else if (name === 'mm_vmscan_direct_reclaim_begin' && reclaimNs < 0) reclaimNs = k.now;
    mark.call(k, name, b, c);
  };
  if (lazy !== undefined) {
    const scan = lazy.scanObjects.bind(lazy);
    lazy.scanObjects = (k, p, nr, at) => { if (priority < 0) priority = at; return scan(k, p, nr, at); };
  }
  while ((ran.length < COUNT || (toTheKill && kills.length === 0)) && k.now < scenario.untilNs && k.step());
  const ms = (ns: number | undefined, from: number): number | null => (ns === undefined || ns < 0 || from < 0 ? null : (ns - from) / 1e6), first = must(ran[0], 'a callback ran');
  return {
    firstMs: ms(first, queuedNs), halfMs: ms(ran[COUNT / 2 - 1], queuedNs), lastMs: ms(ran[COUNT - 1], queuedNs), killMs: ms(kills[0], queuedNs), kills: kills.length,
    scanPriority: priority < 0 ? null : priority, firstAfterReclaimMs: reclaimNs < 0 || first < reclaimNs ? null : ms(first, reclaimNs), killAfterMs: ms(kills[0], first),
  };
}
/** The model's answers to one row: a run a moment. @param base  see lazyScenario() */
export const askLazy = (row: LazyRow, base: Scenario): LazyFigures[] =>
  phasesOf(row).map((laterMs) => runLazy(lazyScenario(base, row.capture, laterMs), KILL_COLUMNS.some((c) => row.kernel[c] !== undefined)));
