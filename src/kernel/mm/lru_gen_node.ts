/**
 * mm/vmscan.c, v6.12: reclaim of a node whose LRU has generations. All groups of the node stand in eight lists, and the walk begins with one
 * of them at random; a group that has too little comes once more, if its new list is still to come. On a machine without groups that goes for the
 * root alone, and makes every pass one visit or two. Left out: protection of groups, soft limits, min_ttl_ms and its kill.
 */
import { must, ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { blkFinishPlug, blkStartPlug } from '../block/plug.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { DEF_PRIORITY, PF } from './constants.ts';
import { lruvecIsSizable } from './lru_gen_aging.ts';
import { getSwappiness, shouldAbortScan, tryToShrinkLruvec } from './lru_gen_evict.ts';
import { type LruGen, MEMCG_LRU, MEMCG_NR_BINS, MEMCG_NR_GENS, type MemcgLru, MIN_LRU_BATCH } from './lru_gen_types.ts';
import type { Lruvec } from './lruvec.ts';
import { LRU, type Pgdat } from './mmzone.ts';
import type { ScanControl } from './scan_control.ts';
import { shrinkSlab } from './shrinker.ts';
import { anonReclaimable } from './swap_state.ts';

const fls = (n: number): number => 32 - Math.clz32(n);

/** lru_gen_rotate_memcg(): a visited group goes to another list; to the next generation of groups if it is to be left alone in this round. */
function lruGenRotateMemcg(lru: MemcgLru, v: Lruvec, g: LruGen, op: number): void {
  const old = g.gen, bin = lru.below(MEMCG_NR_BINS), list = lru.fifo[old][g.bin];
  list.splice(list.indexOf(v), 1);
  g.seg = op === MEMCG_LRU.TAIL ? op : MEMCG_LRU.NOP;
  if (op === MEMCG_LRU.YOUNG) g.gen = (lru.seq + 1) % MEMCG_NR_GENS;
  g.bin = bin;
  lru.fifo[g.gen][bin].push(v);
  lru.nrMemcgs[old]--;
  lru.nrMemcgs[g.gen]++;
  if (lru.nrMemcgs[old] === 0 && old === lru.seq % MEMCG_NR_GENS) lru.seq++;
}
/** set_initial_priority(): kswapd begins with a priority at which it might find what it needs. */
function setInitialPriority(k: Kernel, p: Pgdat, sc: ScanControl): void {
  if (sc.priority !== DEF_PRIORITY || sc.nrToReclaim < MIN_LRU_BATCH) return;
  const reclaimable = p.lru[LRU.INACTIVE_FILE] + (anonReclaimable(k) ? p.lru[LRU.INACTIVE_ANON] : 0);
  sc.priority = Math.min(Math.max(fls(reclaimable) - 1 - fls(sc.nrToReclaim - 1), DEF_PRIORITY >> 1), DEF_PRIORITY);
}
/** shrink_one(): one group, and what slab caches hold. Returns where it goes (MEMCG_LRU). */
const shrinkOne = kfn('shrink_one', function* (k: Kernel, v: Lruvec, g: LruGen, sc: ScanControl): Timed<number> {
  const isRoot = v.memcg === null || v.memcg.parent === null;
  yield spend(ns(isRoot ? k.mm.costs.lru_gen_visit : k.mm.costs.memcg_priority));
  const young = yield* tryToShrinkLruvec(k, v, g, sc);
  if (isRoot) yield* shrinkSlab(k, v.pgdat, sc);
  if (k.current.reclaimState !== null) { sc.nrReclaimed += k.current.reclaimState.reclaimed; k.current.reclaimState.reclaimed = 0; }
  if (young) return MEMCG_LRU.YOUNG;
  if (lruvecIsSizable(g, getSwappiness(k, sc) > 0, sc)) return MEMCG_LRU.NOP;
  return k.decide('the group has too little at this priority: once more, if its turn comes', g.seg !== MEMCG_LRU.TAIL) ? MEMCG_LRU.TAIL : MEMCG_LRU.YOUNG;
});
/** shrink_many(): all groups of the current generation, from a list drawn at random on. */
const shrinkMany = kfn('shrink_many', function* (k: Kernel, lru: MemcgLru, sc: ScanControl): Timed<void> {
  const gen = lru.seq % MEMCG_NR_GENS, first = lru.below(MEMCG_NR_BINS);
  for (let bin = first; ;) {
    const list = lru.fifo[gen][bin];
    for (let v: Lruvec | undefined = list[0], next: Lruvec | undefined; v !== undefined; v = next) {
      const g = must(v.lrugen, 'a group in these lists has generations'), op = yield* shrinkOne(k, v, g, sc), abort = shouldAbortScan(k, v, sc), at = list.indexOf(v);
      next = at < 0 ? undefined : list[at + 1]; // -1: somebody else has moved it
      if (op !== MEMCG_LRU.NOP) lruGenRotateMemcg(lru, v, g, op);
      if (abort) return;
    }
    bin = (bin + 1) % MEMCG_NR_BINS;
    if (bin === first) return;
  }
});
/** lru_gen_shrink_node(): reclaim for the machine. */
export const lruGenShrinkNode = kfn('lru_gen_shrink_node', function* (k: Kernel, p: Pgdat, lru: MemcgLru, sc: ScanControl): Timed<void> {
  const reclaimed = sc.nrReclaimed, kswapd = (k.current.pf & PF.KSWAPD) !== 0, state = k.current.reclaimState;
  if (!k.decide('may write pages, and unmap them', sc.mayWritepage && sc.mayUnmap)) return;
  yield spend(ns(k.mm.costs.lru_gen_node));
  blkStartPlug(k);
  if (state !== null && kswapd) state.mmWalk = true; // set_mm_walk()
  setInitialPriority(k, p, sc);
  if (kswapd) sc.nrReclaimed = 0;
  yield* shrinkMany(k, lru, sc);
  if (kswapd) sc.nrReclaimed += reclaimed;
  if (state !== null) state.mmWalk = false;
  yield* blkFinishPlug(k);
  if (sc.nrReclaimed > reclaimed) p.kswapdFailures = 0;
});
/** lru_gen_shrink_lruvec(): reclaim for a group's limit. */
export const lruGenShrinkLruvec = kfn('lru_gen_shrink_lruvec', function* (k: Kernel, v: Lruvec, g: LruGen, lru: MemcgLru, sc: ScanControl): Timed<void> {
  const state = k.current.reclaimState;
  blkStartPlug(k);
  if (yield* tryToShrinkLruvec(k, v, g, sc)) lruGenRotateMemcg(lru, v, g, MEMCG_LRU.YOUNG);
  if (state !== null) state.mmWalk = false;
  yield* blkFinishPlug(k);
});
