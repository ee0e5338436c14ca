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
import { classSize, compressedBytes, drop, group, pagesPerZspage, put, roomIn, type SmallCache, take, type Zspage, type ZramPool } from './zram_pool.ts';

/** kmem_cache_alloc() of a handle or a struct zspage: now and then a page that must not move, which is what mixes pageblocks and boosts watermarks. */
const kmemCacheAlloc = kfn('kmem_cache_alloc', function* (k: Kernel, c: SmallCache, gfp: number): Timed<boolean> {
  if (c.used === c.pages.length * c.perPage) {
    const pfn = yield* allocPages(k, gfp & ~(GFP.HIGHMEM | GFP.MOVABLE), 0, FRAME.slabUnreclaimable);
    if (pfn < 0) return false;
    c.pages.push(pfn);
  }
  c.used++;
  return true;
});
const kmemCacheFree = kfn('kmem_cache_free', function* (k: Kernel, c: SmallCache): Timed<void> {
  c.used--;
  if (c.used > (c.pages.length - 1) * c.perPage) return;
  const pfn = c.pages.pop();
  if (pfn !== undefined) yield* freeUnrefPageList(k, [pfn]);
});
/** alloc_zspage(): its pages one by one; none if one of them is not to be had. */
const allocZspage = kfn('alloc_zspage', function* (k: Kernel, pool: ZramPool, size: number, gfp: number): Timed<Zspage | null> {
  const pages: number[] = [];
  if (!(yield* kmemCacheAlloc(k, pool.structs, gfp))) return null;
  for (let n = pagesPerZspage(size); n > 0; n--) {
    const pfn = yield* allocPages(k, gfp, 0, FRAME.zram);
    if (pfn < 0) { yield* freeUnrefPageList(k, pages); yield* kmemCacheFree(k, pool.structs); return null; }
    pages.push(pfn);
  }
  return { size, pages, capacity: Math.floor((pages.length * PAGE_BYTES) / size), used: 0 };
});
/** zs_malloc(): first without waiting, then as a writer that may not do I/O. PF_MEMALLOC of a reclaimer opens the reserves to it. */
const zsMalloc = kfn('zs_malloc', function* (k: Kernel, pool: ZramPool, size: number): Timed<Zspage | null> {
  const z = yield* zsMallocInner(k, pool, size, GFP.KSWAPD_RECLAIM | GFP.NOWARN | GFP.HIGHMEM | GFP.MOVABLE);
  if (!k.decide('zsmalloc finds no page without waiting', z === null)) return z;
  return yield* zsMallocInner(k, pool, size, GFP_NOIO | GFP.NOWARN | GFP.HIGHMEM | GFP.MOVABLE);
});
function* zsMallocInner(k: Kernel, pool: ZramPool, size: number, gfp: number): Timed<Zspage | null> {
  if (!(yield* kmemCacheAlloc(k, pool.handles, gfp))) return null;
  let z: Zspage | null = roomIn(pool, size) ?? null;
  if (z === null) {
    z = yield* allocZspage(k, pool, size, gfp);
    if (z === null) { yield* kmemCacheFree(k, pool.handles); return null; }
    pool.pages += z.pages.length;
    put(pool.almostEmpty, z);
  }
  take(pool, z);
  return z;
}

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
  const empty = --z.used === 0; // said before anything can sleep: an object may come into it again
  if (empty) pool.pages -= z.pages.length; else put(group(pool, z), z);
  yield* kmemCacheFree(k, pool.handles);
  if (!empty) return;
  yield* freeUnrefPageList(k, z.pages);
  yield* kmemCacheFree(k, pool.structs);
});
