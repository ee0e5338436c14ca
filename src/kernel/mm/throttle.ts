/** mm/vmscan.c, v6.1: throttle_direct_reclaim(), allow_direct_reclaim(), reclaim_throttle(). */
import { type Jiffies, jiffies } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { INTERRUPTIBLE, KILLABLE, UNINTERRUPTIBLE } from '../sched/task.ts';
import { condResched, fatalSignalPending } from '../sched/core.ts';
import { finishWait, MAX_SCHEDULE_TIMEOUT, prepareToWait, scheduleTimeout, waitEvent, wakeUp } from '../sched/wait.ts';
import type { AllocContext } from './alloc_context.ts';
import { GFP, MAX_RECLAIM_RETRIES, PF } from './constants.ts';
import { type Pgdat, WMARK, type Zone } from './mmzone.ts';
import { kswapdSleeps, rouseKswapd } from './kswapd_wake.ts';
import { zoneReclaimablePages } from './retry.ts';
import type { ScanControl } from './scan_control.ts';

export const THROTTLE = { WRITEBACK: 0, ISOLATED: 1, NOPROGRESS: 2, CONGESTED: 3 } as const;

const belowNormal = (k: Kernel, z: Zone): boolean => z.slot <= k.mm.slots.indexOf('Normal');
/** allow_direct_reclaim(): more than half of the reserve of the zones up to Normal is free, or kswapd has given up. If not, kswapd must not sleep, whatever it makes of the node: who asks wakes it, each time. */
export function allowDirectReclaim(k: Kernel, p: Pgdat): boolean {
  if (p.kswapdFailures >= MAX_RECLAIM_RETRIES) return true;
  let reserve = 0, free = 0;
  for (const z of p.zones) {
    if (!belowNormal(k, z) || zoneReclaimablePages(k, z) === 0) continue;
    reserve += z.mark(WMARK.MIN);
    free += z.nrFree;
  }
  const enough = reserve === 0 || free > reserve / 2, normal = k.mm.slots.indexOf('Normal');
  if (!enough && kswapdSleeps(k, p)) {
    if (p.kswapdHighestZoneidx < 0 || p.kswapdHighestZoneidx > normal) p.kswapdHighestZoneidx = normal;
    rouseKswapd(k, p);
  }
  return enough;
}
export function wakePfmemallocWaiters(k: Kernel, p: Pgdat): void {
  const wait = k.mm.sync.pfmemallocWait[p.id];
  if (wait.entries.length > 0) wakeUp(k, wait, Infinity);
}

/** throttle_direct_reclaim(): true: a fatal signal ended the wait, so pretend that there was progress. */
export const throttleDirectReclaim = kfn('throttle_direct_reclaim', function* (k: Kernel, ac: AllocContext): Timed<boolean> {
  const me = k.current;
  if (me.pf & PF.KTHREAD || fatalSignalPending(me)) return false;
  const first = ac.zonelist.find((z) => z.slot <= ac.highestZoneidx && belowNormal(k, z));
  if (first === undefined) return false;
  const p = k.mm.nodes[first.node];
  const ok = (): boolean => allowDirectReclaim(k, p);
  if (k.decide('half of the reserve is free (allow_direct_reclaim())', ok())) return false;
  k.mm.count('pgscan_direct_throttle');
  const wait = k.mm.sync.pfmemallocWait[p.id];
  if (ac.gfp & GFP.FS) yield* waitEvent(k, wait, ok, KILLABLE, MAX_SCHEDULE_TIMEOUT, false);
  else yield* waitEvent(k, wait, ok, INTERRUPTIBLE, jiffies(k.hz), false);
  return fatalSignalPending(me);
});

const timeouts = (k: Kernel): readonly Jiffies[] => [jiffies(Math.floor(k.hz / 10)), jiffies(Math.floor(k.hz / 50)), jiffies(1), jiffies(1)];

/** skip_throttle_noprogress(): no sense in waiting for what will not come. */
function skipNoprogress(k: Kernel, p: Pgdat): boolean {
  if (p.kswapdFailures >= MAX_RECLAIM_RETRIES) return true;
  let reclaimable = 0, pending = 0;
  for (const z of p.zones) { reclaimable += zoneReclaimablePages(k, z); pending += z.writePending; }
  return 2 * pending <= reclaimable;
}
/** reclaim_throttle(): a reclaimer waits for what holds it up, for a bounded time. */
const reclaimThrottle = kfn('reclaim_throttle', function* (k: Kernel, p: Pgdat, reason: number): Timed<void> {
  const me = k.current, kswapd = (me.pf & PF.KSWAPD) !== 0;
  if (!kswapd && me.pf & (PF.WQ_WORKER | PF.KTHREAD)) { yield* condResched(k); return; }
  if ((reason === THROTTLE.CONGESTED || reason === THROTTLE.NOPROGRESS) && k.decide('waiting would not help (skip_throttle_noprogress())', skipNoprogress(k, p))) { yield* condResched(k); return; }
  const wait = k.mm.sync.reclaimWait[p.id][reason], timeout = timeouts(k)[reason];
  k.mark('mm_vmscan_throttled', p.id, reason);
  prepareToWait(k, wait, UNINTERRUPTIBLE);
  yield* scheduleTimeout(k, timeout);
  finishWait(k, wait);
});
/** Where reclaim is held up: reclaim_throttle(), or what stood in its place to 5.15. */
export function* holdUp(k: Kernel, p: Pgdat, reason: number): Timed<void> {
  const c = k.mm.backing.congestion;
  if (c === null) yield* reclaimThrottle(k, p, reason); else yield* c.holdUp(k, p, reason);
}
/** consider_reclaim_throttle(), once a round of try_to_free_pages(): good progress, be it of a group's reclaim, sends those on who waited for some. */
export const considerReclaimThrottle = kfn('consider_reclaim_throttle', function* (k: Kernel, p: Pgdat, sc: Pick<ScanControl, 'nrScanned' | 'nrReclaimed' | 'priority' | 'targetMemcg'>): Timed<void> {
  if (sc.nrReclaimed > sc.nrScanned >> 3) {
    const wait = k.mm.sync.reclaimWait[p.id][THROTTLE.NOPROGRESS];
    if (wait.entries.length > 0) wakeUp(k, wait, Infinity);
    return;
  }
  if (k.current.pf & PF.KSWAPD || sc.targetMemcg !== null || sc.priority !== 1 || sc.nrReclaimed > 0) return;
  yield* reclaimThrottle(k, p, THROTTLE.NOPROGRESS);
});
