import { expect, test } from 'vitest';
import { swapinNrPages } from './do_swap_page.ts';
import { eraV417 } from './era_v4_17.ts';
import { eraV61 } from './era_v6_1.ts';
import { gfpNames } from './gfp.ts';
import { initialWindow, nextWindow, readaheadGfp } from './readahead.ts';

test('readahead of 6.1 may not enter the file system, as its kernel prints it (a recorded reader: GFP_NOFS and more, __GFP_COMP apart); that of 4.17 may', () => {
  expect(gfpNames(readaheadGfp(eraV61)).split('|').sort()).toEqual(['GFP_NOFS', '__GFP_HIGHMEM', '__GFP_NOWARN', '__GFP_NORETRY', '__GFP_HARDWALL', '__GFP_MOVABLE'].sort());
  expect(gfpNames(readaheadGfp(eraV417))).toContain('GFP_HIGHUSER_MOVABLE');
});

test('the first window of readahead is four times a small read, twice a middle one, and the limit for a large one', () => {
  // get_init_ra_size() with 32 pages: up to 1 page * 4, up to 8 pages * 2, else 32; sizes are rounded up to a power of two
  expect([1, 2, 3, 4, 5, 8, 9, 16, 32].map((n) => initialWindow(n, 32))).toEqual([4, 4, 8, 8, 16, 16, 32, 32, 32]);
});
test('the next window is four times a tiny one, twice a small one, and never more than the limit', () => {
  expect([1, 2, 4, 8, 16, 17, 32].map((n) => nextWindow(n, 32))).toEqual([4, 4, 8, 16, 32, 32, 32]);
});
test('a swap-in reads one slot where the last ones were not wanted, two where it goes on, and more with every hit', () => {
  expect(swapinNrPages(100, 500, 0, 8, 0)).toBe(1);
  expect(swapinNrPages(100, 101, 0, 8, 0)).toBe(2);
  expect(swapinNrPages(100, 99, 0, 8, 0)).toBe(2);
  expect(swapinNrPages(100, 500, 1, 8, 0)).toBe(4);
  expect(swapinNrPages(100, 500, 4, 8, 0)).toBe(8);
  expect(swapinNrPages(100, 500, 40, 8, 0)).toBe(8); // the limit: 2^page-cluster
});
test('a window shrinks by halves, not at once', () => {
  expect(swapinNrPages(100, 500, 0, 8, 8)).toBe(4);
});
