/** mm/page_alloc.c __alloc_pages_may_oom(), v6.1 and v6.12: the gates between an allocation that found nothing and a kill. */
import { jiffies } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { mutexLockKillable, mutexTrylock, mutexUnlock } from '../locking/mutex.ts';
import { scheduleTimeoutUninterruptible } from '../sched/wait.ts';
import type { AllocContext } from './alloc_context.ts';
import { ALLOC, GFP, PAGE_ALLOC_COSTLY_ORDER, PF } from './constants.ts';
import { WMARK } from './mmzone.ts';
import { newOomControl } from './oom_control.ts';
import { outOfMemory } from './oom_kill.ts';
import { callChainOutside, chainIsOutside } from './oom_notifier.ts';
import { getPageFromFreelist } from './page_alloc.ts';
import type { SlowState } from './slowpath.ts';

export { tskIsOomVictim } from './oom_control.ts';

/** mutex_trylock() as the kernel has it; or, with `oom.waiters` = block, a killable wait for whoever is at it. */
function* lockForOom(k: Kernel): Timed<boolean> {
  const { oomLock } = k.mm.sync;
  if (k.knob('oom.waiters') === 'block') return k.decide('mutex_lock_killable(&oom_lock)', yield* mutexLockKillable(k, oomLock));
  if (k.decide('mutex_trylock(&oom_lock)', mutexTrylock(k, oomLock))) return true;
  yield* scheduleTimeoutUninterruptible(k, jiffies(1));
  return false;
}
export const allocPagesMayOom = kfn('__alloc_pages_may_oom', function* (k: Kernel, ac: AllocContext, s: SlowState): Timed<number> {
  const outside = chainIsOutside(k), allowed = outside && !stopped(k, ac); // the patch asks the gates first: oom_kill_allowed()
  s.didSomeProgress = allowed ? yield* callChainOutside(k) : 0;
  if (!(yield* lockForOom(k))) {
    s.didSomeProgress = 1; // somebody else is at it for all of us
    return -1;
  }
  // Once more at the high mark: a parallel kill may have given enough back, and to take a page right at the edge would not help.
  const last: AllocContext = { ...ac, gfp: (ac.gfp | GFP.HARDWALL) & ~GFP.DIRECT_RECLAIM };
  let pfn = yield* getPageFromFreelist(k, last, WMARK.HIGH | ALLOC.CPUSET);
  if (pfn < 0 && (outside ? allowed : !stopped(k, ac))) {
    const killed = yield* outOfMemory(k, newOomControl(k, ac));
    if (killed || ac.gfp & GFP.NOFAIL) {
      s.didSomeProgress = 1;
      if (ac.gfp & GFP.NOFAIL) pfn = yield* getPageFromFreelist(k, ac, ALLOC.NO_WATERMARKS);
    }
  }
  mutexUnlock(k, k.mm.sync.oomLock);
  return pfn;
});
/** The gates, each of which ends the attempt with no progress. */
function stopped(k: Kernel, ac: AllocContext): boolean {
  if (k.decide('PF_DUMPCORE', (k.current.pf & PF.DUMPCORE) !== 0)) return true;
  if (k.decide('order > PAGE_ALLOC_COSTLY_ORDER: a kill would not help', ac.order > PAGE_ALLOC_COSTLY_ORDER, ac.order)) return true;
  if (k.decide('__GFP_RETRY_MAYFAIL or __GFP_THISNODE', (ac.gfp & (GFP.RETRY_MAYFAIL | GFP.THISNODE)) !== 0)) return true;
  if (k.decide('only low zones may be used', ac.highestZoneidx < k.mm.slots.indexOf('Normal'), ac.highestZoneidx)) return true;
  return k.decide('pm_suspended_storage()', k.mm.suspendedStorage);
}
