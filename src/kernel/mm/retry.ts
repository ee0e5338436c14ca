/** mm/page_alloc.c should_reclaim_retry(), v6.1 and v6.12 (stable: the reclaimable pages of a zone are never less than its free ones). */
import { jiffies } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { condResched } from '../sched/core.ts';
import { scheduleTimeoutUninterruptible } from '../sched/wait.ts';
import type { AllocContext } from './alloc_context.ts';
import { MAX_RECLAIM_RETRIES, PAGE_ALLOC_COSTLY_ORDER, PF } from './constants.ts';
import { unreserveHighatomicPageblock } from './highatomic.ts';
import { WMARK, type Zone } from './mmzone.ts';
import { anonReclaimable } from './swap_state.ts';
import type { SlowState } from './slowpath.ts';
import { zoneWatermarkOkInner } from './watermark.ts';

/**
 * zone_reclaimable_pages(), pages. Both 6.x stable kernels of the captures fall back to the number of free pages where there is
 * nothing to reclaim (captures/README, observation 4).
 */
export function zoneReclaimablePages(k: Kernel, z: Zone): number {
  let nr = z.lru[2] + z.lru[3];
  if (anonReclaimable(k)) nr += z.lru[0] + z.lru[1];
  return nr === 0 && k.mm.era.freeCountsAsReclaimable ? z.nrFree : nr;
}

/** true: go round again. Counts the rounds without progress in `s`. */
export const shouldReclaimRetry = kfn('should_reclaim_retry', function* (k: Kernel, ac: AllocContext, s: SlowState): Timed<boolean> {
  const { era } = k.mm;
  if (s.didSomeProgress > 0 && ac.order <= PAGE_ALLOC_COSTLY_ORDER) s.noProgressLoops = 0; else s.noProgressLoops++;
  const kick = k.rcu?.oomKick; // knob rcu.oomHook = retry-kick
  if (kick?.retry && kick.retryAt === s.noProgressLoops) yield* kick.retry(k);
  let retry = false;
  if (k.decide('16 rounds without progress: give up', s.noProgressLoops > MAX_RECLAIM_RETRIES, s.noProgressLoops)) {
    if (!era.unreserveOnEveryRefusal) return yield* unreserveHighatomicPageblock(k, ac, true);
  } else {
    for (const z of ac.zonelist) {
      if (z.slot > ac.highestZoneidx) continue;
      retry = wouldBeEnough(k, z, ac, s);
      if (!retry) continue;
      const c = k.mm.backing.congestion;
      if (s.didSomeProgress === 0 && c !== null && mostlyUnderWrite(k, z)) { yield* c.waitForWrites(k, k.mm.nodes[z.node]); return true; }
      break;
    }
    const nap = k.current.pf & PF.WQ_WORKER ? k.knob('reclaim.workerNap') : 'never';
    if (!retry && (nap === 'never' ? era.sleepsOnlyToRetry : nap === 'to-retry')) return false;
    if (nap === 'never') yield* condResched(k); else yield* scheduleTimeoutUninterruptible(k, jiffies(1)); // lets the items behind this worker's own run
  }
  if (!retry && era.unreserveOnEveryRefusal) return yield* unreserveHighatomicPageblock(k, ac, true);
  return retry;
});
/** To 5.15: more than half of what could be reclaimed is dirty or being written, so a round later there may be progress. */
const mostlyUnderWrite = (k: Kernel, z: Zone): boolean => k.decide('most of it is waiting for writes: wait too', 2 * z.writePending > zoneReclaimablePages(k, z), z.writePending);
/** Would the request be met at MIN if everything reclaimable were reclaimed? The kernel's tracepoint reclaim_retry_zone. */
function wouldBeEnough(k: Kernel, z: Zone, ac: AllocContext, s: SlowState): boolean {
  const reclaimable = zoneReclaimablePages(k, z), available = reclaimable + z.nrFree, min = z.mark(WMARK.MIN);
  const ok = zoneWatermarkOkInner(k, z, ac.order, min, ac.highestZoneidx, s.allocFlags, available);
  k.mark('reclaim_retry_zone', z.index, s.noProgressLoops);
  k.decide(z.questions.wouldBeEnough, ok, available);
  k.operand('min', min);
  k.operand('lowmem_reserve', z.reserve[ac.highestZoneidx] ?? 0);
  k.operand('reclaimable', reclaimable);
  return ok;
}
