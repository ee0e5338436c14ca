/**
 * mm/vmscan.c, v6.12, "the eviction": pages of the oldest generation are taken from the tail of its lists. Those that were promoted meanwhile, are used
 * more often than the tiers that are given up, or lie in a zone that does not help are moved on; the others are looked at by shrink_folio_list().
 * Left out: demotion, memcg protection, groups that are being removed.
 */
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { leaf } from '../leaf.ts';
import { spinLock, spinUnlock } from '../locking/spinlock.ts';
import { condResched, needResched } from '../sched/core.ts';
import { DEF_PRIORITY, FRAME, FRAME_DIRTY, FRAME_TYPE_MASK, FRAME_UNEVICTABLE, FRAME_WRITEBACK, GFP, PF } from './constants.ts';
import { freeUnrefPageList } from './free_list.ts';
import { folioClearLruRefs, folioLruGen, folioLruRefs, gensOf, lruGenDelFolio, lruTierFromRefs, lruType } from './lru_gen.ts';
import { folioIncGen, lruLockOf, shouldRunAging, tryToIncMaxSeq, tryToIncMinSeq } from './lru_gen_aging.ts';
import { lruGenGauges } from './lru_gen_gauges.ts';
import { getTierIdx, getTypeToScan, MAX_SWAPPINESS } from './lru_gen_pid.ts';
import { GEN_ACTIVE, genOf, LRU_GEN, LRU_REFS_WIDTH, type LruGen, MAX_LRU_BATCH, MIN_LRU_BATCH, MIN_NR_GENS } from './lru_gen_types.ts';
import { type Lruvec } from './lruvec.ts';
import { listAdd, listAddTail, listDel, listEmpty, type Mm, prevOf, WMARK } from './mmzone.ts';
import { PG, setFlag, testFlag } from './page_flags.ts';
import { rmapWalk } from './rmap.ts';
import type { ScanControl } from './scan_control.ts';
import { shrinkFolioList } from './shrink_folio.ts';
import { countFor, moveFoliosToLru } from './shrink_list.ts';
import { vmGauges } from './vm_gauges.ts';
import { zoneWatermarkOk } from './watermark.ts';
import { wakeupFlusherThreads } from './wb_wake.ts';

/** get_swappiness(): 0 where nothing can be swapped, or too little for a batch. */
export const getSwappiness = (k: Kernel, sc: ScanControl): number => (!sc.maySwap || k.mm.swap.free < MIN_LRU_BATCH ? 0 : (k.mm.sysctl.swappiness ?? 60));

/** sort_folio(): does this page of the oldest list belong elsewhere? Then it is moved there. */
function sortFolio(m: Mm, v: Lruvec, g: LruGen, pfn: number, sc: ScanControl, tierIdx: number): boolean {
  if (m.word[pfn] & FRAME_UNEVICTABLE) return false;
  const gen = folioLruGen(m, pfn), type = lruType(m, pfn), { slot } = m.pageZone(pfn), refs = folioLruRefs(m, pfn), tier = lruTierFromRefs(refs);
  if (gen !== genOf(g.minSeq[type])) { // promoted
    listDel(m, pfn);
    listAdd(m, g.heads[g.at(gen, type, slot)], pfn);
    return true;
  }
  const spared = tier > tierIdx || refs === 1 << LRU_REFS_WIDTH;
  if (!spared && slot <= sc.reclaimIdx) return false;
  const next = folioIncGen(m, v, g, pfn);
  listDel(m, pfn);
  listAddTail(m, g.heads[g.at(next, type, slot)], pfn);
  if (spared) g.protected[type][tier - 1]++;
  return true;
}
/** isolate_folio(). false: it may not be swapped now, or somebody is freeing it. */
function isolateFolio(m: Mm, v: Lruvec, g: LruGen, pfn: number, sc: ScanControl): boolean {
  const word = m.word[pfn], anon = lruType(m, pfn) === LRU_GEN.ANON;
  if (!(sc.gfp & GFP.IO) && anon && ((word & FRAME_DIRTY) !== 0 || (word & FRAME_TYPE_MASK) === FRAME.anon)) return false;
  if (testFlag(m, pfn, PG.ORPHAN)) return false;
  if (!testFlag(m, pfn, PG.REFERENCED)) folioClearLruRefs(m, pfn);
  m.pageFlags[pfn] &= ~PG.REFERENCED;
  lruGenDelFolio(m, v, g, pfn, true);
  setFlag(m, pfn, PG.ISOLATED);
  return true;
}
interface Scanned { readonly scanned: number; readonly looked: number; readonly taken: number[]; readonly type: number }

/** scan_folios(): the oldest lists of one type, zone by zone from the highest that helps. `scanned` 0: there was nothing to take. */
function scanFolios(k: Kernel, v: Lruvec, g: LruGen, sc: ScanControl, type: number, tier: number): Scanned {
  const m = k.mm, taken: number[] = [];
  let scanned = 0, sorted = 0, remaining = MAX_LRU_BATCH;
  if (g.nrGens(type) === MIN_NR_GENS) return { scanned: 0, looked: 0, taken, type };
  const gen = genOf(g.minSeq[type]);
  for (let i = g.slots; i > 0 && remaining > 0 && taken.length < MIN_LRU_BATCH; i--) {
    const slot = (sc.reclaimIdx + i) % g.slots, head = g.heads[g.at(gen, type, slot)], moved: number[] = [];
    while (!listEmpty(m, head)) {
      const pfn = prevOf(m, head);
      scanned++;
      if (sortFolio(m, v, g, pfn, sc, tier)) sorted++;
      else if (isolateFolio(m, v, g, pfn, sc)) taken.push(pfn);
      else { listDel(m, pfn); moved.push(pfn); }
      if (--remaining === 0 || Math.max(taken.length, moved.length) >= MIN_LRU_BATCH) break;
    }
    for (const pfn of moved) listAdd(m, head, pfn);
    if (moved.length > 0) m.count(`pgskip_${m.slots[slot].toLowerCase()}`, moved.length);
  }
  const who = k.current.pf & PF.KSWAPD ? 'kswapd' : 'direct';
  countFor(k, v, sc, `pgscan_${who}`, taken.length);
  if (sc.targetMemcg === null) m.count('pgrefill', sorted);
  v.memcg?.count('pgrefill', sorted);
  m.count(type === LRU_GEN.FILE ? 'pgscan_file' : 'pgscan_anon', taken.length);
  if (type === LRU_GEN.FILE) sc.nr.fileTaken += taken.length;
  return { scanned: taken.length > 0 || remaining === 0 ? scanned : 0, looked: scanned, taken, type };
}
/** isolate_folios(): of anon or of files, and of the other where that has nothing. */
const isolateFolios = leaf('isolate_folios', (k: Kernel, v: Lruvec, g: LruGen, sc: ScanControl, swappiness: number): Scanned => {
  let type: number, tier = -1, looked = 0;
  if (swappiness === 0) type = LRU_GEN.FILE;
  else if (k.decide('anon has an older generation than files', g.minSeq[0] < g.minSeq[1], g.minSeq[0])) type = LRU_GEN.ANON;
  else if (swappiness === 1) type = LRU_GEN.FILE;
  else if (swappiness === MAX_SWAPPINESS) type = LRU_GEN.ANON;
  else if (!(sc.gfp & GFP.IO)) type = LRU_GEN.FILE;
  else {
    ({ type, tier } = getTypeToScan(g, swappiness));
    k.decide('files come back less than anon pages do: files first', type === LRU_GEN.FILE, tier);
  }
  for (let tries = swappiness > 0 ? 2 : 1; ; type = 1 - type, tier = -1) {
    const s = scanFolios(k, v, g, sc, type, tier < 0 ? getTierIdx(g, type) : tier);
    looked += s.looked;
    if (s.scanned > 0 || --tries === 0) return { ...s, looked };
  }
});
/** Of the pages that were not freed: those that are to be tried again at once. The others are marked for the list that they go back to. */
function sortRejected(k: Kernel, kept: readonly number[], again: boolean): { readonly back: number[]; readonly clean: number[] } {
  const m = k.mm, gens = gensOf(m), back: number[] = [], clean: number[] = [];
  for (const pfn of kept) {
    const word = m.word[pfn], waits = (word & (FRAME_DIRTY | FRAME_WRITEBACK)) !== 0;
    if (word & FRAME_UNEVICTABLE) back.push(pfn);
    else if (testFlag(m, pfn, PG.RECLAIM) && waits) {
      if (testFlag(m, pfn, PG.WORKINGSET)) setFlag(m, pfn, PG.REFERENCED);
      back.push(pfn);
    } else if (again || gens[pfn] & GEN_ACTIVE || testFlag(m, pfn, PG.REFERENCED | PG.LOCKED) || waits || rmapWalk(k, pfn).length > 0) {
      folioClearLruRefs(m, pfn);
      gens[pfn] |= GEN_ACTIVE; // not to the oldest generation
      back.push(pfn);
    } else clean.push(pfn);
  }
  return { back, clean };
}
/** evict_folios(): up to 64 pages. Returns how many were looked at; 0: nothing is left to take. */
const evictFolios = kfn('evict_folios', function* (k: Kernel, v: Lruvec, g: LruGen, sc: ScanControl, swappiness: number): Timed<number> {
  const m = k.mm, p = v.pgdat, lock = lruLockOf(k, v), who = k.current.pf & PF.KSWAPD ? 'kswapd' : 'direct';
  yield* spinLock(k, lock);
  const { scanned: found, looked, taken, type } = isolateFolios(k, v, g, sc, swappiness);
  const begun = tryToIncMinSeq(m, g, swappiness > 0);
  const scanned = g.nrGens(swappiness > 0 ? LRU_GEN.ANON : LRU_GEN.FILE) === MIN_NR_GENS ? 0 : found + (begun ? 1 : 0);
  yield spend(ns(looked * m.costs.lru_isolate));
  spinUnlock(k, lock);
  for (let list = taken, again = false; list.length > 0; again = true) {
    const s = yield* shrinkFolioList(k, p, list, sc);
    sc.nr.unqueuedDirty += s.unqueuedDirty;
    sc.nrReclaimed += s.reclaimed;
    k.mark('mm_vmscan_lru_shrink_inactive', scanned, s.reclaimed);
    const { back, clean } = sortRejected(k, s.kept, again);
    yield* spinLock(k, lock);
    const gone = moveFoliosToLru(k, p, back);
    countFor(k, v, sc, `pgsteal_${who}`, s.reclaimed);
    m.count(type === LRU_GEN.FILE ? 'pgsteal_file' : 'pgsteal_anon', s.reclaimed);
    yield spend(ns(back.length * m.costs.lru_putback));
    spinUnlock(k, lock);
    yield* freeUnrefPageList(k, gone);
    vmGauges(k);
    list = clean;
  }
  lruGenGauges(k, v, g);
  return scanned;
});
/** get_nr_to_scan(): pages to look at at this priority; 0: none; -1: a new generation has begun, and its pages are too young. */
const getNrToScan = kfn('get_nr_to_scan', function* (k: Kernel, g: LruGen, v: Lruvec, sc: ScanControl, swappiness: number): Timed<number> {
  const seq = g.maxSeq, { aging, total } = shouldRunAging(k, g, swappiness > 0);
  if (!aging || sc.priority === DEF_PRIORITY) return total >>> sc.priority;
  return (yield* tryToIncMaxSeq(k, v, g, seq, swappiness > 0)) ? -1 : 0;
});
/** should_abort_scan(): is enough reclaimed, or has kswapd all zones above HIGH? A group's own reclaim goes on. */
export function shouldAbortScan(k: Kernel, v: Lruvec, sc: ScanControl): boolean {
  if (sc.targetMemcg !== null && sc.targetMemcg.parent !== null) return false;
  if (sc.nrReclaimed >= Math.max(sc.nrToReclaim, 2 << sc.order)) return true;
  if (!(k.current.pf & PF.KSWAPD) || sc.order > 0) return false;
  return v.pgdat.zones.every((z) => z.slot > sc.reclaimIdx || zoneWatermarkOk(k, z, 0, z.mark(WMARK.HIGH) + MIN_LRU_BATCH, sc.reclaimIdx, 0));
}
/** try_to_shrink_lruvec(). true: this group is low on cold pages, and others are to come before it next time. */
export const tryToShrinkLruvec = kfn('try_to_shrink_lruvec', function* (k: Kernel, v: Lruvec, g: LruGen, sc: ScanControl): Timed<boolean> {
  const swappiness = getSwappiness(k, sc);
  let scanned = 0, nr: number;
  for (;;) {
    nr = yield* getNrToScan(k, g, v, sc, swappiness);
    if (nr <= 0) break;
    const delta = yield* evictFolios(k, v, g, sc, swappiness);
    if (delta === 0) break;
    scanned += delta;
    if (scanned >= nr || shouldAbortScan(k, v, sc)) break;
    if (needResched(k)) yield* condResched(k);
  }
  if (sc.nr.unqueuedDirty > 0 && k.decide('all pages of files taken are dirty and not queued: wake the flushers', sc.nr.unqueuedDirty === sc.nr.fileTaken, sc.nr.fileTaken)) wakeupFlusherThreads(k);
  return nr < 0;
});
