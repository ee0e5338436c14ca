/**
 * mm/page_alloc.c, 2.6.9 to 2.6.11: init_per_zone_pages_min(), setup_per_zone_pages_min(), and when a zone has pages enough for a request. 2.6.10-rc1 is as 2.6.9. No profile
 * runs by these rules yet; `oomscope zoneinfo --rules` asks them. Source: reference rcu-mempool-io-locking.md 4.1 and page-alloc-reclaim-oom.md 1.3, 2.1, 4.8; Nick Piggin,
 * 10 Nov 2004, whose patch has both versions of the marks and a worked example. Left out: protection[] and lowmem_reserve[] of that time (whoever asks brings them).
 */
import { PAGE_KB } from '../../base/units.ts';
import { ALLOC } from './constants.ts';
import type { Era } from './era.ts';
import { intSqrt, mulDiv, MIN_FREE_KBYTES_FLOOR } from './wmarks.ts';

/** A zone as setup_per_zone_pages_min() sees it: all its pages, those of the kernel too. */
export interface PresentZone { readonly present: number; readonly highmem: boolean }
export interface PagesMin { readonly min: number; readonly low: number; readonly high: number }
/** What a zone has free: pages, and blocks by order. */
export interface FreeArea { readonly freePages: number; readonly nrFree: readonly number[] }

export interface Marks26 extends Pick<Era, 'lowerMark'> {
  readonly version: '2.6.9' | '2.6.10-rc1' | '2.6.11';
  /** min_free_kbytes is the root of so many times lowmem in kB, at least 128 kB and at most `minFreeKbytesMax`. */
  readonly timesLowmem: number;
  readonly minFreeKbytesMax: number;
  readonly lowOf: (min: number) => number;
  readonly highOf: (min: number) => number;
  /** Has the zone enough? `reserve` pages are kept from requests of this class. Flags: ALLOC.HIGH is __GFP_HIGH, ALLOC.HARDER can_try_harder: a real-time task, or one that may not wait. */
  enough(z: FreeArea, order: number, mark: number, reserve: number, allocFlags: number): boolean;
}
const marks269 = {
  timesLowmem: 1, minFreeKbytesMax: 16_384, lowOf: (min: number) => min * 2, highOf: (min: number) => min * 3,
  lowerMark(mark: number, flags: number): number {
    const min = flags & ALLOC.HIGH ? Math.trunc(mark / 2) : mark;
    return flags & ALLOC.HARDER ? min - Math.trunc(min / 4) : min;
  },
  enough(z: FreeArea, order: number, mark: number, reserve: number, flags: number): boolean { return z.freePages >= marks269.lowerMark(mark, flags) + (1 << order) + reserve; },
};
export const MARKS_2_6_9: Marks26 = { version: '2.6.9', ...marks269 };
export const MARKS_2_6_10_RC1: Marks26 = { version: '2.6.10-rc1', ...marks269 };
export const MARKS_2_6_11: Marks26 = {
  version: '2.6.11', timesLowmem: 16, minFreeKbytesMax: 65_536, lowOf: (min) => Math.trunc((min * 5) / 4), highOf: (min) => Math.trunc((min * 6) / 4),
  lowerMark(mark, flags) {
    const min = flags & ALLOC.HIGH ? mark - Math.trunc(mark / 2) : mark;
    return flags & ALLOC.HARDER ? min - Math.trunc(min / 4) : min;
  },
  /** zone_watermark_ok(): what lies in blocks smaller than the request does not count, and each order less asks for half as much. */
  enough(z, order, mark, reserve, flags) {
    let free = z.freePages - (1 << order) + 1, min = this.lowerMark(mark, flags);
    if (free <= min + reserve) return false;
    for (let o = 0; o < order; o++) {
      free -= (z.nrFree[o] ?? 0) << o;
      min >>= 1;
      if (free <= min) return false;
    }
    return true;
  },
};
export const MARKS_2_6: readonly Marks26[] = [MARKS_2_6_9, MARKS_2_6_10_RC1, MARKS_2_6_11];

/** init_per_zone_pages_min(): what boot chooses for vm.min_free_kbytes. @param lowmemPages  of the zones below HighMem, present */
export const initPerZonePagesMin = (rules: Marks26, lowmemPages: number): number =>
  Math.min(Math.max(intSqrt(lowmemPages * PAGE_KB * rules.timesLowmem), MIN_FREE_KBYTES_FLOOR), rules.minFreeKbytesMax);
/** setup_per_zone_pages_min(): lowmem shares it by size, HighMem has 32 to 128 pages. */
export function setupPerZonePagesMin(rules: Marks26, zones: readonly PresentZone[], minFreeKbytes: number): PagesMin[] {
  const pagesMin = Math.trunc(minFreeKbytes / PAGE_KB), lowmem = zones.reduce((sum, z) => sum + (z.highmem ? 0 : z.present), 0);
  return zones.map((z) => {
    const min = z.highmem ? Math.min(Math.max(Math.trunc(z.present / 1024), 32), 128) : mulDiv(pagesMin, z.present, Math.max(1, lowmem));
    return { min, low: rules.lowOf(min), high: rules.highOf(min) };
  });
}
