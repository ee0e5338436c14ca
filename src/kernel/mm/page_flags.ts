/**
 * include/linux/page-flags.h, v6.1: what reclaim knows of a page beyond its word in the trace (type, active, dirty, writeback,
 * unevictable). One byte a frame in Mm.pageFlags; all bits are 0 when a page leaves the allocator.
 */
import type { Mm } from './mmzone.ts';

export const PG = {
  /** Some pte that maps it was used since the last look. One bit a frame: which of several ptes is not kept. */
  YOUNG: 1,
  REFERENCED: 2,
  /** Was on the active list, or came back soon after it was evicted. */
  WORKINGSET: 4,
  /** Reclaim waits for the end of its writeback. */
  RECLAIM: 8,
  LOCKED: 16,
  /** Off its LRU list, in the hands of a reclaimer (PG_lru is clear). */
  ISOLATED: 32,
  /** Reading it starts the next window of readahead. */
  READAHEAD: 64,
  /** Its last user has gone. On its list: that user frees it and nobody may isolate it; isolated: the reclaimer frees it when he lets go. */
  ORPHAN: 128,
} as const;

export const testFlag = (m: Mm, pfn: number, bit: number): boolean => (m.pageFlags[pfn] & bit) !== 0;
export const setFlag = (m: Mm, pfn: number, bit: number): void => { m.pageFlags[pfn] |= bit; };
export const clearFlag = (m: Mm, pfn: number, bit: number): void => { m.pageFlags[pfn] &= ~bit; };
/** The last user of an anonymous page has unmapped it. true: it is his to free; false: a reclaimer has it and will. */
export function letGo(m: Mm, pfn: number): boolean {
  m.pageFlags[pfn] |= PG.ORPHAN;
  return (m.pageFlags[pfn] & PG.ISOLATED) === 0;
}
export function testClearFlag(m: Mm, pfn: number, bit: number): boolean {
  const was = (m.pageFlags[pfn] & bit) !== 0;
  m.pageFlags[pfn] &= ~bit;
  return was;
}
