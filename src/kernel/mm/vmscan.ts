/**
 * mm/vmscan.c, v6.1 (v6.12 the same for what is modelled): try_to_free_pages(), try_to_free_mem_cgroup_pages(), shrink_zones(), shrink_node(),
 * shrink_lruvec(). A lruvec for each group and node. Left out: memcg protection, soft limits, cgroup writeback, demotion. Where the LRU has generations: lru_gen_node.ts.
 */
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { blkFinishPlug, blkStartPlug } from '../block/plug.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { condResched, needResched } from '../sched/core.ts';
import type { AllocContext } from './alloc_context.ts';
import { DEF_PRIORITY, GFP_HIGHUSER_MOVABLE, GFP_RECLAIM_MASK, MT, PAGE_ALLOC_COSTLY_ORDER, PF, SWAP_CLUSTER_MAX } from './constants.ts';
import type { Lruvec } from './lruvec.ts';
import type { MemCgroup } from './memcg_types.ts';
import { LRU, type Pgdat, PGDAT, WMARK, type Zone } from './mmzone.ts';
import { anonReclaimable, canAgeAnon } from './swap_state.ts';
import { newScanControl, nothingFound, type ScanControl } from './scan_control.ts';
import { getScanCount, inactiveIsLow, prepareScanCount, type ScanTargets, snapshotRefaults } from './scan_count.ts';
import { shrinkActiveList, shrinkInactiveList } from './shrink_list.ts';
import { shrinkSlab } from './shrinker.ts';
import { considerReclaimThrottle, holdUp, throttleDirectReclaim, THROTTLE } from './throttle.ts';
import { vmpressure, vmpressurePrio } from './vmpressure.ts';
import { zoneWatermarkOkInner } from './watermark.ts';

/** try_to_free_pages(): direct reclaim for one request. Pages reclaimed; 1 if a fatal signal ended the wait before it. */
export const tryToFreePages = kfn('try_to_free_pages', function* (k: Kernel, ac: AllocContext): Timed<number> {
  const sc = newScanControl(k, { order: ac.order, nrToReclaim: SWAP_CLUSTER_MAX, reclaimIdx: ac.highestZoneidx, gfp: ac.gfp });
  if (yield* throttleDirectReclaim(k, ac)) return 1;
  k.mark('mm_vmscan_direct_reclaim_begin', ac.order, ac.gfp);
  k.mm.firsts.directReclaim ??= k.now;
  const me = k.current;
  me.reclaimState = { reclaimed: 0 }; // set_task_reclaim_state()
  const reclaimed = yield* doTryToFreePages(k, ac, sc);
  me.reclaimState = null;
  k.mark('mm_vmscan_direct_reclaim_end', reclaimed);
  return reclaimed;
});

/** try_to_free_mem_cgroup_pages(): reclaims from a group and those below it, for a charge that its limit refused. Pages reclaimed. */
export const tryToFreeMemCgroupPages = kfn('try_to_free_mem_cgroup_pages', function* (k: Kernel, memcg: MemCgroup, nrPages: number, gfp: number): Timed<number> {
  const me = k.current, before = me.pf & PF.MEMALLOC, mask = (gfp & GFP_RECLAIM_MASK) | (GFP_HIGHUSER_MOVABLE & ~GFP_RECLAIM_MASK), highestZoneidx = k.mm.slots.length - 1;
  const ac: AllocContext = { gfp: mask, order: 0, migratetype: MT.movable, highestZoneidx, zonelist: k.mm.zonelists[0], preferred: 0, spreadDirty: false, use: 0 };
  me.reclaimState = { reclaimed: 0 };
  k.mark('mm_vmscan_memcg_reclaim_begin', 0, mask);
  me.pf |= PF.MEMALLOC;
  const reclaimed = yield* doTryToFreePages(k, ac, newScanControl(k, { order: 0, nrToReclaim: Math.max(nrPages, SWAP_CLUSTER_MAX), reclaimIdx: highestZoneidx, gfp: mask, targetMemcg: memcg }));
  me.pf = (me.pf & ~PF.MEMALLOC) | before;
  k.mark('mm_vmscan_memcg_reclaim_end', reclaimed);
  me.reclaimState = null;
  return reclaimed;
});

/** do_try_to_free_pages(): from priority 12 down to 0 until enough was reclaimed; once more over all groups (6.12), and again with more force where something was spared. */
const doTryToFreePages = kfn('do_try_to_free_pages', function* (k: Kernel, ac: AllocContext, sc: ScanControl): Timed<number> {
  for (;;) {
    if (sc.targetMemcg === null) k.mm.count(`allocstall_${k.mm.slots[sc.reclaimIdx].toLowerCase()}`); // by the highest zone that the request may use, be there one or not
    sc.priority = DEF_PRIORITY;
    do {
      yield* vmpressurePrio(k, sc.gfp, sc.targetMemcg, sc.priority);
      sc.nrScanned = 0;
      yield* shrinkZones(k, ac, sc);
      if (sc.nrReclaimed >= sc.nrToReclaim || sc.compactionReady) break;
      if (sc.priority < DEF_PRIORITY - 2) sc.mayWritepage = true;
    } while (--sc.priority >= 0);
    for (const p of new Set(ac.zonelist.map((z) => k.mm.nodes[z.node]))) {
      snapshotRefaults(k, p, sc.targetMemcg);
      if (sc.targetMemcg !== null) sc.targetMemcg.lruvecs[p.id].congested = false;
    }
    if (sc.nrReclaimed > 0) return sc.nrReclaimed;
    if (sc.compactionReady) return 1;
    if (k.mm.era.walksAllGroupsLast && !sc.memcgFullWalk) { sc.memcgFullWalk = true; continue; }
    if (!k.decide('active pages were spared: again, without sparing them', sc.skippedDeactivate)) return 0;
    sc.forceDeactivate = true;
    sc.skippedDeactivate = false;
  }
});

/** compaction_ready(): a costly request whose zone has enough order-0 pages waits for compaction, not for reclaim. Whether there is something to compact is left out. */
const compactionReady = (k: Kernel, z: Zone, sc: ScanControl): boolean =>
  sc.order > PAGE_ALLOC_COSTLY_ORDER && zoneWatermarkOkInner(k, z, 0, z.mark(WMARK.HIGH) + compactGap(sc.order), sc.reclaimIdx, 0, z.nrFree);
/** compact_gap(): free pages beside the mark, for compaction to move pages to. */
const compactGap = (order: number): number => 2 << order;
/** compaction_suitable(): has the zone the free pages that compaction needs? Without its fragmentation index. */
const compactionSuitable = (k: Kernel, z: Zone, sc: ScanControl): boolean =>
  zoneWatermarkOkInner(k, z, 0, z.mark(sc.order > PAGE_ALLOC_COSTLY_ORDER ? WMARK.LOW : WMARK.MIN) + compactGap(sc.order), sc.reclaimIdx, 0, z.nrFree);

const shrinkZones = kfn('shrink_zones', function* (k: Kernel, ac: AllocContext, sc: ScanControl): Timed<void> {
  let last = -1, first: Pgdat | null = null;
  yield spend(ns(sc.targetMemcg !== null ? k.mm.costs.memcg_priority : k.mm.gens === null ? k.mm.costs.direct_priority : 0)); // generations: lru_gen_node, lru_gen_visit
  for (const z of ac.zonelist) {
    if (z.slot > sc.reclaimIdx) continue;
    if (sc.order > PAGE_ALLOC_COSTLY_ORDER && k.decide('enough order-0 pages for compaction', compactionReady(k, z, sc))) { sc.compactionReady = true; continue; }
    if (z.node === last) continue;
    last = z.node;
    first ??= k.mm.nodes[last];
    yield* shrinkNode(k, k.mm.nodes[last], sc);
  }
  if (first !== null && k.mm.backing.congestion === null) yield* considerReclaimThrottle(k, first, sc);
});

/** root_reclaim(): for the machine, not for a group's limit. */
const rootReclaim = (sc: ScanControl): boolean => sc.targetMemcg === null || sc.targetMemcg.parent === null;

/** shrink_node(): the node's LRU lists and then its slab caches, again while reclaim for compaction asks for more. */
export const shrinkNode = kfn('shrink_node', function* (k: Kernel, p: Pgdat, sc: ScanControl): Timed<void> {
  const kswapd = (k.current.pf & PF.KSWAPD) !== 0;
  const { generations } = k.mm.era;
  if (generations !== null && p.memcgLru !== null && rootReclaim(sc)) {
    sc.nr = nothingFound();
    yield* generations.shrinkNode(k, p, p.memcgLru, sc);
    return;
  }
  for (;;) {
    const before = sc.nrReclaimed, scannedBefore = sc.nrScanned;
    sc.nr = nothingFound();
    prepareScanCount(k, p, sc);
    if (k.mm.memcgs === null) {
      if (k.mm.era.reschedsByGroup && needResched(k)) yield* condResched(k);
      yield* shrinkLruvec(k, p.root, sc);
      yield* shrinkSlab(k, p, sc);
    } else yield* shrinkNodeMemcgs(k, k.mm.memcgs.below(sc.targetMemcg ?? k.mm.memcgs.root), p, sc);
    if (k.current.reclaimState !== null) { sc.nrReclaimed += k.current.reclaimState.reclaimed; k.current.reclaimState.reclaimed = 0; }
    yield* vmpressure(k, sc.gfp, sc.targetMemcg, sc.nrScanned - scannedBefore);
    if (sc.nrReclaimed > before) p.kswapdFailures = 0;
    else if (sc.cacheTrimMode) sc.cacheTrimModeFailed = true;
    if (kswapd) {
      if (sc.nr.writeback > 0 && sc.nr.writeback === sc.nr.taken) p.flags |= PGDAT.WRITEBACK;
      if (sc.nr.unqueuedDirty === sc.nr.fileTaken) p.flags |= PGDAT.DIRTY;
      if (sc.nr.immediate > 0) yield* holdUp(k, p, THROTTLE.WRITEBACK);
    }
    const c = k.mm.backing.congestion, target = sc.targetMemcg?.lruvecs[p.id] ?? p.root;
    if ((kswapd || sc.targetMemcg !== null) && sc.nr.dirty > 0 && sc.nr.dirty === sc.nr.congested) target.congested = true;
    if (c !== null) yield* c.behindNode(k, p, sc.nr, kswapd);
    else if (!kswapd && target.congested) yield* holdUp(k, p, THROTTLE.CONGESTED);
    if (!shouldContinueReclaim(k, p, sc, sc.nrReclaimed - before)) return;
  }
});
/** shrink_node_memcgs(): the lists of each group. What slab caches hold belongs to the root: no object of theirs is charged to a group. */
const shrinkNodeMemcgs = kfn('shrink_node_memcgs', function* (k: Kernel, groups: readonly MemCgroup[], p: Pgdat, sc: ScanControl): Timed<void> {
  for (const memcg of groups) {
    if (k.mm.era.reschedsByGroup && needResched(k)) yield* condResched(k);
    yield* shrinkLruvec(k, memcg.lruvecs[p.id], sc);
    if (memcg.parent === null) yield* shrinkSlab(k, p, sc);
  }
});
/** should_continue_reclaim(): only for requests of an order that compaction would serve. */
function shouldContinueReclaim(k: Kernel, p: Pgdat, sc: ScanControl, reclaimed: number): boolean {
  if (sc.order === 0 || !(sc.order > PAGE_ALLOC_COSTLY_ORDER || sc.priority < DEF_PRIORITY - 2)) return false;
  if (reclaimed === 0) return false;
  const gap = compactGap(sc.order), inactive = p.lru[LRU.INACTIVE_FILE] + (anonReclaimable(k) ? p.lru[LRU.INACTIVE_ANON] : 0), { asksZonesLast } = k.mm.era.reclaim;
  if (asksZonesLast && sc.nrReclaimed < gap && inactive > gap) return k.decide('reclaim more, for compaction', true, inactive);
  if (k.decide('compaction has free pages enough', p.zones.some((z) => z.slot <= sc.reclaimIdx && compactionSuitable(k, z, sc)))) return false;
  return k.decide('reclaim more, for compaction', asksZonesLast || inactive > gap, inactive);
}

/** shrink_lruvec(): rounds of at most 32 pages a list, keeping the proportion of anon to file once enough was reclaimed. */
const shrinkLruvec = kfn('shrink_lruvec', function* (k: Kernel, v: Lruvec, sc: ScanControl): Timed<void> {
  const { generations } = k.mm.era;
  if (generations !== null && v.lrugen !== null && v.pgdat.memcgLru !== null) { yield* generations.shrinkLruvec(k, v, v.lrugen, v.pgdat.memcgLru, sc); return; }
  const nr = getScanCount(k, v, sc), targets: ScanTargets = [nr[0], nr[1], nr[2], nr[3]];
  const proportional = !(k.current.pf & PF.KSWAPD) && sc.targetMemcg === null && sc.priority === DEF_PRIORITY;
  let reclaimed = 0, adjusted = proportional;
  blkStartPlug(k);
  while (nr[LRU.INACTIVE_ANON] > 0 || nr[LRU.ACTIVE_FILE] > 0 || nr[LRU.INACTIVE_FILE] > 0) {
    for (let lru = 0; lru < 4; lru++) {
      if (nr[lru] === 0) continue;
      const scan = Math.min(nr[lru], SWAP_CLUSTER_MAX);
      nr[lru] -= scan;
      reclaimed += yield* shrinkList(k, v, lru, scan, sc);
    }
    if (needResched(k)) yield* condResched(k);
    if (reclaimed < sc.nrToReclaim || adjusted) continue;
    if (!adjustProportion(nr, targets)) break;
    adjusted = k.mm.era.reclaim.adjustsOnce; // else the next look finds one side at nothing, and ends it
  }
  yield* blkFinishPlug(k);
  sc.nrReclaimed += reclaimed;
  if (canAgeAnon(k) && inactiveIsLow(v, LRU.INACTIVE_ANON)) yield* shrinkActiveList(k, v, LRU.ACTIVE_ANON, SWAP_CLUSTER_MAX, sc);
});
/** The smaller of anon and file is done; of the other only the same share of its target is still scanned. false: nothing is left of one. */
function adjustProportion(nr: ScanTargets, targets: ScanTargets): boolean {
  const file = nr[2] + nr[3], anon = nr[0] + nr[1];
  if (file === 0 || anon === 0) return false;
  const small = file > anon ? 0 : 2, large = 2 - small;
  const target = targets[small] + targets[small + 1] + 1, percent = Math.trunc(((file > anon ? anon : file) * 100) / target);
  nr[small] = 0; nr[small + 1] = 0;
  for (const l of [large, large + 1]) {
    const scanned = targets[l] - nr[l];
    nr[l] = Math.max(0, Math.trunc((targets[l] * (100 - percent)) / 100) - scanned);
  }
  return true;
}
/** shrink_list(): active lists only where deactivation is due. */
function* shrinkList(k: Kernel, v: Lruvec, lru: number, scan: number, sc: ScanControl): Timed<number> {
  if (lru === LRU.ACTIVE_ANON || lru === LRU.ACTIVE_FILE) {
    if (lru === LRU.ACTIVE_FILE ? sc.mayDeactivateFile : sc.mayDeactivateAnon) yield* shrinkActiveList(k, v, lru, scan, sc);
    else sc.skippedDeactivate = true;
    return 0;
  }
  return yield* shrinkInactiveList(k, v, lru, scan, sc);
}
/** kswapd_age_node(): anon pages are aged even while none is reclaimed. Generations are begun when they are needed: lru_gen_age_node() only minds min_ttl_ms. */
export const kswapdAgeNode = kfn('kswapd_age_node', function* (k: Kernel, p: Pgdat, sc: ScanControl): Timed<void> {
  if (k.mm.gens !== null || !canAgeAnon(k) || !inactiveIsLow(p.root, LRU.INACTIVE_ANON)) return;
  if (k.mm.memcgs === null) yield* shrinkActiveList(k, p.root, LRU.ACTIVE_ANON, SWAP_CLUSTER_MAX, sc);
  else for (const memcg of k.mm.memcgs.groups) yield* shrinkActiveList(k, memcg.lruvecs[p.id], LRU.ACTIVE_ANON, SWAP_CLUSTER_MAX, sc);
});
