import { describe, expect, it } from 'vitest';
import {
  calculateMinFreeKbytes, calculateNormalThreshold, calculatePressureThreshold, calculateTotalreservePages, intSqrt, maxWatermarkBoost, mulDiv, nrFreeBufferPages,
  setRecommendedMinFreeKbytes, setupPerZoneLowmemReserve, setupPerZoneWmarks, type Wmarks, zoneBatchsize, zoneHighLimits, zoneHighsize,
} from './wmarks.ts';

const three = (w: Wmarks): number[] => [w.min, w.low, w.high];
const managed = (...sizes: number[]): { managed: number; high: number }[] => sizes.map((m) => ({ managed: m, high: 0 }));
const kb = (pages: number): number => pages * 4;

// the sizes and all results of this block are the reference's sections 1.6 to 1.8
describe('worked examples of the reference', () => {
  const a = managed(3840, 485250, 1534686); // 8 GB, x86-64; the nine kB values are those of a real 6.11 report
  it('A: the square root rule gives 11380 kB on 8 GB', () => expect(calculateMinFreeKbytes(nrFreeBufferPages(a))).toBe(11380));
  it('A: min, low and high in kB equal the real report', () => {
    const marks = setupPerZoneWmarks(a, 11380, 10, true).map((w) => three(w).map(kb));
    expect(marks).toEqual([[20, 32, 44], [2728, 4668, 6608], [8628, 14764, 20900]]);
  });
  it('A: the reserve of DMA and DMA32 equals the real report', () => {
    expect(setupPerZoneLowmemReserve([3840, 485250, 1534686], [256, 256, 32])).toEqual([[0, 1895, 7890], [0, 0, 5994], [0, 0, 0]]);
  });
  it('A: with huge pages min_free_kbytes is 67584 and the marks follow', () => {
    const marks = setupPerZoneWmarks(a, 11380, 10, true);
    const wish = setRecommendedMinFreeKbytes(3, nrFreeBufferPages(a.map((z, i) => ({ managed: z.managed, high: marks[i].high }))), 11380);
    expect(wish).toBe(67584);
    expect(setupPerZoneWmarks(a, wish, 10, true).map(three)).toEqual([[32, 40, 48], [4051, 5063, 6075], [12812, 16015, 19218]]);
  });
  it('A: Normal split over four CPUs', () => expect(zoneHighsize(1534686, 3691, 63, 4, 0)).toBe(922));
  it('B: a highmem zone has the clamped min, and lowmem does not count it', () => {
    const b = [{ managed: 4096 }, { managed: 225280 }, { managed: 32768, highmem: true }];
    expect(calculateMinFreeKbytes(nrFreeBufferPages(managed(4096, 225280)))).toBe(3831);
    expect(setupPerZoneWmarks(b, 3831, 0, false).map((w) => w.min)).toEqual([17, 939, 32]); // 2.6.11's own low and high are of another rule
    expect(setupPerZoneLowmemReserve([4096, 225280, 32768], [256, 32, 0])).toEqual([[0, 880, 1008], [0, 0, 1024], [0, 0, 0]]);
  });
  it('C: 512 MB', () => {
    const c = managed(3840, 122000);
    expect(calculateMinFreeKbytes(nrFreeBufferPages(c))).toBe(2837);
    expect(setupPerZoneWmarks(c, 2837, 10, false).map(three)).toEqual([[21, 26, 31], [687, 858, 1029]]);
    expect(setupPerZoneLowmemReserve([3840, 122000], [256, 256])[0][1]).toBe(476);
    expect(setRecommendedMinFreeKbytes(2, 125840, 2837)).toBe(25168);
  });
});

// figures read off /proc/zoneinfo and /proc/sys/vm of idle machines (fixtures/captures, by folder)
describe('real machines', () => {
  it('6.1-256M-1-idle_min_free: 16384 kB written after boot', () => {
    expect(setupPerZoneWmarks(managed(3840, 51816, 0, 0, 0), 16384, 10, false).map(three).slice(0, 2)).toEqual([[282, 352, 422], [3813, 4766, 5719]]);
  });
  it('6.12-256M-1-idle_scale: factor 200 on 1830 kB, and the clamp of an empty Movable', () => {
    const zones = [{ managed: 3840 }, { managed: 50500 }, { managed: 0 }, { managed: 0, movable: true }];
    expect(setupPerZoneWmarks(zones, 1830, 200, true).map((w) => [...three(w), w.promo])).toEqual([[32, 108, 184, 260], [424, 1434, 2444, 3454], [0, 0, 0, 0], [32, 32, 32, 32]]);
  });
  it('the reserve repeats the sum where the upper zones are empty', () => {
    expect(setupPerZoneLowmemReserve([3840, 757818, 243477, 0, 0], [256, 256, 32, 0, 0])).toEqual([[0, 2960, 3911, 3911, 3911], [0, 0, 951, 951, 951], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]]);
  });
  it('batches: 1 for DMA, 15 for 200 MB, 63 from 1 GiB on', () => expect([3840, 51816, 243477, 757818].map(zoneBatchsize)).toEqual([1, 15, 63, 63]));
  it('limits of the lists on four CPUs, and thresholds of the counters', () => {
    expect([[80, 3840, 1], [15911, 757818, 63], [5126, 243477, 63]].map(([low, m, batch]) => zoneHighsize(m, low, batch, 4, 0))).toEqual([20, 3977, 1281]);
    expect([3840, 757818, 243477].map((m) => calculateNormalThreshold(m, 4))).toEqual([6, 36, 24]);
    expect([3840, 51816].map((m) => calculateNormalThreshold(m, 1))).toEqual([2, 4]);
  });
});

describe('edges', () => {
  it('a list never holds less than four batches', () => expect(zoneHighsize(3840, 2, 1, 4, 0)).toBe(4));
  it('6.12 tunes between the low mark and an eighth of the zone; a fraction pins both', () => {
    expect(zoneHighLimits(80000, 1000, 15, 2, 0)).toEqual({ highMin: 500, highMax: 5000 });
    expect(zoneHighLimits(80000, 1000, 15, 2, 16)).toEqual({ highMin: 2500, highMax: 2500 });
  });
  it('products past 2^53 stay exact', () => {
    expect(mulDiv(2 ** 40 + 1, 2 ** 20 + 1, 2 ** 20)).toBe(Number(((2n ** 40n + 1n) * (2n ** 20n + 1n)) / 2n ** 20n));
  });
  it('the integer root is never too large', () => {
    for (const r of [1, 2, 3, 11380, 94906265]) expect([intSqrt(r * r - 1), intSqrt(r * r), intSqrt(r * r + 1)]).toEqual([r - 1, r, r]);
  });
  it('min_free_kbytes keeps a larger value of a person and is clamped otherwise', () => {
    expect([calculateMinFreeKbytes(100), calculateMinFreeKbytes(100, 500), calculateMinFreeKbytes(2 ** 34)]).toEqual([128, 500, 262144]);
  });
  it('a boost is at least a pageblock, and none in a zone of less than four', () => {
    expect([maxWatermarkBoost(51816, 642, 15000), maxWatermarkBoost(51816, 642, 1000), maxWatermarkBoost(2047, 642, 15000), maxWatermarkBoost(51816, 642, 0), maxWatermarkBoost(51816, 0, 15000)]).toEqual([963, 512, 0, 0, 0]);
  });
  it('the total reserve takes the high mark and the largest reserve, and no more than the zone has', () => {
    expect(calculateTotalreservePages([{ managed: 3840, high: 49, reserve: [0, 202, 202] }, { managed: 100, high: 642, reserve: [0, 0, 0] }])).toBe(49 + 202 + 100);
  });
  it('under pressure all CPUs together cannot hide the way from low to min', () => {
    expect([calculatePressureThreshold(428, 535, 4), calculatePressureThreshold(1, 2, 8), calculatePressureThreshold(0, 9000, 1)]).toEqual([26, 1, 125]);
  });
});
