/**
 * include/linux/mm_inline.h and mm/swap.c, v6.12: a page enters and leaves the lists of generations, and its uses by read() are counted. A page of
 * the two youngest generations counts as active in /proc; PG_active itself says only, of a page that is on no list, that it belongs into the youngest.
 */
import { must } from '../../base/units.ts';
import type { Kernel } from '../kernel.ts';
import { FRAME, FRAME_DIRTY, FRAME_TYPE_MASK, FRAME_UNEVICTABLE, FRAME_WRITEBACK } from './constants.ts';
import type { Lruvec } from './lruvec.ts';
import { GEN_ACTIVE, GEN_MASK, genOf, LRU_GEN, LruGen, MEMCG_NR_BINS, MEMCG_NR_GENS, MIN_NR_GENS, REFS_MASK, REFS_SHIFT } from './lru_gen_types.ts';
import { listAdd, listAddTail, listDel, LRU_LISTS, type Mm, type Zone } from './mmzone.ts';
import { PG, setFlag, testFlag } from './page_flags.ts';

/** The bytes of a machine whose LRU has generations. */
export const gensOf = (m: Mm): Uint8Array => must(m.gens, 'this machine has the classic LRU');
/** folio_lru_gen(); -1 = on no list of generations. */
export const folioLruGen = (m: Mm, pfn: number): number => (gensOf(m)[pfn] & GEN_MASK) - 1;
/** folio_is_file_lru(). */
export const lruType = (m: Mm, pfn: number): 0 | 1 => ((m.word[pfn] & FRAME_TYPE_MASK) === FRAME.file ? LRU_GEN.FILE : LRU_GEN.ANON);
/** folio_lru_refs(): uses beyond the first two. */
export const folioLruRefs = (m: Mm, pfn: number): number => ((gensOf(m)[pfn] & REFS_MASK) >> REFS_SHIFT) + (testFlag(m, pfn, PG.WORKINGSET) ? 1 : 0);
/** lru_tier_from_refs(): the logarithm of the uses. */
export const lruTierFromRefs = (refs: number): number => 32 - Math.clz32(refs);
/** folio_clear_lru_refs(). */
export function folioClearLruRefs(m: Mm, pfn: number): void {
  gensOf(m)[pfn] &= ~REFS_MASK;
  m.pageFlags[pfn] &= ~(PG.REFERENCED | PG.WORKINGSET);
}
/** __update_lru_size(): pages of one group and zone on an LRU list, as /proc counts them. */
export function updateLruSize(m: Mm, v: Lruvec, z: Zone, lru: number, by: number): void {
  z.lru[lru] += by;
  v.pgdat.lru[lru] += by;
  if (m.memcgs === null) return;
  v.own[lru] += by;
  v.zoneOwn[z.slot * LRU_LISTS + lru] += by;
  for (let g = v.memcg; g !== null && g.parent !== null; g = g.parent) g.lruvecs[v.pgdat.id].total[lru] += by;
}
/** lru_gen_update_size(): a page changes its generation; -1 = none. */
export function lruGenUpdateSize(m: Mm, v: Lruvec, g: LruGen, pfn: number, from: number, to: number): void {
  const type = lruType(m, pfn), z = m.pageZone(pfn), inactive = type * 2;
  if (from >= 0) g.nrPages[g.at(from, type, z.slot)]--;
  if (to >= 0) g.nrPages[g.at(to, type, z.slot)]++;
  const was = from < 0 ? -1 : inactive + (g.isActive(from) ? 1 : 0), is = to < 0 ? -1 : inactive + (g.isActive(to) ? 1 : 0);
  if (was === is) return;
  if (was >= 0) updateLruSize(m, v, z, was, -1);
  if (is >= 0) updateLruSize(m, v, z, is, 1);
}
/** In which generation a page that comes onto a list begins. `reclaiming`: it has been written out, and is to go first. */
function seqFor(m: Mm, g: LruGen, pfn: number, reclaiming: boolean): number {
  const word = m.word[pfn], type = lruType(m, pfn);
  if (gensOf(m)[pfn] & GEN_ACTIVE) return g.maxSeq;
  const waits = testFlag(m, pfn, PG.RECLAIM) && (word & (FRAME_DIRTY | FRAME_WRITEBACK)) !== 0;
  if ((type === LRU_GEN.ANON && (word & FRAME_TYPE_MASK) !== FRAME.swapcache) || waits) return g.maxSeq - 1;
  return reclaiming || g.minSeq[type] + MIN_NR_GENS >= g.maxSeq ? g.minSeq[type] : g.minSeq[type] + 1;
}
/** lru_gen_add_folio(). */
export function lruGenAddFolio(m: Mm, v: Lruvec, g: LruGen, pfn: number, reclaiming: boolean): void {
  const gens = gensOf(m), gen = genOf(seqFor(m, g, pfn, reclaiming)), head = g.heads[g.at(gen, lruType(m, pfn), m.pageZone(pfn).slot)];
  if (gens[pfn] & GEN_ACTIVE) m.pageFlags[pfn] &= ~PG.REFERENCED;
  gens[pfn] = (gens[pfn] & GEN_ACTIVE ? 0 : gens[pfn] & REFS_MASK) | (gen + 1);
  lruGenUpdateSize(m, v, g, pfn, -1, gen);
  if (reclaiming) listAddTail(m, head, pfn); else listAdd(m, head, pfn);
}
/** lru_gen_del_folio(). `reclaiming`: it is isolated to be evicted; else it remembers whether it was active. */
export function lruGenDelFolio(m: Mm, v: Lruvec, g: LruGen, pfn: number, reclaiming: boolean): void {
  const gens = gensOf(m), gen = folioLruGen(m, pfn);
  gens[pfn] = (gens[pfn] & ~GEN_MASK) | (!reclaiming && g.isActive(gen) ? GEN_ACTIVE : 0);
  lruGenUpdateSize(m, v, g, pfn, gen, -1);
  listDel(m, pfn);
}
/** folio_inc_refs(): folio_mark_accessed() where there are generations: referenced, then workingset, then up to three more. */
export function folioIncRefs(k: Kernel, pfn: number): void {
  const m = k.mm, gens = gensOf(m);
  if (m.word[pfn] & FRAME_UNEVICTABLE) return;
  if (!testFlag(m, pfn, PG.REFERENCED)) { setFlag(m, pfn, PG.REFERENCED); return; }
  if (!testFlag(m, pfn, PG.WORKINGSET)) { setFlag(m, pfn, PG.WORKINGSET); return; }
  if ((gens[pfn] & REFS_MASK) !== REFS_MASK) gens[pfn] += 1 << REFS_SHIFT;
}
/** lru_gen_init_lruvec() and lru_gen_online_memcg(): a group gets its generations, and takes its place, last in a list of the current round. */
export function lruGenAddLruvec(m: Mm, v: Lruvec): void {
  const lru = v.pgdat.memcgLru;
  if (lru === null) return;
  const g = new LruGen(m.slots.length, m.addHeads(LruGen.lists(m.slots.length)));
  v.lrugen = g;
  g.gen = lru.seq % MEMCG_NR_GENS;
  g.bin = lru.below(MEMCG_NR_BINS);
  lru.fifo[g.gen][g.bin].push(v);
  lru.nrMemcgs[g.gen]++;
}
/** Pages of a machine at rest: those on an active list are of the youngest generation, the others of the second oldest (docs/model.md, a guess). */
export function lruGenPlaceAtBoot(m: Mm, v: Lruvec, g: LruGen, pfn: number, active: boolean): void {
  const type = lruType(m, pfn), z = m.pageZone(pfn), gen = active ? genOf(g.maxSeq) : genOf(g.minSeq[type] + 1);
  gensOf(m)[pfn] = gen + 1;
  g.nrPages[g.at(gen, type, z.slot)]++;
  updateLruSize(m, v, z, type * 2 + (active ? 1 : 0), 1);
  listAddTail(m, g.heads[g.at(gen, type, z.slot)], pfn);
}
