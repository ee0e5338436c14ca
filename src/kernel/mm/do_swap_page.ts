/**
 * mm/memory.c do_swap_page(), mm/swap_state.c swapin_readahead(), v6.1: a fault on a page that is in swap. From a disk through the
 * swap cache, with its neighbours; from zram alone and straight into a page of its own (SWP_SYNCHRONOUS_IO).
 * Every fault is a write here. Left out: readahead by address (devices count as rotating), KSM, migration entries.
 */
import type { Timed } from '../../sim/kfn.ts';
import { blkFinishPlug, blkStartPlug } from '../block/plug.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { FRAME, FRAME_ACTIVE, FRAME_DIRTY, FRAME_TYPE_MASK, FRAME_UNEVICTABLE, FRAME_WRITEBACK, GFP_HIGHUSER_MOVABLE, GFP_KERNEL, ownerBits } from './constants.ts';
import { freeUnrefPageList } from './free_list.ts';
import { folioAddLru, lruAdd, lruDel, newAnonWord, setPageWord } from './lru.ts';
import { memCgroupSwapinChargeFolio } from './memcontrol.ts';
import { type MmStruct, swapSlot, type Vma } from './mm_types.ts';
import { ownerOf, setOwner } from './mmzone.ts';
import { allocPages } from './page_alloc.ts';
import { PG, setFlag, testClearFlag, testFlag } from './page_flags.ts';
import { folioWaitLocked } from './page_wait.ts';
import { RSS } from './rss.ts';
import { SWAP_NODE_GFP, xaNodeFor } from './xa_nodes.ts';
import { addToSwapCache, folioFreeSwap, swapCachePage, swapFree } from './swap_cache.ts';
import { swapReadpage } from './swap_io.ts';
import { vmGauges } from './vm_gauges.ts';
import { isShadow, workingsetRefault } from './workingset.ts';
import type { Fault } from './memory.ts';

/** __swapin_nr_pages(): how many slots to read, by how many of those read ahead before were wanted. */
export function swapinNrPages(previous: number, offset: number, hits: number, max: number, previousWindow: number): number {
  let pages = hits + 2;
  if (pages === 2) {
    if (offset !== previous + 1 && offset !== previous - 1) pages = 1;
  } else {
    let roundup = 4;
    while (roundup < pages) roundup *= 2;
    pages = roundup;
  }
  return Math.max(Math.min(pages, max), Math.floor(Math.min(previousWindow, max) / 2));
}
function readaheadWindow(k: Kernel, offset: number): number {
  const b = k.mm.backing, max = 1 << (k.mm.sysctl['page-cluster'] ?? 3);
  if (max <= 1) return 1;
  const window = swapinNrPages(b.lastReadahead.offset, offset, b.swapHits, max, b.lastReadahead.window);
  b.swapHits = 0;
  b.lastReadahead = { offset, window };
  return window;
}

/** read_swap_cache_async(): the page of a slot, in the cache or on its way there. -1: no memory, or nobody uses the slot. */
const readSwapCacheAsync = kfn('read_swap_cache_async', function* (k: Kernel, slot: number, ahead: boolean): Timed<number> {
  const m = k.mm, cached = swapCachePage(k, slot);
  if (cached >= 0) return cached;
  if (m.swap.used[slot] === 0) return -1;
  const pfn = yield* allocPages(k, GFP_HIGHUSER_MOVABLE, 0, FRAME.anon);
  if (pfn < 0) return -1;
  if (m.memcgs !== null && !(yield* memCgroupSwapinChargeFolio(k, pfn, slot, GFP_KERNEL))) { yield* freeUnrefPageList(k, [pfn]); return -1; }
  if (!(yield* xaNodeFor(k, k.mm.backing.swapNodes, slot, SWAP_NODE_GFP))) { yield* freeUnrefPageList(k, [pfn]); return -1; }
  const now = swapCachePage(k, slot);
  if (now >= 0 || m.swap.used[slot] === 0) { yield* freeUnrefPageList(k, [pfn]); return now; }
  m.swap.used[slot]++; // swapcache_prepare()
  setOwner(m, pfn, -1);
  setFlag(m, pfn, PG.LOCKED | (ahead ? PG.READAHEAD : 0));
  const shadow = addToSwapCache(k, pfn, slot, false);
  if (isShadow(shadow)) workingsetRefault(k, pfn, shadow);
  folioAddLru(k, pfn);
  if (ahead) m.count('swap_ra');
  yield* swapReadpage(k, pfn, slot);
  return pfn;
});
/** swap_cluster_readahead(): the slots around, then the one that is wanted. */
const swapClusterReadahead = kfn('swap_cluster_readahead', function* (k: Kernel, slot: number): Timed<number> {
  const window = readaheadWindow(k, slot), first = slot & ~(window - 1);
  blkStartPlug(k);
  for (let s = first; s < Math.min(first + window, k.mm.swap.total); s++) yield* readSwapCacheAsync(k, s, s !== slot);
  yield* blkFinishPlug(k);
  return yield* readSwapCacheAsync(k, slot, false);
});
/** A page of its own, filled at once and then mapped: nobody else refers to the slot, and the device answers without waiting. */
const swapinDirect = kfn('swapin_direct', function* (k: Kernel, m: MmStruct, vma: Vma, vpn: number, slot: number): Timed<Fault> {
  const mm = k.mm, entry = m.pages[vpn], pfn = yield* allocPages(k, GFP_HIGHUSER_MOVABLE, 0, newAnonWord(k, m, vma));
  if (pfn < 0) return m.pages[vpn] === entry ? 'oom' : 'ok';
  if (mm.memcgs !== null && !(yield* memCgroupSwapinChargeFolio(k, pfn, slot, GFP_KERNEL))) {
    yield* freeUnrefPageList(k, [pfn]);
    return m.pages[vpn] === entry ? 'oom' : 'ok';
  }
  const shadow = mm.backing.slotPages[slot];
  setOwner(mm, pfn, -1);
  if (isShadow(shadow)) workingsetRefault(k, pfn, shadow);
  yield* swapReadpage(k, pfn, slot);
  if (m.pages[vpn] !== entry) { yield* freeUnrefPageList(k, [pfn]); return 'ok'; } // another thread was faster, or the reaper
  folioAddLru(k, pfn);
  yield* mapSwapped(k, m, vma, vpn, pfn, slot);
  return 'ok';
});

/** The page stands in the page table; the slot loses that reference, and all of it if it may. */
function* mapSwapped(k: Kernel, m: MmStruct, vma: Vma, vpn: number, pfn: number, slot: number): Timed<void> {
  const mm = k.mm, cached = (mm.word[pfn] & FRAME_TYPE_MASK) === FRAME.swapcache;
  m.pages[vpn] = pfn;
  m.rss[RSS.swap]--;
  m.rss[RSS.anon]++;
  if (ownerOf(mm, pfn) < 0 || ownerOf(mm, pfn) === m.id) setOwner(mm, pfn, m.id);
  else mm.sharers.set(pfn, new Set([...(mm.sharers.get(pfn) ?? [ownerOf(mm, pfn)]), m.id]));
  mm.vpn[pfn] = vpn;
  setFlag(mm, pfn, PG.YOUNG);
  const word = (mm.word[pfn] & 0xff) | ownerBits(m.id) | (cached ? FRAME_DIRTY : 0), onto = vma.locked ? FRAME_UNEVICTABLE : mm.era.reclaim.anonStartsActive ? FRAME_ACTIVE : 0; // activate_page() of 4.x
  if ((onto & ~word) !== 0 && !testFlag(mm, pfn, PG.ISOLATED) && !(word & FRAME_UNEVICTABLE)) {
    lruDel(k, pfn);
    setPageWord(k, pfn, (word & ~FRAME_ACTIVE) | onto);
    lruAdd(k, pfn);
  } else setPageWord(k, pfn, word);
  yield* swapFree(k, slot);
  if (cached && !(mm.word[pfn] & FRAME_WRITEBACK)) yield* folioFreeSwap(k, pfn);
}

/** do_swap_page(): brings the page of `vpn` back. Context: mmap_lock held for reading. */
export const doSwapPage = kfn('do_swap_page', function* (k: Kernel, m: MmStruct, vma: Vma, vpn: number): Timed<Fault> {
  const mm = k.mm, entry = m.pages[vpn], slot = swapSlot(entry);
  let pfn = swapCachePage(k, slot);
  mm.swap.lookups++;
  if (pfn >= 0) {
    mm.swap.hits++;
    if (testClearFlag(mm, pfn, PG.READAHEAD)) { mm.backing.swapHits++; mm.count('swap_ra_hit'); }
  } else {
    const alone = mm.swap.used[slot] === 1 && mm.backing.zram !== null;
    mm.count('pgmajfault');
    if (k.decide('the device answers at once, and the slot is only ours: no swap cache', alone)) return yield* swapinDirect(k, m, vma, vpn, slot);
    pfn = yield* swapClusterReadahead(k, slot);
    if (pfn < 0) return m.pages[vpn] === entry ? 'oom' : 'ok';
    vmGauges(k);
  }
  if (testFlag(mm, pfn, PG.LOCKED)) yield* folioWaitLocked(k, pfn);
  if (m.pages[vpn] !== entry || swapCachePage(k, slot) !== pfn) return 'ok'; // changed while it slept: the fault comes again if it must
  yield* mapSwapped(k, m, vma, vpn, pfn, slot);
  return 'ok';
});
