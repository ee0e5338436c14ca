import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bootScenario } from '../../run/boot.ts';
import { blank } from '../../scenarios/blank.ts';
import { two256 } from '../../scenarios/machines.ts';
import { dirtyPollInterval, globalDirtyableMemory, positionRatio, RATIO_ONE, updateDirtyLimit, wbPositionRatio, writebackSetRatelimit } from './dirty_limits.ts';
import { flusherOf } from './fs_writeback.ts';

test('the position ratio is 1 at the set point, 2 at the free run and 0 at the limit', () => {
  const freerun = 15_000, limit = 20_000, setpoint = (freerun + limit) / 2;
  expect(positionRatio(setpoint, setpoint, limit)).toBe(RATIO_ONE);
  expect(positionRatio(setpoint, freerun, limit)).toBeGreaterThan(1.99 * RATIO_ONE);
  expect(positionRatio(setpoint, limit, limit)).toBeLessThan(0.01 * RATIO_ONE);
});
test('more dirty pages never let a task go faster', () => {
  fc.assert(fc.property(fc.integer({ min: 100, max: 100_000 }), fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 0, max: 250_000 }), fc.integer({ min: 0, max: 1000 }), (setpoint, span, dirty, more) => {
    expect(positionRatio(setpoint, dirty + more, setpoint + span)).toBeLessThanOrEqual(positionRatio(setpoint, dirty, setpoint + span));
  }), { numRuns: 300 });
});
test('a task looks again after the square root of what is left, about: 64 pages for 4,096 (ilog2 halved)', () => {
  expect(dirtyPollInterval(1000, 1000 + 4096)).toBe(64);
  expect(dirtyPollInterval(5000, 5000)).toBe(1);
  expect(dirtyPollInterval(6000, 5000)).toBe(1);
});

const booted = (sysctl: Record<string, number> = {}): ReturnType<typeof bootScenario>['k'] => bootScenario({ ...blank, machine: two256, sysctl: { 'vm.min_free_kbytes': 1847, ...sysctl } }, 'none').k;
test('the limit of a machine is what it was at its boot: 10,430 pages in capture 6.1-256M-2-dirty, where writers wait at it though a fifth of what can be dirty is 8,900', () => {
  const k = booted(), { domain } = k.mm.backing;
  expect(Math.abs(domain.limit / 10_430 - 1)).toBeLessThan(0.01);
  expect(domain.limit).toBeGreaterThan(1.05 * 0.2 * globalDirtyableMemory(k.mm));
  expect(domain.ratelimitPages).toBe(Math.floor(domain.limit / 64)); // a CPU looks at the limits at least each 1/32 of its part
});
test('who writes vm.dirty_ratio sets the limit by what could be dirty then (capture 6.12-256M-2-dirty_oom: 60 %, and writers wait at 28,635 of 47,725)', () => {
  const k = booted({ 'vm.dirty_ratio': 60 });
  expect(k.mm.backing.domain.limit).toBe(Math.floor((Math.floor(0.6 * 4096) * globalDirtyableMemory(k.mm)) / 4096));
});
test('the limit follows the threshold up at once, down by a thirty-second of the way, and never below what is dirty', () => {
  const d = writebackSetRatelimit(booted().mm, 2), start = d.limit;
  updateDirtyLimit(d, { dirty: 0, thresh: start - 3200, background: 0 });
  expect(d.limit).toBe(start - 100);
  updateDirtyLimit(d, { dirty: start - 164, thresh: 100, background: 0 });
  expect(d.limit).toBe(start - 102);
  updateDirtyLimit(d, { dirty: start + 50, thresh: 100, background: 0 });
  expect(d.limit).toBe(start - 102);
  updateDirtyLimit(d, { dirty: 0, thresh: start + 7, background: 0 });
  expect(d.limit).toBe(start + 7);
});
test('the position ratio with the disk in it: nothing at the limit, and up to eight times as much when the disk is about to run out of pages', () => {
  const wb = flusherOf(booted()), l = { dirty: 7000, thresh: 9000, background: 4500 };
  wb.written = 1;
  wb.avgBandwidth = 3662; // 15 MB/s
  expect(wbPositionRatio(wb, { ...l, dirty: 10_430 }, 10_430, 10_430)).toBe(0);
  const plain = positionRatio(Math.floor((6750 + 10_430) / 2), l.dirty, 10_430), own = (pages: number): number => wbPositionRatio(wb, l, 10_430, pages);
  expect(own(4500)).toBeGreaterThanOrEqual(plain); // below the disk's set point of 8,590: a little more
  expect(own(4500)).toBeLessThan(1.2 * plain);
  expect(own(2250)).toBeGreaterThan(1.9 * own(4500)); // half of the reserve area: twice
  expect(own(100)).toBeGreaterThan(8 * plain); // less than an eighth of it
  fc.assert(fc.property(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 20_000 }), (dirty, pages) => {
    expect(wbPositionRatio(wb, { ...l, dirty }, 10_430, Math.min(pages, dirty))).toBeGreaterThanOrEqual(0);
  }), { numRuns: 200 });
});
