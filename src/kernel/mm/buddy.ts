/**
 * mm/page_alloc.c, v6.1 and v6.12: the buddy lists. __rmqueue_smallest(), expand(), __free_one_page(), and the moving of free
 * blocks between lists. Every frame's word and every list is changed here, and each change is one row of the trace.
 * Left out: debug and guard pages, page reporting, shuffling, isolated pageblocks.
 */
import { assert } from '../../base/units.ts';
import type { Kernel } from '../kernel.ts';
import { FRAME, MAX_ORDER, MT, MT_COUNT, packBlock, ROW } from './constants.ts';
import { FREE_HEAD, listAdd, listAddTail, listDel, listEmpty, type Mm, nextOf, PAGEBLOCK_ORDER, PAGEBLOCK_PAGES, type Zone } from './mmzone.ts';

export const listType = (m: Mm, pfn: number): number => (m.freeHead[pfn] >>> 4) & 7;
export const freeOrder = (m: Mm, pfn: number): number => m.freeHead[pfn] & 15;
/** migratetype_is_mergeable(): the three types that whole pageblocks of may be joined across. */
export const mergeable = (type: number): boolean => type <= MT.reclaimable;

function addToFreeList(m: Mm, z: Zone, pfn: number, order: number, type: number, tail: boolean): void {
  if (tail) listAddTail(m, z.head(order, type), pfn); else listAdd(m, z.head(order, type), pfn);
  m.freeHead[pfn] = FREE_HEAD | order | (type << 4);
  z.freeBlocks[order * MT_COUNT + type]++;
}
function delFromFreeList(m: Mm, z: Zone, pfn: number): void {
  const word = m.freeHead[pfn];
  listDel(m, pfn);
  z.freeBlocks[(word & 15) * MT_COUNT + ((word >>> 4) & 7)]--;
  m.freeHead[pfn] = 0;
}
/** Puts a block on a list at boot: no row, the first state of the trace has it. */
export function freeAtBoot(m: Mm, z: Zone, pfn: number, order: number, type: number): void {
  addToFreeList(m, z, pfn, order, type, true);
  m.word.fill(FRAME.buddy, pfn, pfn + (1 << order));
  z.nrFree += 1 << order;
}

/**
 * Takes the block `pfn` off its list and returns the parts that are not wanted to lists of `restType`: del_page_from_free_list()
 * and expand(). Each halving puts the upper half back.
 * @param cpu  the CPU whose per-CPU list it goes to, NO_CPU = it is handed out directly
 */
export function takeBlock(k: Kernel, z: Zone, pfn: number, order: number, cpu: number): number {
  const m = k.mm, from = freeOrder(m, pfn), type = listType(m, pfn);
  delFromFreeList(m, z, pfn);
  for (let high = from; high > order;) {
    high--;
    addToFreeList(m, z, pfn + (1 << high), high, type, false);
  }
  z.nrFree -= 1 << order;
  m.word.fill(cpu === 255 ? FRAME.kernel : FRAME.pcp, pfn, pfn + (1 << order));
  k.trace(ROW.buddyTake, pfn, packBlock(order, from, type, z.index, cpu));
  return pfn;
}
/** __rmqueue_smallest(): the first block of the smallest order that will do, from the lists of `type`. -1 = none. */
export function rmqueueSmallest(k: Kernel, z: Zone, order: number, type: number, cpu: number): number {
  const m = k.mm;
  for (let o = order; o <= MAX_ORDER; o++) {
    if (z.freeBlocks[o * MT_COUNT + type] === 0) continue;
    return takeBlock(k, z, nextOf(m, z.head(o, type)), order, cpu);
  }
  return -1;
}

/** page_is_buddy(): a free block of this order, in this zone. */
export const isFreeBlock = (m: Mm, z: Zone, pfn: number, order: number): boolean =>
  pfn >= z.startPfn && pfn < z.endPfn && m.freeHead[pfn] !== 0 && freeOrder(m, pfn) === order;

/**
 * __free_one_page(): joins a block with its buddies as far as it goes, and puts it on a list.
 * A block is put last when the block one order above could be joined soon (buddy_merge_likely()), so that it is used last.
 * @param cpu  the CPU whose per-CPU list it leaves, NO_CPU = it comes from its user
 */
export function freeOnePageInner(k: Kernel, z: Zone, pfn: number, order: number, type: number, cpu: number): void {
  const m = k.mm;
  let at = pfn, o = order, merged = 0;
  while (o < MAX_ORDER) {
    const buddy = at ^ (1 << o);
    if (!isFreeBlock(m, z, buddy, o)) break;
    const buddyBlock = m.blockType(buddy);
    if (o >= PAGEBLOCK_ORDER && buddyBlock !== type && !(mergeable(type) && mergeable(buddyBlock))) break;
    merged |= listType(m, buddy) << (o * 3);
    delFromFreeList(m, z, buddy);
    if (o >= PAGEBLOCK_ORDER && buddyBlock !== type && k.mm.era.freedBuddyTakesType) setPageblockType(k, buddy, type);
    at &= buddy;
    o++;
  }
  addToFreeList(m, z, at, o, type, mergeLikely(m, z, at, o));
  z.nrFree += 1 << order;
  m.word.fill(FRAME.buddy, pfn, pfn + (1 << order));
  m.owners.fill(0, pfn, pfn + (1 << order)); // nobody's
  k.trace(ROW.buddyFree, pfn, packBlock(order, o, type, z.index, cpu), merged);
}
function mergeLikely(m: Mm, z: Zone, pfn: number, order: number): boolean {
  if (order >= MAX_ORDER - 1) return false;
  const parent = pfn & (pfn ^ (1 << order));
  return isFreeBlock(m, z, parent ^ (1 << (order + 1)), order + 1);
}

/** set_pageblock_migratetype(). */
export function setPageblockType(k: Kernel, pfn: number, type: number): void {
  const block = pfn >>> PAGEBLOCK_ORDER, before = k.mm.blockTypes[block];
  if (before === type) return;
  k.mm.blockTypes[block] = type;
  k.trace(ROW.blockType, block << PAGEBLOCK_ORDER, before, type);
}
/** move_to_free_list(): a free block changes lists, to the end of the other. */
export function moveToFreeList(k: Kernel, z: Zone, pfn: number, type: number): void {
  const m = k.mm, order = freeOrder(m, pfn), before = listType(m, pfn);
  if (before === type) return;
  delFromFreeList(m, z, pfn);
  addToFreeList(m, z, pfn, order, type, true);
  k.trace(ROW.moveFree, pfn, packBlock(order, before, type, z.index, 255));
}

/** What move_freepages_block() found in a pageblock: pages free, and in use but movable. */
export interface BlockCount { free: number; movable: number }
/** Counts a pageblock; with `type` >= 0 its free blocks move to the lists of that type. A zone that does not hold the whole pageblock: nothing. */
export function moveFreepagesBlock(k: Kernel, z: Zone, pfn: number, type: number): BlockCount {
  const m = k.mm, start = pfn & ~(PAGEBLOCK_PAGES - 1), end = start + PAGEBLOCK_PAGES, found = { free: 0, movable: 0 };
  if (start < z.startPfn || end > z.endPfn) return found;
  for (let p = start; p < end;) {
    if (m.freeHead[p] !== 0) {
      const size = 1 << freeOrder(m, p);
      if (type >= 0) moveToFreeList(k, z, p, type);
      found.free += size;
      p += size;
    } else {
      if (isMovable(m.word[p])) found.movable++;
      p++;
    }
  }
  return found;
}
/** PageLRU or a movable page of a driver (zram's pool is). */
const isMovable = (word: number): boolean => {
  const type = word & 15;
  return type === FRAME.anon || type === FRAME.file || type === FRAME.shmem || type === FRAME.swapcache || type === FRAME.zram;
};
/** The first block of a list, which must not be empty. */
export function firstOf(m: Mm, z: Zone, order: number, type: number): number {
  const head = z.head(order, type);
  assert(!listEmpty(m, head), 'the first block of an empty list was asked for');
  return nextOf(m, head);
}
