/**
 * mm/page_alloc.c, v6.1 and v6.12: __alloc_pages_slowpath() with every branch in the kernel's order.
 * Direct compaction answers "skipped: not modelled". Left out: cpuset and zonelist cookies (neither changes in a run),
 * nodemasks, and so the restart label: nothing here goes back to it.
 */
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { condResched } from '../sched/core.ts';
import type { AllocContext } from './alloc_context.ts';
import { ALLOC, GFP, MT, PAGE_ALLOC_COSTLY_ORDER, PF } from './constants.ts';
import { unreserveHighatomicPageblock } from './highatomic.ts';
import { wakeAllKswapds } from './kswapd_wake.ts';
import { allocPagesMayOom } from './may_oom.ts';
import { getPageFromFreelist } from './page_alloc.ts';
import { drainAllPages } from './pcp.ts';
import { drainAllPages as drainByWork } from './pcp_drain.ts';
import { psiMemstallEnter, psiMemstallLeave } from './psi.ts';
import { shouldReclaimRetry } from './retry.ts';
import { tryToFreePages } from './vmscan.ts';
import { warnAlloc } from './show_mem.ts';

/** Priorities of direct compaction; a smaller number is a stronger one. */
export const COMPACT_PRIO = { SYNC_FULL: 0, SYNC_LIGHT: 1, ASYNC: 2 } as const;

/** State of one pass through the slow path. */
export interface SlowState { allocFlags: number; noProgressLoops: number; didSomeProgress: number; compactPriority: number }

/** __gfp_pfmemalloc_flags(): which reserve this request may use; 0 = none. */
export function gfpPfmemallocFlags(k: Kernel, gfp: number): number {
  if (gfp & GFP.NOMEMALLOC) return 0;
  if (gfp & GFP.MEMALLOC) return ALLOC.NO_WATERMARKS;
  if (!k.inTask) return 0;
  if (k.current.pf & PF.MEMALLOC) return ALLOC.NO_WATERMARKS;
  return k.mm.era.oomReserve(k, k.current);
}

/** A task that the OOM killer chose, and that has looked below the marks already: it fails rather than loops. */
function hadItsReserve(k: Kernel, gfp: number, s: SlowState): boolean {
  const reserve = k.mm.era.oomReserve(k, k.current);
  return reserve !== 0 && ((s.allocFlags & reserve) !== 0 || (gfp & GFP.NOMEMALLOC) !== 0);
}

export const allocPagesSlowpath = kfn('__alloc_pages_slowpath', function* (k: Kernel, ac: AllocContext): Timed<number> {
  const { gfp, order } = ac, { era, costs } = k.mm;
  const canDirect = (gfp & GFP.DIRECT_RECLAIM) !== 0, costly = order > PAGE_ALLOC_COSTLY_ORDER;
  const s: SlowState = { allocFlags: era.slowAllocFlags(k, gfp, order), noProgressLoops: 0, didSomeProgress: 0, compactPriority: COMPACT_PRIO.SYNC_LIGHT };
  yield spend(ns(costs.alloc_slowpath));
  let tries = true; // the retry label is passed by where there is no zone at all, and where compaction has said at once that it cannot help
  if (ac.preferred < 0) tries = false;
  else {
    if (s.allocFlags & ALLOC.KSWAPD) wakeAllKswapds(k, ac);
    const pfn = yield* getPageFromFreelist(k, ac, s.allocFlags);
    if (pfn >= 0) return pfn;
    if (k.decide('try compaction before reclaim', canDirect && mayCompact(k, gfp) && (costly || (order > 0 && ac.migratetype !== MT.movable)) && gfpPfmemallocFlags(k, gfp) === 0)) {
      compactionSkipped(k);
      if (costly && gfp & GFP.NORETRY && era.skippedEndsNoretry) tries = false;
    }
  }
  for (;; tries = true) {
    const pfn = tries ? yield* retry(k, ac, s, canDirect) : -1, last = pfn >= 0 ? pfn : yield* allocPagesNopage(k, ac, canDirect);
    if (last >= 0 || !(gfp & GFP.NOFAIL) || !canDirect) return last;
  }
});
/** The retry label of __alloc_pages_slowpath(), up to the nopage label. -1: no page. */
function* retry(k: Kernel, ac: AllocContext, s: SlowState, canDirect: boolean): Timed<number> {
  const { gfp, order } = ac, { era } = k.mm, costly = order > PAGE_ALLOC_COSTLY_ORDER;
  for (;;) {
    if (s.allocFlags & ALLOC.KSWAPD) wakeAllKswapds(k, ac);
    const reserve = gfpPfmemallocFlags(k, gfp);
    if (reserve !== 0) s.allocFlags = era.withReserve(reserve, s.allocFlags);
    let pfn = yield* getPageFromFreelist(k, ac, s.allocFlags);
    if (pfn >= 0) return pfn;
    if (!k.decide('may reclaim directly (__GFP_DIRECT_RECLAIM)', canDirect)) return -1;
    if (k.decide('PF_MEMALLOC: no reclaim inside reclaim', (k.current.pf & PF.MEMALLOC) !== 0)) return -1;
    pfn = yield* allocPagesDirectReclaim(k, ac, s);
    if (pfn >= 0) return pfn;
    if (order > 0) compactionSkipped(k);
    if (k.decide('__GFP_NORETRY', (gfp & GFP.NORETRY) !== 0)) return -1;
    if (k.decide('costly order without __GFP_RETRY_MAYFAIL', costly && (!(gfp & GFP.RETRY_MAYFAIL) || !mayCompact(k, gfp)))) return -1;
    if (yield* shouldReclaimRetry(k, ac, s)) continue;
    if (s.didSomeProgress > 0 && shouldCompactRetry(k, order, s)) continue;
    pfn = yield* allocPagesMayOom(k, ac, s);
    if (pfn >= 0) return pfn;
    if (k.decide('current is an OOM victim and has had its reserve', hadItsReserve(k, gfp, s))) return -1;
    if (!k.decide('did_some_progress: try again', s.didSomeProgress > 0)) return -1;
    s.noProgressLoops = 0;
  }
}

/** The nopage label: __GFP_NOFAIL looks a little below MIN and goes back to the retry label, everybody else is told so in the kernel log. */
const allocPagesNopage = kfn('__alloc_pages_nopage', function* (k: Kernel, ac: AllocContext, canDirect: boolean): Timed<number> {
  if (!(ac.gfp & GFP.NOFAIL) || !canDirect) { yield* warnAlloc(k, ac); return -1; }
  const harder = k.mm.era.notesBelowHigh ? ALLOC.MIN_RESERVE : ALLOC.HARDER;
  for (const flags of [harder | ALLOC.CPUSET, harder]) {
    const pfn = yield* getPageFromFreelist(k, ac, flags);
    if (pfn >= 0) return pfn;
  }
  yield spend(ns(k.mm.costs.alloc_slowpath));
  yield* condResched(k);
  return -1;
});

/** __alloc_pages_direct_reclaim(): reclaim in the caller's own context, then look again, once more after draining the per-CPU lists. */
const allocPagesDirectReclaim = kfn('__alloc_pages_direct_reclaim', function* (k: Kernel, ac: AllocContext, s: SlowState): Timed<number> {
  const me = k.current, { era } = k.mm;
  psiMemstallEnter(k);
  s.didSomeProgress = yield* performReclaim(k, ac);
  if (!era.reclaim.drainStalls) psiMemstallLeave(k, me);
  let pfn = -1;
  if (k.decide('try_to_free_pages() made progress', s.didSomeProgress > 0, s.didSomeProgress)) {
    for (let drained = false; ; drained = true) {
      pfn = yield* getPageFromFreelist(k, ac, s.allocFlags);
      if (pfn >= 0 || drained) break;
      yield* unreserveHighatomicPageblock(k, ac, false);
      if (k.knob('pcp.drainOnReclaim') !== 'off') yield* (era.drainsByWork ? drainByWork : drainAllPages)(k, null);
    }
  }
  if (era.reclaim.drainStalls) psiMemstallLeave(k, me);
  return pfn;
});
const performReclaim = kfn('__perform_reclaim', function* (k: Kernel, ac: AllocContext): Timed<number> {
  yield* condResched(k);
  const me = k.current, before = me.pf & PF.MEMALLOC;
  me.pf |= PF.MEMALLOC;
  const progress = yield* tryToFreePages(k, ac);
  me.pf = (me.pf & ~PF.MEMALLOC) | before;
  yield* condResched(k);
  return progress;
});

/** gfp_compaction_allowed(): since 6.9 not for a request that may not start I/O (reference 4.3). */
const mayCompact = (k: Kernel, gfp: number): boolean => !k.mm.era.compactionNeedsIo || (gfp & GFP.IO) !== 0;
/** __alloc_pages_direct_compact(). */
function compactionSkipped(k: Kernel): void { k.decide('direct compaction: skipped, not modelled', false); }
/**
 * should_compact_retry(). Compaction was skipped as if every zone lacked the free pages for it; the kernel then asks
 * compaction_zonelist_suitable(), which is not modelled either: no.
 */
function shouldCompactRetry(k: Kernel, order: number, s: SlowState): boolean {
  if (order === 0) return false;
  return k.decide('compaction could help', false, s.compactPriority);
}
