/**
 * drivers/block/zram/zram_drv.c, mm/zsmalloc.c, v6.1: swap in compressed memory. An object goes into a zspage of its size class,
 * one to four pages of the machine; pages of one value take nothing. Left out: merging of like classes, compaction of the pool,
 * writeback to a disk, per-CPU streams' own memory.
 */
import { ns, PAGE_BYTES } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { FRAME, GFP, GFP_NOIO } from './constants.ts';
import { freeUnrefPageList } from './free_list.ts';
import { allocPages } from './page_alloc.ts';

const CLASS_DELTA = 16, MIN_CLASS = 32, MAX_ZSPAGE_PAGES = 4, HANDLE = 8;
/** What a compressor adds to words that do not compress, and what the rest of a page, all zeros, comes to. Bytes; chosen. */
const OVERHEAD = 24;
/** huge_class_size: what compresses worse is kept as it is, in a page of its own. */
const HUGE = 3264;

export interface Zspage { readonly size: number; readonly pages: readonly number[]; readonly capacity: number; used: number }
export interface ZramPool {
  readonly almostFull: Map<number, Zspage[]>; // by class: zspages with room, more than three quarters used
  readonly almostEmpty: Map<number, Zspage[]>;
  readonly slots: (Zspage | undefined)[]; // by slot of swap
  readonly words: number[]; // by slot: random words of the page in it
  pages: number; // of the machine
  failed: number; // writes that found no memory
}
export const newZram = (): ZramPool => ({ almostFull: new Map(), almostEmpty: new Map(), slots: [], words: [], pages: 0, failed: 0 });

/** Bytes of a page with `words` random 8-byte words, the rest zero, after compression. 0 = all of one value. */
export function compressedBytes(words: number): number {
  if (words <= 0) return 0;
  const bytes = words * 8 + OVERHEAD;
  return bytes >= HUGE ? PAGE_BYTES : bytes;
}
export const classSize = (bytes: number): number => (bytes >= PAGE_BYTES ? PAGE_BYTES : Math.max(MIN_CLASS, Math.ceil((bytes + HANDLE) / CLASS_DELTA) * CLASS_DELTA));
/** get_pages_per_zspage(): the number of pages that wastes least. */
export function pagesPerZspage(size: number): number {
  let best = 1, bestUse = 0;
  for (let n = 1; n <= MAX_ZSPAGE_PAGES; n++) {
    const all = n * PAGE_BYTES, use = Math.trunc(((all - (all % size)) * 100) / all);
    if (use > bestUse) { bestUse = use; best = n; }
  }
  return best;
}
const group = (pool: ZramPool, z: Zspage): Map<number, Zspage[]> => (z.used * 4 > z.capacity * 3 ? pool.almostFull : pool.almostEmpty);
function put(map: Map<number, Zspage[]>, z: Zspage): void {
  const list = map.get(z.size);
  if (list === undefined) map.set(z.size, [z]); else list.push(z);
}
function drop(map: Map<number, Zspage[]>, z: Zspage): void {
  const list = map.get(z.size), i = list === undefined ? -1 : list.lastIndexOf(z);
  if (list !== undefined && i >= 0) list.splice(i, 1);
}
const roomIn = (pool: ZramPool, size: number): Zspage | undefined => pool.almostFull.get(size)?.at(-1) ?? pool.almostEmpty.get(size)?.at(-1);
function take(pool: ZramPool, z: Zspage): void {
  drop(group(pool, z), z);
  z.used++;
  if (z.used < z.capacity) put(group(pool, z), z);
}

/** alloc_zspage(): its pages one by one; none if one of them is not to be had. */
const allocZspage = kfn('alloc_zspage', function* (k: Kernel, size: number, gfp: number): Timed<Zspage | null> {
  const pages: number[] = [];
  for (let n = pagesPerZspage(size); n > 0; n--) {
    const pfn = yield* allocPages(k, gfp, 0, FRAME.zram);
    if (pfn < 0) { yield* freeUnrefPageList(k, pages); return null; }
    pages.push(pfn);
  }
  return { size, pages, capacity: Math.floor((pages.length * PAGE_BYTES) / size), used: 0 };
});
/** zs_malloc(): first without waiting, then as a writer that may not do I/O. PF_MEMALLOC of a reclaimer opens the reserves to it. */
const zsMalloc = kfn('zs_malloc', function* (k: Kernel, pool: ZramPool, size: number): Timed<Zspage | null> {
  let z: Zspage | null = roomIn(pool, size) ?? null;
  if (z === null) {
    z = yield* allocZspage(k, size, GFP.KSWAPD_RECLAIM | GFP.NOWARN | GFP.HIGHMEM | GFP.MOVABLE);
    if (k.decide('zsmalloc finds no page without waiting', z === null)) z = yield* allocZspage(k, size, GFP_NOIO | GFP.NOWARN | GFP.HIGHMEM | GFP.MOVABLE);
    if (z === null) return null;
    pool.pages += z.pages.length;
    put(pool.almostEmpty, z);
  }
  take(pool, z);
  return z;
});

/** zram_bvec_write(): compresses and stores the page of a slot. `words`: 8-byte words of it that are random. false: no memory. */
export const zramBvecWrite = kfn('zram_bvec_write', function* (k: Kernel, pool: ZramPool, slot: number, words: number): Timed<boolean> {
  const bytes = compressedBytes(words), { costs } = k.mm;
  yield spend(ns(costs.zram_write + Math.round((costs.zram_compress_kb * Math.min(bytes, PAGE_BYTES)) / 1024)));
  yield* zramFreePage(k, slot);
  pool.words[slot] = words;
  if (bytes === 0) return true;
  const z = yield* zsMalloc(k, pool, classSize(bytes));
  if (z === null) { pool.failed++; return false; }
  pool.slots[slot] = z;
  return true;
});
/** zram_bvec_read(): decompresses. */
export const zramBvecRead = kfn('zram_bvec_read', function* (k: Kernel, words: number): Timed<void> {
  const { costs } = k.mm;
  yield spend(ns(costs.zram_read + Math.round((costs.zram_decompress_kb * compressedBytes(words)) / 1024)));
});
/** zram_slot_free_notify(), zs_free(): the slot is not used any more; a zspage whose last object goes gives its pages back. */
export const zramFreePage = kfn('zram_free_page', function* (k: Kernel, slot: number): Timed<void> {
  const pool = k.mm.backing.zram, z = pool?.slots[slot];
  if (pool === null || z === undefined) return;
  pool.slots[slot] = undefined;
  if (z.used < z.capacity) drop(group(pool, z), z);
  z.used--;
  if (z.used > 0) { put(group(pool, z), z); return; }
  pool.pages -= z.pages.length;
  yield* freeUnrefPageList(k, z.pages);
});
