/** mm/swap.c and mm/vmscan.c, v6.1: which LRU list a page is on. Left out: the per-CPU batches before the lists (folio_batch). */
import type { Kernel } from '../kernel.ts';
import { FRAME, FRAME_ACTIVE, FRAME_UNEVICTABLE, NO_CPU, packBlock, ROW } from './constants.ts';
import { folioLruvec } from './lruvec.ts';
import { listAdd, listAddTail, listDel, LRU, type Mm } from './mmzone.ts';

/** folio_lru_list(): by its word. -1 = not a page of a list. */
export function lruOf(word: number): number {
  const type = word & 15;
  if (type !== FRAME.anon && type !== FRAME.file && type !== FRAME.shmem && type !== FRAME.swapcache) return -1;
  if (word & FRAME_UNEVICTABLE) return LRU.UNEVICTABLE;
  return (type === FRAME.file ? LRU.INACTIVE_FILE : LRU.INACTIVE_ANON) + (word & FRAME_ACTIVE ? 1 : 0);
}
function account(m: Mm, pfn: number, lru: number, by: number): void {
  const z = m.pageZone(pfn);
  z.lru[lru] += by;
  m.nodes[z.node].lru[lru] += by;
  if (m.memcgs !== null) m.memcgs.account(pfn, z.node, lru, by);
}
/** lruvec_add_folio(): to the head of its list, or to the tail (deactivated by rotation). */
export function lruAdd(k: Kernel, pfn: number, tail = false): void {
  const m = k.mm, lru = lruOf(m.word[pfn]), head = folioLruvec(m, pfn).heads[lru];
  if (tail) listAddTail(m, head, pfn); else listAdd(m, head, pfn);
  account(m, pfn, lru, 1);
}
/** lruvec_del_folio(). */
export function lruDel(k: Kernel, pfn: number): void {
  const lru = lruOf(k.mm.word[pfn]);
  listDel(k.mm, pfn);
  account(k.mm, pfn, lru, -1);
}
/** Changes what a page is while it is on no list, and says so in the trace. */
export function setPageWord(k: Kernel, pfn: number, word: number): void {
  if (k.mm.word[pfn] === word) return;
  k.mm.word[pfn] = word;
  k.trace(ROW.pageState, pfn, packBlock(0, 0, 0, k.mm.pageZone(pfn).index, NO_CPU), word);
}
