/**
 * mm/memcontrol.c mem_cgroup_handle_over_high(), v6.1: a group above memory.high is reclaimed from by those who charge, and they are held up; nobody is
 * killed. At the return to user mode of a fault, or in the charge itself from a batch of pages on. Left out: swap.high, the return of system calls.
 */
import { type Jiffies, jiffies } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { scheduleTimeoutKillable } from '../sched/wait.ts';
import { GFP, MAX_RECLAIM_RETRIES, PF, SWAP_CLUSTER_MAX } from './constants.ts';
import { memCgroupFromTask, memcgMemoryEvent, taskIsDying } from './memcontrol.ts';
import type { MemCgroup } from './memcg_types.ts';
import { psiMemstallEnter, psiMemstallLeave } from './psi.ts';
import { extra } from './task_extra.ts';
import { tryToFreeMemCgroupPages } from './vmscan.ts';

/** MEMCG_DELAY_PRECISION_SHIFT, 20, and MEMCG_DELAY_SCALING_SHIFT, 14, as factors. */
const PRECISION = 1048576, SCALING = 16384;
/** calculate_overage(): how far above `high`, in parts of it. */
export const calculateOverage = (usage: number, high: number): number => (usage <= high ? 0 : Math.floor(((usage - high) * PRECISION) / Math.max(high, 1)));
/** calculate_high_delay(): jiffies; it grows with the square of the overage, and with the pages that were charged. */
export const calculateHighDelay = (overage: number, nrPages: number, hz: number, batch: number): number => Math.floor((Math.floor(Math.floor((overage * overage * hz) / PRECISION) / SCALING) * nrPages) / batch);

/** The end of try_charge_memcg(): pages above memory.high are noted, and a batch of them is answered for at once. */
export function* noteOverHigh(k: Kernel, memcg: MemCgroup, nrPages: number, gfp: number): Timed<void> {
  const e = extra(k, k.current);
  for (let g: MemCgroup | null = memcg; g !== null; g = g.parent) {
    if (g.memory.usage <= g.memory.high) continue;
    e.memcgOverHigh += nrPages;
    break;
  }
  if (e.memcgOverHigh > k.mm.era.memcg.chargeBatch && !(k.current.pf & PF.MEMALLOC) && gfp & GFP.DIRECT_RECLAIM && k.mm.era.memcg.highSleeps) yield* memCgroupHandleOverHigh(k, gfp);
}
/** reclaim_high(): each group on the way up that is above its mark. */
const reclaimHigh = kfn('reclaim_high', function* (k: Kernel, memcg: MemCgroup, nrPages: number, gfp: number): Timed<number> {
  const me = k.current;
  let reclaimed = 0;
  for (let g: MemCgroup | null = memcg; g !== null; g = g.parent) {
    if (g.memory.usage <= g.memory.high) continue;
    memcgMemoryEvent(g, 'high');
    psiMemstallEnter(k);
    reclaimed += yield* tryToFreeMemCgroupPages(k, g, nrPages, gfp);
    psiMemstallLeave(k, me);
  }
  return reclaimed;
});
export const memCgroupHandleOverHigh = kfn('mem_cgroup_handle_over_high', function* (k: Kernel, gfp: number): Timed<void> {
  const me = k.current, e = extra(k, me), nrPages = e.memcgOverHigh, memcg = memCgroupFromTask(k, me), { chargeBatch, highSleeps } = k.mm.era.memcg;
  if (nrPages === 0 || memcg === null) return;
  e.memcgOverHigh = 0;
  for (let retries = MAX_RECLAIM_RETRIES, first = true; ; first = false) {
    const reclaimed = yield* reclaimHigh(k, memcg, first ? nrPages : SWAP_CLUSTER_MAX, gfp);
    let overage = 0;
    for (let g: MemCgroup | null = memcg; g !== null; g = g.parent) overage = Math.max(overage, calculateOverage(g.memory.usage, g.memory.high));
    const penalty = Math.min(calculateHighDelay(overage, nrPages, k.hz, chargeBatch), 2 * k.hz);
    if (!highSleeps || penalty <= Math.floor(k.hz / 100) || taskIsDying(k, me)) return;
    if (reclaimed > 0 || retries-- > 0) continue;
    k.decide('above memory.high and nothing to reclaim: wait (jiffies)', true, penalty);
    psiMemstallEnter(k);
    yield* scheduleTimeoutKillable(k, jiffies(penalty) as Jiffies);
    psiMemstallLeave(k, me);
    return;
  }
});
