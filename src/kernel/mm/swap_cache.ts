/**
 * mm/swap_state.c, mm/swapfile.c, v6.1: anonymous pages that have a slot in swap. The cache itself counts as one reference of the
 * slot (SWAP_HAS_CACHE), each pte as another. Left out: per-CPU slot caches, several areas, hibernation.
 */
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { FRAME, FRAME_DIRTY, FRAME_TYPE_MASK, FRAME_WRITEBACK } from './constants.ts';
import { ABSENT } from './files.ts';
import { setPageWord } from './lru.ts';
import { memCgroupTryChargeSwap, memCgroupUnchargeSwap } from './memcontrol.ts';
import { letGo, PG, testFlag } from './page_flags.ts';
import { SWAP_NODE_GFP, xaNodeFor, xaNodeLeft } from './xa_nodes.ts';
import { freeSwapSlot, getSwapSlot } from './swap_slots.ts';
import { zramFreePage } from './zram.ts';

const isCached = (k: Kernel, pfn: number): boolean => (k.mm.word[pfn] & FRAME_TYPE_MASK) === FRAME.swapcache;
const retype = (word: number, type: number): number => (word & ~FRAME_TYPE_MASK) | type;

/** swap_cache_get_folio(): the frame that holds a slot's page; -1 = none. */
export const swapCachePage = (k: Kernel, slot: number): number => Math.max(-1, slot < k.mm.backing.slotPages.length ? k.mm.backing.slotPages[slot] : ABSENT);

/** Enters a page, which is on no list, under a slot that has a reference for it. Returns what stood there: a shadow, or ABSENT. */
export function addToSwapCache(k: Kernel, pfn: number, slot: number, dirty: boolean): number {
  const b = k.mm.backing, old = b.slotPages[slot];
  b.slotPages[slot] = pfn;
  b.slotOf.set(pfn, slot);
  k.mm.swap.added++;
  setPageWord(k, pfn, retype(k.mm.word[pfn], FRAME.swapcache) | (dirty ? FRAME_DIRTY : 0));
  return old;
}
/** add_to_swap(): a slot for an anonymous page, which is from now on dirty swap cache. false: swap is full. */
export function* addToSwap(k: Kernel, pfn: number): Timed<boolean> {
  const slot = getSwapSlot(k);
  if (slot < 0) return false;
  if (!memCgroupTryChargeSwap(k, pfn, slot)) { freeSwapSlot(k, slot); return false; }
  if (!(yield* xaNodeFor(k, k.mm.backing.swapNodes, slot, SWAP_NODE_GFP))) { memCgroupUnchargeSwap(k, slot); freeSwapSlot(k, slot); return false; }
  addToSwapCache(k, pfn, slot, true);
  return true;
}
/** delete_from_swap_cache(): what the slot holds from now on; the page becomes `type`. The slot loses the cache's reference. */
export const deleteFromSwapCache = kfn('delete_from_swap_cache', function* (k: Kernel, pfn: number, left: number): Timed<void> {
  const b = k.mm.backing, slot = b.slotOf.get(pfn);
  if (slot === undefined) return;
  b.slotPages[slot] = left;
  b.slotOf.delete(pfn);
  k.mm.swap.deleted++;
  yield* swapFree(k, slot);
});
/** swap_free(): one reference less; what zram keeps of an unused slot is given back. */
export const swapFree = kfn('swap_free', function* (k: Kernel, slot: number): Timed<void> {
  freeSwapSlot(k, slot);
  if (k.mm.swap.used[slot] > 0) return;
  k.mm.backing.slotPages[slot] = ABSENT;
  xaNodeLeft(k, k.mm.backing.swapNodes, k.mm.backing.slotPages, slot);
  memCgroupUnchargeSwap(k, slot);
  yield* zramFreePage(k, slot);
});

/** folio_free_swap(): a page whose slot no pte refers to gives it up, and is an ordinary anonymous page. It is dirty in the kernel; here an anonymous page of no slot has no such bit: it is written where it gets a slot. */
export const folioFreeSwap = kfn('folio_free_swap', function* (k: Kernel, pfn: number): Timed<boolean> {
  const m = k.mm, slot = m.backing.slotOf.get(pfn);
  if (slot === undefined || m.word[pfn] & FRAME_WRITEBACK || m.swap.used[slot] > 1) return false;
  setPageWord(k, pfn, retype(m.word[pfn], FRAME.anon) & ~FRAME_DIRTY); // anon and swapcache are on the same lists
  yield* deleteFromSwapCache(k, pfn, ABSENT);
  return true;
});
/** mem_cgroup_swap_full(): more than half of swap is used. */
export const swapFull = (k: Kernel): boolean => k.mm.swap.free * 2 < k.mm.swap.total;

/**
 * free_swap_and_cache(): a pte that named a slot is gone. If only the cache refers to the slot now, and nobody is at work on its
 * page, that page is handed back to be freed; -1 = there is none.
 */
export const freeSwapAndCache = kfn('free_swap_and_cache', function* (k: Kernel, slot: number): Timed<number> {
  yield* swapFree(k, slot);
  const pfn = swapCachePage(k, slot);
  if (pfn < 0 || k.mm.swap.used[slot] !== 1) return -1;
  return (yield* freeSwapCache(k, pfn)) ? pfn : -1;
});
/**
 * free_swap_cache() and the last reference of a page that nobody maps any more. true: the caller takes it off its list and frees it.
 * false: it stays, as unused swap cache, or in the hands of who has it isolated or locked.
 */
export const freeSwapCache = kfn('free_swap_cache', function* (k: Kernel, pfn: number): Timed<boolean> {
  const m = k.mm, busy = testFlag(m, pfn, PG.LOCKED);
  if (isCached(k, pfn) && (busy || !(yield* folioFreeSwap(k, pfn)))) return false;
  return letGo(m, pfn);
});
