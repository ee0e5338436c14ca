/** mm/swap.c and mm/vmscan.c, v6.1: which LRU list a page is on. Left out: the per-CPU batches before the lists (folio_batch). */
import type { Kernel } from '../kernel.ts';
import { FRAME, FRAME_ACTIVE, FRAME_UNEVICTABLE, NO_CPU, ownerBits, packBlock, PF, ROW } from './constants.ts';
import { folioLruGen, lruGenAddFolio, lruGenDelFolio, updateLruSize } from './lru_gen.ts';
import { GEN_ACTIVE } from './lru_gen_types.ts';
import { folioLruvec } from './lruvec.ts';
import type { MmStruct, Vma } from './mm_types.ts';
import { listAdd, listAddTail, listDel, LRU } from './mmzone.ts';

/** folio_lru_list(): by its word. -1 = not a page of a list. */
export function lruOf(word: number): number {
  const type = word & 15;
  if (type !== FRAME.anon && type !== FRAME.file && type !== FRAME.shmem && type !== FRAME.swapcache) return -1;
  if (word & FRAME_UNEVICTABLE) return LRU.UNEVICTABLE;
  return (type === FRAME.file ? LRU.INACTIVE_FILE : LRU.INACTIVE_ANON) + (word & FRAME_ACTIVE ? 1 : 0);
}
/** lruvec_add_folio(): to the head of its list, or to the tail (deactivated by rotation). Of generations: to the one that it belongs to, or to the oldest. */
export function lruAdd(k: Kernel, pfn: number, tail = false): void {
  const m = k.mm, lru = lruOf(m.word[pfn]), v = folioLruvec(m, pfn), head = v.heads[lru];
  if (v.lrugen !== null && lru !== LRU.UNEVICTABLE) { lruGenAddFolio(m, v, v.lrugen, pfn, tail); return; }
  if (tail) listAddTail(m, head, pfn); else listAdd(m, head, pfn);
  updateLruSize(m, v, m.pageZone(pfn), lru, 1);
}
/** folio_add_lru(): a new page. In a fault it counts as used: it is of the youngest generation, where there are some. */
export function folioAddLru(k: Kernel, pfn: number): void {
  const m = k.mm, me = k.current;
  if (m.gens !== null && me.inLruFault && (m.word[pfn] & FRAME_UNEVICTABLE) === 0 && (me.pf & PF.MEMALLOC) === 0) m.gens[pfn] |= GEN_ACTIVE;
  lruAdd(k, pfn);
}
/** What a new anonymous page of a mapping is: of 4.x on the active list (lru_cache_add_active_or_unevictable()). */
export const newAnonWord = (k: Kernel, m: MmStruct, vma: Vma): number => FRAME.anon | ownerBits(m.id) | (vma.locked ? FRAME_UNEVICTABLE : k.mm.era.reclaim.anonStartsActive ? FRAME_ACTIVE : 0);
/** lruvec_del_folio(). */
export function lruDel(k: Kernel, pfn: number): void {
  const m = k.mm, lru = lruOf(m.word[pfn]), v = folioLruvec(m, pfn);
  if (v.lrugen !== null && folioLruGen(m, pfn) >= 0) { lruGenDelFolio(m, v, v.lrugen, pfn, false); return; }
  listDel(m, pfn);
  updateLruSize(m, v, m.pageZone(pfn), lru, -1);
}
/** Changes what a page is while it is on no list, and says so in the trace. */
export function setPageWord(k: Kernel, pfn: number, word: number): void {
  if (k.mm.word[pfn] === word) return;
  k.mm.word[pfn] = word;
  k.trace(ROW.pageState, pfn, packBlock(0, 0, 0, k.mm.pageZone(pfn).index, NO_CPU), word);
}
/** Sets PG_active: of a page that is on no list and goes to the active one, or to the youngest generation. */
export function folioSetActive(k: Kernel, pfn: number): void {
  const { gens, word } = k.mm;
  if (gens !== null) gens[pfn] |= GEN_ACTIVE; else setPageWord(k, pfn, word[pfn] | FRAME_ACTIVE);
}
