/**
 * mm/vmscan.c, v6.1: kswapd(), kswapd_try_to_sleep(), balance_pgdat(). Left out: soft limits of memcgs, buffer heads over limit,
 * kcompactd, per-CPU stat thresholds, the freezer.
 */
import { jiffies, ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { spinLock, spinUnlock } from '../locking/spinlock.ts';
import { schedule, spawn } from '../sched/core.ts';
import { INTERRUPTIBLE } from '../sched/task.ts';
import { finishWait, prepareToWait, scheduleTimeout } from '../sched/wait.ts';
import { DEF_PRIORITY, MAX_RECLAIM_RETRIES, PF, ROW, SWAP_CLUSTER_MAX, WMARK_CELL } from './constants.ts';
import { pgdatBalanced } from './kswapd_wake.ts';
import { type Pgdat, WMARK, ZONE } from './mmzone.ts';
import { psiMemstallEnter, psiMemstallLeave } from './psi.ts';
import { newScanControl, type ScanControl } from './scan_control.ts';
import { snapshotRefaults } from './scan_count.ts';
import { allowDirectReclaim, wakePfmemallocWaiters } from './throttle.ts';
import { kswapdAgeNode, shrinkNode } from './vmscan.ts';

/** kswapd(): one a node, for ever. */
export const kswapd = kfn('kswapd', function* (k: Kernel, p: Pgdat): Timed<void> {
  k.current.pf |= PF.MEMALLOC | PF.KSWAPD;
  let order = 0, reclaimOrder = 0, highest = k.mm.slots.length - 1, asleep = true; // the run begins long after boot: it sleeps already
  p.kswapdOrder = 0;
  p.kswapdHighestZoneidx = -1;
  for (;;) {
    order = reclaimOrder = p.kswapdOrder;
    highest = p.kswapdHighestZoneidx < 0 ? highest : p.kswapdHighestZoneidx;
    for (;;) {
      yield* kswapdTryToSleep(k, p, reclaimOrder, highest, asleep);
      asleep = false;
      order = p.kswapdOrder;
      highest = p.kswapdHighestZoneidx < 0 ? highest : p.kswapdHighestZoneidx;
      p.kswapdOrder = 0;
      p.kswapdHighestZoneidx = -1;
      k.mark('mm_vmscan_kswapd_wake', p.id, order);
      k.mm.firsts.kswapdWake ??= k.now;
      reclaimOrder = yield* balancePgdat(k, p, order, highest);
      if (reclaimOrder >= order) break; // else it gave up on the order: sleep as if order 0 had been asked
    }
  }
});

/** prepare_kswapd_sleep(): is there nothing (more) to do? */
function prepareKswapdSleep(k: Kernel, p: Pgdat, order: number, highest: number): boolean {
  wakePfmemallocWaiters(k, p);
  if (k.decide('kswapd has failed 16 times: sleep', p.kswapdFailures >= MAX_RECLAIM_RETRIES, p.kswapdFailures)) return true;
  if (!k.decide('the node is balanced: sleep', pgdatBalanced(k, p, order, highest), order)) return false;
  p.flags = 0; // clear_pgdat_congested()
  p.root.congested = false;
  return true;
}

/** kswapd_try_to_sleep(): first for a tenth of a second, to see whether it lasts; then until woken. */
const kswapdTryToSleep = kfn('kswapd_try_to_sleep', function* (k: Kernel, p: Pgdat, reclaimOrder: number, highest: number, asleep: boolean): Timed<void> {
  const wait = k.mm.sync.kswapdWait[p.id];
  let remaining = 0;
  prepareToWait(k, wait, INTERRUPTIBLE);
  if (asleep) {
    yield* schedule(k);
    finishWait(k, wait);
    return;
  }
  if (prepareKswapdSleep(k, p, reclaimOrder, highest)) {
    remaining = yield* scheduleTimeout(k, jiffies(Math.floor(k.hz / 10)));
    if (remaining > 0) { // woken: what is asked for now, be it a lower zone alone; else what was asked for before
      if (p.kswapdHighestZoneidx < 0) p.kswapdHighestZoneidx = highest;
      p.kswapdOrder = Math.max(p.kswapdOrder, reclaimOrder);
    }
    finishWait(k, wait);
    prepareToWait(k, wait, INTERRUPTIBLE);
  }
  if (remaining === 0 && prepareKswapdSleep(k, p, reclaimOrder, highest)) {
    k.mark('mm_vmscan_kswapd_sleep', p.id);
    yield* schedule(k);
  } else k.mm.count(remaining > 0 ? 'kswapd_low_wmark_hit_quickly' : 'kswapd_high_wmark_hit_quickly');
  finishWait(k, wait);
});

/** balance_pgdat(): reclaims until the node is balanced or priorities are used up. Returns the order it worked for. */
const balancePgdat = kfn('balance_pgdat', function* (k: Kernel, p: Pgdat, wanted: number, highest: number): Timed<number> {
  const me = k.current, zones = p.zones.filter((z) => z.slot <= highest), boosts = zones.map((z) => z.boost);
  const sc = newScanControl(k, { order: wanted, nrToReclaim: SWAP_CLUSTER_MAX, reclaimIdx: highest });
  k.mm.count('pageoutrun');
  me.reclaimState = { reclaimed: 0 }; // set_task_reclaim_state()
  let boost = boosts.reduce((a, b) => a + b, 0);
  for (const z of zones) z.flags |= ZONE.RECLAIM_ACTIVE;
  psiMemstallEnter(k);
  sc.priority = DEF_PRIORITY;
  for (;;) {
    const before = sc.nrReclaimed;
    let raise = true;
    const balanced = k.decide('the node is balanced', pgdatBalanced(k, p, sc.order, highest), sc.priority);
    if (!balanced && boost > 0) { boost = 0; sc.priority = DEF_PRIORITY; continue; }
    if (boost === 0 && balanced) break;
    if (boost > 0 && sc.priority === DEF_PRIORITY - 2) raise = false;
    sc.mayWritepage = (k.mm.sysctl.laptop_mode ?? 0) === 0 && boost === 0;
    sc.maySwap = boost === 0;
    yield* kswapdAgeNode(k, p, sc);
    if (sc.priority < DEF_PRIORITY - 2) sc.mayWritepage = true;
    sc.nrScanned = 0;
    if (yield* kswapdShrinkNode(k, p, sc)) raise = false;
    if (allowDirectReclaim(k, p)) wakePfmemallocWaiters(k, p);
    const now = sc.nrReclaimed - before;
    boost -= Math.min(boost, now);
    const stuck = k.decide('boost left, and nothing reclaimed: stop', boost > 0 && now === 0, boost);
    if (!stuck && (raise || now === 0)) sc.priority--;
    if (!stuck && sc.priority >= 1) continue;
    if (retryWithoutTrim(k, sc)) { sc.priority = DEF_PRIORITY; continue; }
    if (sc.nrReclaimed === 0) p.kswapdFailures++;
    break;
  }
  for (const [i, z] of zones.entries()) {
    z.flags &= ~ZONE.RECLAIM_ACTIVE;
    if (boosts[i] === 0) continue;
    const lock = k.mm.sync.zoneLocks[z.index];
    yield* spinLock(k, lock);
    z.boost -= Math.min(z.boost, boosts[i]);
    spinUnlock(k, lock);
    k.trace(ROW.wmark, z.index * 8 + WMARK_CELL.boost, z.boost);
  }
  snapshotRefaults(k, p, null);
  psiMemstallLeave(k, me);
  me.reclaimState = null;
  k.gauge('kswapd_failures', p.kswapdFailures);
  return sc.order;
});

/** 6.10 on: all priorities gave nothing while the page cache alone was looked at, so once more over anon pages too. */
function retryWithoutTrim(k: Kernel, sc: ScanControl): boolean {
  if (!k.mm.era.reclaim.retriesWithoutTrim || sc.priority >= 1 || sc.nrReclaimed > 0 || sc.noCacheTrimMode || !sc.cacheTrimModeFailed) return false;
  sc.noCacheTrimMode = true;
  return k.decide('the page cache alone gave nothing: once more, anon too', true);
}
/** kswapd_shrink_node(). true: enough was scanned, do not raise the priority. */
const kswapdShrinkNode = kfn('kswapd_shrink_node', function* (k: Kernel, p: Pgdat, sc: ScanControl): Timed<boolean> {
  sc.nrToReclaim = 0;
  for (const z of p.zones) if (z.slot <= sc.reclaimIdx) sc.nrToReclaim += Math.max(z.mark(WMARK.HIGH), SWAP_CLUSTER_MAX);
  if (k.mm.gens === null) yield spend(ns(k.mm.costs.kswapd_priority)); // generations: lru_gen_node, lru_gen_visit
  yield* shrinkNode(k, p, sc);
  if (sc.order > 0 && sc.nrReclaimed >= 2 << sc.order) sc.order = 0; // compact_gap()
  return sc.nrScanned >= sc.nrToReclaim;
});

/** kswapd_run(): gives each node its thread. */
export function kswapdInit(k: Kernel): void {
  for (const p of k.mm.nodes) p.kswapdTask = spawn(k, `kswapd${p.id}`, kswapdMain(p), { daemon: true }).id;
}
/** spawn() wants a kfn of no arguments; its node is bound here. */
const kswapdMain = (p: Pgdat): typeof kswapd extends (k: Kernel, p: Pgdat) => infer R ? (k: Kernel) => R : never => Object.assign((k: Kernel) => kswapd(k, p), { fn: kswapd.fn, kernelName: kswapd.kernelName });
