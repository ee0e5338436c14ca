/**
 * The reaper and a victim with an MMU notifier, as the module asked a real 6.1 (captures 6.1-256M-2-mod_mmun_*, each made twice): a victim of 120 MiB that a
 * real-time task keeps from its CPU, a hog on the other, and four callbacks. Times from mark_victim, in ms.
 */
import type { Columns } from '../../format/rows.ts';
import { ROW } from '../../format/rows.ts';
import type { Scenario, WorkloadSpec } from '../../format/scenario.ts';
import { two256 } from '../../scenarios/machines.ts';
import { Run } from '../run.ts';

/** null: not measured, or there is none. */
export interface MmunFigures { readonly startMs: number | null; readonly doneMs: number | null; readonly rounds: number; readonly calls: number; readonly roundMs: number | null; readonly gaveUp: boolean; readonly nextKillMs: number | null }
export interface MmunRow { readonly callback: string; readonly run: number; readonly kernel: MmunFigures }

/** The callback in the terms of the workload. `sleep3s` sleeps although it was told not to. */
export const CALLBACKS: Readonly<Record<string, Readonly<Record<string, number>>>> = { none: { register: -1 }, ok: { sleep: 0 }, eagain: { sleep: 10, again: 1 }, sleep3s: { sleep: 3000, again: 0 } };
/** Private mappings of the captured victim: ten calls. Two of them are those that every process of ours has. */
const VMAS = 10, OWN_VMAS = 2;

/** Rows of fixtures/probe/mmun_v6.1.csv. */
export function mmunTable(csv: string): MmunRow[] {
  const [head, ...lines] = csv.trim().split('\n').map((l) => l.split(','));
  return lines.map((line) => {
    const at = (column: string): string => line[head.indexOf(column)], time = (column: string): number | null => (at(column) === '-' ? null : Number(at(column)));
    return {
      callback: at('callback'), run: Number(at('run')),
      kernel: { startMs: time('start_ms'), doneMs: time('done_ms'), rounds: Number(at('rounds')), calls: Number(at('calls')), roundMs: time('round_ms'), gaveUp: at('gave_up') === '1', nextKillMs: time('next_kill_ms') },
    };
  });
}
/** The set-up of the captures, without what only loads the module. */
export function mmunScenario(callback: string): Scenario {
  const victim: WorkloadSpec = { type: 'mmunotifier', name: 'victim', mb: 120, cpu: 1, register: 1500, maps: VMAS - OWN_VMAS, ...CALLBACKS[callback] };
  return {
    id: `mmun-${callback}`, title: callback, text: [], profile: 'v6.1', seed: 1, machine: two256, sysctl: { 'vm.min_free_kbytes': 1847 }, knobs: {}, ends: 'oom-kill', untilNs: 13e9,
    workloads: [
      { type: 'kernelbuf', name: 'trace', kb: 4096 * 2 }, victim, { type: 'spin', name: 'spinner', cpu: 1, prio: 50, start: 2000, for_s: 8, adj: -1000 },
      { type: 'anon', name: 'hog', mb: 2048, rate: 60, start: 2300, cpu: 0, adj: -500 },
    ],
  };
}
/** Times after mark_victim may differ by so much. */
const TOLERANCE = 0.25;
/** Where model and kernel differ: counts and outcomes must be equal, times within a quarter. What was not measured is not held against anybody. */
export function differences(model: MmunFigures, kernel: MmunFigures): string[] {
  const out: string[] = [];
  for (const name of ['rounds', 'calls', 'gaveUp'] as const) if (model[name] !== kernel[name]) out.push(`${name}: ${model[name]}, the kernel ${kernel[name]}`);
  for (const name of ['startMs', 'doneMs', 'roundMs', 'nextKillMs'] as const) {
    const a = model[name], b = kernel[name];
    if (b !== null && (a === null || Math.abs(a - b) > TOLERANCE * b)) out.push(`${name}: ${a === null ? 'never' : a.toFixed(1)}, the kernel ${b}`);
  }
  return out;
}
/** Times of one tracepoint, in ms. */
export function timesOf(chunks: readonly Columns[], strings: readonly string[], name: string): number[] {
  const a = strings.indexOf(name), out: number[] = [];
  for (const c of chunks) for (let i = 0; i < c.length; i++) if (c.kind[i] === ROW.mark && c.a[i] === a) out.push(c.time[i] / 1e6);
  return out;
}
/** What the model makes of one callback: run until the second process is killed. */
export function runMmun(callback: string): MmunFigures {
  const chunks: Columns[] = [], run = new Run(mmunScenario(callback), (c) => { chunks.push(c); });
  while (!run.ended && run.k.mm.kills.length < 2) run.slice(1e6, 200);
  run.k.recorder.flush();
  const tables = run.k.recorder.takeGrowth(), times = (name: string): number[] => timesOf(chunks, tables.strings, name), [first, second] = times('mark_victim'), starts = times('start_task_reaping'), since = (t: number | undefined): number | null => (t === undefined ? null : t - first);
  return {
    startMs: since(starts[0]), doneMs: since(times('finish_task_reaping').at(-1)), rounds: starts.length, calls: times('invalidate_range_start').length,
    roundMs: starts.length > 1 ? (starts[starts.length - 1] - starts[0]) / (starts.length - 1) : null, gaveUp: tables.log.some((l) => l.text.includes('unable to reap')), nextKillMs: since(second),
  };
}
