/**
 * mm/vmstat.c, v6.12: once in stat_interval each CPU's per-CPU lists are looked at, and pages that lie idle go back to the buddy
 * (decay_pcp_high()). Counters themselves are exact here, so nothing is folded. Before 6.7 only lists of remote nodes were emptied
 * this way, which is left out: those versions get no worker.
 */
import { jiffies, ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { spinLock, spinUnlock } from '../locking/spinlock.ts';
import { modTimer, TimerList } from '../sched/timer.ts';
import { queueWork, Work, Workqueue } from '../workqueue.ts';
import { lruGenGaugesOfAll } from './lru_gen_gauges.ts';
import { freePcppagesBulk } from './pcp.ts';

/** decay_pcp_high() over the zones of this CPU. */
const vmstatUpdate = kfn('vmstat_update', function* (k: Kernel): Timed<void> {
  const cpu = k.cpu.index;
  yield spend(ns(k.mm.costs.vmstat_update));
  for (const z of k.mm.zones) {
    const idle = k.mm.era.pcpDecay(z, z.pcp[cpu]);
    if (idle === 0) continue;
    const lock = k.mm.sync.pcpLocks[z.index][cpu];
    yield* spinLock(k, lock);
    yield* freePcppagesBulk(k, z, cpu, idle, 0);
    spinUnlock(k, lock);
  }
});
/** vmstat_shepherd(): a timer that looks whether there is anything to do before it asks a worker. */
const vmstatShepherd = kfn('vmstat_shepherd', function* (k: Kernel, timer: TimerList, wq: Workqueue, work: Work): Timed<void> {
  const cpu = k.cpu.index;
  lruGenGaugesOfAll(k);
  if (k.mm.zones.some((z) => z.pcp[cpu].high > z.pcp[cpu].highMin || z.pcp[cpu].count > z.pcp[cpu].high)) queueWork(k, wq, work);
  modTimer(k, timer, jiffies(k.jiffies + (k.mm.sysctl.stat_interval ?? 1) * k.hz));
});

/** init_mm_internals() for this part. */
export function vmstatInit(k: Kernel): void {
  if (!k.mm.era.decaysPcp) return;
  const wq = new Workqueue(k, 'mm_percpu_wq', { memReclaim: true }), before = k.cpu;
  for (const cpu of k.cpus) {
    k.cpu = cpu;
    const work = new Work(k, (k) => vmstatUpdate(k)), timer: TimerList = new TimerList(k, `vmstat_shepherd cpu${cpu.index}`, (k) => vmstatShepherd(k, timer, wq, work));
    modTimer(k, timer, jiffies((k.mm.sysctl.stat_interval ?? 1) * k.hz));
  }
  k.cpu = before;
}
