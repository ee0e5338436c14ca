/**
 * mm/vmpressure.c, v6.1 (v4.13 to v6.12 the same for what is kept): how hard reclaim works, told to whoever listens, by a work item. Nobody listens in
 * these machines, but the item's worker takes the CPU each time, and gives it back to whoever is due then: on one CPU that makes reclaimers take turns
 * (docs/decisions/vmpressure.md). The reference only names it; a real 6.1 and a real 6.12 were asked. Left out: eventfd listeners of cgroup v1,
 * pressure on sockets, the level that is reckoned for both, and the pages reclaimed that it is reckoned from.
 */
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { queueWork, systemWq, Work, workqueueInit } from '../workqueue.ts';
import { GFP, SWAP_CLUSTER_MAX } from './constants.ts';
import type { MemCgroup } from './memcg_types.ts';

/** vmpressure_win: pages scanned that make one report. */
export const VMPRESSURE_WIN = SWAP_CLUSTER_MAX * 16;
/** vmpressure_level_critical_prio: ilog2(100 / 10); from here on a pass counts as a whole window that gave nothing. */
const CRITICAL_PRIO = 3;
const TELLING = GFP.HIGHMEM | GFP.MOVABLE | GFP.IO | GFP.FS;

/** struct vmpressure: pages of a group, or of the machine, that were scanned since the last report. */
export class Vmpressure {
  treeScanned: number;
  readonly work: Work;
  constructor(k: Kernel) { this.treeScanned = 0; this.work = new Work(k, (k) => vmpressureWorkFn(k, this)); }
}
const reports = (k: Kernel): boolean => k.knob('reclaim.vmpressure') !== 'off';
/** The workers of a real machine are there long before its memory is short; one made in the middle of reclaim would stand behind whoever reclaims. */
export function vmpressureInit(k: Kernel): void { if (reports(k)) workqueueInit(k); }
/** memcg_to_vmpressure(); null: the kernel has no memory cgroups (knob `reclaim.vmpressure`). */
function vmpressureOf(k: Kernel, memcg: MemCgroup | null): Vmpressure | null {
  if (!reports(k)) return null;
  const of = memcg ?? k.mm;
  return (of.vmpressure ??= new Vmpressure(k));
}

/** vmpressure(), of a whole tree of groups: pages `scanned` since the last call. A window's worth queues the report. */
export const vmpressure = kfn('vmpressure', function* (k: Kernel, gfp: number, memcg: MemCgroup | null, scanned: number): Timed<void> {
  const vmpr = vmpressureOf(k, memcg);
  if (vmpr === null || scanned === 0 || (gfp & TELLING) === 0) return;
  vmpr.treeScanned += scanned;
  if (vmpr.treeScanned < VMPRESSURE_WIN || vmpr.work.pending) return;
  yield spend(ns(k.mm.costs.vmpressure_queue));
  queueWork(k, systemWq(k), vmpr.work);
});
/** vmpressure_prio(): a pass at so low a priority is a sign of its own, whatever it finds. */
export function* vmpressurePrio(k: Kernel, gfp: number, memcg: MemCgroup | null, priority: number): Timed<void> {
  if (priority <= CRITICAL_PRIO) yield* vmpressure(k, gfp, memcg, VMPRESSURE_WIN);
}
const vmpressureWorkFn = kfn('vmpressure_work_fn', function* (k: Kernel, vmpr: Vmpressure): Timed<void> {
  yield spend(ns(k.mm.costs.vmpressure_work));
  vmpr.treeScanned = 0;
});
