import { expect, test } from 'vitest';
import { classSize, compressedBytes, newZram, pagesPerZspage, put, roomIn, take, type Zspage } from './zram_pool.ts';

test('a page of one value takes nothing, and one that does not compress takes a page', () => {
  expect(compressedBytes(0)).toBe(0);
  expect(classSize(compressedBytes(512))).toBe(4096);
  expect(pagesPerZspage(4096)).toBe(1);
});
test('a zspage has as many pages as waste least: seven objects of half a page on four, fifteen of an eighth on two', () => {
  // 2048 + 24 + 8 bytes, in steps of 16: 2080. 16384 = 7 * 2080 + 1824 (88 %), 12288 = 5 * 2080 + 1888 (84 %), 8192 = 3 * 2080 + 1952 (76 %), 4096 = 2080 + 2016 (50 %)
  const half = classSize(compressedBytes(256));
  expect(half).toBe(2080);
  expect(pagesPerZspage(half)).toBe(4);
  expect(Math.floor((4 * 4096) / half)).toBe(7);
  const eighth = classSize(compressedBytes(64));
  expect(Math.floor((pagesPerZspage(eighth) * 4096) / eighth) / pagesPerZspage(eighth)).toBeGreaterThanOrEqual(7);
});
test('swap as full as in capture 6.1-256M-1-swap_zram takes about as many pages: 12,685 for 24,571 slots', () => {
  // Its report: swapents of the hog (256 random words a page) 21,072, of the worker (64 words) 3,499. mm_stat: at most 51,957,760 bytes of pages.
  const per = (words: number): number => { const size = classSize(compressedBytes(words)), n = pagesPerZspage(size); return n / Math.floor((n * 4096) / size); };
  const pages = 21_072 * per(256) + 3499 * per(64);
  expect(Math.abs(pages - 12_685) / 12_685).toBeLessThan(0.03);
});
test('a new object goes where there is least room', () => {
  const pool = newZram(), z = (used: number): Zspage => ({ size: 64, pages: [0], capacity: 64, used });
  const empty = z(3), full = z(60);
  put(pool.almostEmpty, empty);
  put(pool.almostFull, full);
  for (let n = 60; n < 64; n++) { const next = roomIn(pool, 64); expect(next).toBe(full); if (next !== undefined) take(pool, next); }
  expect(roomIn(pool, 64)).toBe(empty);
});
