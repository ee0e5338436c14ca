/**
 * mm/vmscan.c, v6.12, "the aging": a new generation is begun when the older ones run out. Page tables are walked first, so that what was used
 * since the last walk is of the youngest generation. A table is worth a walk if one of its pages was used and the filter of the last
 * generation names it. Left out: huge pages, the times of generations, dirty ptes (a mapped page of the swap cache is dirty already: do_swap_page.ts); the filters name tables exactly, where the kernel's are Bloom filters.
 */
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { leaf } from '../leaf.ts';
import { type SpinLock, spinLock, spinUnlock } from '../locking/spinlock.ts';
import { downReadTrylock, upRead } from '../locking/rwsem.ts';
import { condResched } from '../sched/core.ts';
import { folioClearLruRefs, folioLruGen, gensOf, lruGenAddFolio, lruGenDelFolio, lruGenUpdateSize, lruType, updateLruSize } from './lru_gen.ts';
import { lruGenGauges } from './lru_gen_gauges.ts';
import { resetCtrlPos } from './lru_gen_pid.ts';
import { GEN_ACTIVE, GEN_MASK, genOf, LRU_GEN, type LruGen, MAX_LRU_BATCH, MAX_NR_GENS, MIN_NR_GENS, REFS_MASK } from './lru_gen_types.ts';
import { folioLruvec, type Lruvec } from './lruvec.ts';
import type { MmStruct, Vma } from './mm_types.ts';
import { listAddTail, listDel, listEmpty, type Mm, prevOf } from './mmzone.ts';
import { PG, setFlag, testClearFlag, testFlag } from './page_flags.ts';
import type { ScanControl } from './scan_control.ts';

const PTRS_PER_PTE = 512, PTES_PER_CACHELINE = 8, MAX_TABLES = 1 << 20;
/** Names a page table in a filter: mm and page number / 512. */
export const tableKey = (mm: MmStruct, table: number): number => mm.id * MAX_TABLES + table;
export const lruLockOf = (k: Kernel, v: Lruvec): SpinLock => v.lock ?? k.mm.sync.lruLocks[v.pgdat.id];
/** suitable_to_scan(): is at least one pte in a cache line of them used? */
export const suitableToScan = (total: number, young: number): boolean => young * PTES_PER_CACHELINE >= total;

/** folio_update_gen(): a page was used through its page table: it is of generation `gen` now, and moves to that list when it is met. */
function folioUpdateGen(m: Mm, v: Lruvec, g: LruGen, pfn: number, gen: number): void {
  const gens = gensOf(m), old = folioLruGen(m, pfn);
  if (old < 0) { setFlag(m, pfn, PG.REFERENCED); return; } // isolated: shrink_folio_list() is told
  gens[pfn] = (gens[pfn] & ~(GEN_MASK | REFS_MASK)) | (gen + 1);
  m.pageFlags[pfn] &= ~(PG.REFERENCED | PG.WORKINGSET);
  if (old !== gen) lruGenUpdateSize(m, v, g, pfn, old, gen);
}
/** folio_inc_gen(): a page of the oldest generation is moved on by one, unless it was promoted meanwhile. Returns the generation. */
export function folioIncGen(m: Mm, v: Lruvec, g: LruGen, pfn: number): number {
  const gens = gensOf(m), old = genOf(g.minSeq[lruType(m, pfn)]), now = folioLruGen(m, pfn);
  if (now >= 0 && now !== old) return now;
  const next = (old + 1) % MAX_NR_GENS;
  gens[pfn] = (gens[pfn] & ~(GEN_MASK | REFS_MASK)) | (next + 1);
  m.pageFlags[pfn] &= ~(PG.REFERENCED | PG.WORKINGSET);
  lruGenUpdateSize(m, v, g, pfn, old, next);
  return next;
}
/** What a walk keeps (struct lru_gen_mm_walk). */
interface Walk { readonly seq: number; readonly canSwap: boolean; forceScan: boolean; looked: number; young: number }

/** A pte that was used since the last look: its page, if it is of this group and node and of a type that counts. The mark is cleared. -1 = none. */
function takeYoung(m: Mm, v: Lruvec, pfn: number, canSwap: boolean): number {
  if (pfn < 0 || !testFlag(m, pfn, PG.YOUNG) || folioLruvec(m, pfn) !== v) return -1;
  if (lruType(m, pfn) === LRU_GEN.ANON && !canSwap) return -1;
  testClearFlag(m, pfn, PG.YOUNG);
  return pfn;
}
/** should_skip_vma(). */
const shouldSkipVma = (vma: Vma, canSwap: boolean): boolean => vma.locked || ((vma.kind === 'anon' || vma.kind === 'shmem') && !canSwap);

/** walk_pte_range(): the ptes of one table that lie in one mapping. true: worth another walk. */
function walkPteRange(k: Kernel, v: Lruvec, g: LruGen, mm: MmStruct, from: number, to: number, walk: Walk): boolean {
  let young = 0;
  for (let vpn = from; vpn < to; vpn++) {
    const pfn = takeYoung(k.mm, v, vpn < mm.pages.length ? mm.pages[vpn] : -1, walk.canSwap);
    if (pfn < 0) continue;
    young++;
    folioUpdateGen(k.mm, v, g, pfn, genOf(g.maxSeq));
  }
  walk.looked += to - from;
  walk.young += young;
  return suitableToScan(to - from, young);
}
const anyYoung = (m: Mm, mm: MmStruct, from: number, to: number): boolean => {
  for (let vpn = from; vpn < Math.min(to, mm.pages.length); vpn++) if (mm.pages[vpn] >= 0 && testFlag(m, mm.pages[vpn], PG.YOUNG)) return true;
  return false;
};
/** walk_pmd_range(): the page tables of one mapping. That of a table none of whose pages was used says so itself. */
function walkPmdRange(k: Kernel, v: Lruvec, g: LruGen, mm: MmStruct, vma: Vma, walk: Walk): void {
  const filter = g.filters[walk.seq % 2], next = g.filters[(walk.seq + 1) % 2];
  for (let table = Math.floor(vma.start / PTRS_PER_PTE); table * PTRS_PER_PTE < vma.end; table++) {
    const from = Math.max(vma.start, table * PTRS_PER_PTE), to = Math.min(vma.end, (table + 1) * PTRS_PER_PTE), key = tableKey(mm, table);
    if (!mm.tables.has(table)) continue;
    if (!walk.forceScan && mm.notifiers.length === 0 && !anyYoung(k.mm, mm, from, to)) continue;
    if (!walk.forceScan && filter !== null && !filter.has(key)) continue;
    if (walkPteRange(k, v, g, mm, from, to, walk)) next?.add(key);
  }
}
/** walk_mm(): one address space, unless somebody changes its mappings or has begun a generation meanwhile. */
const walkMm = kfn('walk_mm', function* (k: Kernel, v: Lruvec, g: LruGen, mm: MmStruct, walk: Walk): Timed<void> {
  if (walk.seq === g.maxSeq && downReadTrylock(k, k.mm.sync.mmapLocks[mm.id])) {
    for (const vma of mm.vmas) if (!shouldSkipVma(vma, walk.canSwap)) walkPmdRange(k, v, g, mm, vma, walk);
    yield spend(ns(walk.looked * k.mm.costs.walk_pte + walk.young * k.mm.costs.walk_young));
    walk.looked = walk.young = 0;
    upRead(k, k.mm.sync.mmapLocks[mm.id]);
  }
  yield* condResched(k);
});
/** iterate_mm_list(): the next address space of this group to walk; null: none is left. `last`: this caller has met the end. */
function iterateMmList(m: Mm, v: Lruvec, g: LruGen, walk: Walk): { readonly mm: MmStruct | null; readonly last: boolean } {
  if (walk.seq <= g.walkSeq) return { mm: null, last: false };
  const first = g.walkHead < 0;
  for (let id = g.walkHead + 1; id < m.mms.length; id++) {
    const mm = m.mms[id];
    g.walkHead = id;
    if ((v.memcg?.id ?? 0) !== mm.memcg) continue;
    if (id >= g.forceFrom) { g.forceFrom = id + 1; walk.forceScan = true; }
    const ran = mm.ranSinceWalk;
    if (!ran && !walk.forceScan) continue;
    mm.ranSinceWalk = false;
    if (mm.users === 0) continue;
    if (first) g.filters[(walk.seq + 1) % 2] = new Set(); // reset_bloom_filter()
    return { mm, last: false };
  }
  g.walkHead = -1;
  g.walkSeq++;
  return { mm: null, last: true };
}

/** inc_min_seq(): the oldest generation is merged into the next, so that there is room for a new one. false: 4096 pages were moved, and more are left. */
function incMinSeq(m: Mm, v: Lruvec, g: LruGen, type: number, canSwap: boolean): boolean {
  const old = genOf(g.minSeq[type]);
  let remaining = MAX_LRU_BATCH;
  if (type !== LRU_GEN.ANON || canSwap) {
    for (let slot = 0; slot < g.slots; slot++) {
      for (const head = g.heads[g.at(old, type, slot)]; !listEmpty(m, head);) {
        const pfn = prevOf(m, head), gen = folioIncGen(m, v, g, pfn);
        listDel(m, pfn);
        listAddTail(m, g.heads[g.at(gen, type, slot)], pfn);
        if (--remaining === 0) return false;
      }
    }
  }
  resetCtrlPos(g, type);
  g.minSeq[type]++;
  return true;
}
/** try_to_inc_min_seq(): generations that have no page left are given up; that of anon is never ahead of that of files. */
export function tryToIncMinSeq(m: Mm, g: LruGen, canSwap: boolean): boolean {
  const min: [number, number] = [g.minSeq[0], g.minSeq[1]], first = canSwap ? LRU_GEN.ANON : LRU_GEN.FILE;
  const empty = (type: number): boolean => { for (let slot = 0; slot < g.slots; slot++) if (!listEmpty(m, g.heads[g.at(genOf(min[type]), type, slot)])) return false; return true; };
  for (let type: number = first; type < 2; type++) while (min[type] + MIN_NR_GENS <= g.maxSeq && empty(type)) min[type]++;
  if (canSwap) {
    min[0] = Math.min(min[0], min[1]);
    min[1] = Math.max(min[0], g.minSeq[1]);
  }
  let success = false;
  for (let type: number = first; type < 2; type++) {
    if (min[type] === g.minSeq[type]) continue;
    resetCtrlPos(g, type);
    g.minSeq[type] = min[type];
    success = true;
  }
  return success;
}
/** inc_max_seq(): a new generation begins. false: another task was faster. */
const incMaxSeq = kfn('inc_max_seq', function* (k: Kernel, v: Lruvec, g: LruGen, seq: number, canSwap: boolean): Timed<boolean> {
  const m = k.mm, lock = lruLockOf(k, v);
  for (;;) {
    if (seq < g.maxSeq) return false;
    yield* spinLock(k, lock);
    if (seq !== g.maxSeq) { spinUnlock(k, lock); return false; }
    if ([LRU_GEN.FILE, LRU_GEN.ANON].every((type) => g.nrGens(type) !== MAX_NR_GENS || incMinSeq(m, v, g, type, canSwap))) break;
    yield spend(ns(MAX_LRU_BATCH * m.costs.lru_putback));
    spinUnlock(k, lock);
    yield* condResched(k);
  }
  const prev = genOf(g.maxSeq - 1), next = genOf(g.maxSeq + 1);
  for (const type of [LRU_GEN.ANON, LRU_GEN.FILE]) {
    for (const z of v.pgdat.zones) {
      const delta = g.nrPages[g.at(prev, type, z.slot)] - g.nrPages[g.at(next, type, z.slot)];
      if (delta === 0) continue;
      updateLruSize(m, v, z, type * 2, delta);
      updateLruSize(m, v, z, type * 2 + 1, -delta);
    }
  }
  g.maxSeq++;
  spinUnlock(k, lock);
  lruGenGauges(k, v, g);
  return true;
});
/** try_to_inc_max_seq(): walks the page tables of the group, and then begins a new generation. true: it did. */
export const tryToIncMaxSeq = kfn('try_to_inc_max_seq', function* (k: Kernel, v: Lruvec, g: LruGen, seq: number, canSwap: boolean): Timed<boolean> {
  if (seq <= g.walkSeq) return false;
  const walk: Walk = { seq, canSwap, forceScan: false, looked: 0, young: 0 };
  if (k.current.reclaimState !== null) k.current.reclaimState.mmWalk = true; // set_mm_walk()
  for (;;) {
    const { mm, last } = iterateMmList(k.mm, v, g, walk);
    if (mm === null) return last && (yield* incMaxSeq(k, v, g, seq, canSwap));
    yield* walkMm(k, v, g, mm, walk);
  }
});
/** should_run_aging(): has this group too few cold pages? `total`: pages that could be looked at. */
export const shouldRunAging = leaf('should_run_aging', (k: Kernel, g: LruGen, canSwap: boolean): { readonly aging: boolean; readonly total: number } => {
  const first = canSwap ? LRU_GEN.ANON : LRU_GEN.FILE;
  if (k.decide('no cold generation is left', g.minSeq[first] + MIN_NR_GENS > g.maxSeq, g.maxSeq)) return { aging: true, total: 0 };
  let young = 0, old = 0, total = 0;
  for (let type: number = first; type < 2; type++) {
    for (let seq = g.minSeq[type]; seq <= g.maxSeq; seq++) {
      const size = g.pagesOf(genOf(seq), type);
      total += size;
      if (seq === g.maxSeq) young += size;
      else if (seq + MIN_NR_GENS === g.maxSeq) old += size;
    }
  }
  if (g.minSeq[first] + MIN_NR_GENS < g.maxSeq) return { aging: false, total };
  const aging = young * MIN_NR_GENS > total || old * (MIN_NR_GENS + 2) < total;
  k.decide('too many young pages, or too few old ones: a new generation is due', aging, young);
  k.operand('old pages', old);
  k.operand('all pages', total);
  return { aging, total };
});

/** folio_activate(): the page goes to the youngest generation. */
function folioActivate(m: Mm, v: Lruvec, g: LruGen, pfn: number): void {
  lruGenDelFolio(m, v, g, pfn, false);
  gensOf(m)[pfn] |= GEN_ACTIVE;
  lruGenAddFolio(m, v, g, pfn, false);
  m.count('pgactivate');
}
/** lru_gen_look_around(): a pte that was found used; up to 64 around it are looked at, and their pages promoted. Returns how many were looked at. */
export function lruGenLookAround(k: Kernel, pfn: number, mm: MmStruct, vpn: number, vma: Vma | undefined): number {
  const m = k.mm, v = folioLruvec(m, pfn), g = v.lrugen;
  if (g === null || vma === undefined) return 0;
  const table = Math.floor(vpn / PTRS_PER_PTE), canSwap = lruType(m, pfn) === LRU_GEN.ANON, batch = PTES_PER_CACHELINE * 8;
  let start = Math.max(table * PTRS_PER_PTE, vma.start), end = Math.min((table + 1) * PTRS_PER_PTE, vma.end), young = 1;
  if (end - start === 1) return 0;
  if (end - start > batch) {
    if (vpn - start < batch / 2) end = start + batch;
    else if (end - vpn < batch / 2) start = end - batch;
    else { start = vpn - batch / 2; end = vpn + batch / 2; }
  }
  for (let at = start; at < end; at++) {
    const near = takeYoung(m, v, at < mm.pages.length ? mm.pages[at] : -1, canSwap);
    if (near < 0) continue;
    young++;
    if (k.current.reclaimState?.mmWalk === true) { folioUpdateGen(m, v, g, near, genOf(g.maxSeq)); continue; }
    if (folioLruGen(m, near) < 0) setFlag(m, near, PG.REFERENCED);
    else if (folioLruGen(m, near) !== genOf(g.maxSeq)) { folioClearLruRefs(m, near); folioActivate(m, v, g, near); }
  }
  if (suitableToScan(end - start, young)) g.filters[g.maxSeq % 2]?.add(tableKey(mm, table));
  return end - start;
}
/** lruvec_is_sizable(): are there enough pages to be worth it at this priority? */
export function lruvecIsSizable(g: LruGen, canSwap: boolean, sc: ScanControl): boolean {
  let total = 0;
  for (let type: number = canSwap ? LRU_GEN.ANON : LRU_GEN.FILE; type < 2; type++) for (let seq = g.minSeq[type]; seq <= g.maxSeq; seq++) total += g.pagesOf(genOf(seq), type);
  return total >>> sc.priority > 0;
}
