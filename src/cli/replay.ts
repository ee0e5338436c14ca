/** A run in the terms of a capture: milestones by their tracepoints, and curves sampled as often as the capture was. */
import type { MachineShape, TableGrowth } from '../format/machine.ts';
import { type Columns, FRAME, ROW } from '../format/rows.ts';
import { applyColumns, copyState, type MachineState, RSS_CELLS, ZONE_CELLS } from '../format/state.ts';

/** Tracepoint -> milestone. */
const MILESTONES: Readonly<Record<string, string>> = {
  mm_vmscan_kswapd_wake: 'kswapd_wake', mm_vmscan_kswapd_sleep: 'kswapd_sleep', mm_vmscan_direct_reclaim_begin: 'direct_reclaim_begin', mm_vmscan_direct_reclaim_end: 'direct_reclaim_end',
  reclaim_retry_zone: 'reclaim_retry_zone', mark_victim: 'mark_victim', wake_reaper: 'wake_reaper', start_task_reaping: 'start_task_reaping', finish_task_reaping: 'finish_task_reaping',
  skip_task_reaping: 'skip_task_reaping',
};
/** Tracepoints whose `b` is the task they are about. */
const ABOUT_TASK: readonly string[] = ['mark_victim'];
const WAKEUP_KSWAPD = 'mm_vmscan_wakeup_kswapd';
/** Third argument of that one: woken because of a boost, without a request (gfp none). */
const BY_BOOST = 1;

interface RunTrace {
  readonly shape: MachineShape;
  readonly initial: MachineState;
  readonly tables: TableGrowth;
  readonly chunks: readonly Columns[];
}
/** Pid 1 of a captured machine has read the trace (workloads/sampler.ts). */
const TRACE_READ = 'trace_read';
export interface Milestone {
  readonly tNs: number;
  readonly name: string;
  readonly comm?: string;
}

/** What the trace of a run tells, the first wake-up of kswapd for an allocation, and when the trace was read last (0: never). */
export function milestones({ tables, chunks }: Pick<RunTrace, 'tables' | 'chunks'>): { readonly events: readonly Milestone[]; readonly lowWakeNs: number | null; readonly readNs: number } {
  const comms = new Map(tables.tasks.map((t) => [t.id, t.comm])), events: Milestone[] = [];
  let lowWakeNs: number | null = null, readNs = 0;
  for (const c of chunks) {
    for (let i = 0; i < c.length; i++) {
      if (c.kind[i] !== ROW.mark || c.time[i] < 0) continue;
      const name = tables.strings[c.a[i]] ?? '', tNs = c.time[i];
      if (name === WAKEUP_KSWAPD && c.c[i] !== BY_BOOST) lowWakeNs ??= tNs;
      if (name === TRACE_READ) readNs = tNs;
      if (!Object.hasOwn(MILESTONES, name)) continue;
      const comm = comms.get(ABOUT_TASK.includes(name) ? c.b[i] : c.task[i]);
      events.push(comm === undefined ? { tNs, name: MILESTONES[name] } : { tNs, name: MILESTONES[name], comm });
    }
  }
  return { events, lowWakeNs, readNs };
}

/**
 * What a capture's trace holds of a machine that panicked: its programs read the trace every `drainMs`, and what came after `readNs`, the last
 * time, was still in the kernel's buffer (captures/README on panic_on_oom: the kernel prints that into its log).
 */
export function drained(events: readonly Milestone[], drainMs: number, readNs: number): { readonly events: readonly Milestone[]; readonly undrained: readonly Milestone[] } {
  const lastNs = drainMs > 0 ? readNs : Infinity;
  return { events: events.filter((e) => e.tNs <= lastNs), undrained: events.filter((e) => e.tNs > lastNs) };
}

export type Series = { tMs: number[] } & Record<string, number[]>;

/** The state at 0, sampleMs, 2 * sampleMs, ... and at the end, as curves in pages. */
export function series({ shape, initial, chunks }: RunTrace, sampleMs: number, endNs: number): Series {
  const zones = [...new Set(shape.zones.map((z) => z.name))];
  const out: Series = { tMs: [], anon: [], file: [], slab: [], swap_used: [] };
  for (const name of zones) out[`${name}_free`] = [];
  const s = copyState(initial);
  const sample = (tMs: number): void => {
    const cell = (i: number, c: number): number => s.zones[i * ZONE_CELLS.size + c];
    const sum = (...cells: number[]): number => shape.zones.reduce((total, _, i) => total + cells.reduce((t, c) => t + cell(i, c), 0), 0);
    out.tMs.push(tMs);
    for (const name of zones) out[`${name}_free`].push(shape.zones.reduce((total, z, i) => total + (z.name === name ? cell(i, ZONE_CELLS.free) : 0), 0));
    out.anon.push(sum(ZONE_CELLS.inactiveAnon, ZONE_CELLS.activeAnon));
    out.file.push(sum(ZONE_CELLS.inactiveFile, ZONE_CELLS.activeFile));
    out.slab.push(sum(ZONE_CELLS.types + FRAME.slabReclaimable, ZONE_CELLS.types + FRAME.slabUnreclaimable));
    let swapped = 0;
    for (let at = RSS_CELLS.swap; at < s.rss.length; at += RSS_CELLS.size) swapped += s.rss[at];
    out.swap_used.push(swapped);
  };
  let next = 0;
  for (const c of chunks) {
    let i = 0;
    for (;;) {
      while (i < c.length && c.time[i] <= next * 1e6) i++;
      applyColumns(s, shape.cpus, c, c.first + i);
      if (i === c.length || next * 1e6 > endNs) break;
      sample(next);
      next += sampleMs;
    }
  }
  for (; next * 1e6 <= endNs; next += sampleMs) sample(next);
  return out;
}
