import { expect, test } from 'vitest';
import { Pgdat } from './mmzone.ts';
import { inactiveIsLow, scanFractions } from './scan_count.ts';
import { shrinkPlan } from './shrinker.ts';

const GIB = 1 << 18; // pages

test('with equal costs and swappiness 60 anonymous pages get 30 % of the scan (kernel reference 5.6)', () => {
  for (const cost of [0, 1, 500, 100_000]) {
    const [anon, file] = scanFractions(cost, cost, 60);
    expect(Math.abs(anon / (anon + file) - 0.3)).toBeLessThan(0.01);
  }
});
test('the side that has cost more is scanned less, and swappiness 0 leaves anonymous pages alone', () => {
  const [anon, file] = scanFractions(900, 100, 100);
  // total 1000; ac = 1900, fc = 1100, T = 3000: 100 * 3001 / 1901 = 157, 100 * 3001 / 1101 = 272
  expect([anon, file]).toEqual([157, 272]);
  expect(scanFractions(5, 5, 0)[0]).toBe(0);
});
test('the inactive list may be shorter the more memory there is: 1, 3, 10, 31 active pages to one (kernel reference 5.5)', () => {
  const low = (gib: number, ratio: number, by: number): boolean => {
    const p = new Pgdat(0, []), inactive = Math.floor((gib * GIB) / (ratio + 1));
    p.lru[2] = inactive + 1000;
    p.lru[3] = inactive * ratio + by * (ratio + 1) * 1000;
    return inactiveIsLow(p.root, 2);
  };
  for (const [gib, ratio] of [[0.5, 1], [1.01, 3], [10.2, 10], [100.2, 31]]) {
    expect(low(gib, ratio, 2)).toBe(true);
    expect(low(gib, ratio, 0)).toBe(false);
  }
});
test('do_shrink_slab() for 100,000 objects of two seeks: the vector of kernel reference 5.8', () => {
  const at12 = shrinkPlan(100_000, 0, 12, 2);
  expect(at12).toEqual({ delta: 48, total: 48 }); // less than a batch of 128: nothing is scanned, 48 are deferred
  expect(shrinkPlan(100_000, 48, 10, 2)).toEqual({ delta: 194, total: 194 }); // one batch; 48 + 194 - 128 = 114 are deferred
  expect(shrinkPlan(100_000, 114, 0, 2)).toEqual({ delta: 200_000, total: 200_000 });
});
test('objects that cost no seek are asked for by halves: 65 of procfs give 32 a turn, as capture 6.1-256M-1-hog has it', () => {
  expect(shrinkPlan(65, 0, 12, 0)).toEqual({ delta: 32, total: 32 });
  expect(shrinkPlan(65, 64, 10, 0)).toEqual({ delta: 32, total: 32 });
});
