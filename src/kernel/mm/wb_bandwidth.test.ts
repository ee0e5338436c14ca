import { expect, test } from 'vitest';
import { ns } from '../../base/units.ts';
import { bootScenario } from '../../run/boot.ts';
import { blank } from '../../scenarios/blank.ts';
import { two256 } from '../../scenarios/machines.ts';
import type { Kernel } from '../kernel.ts';
import type { Writeback } from './backing.ts';
import { flusherOf } from './fs_writeback.ts';
import { wbMaxPause, wbMinPause, wbUpdateBandwidth } from './wb_bandwidth.ts';

/** A machine with HZ=250 and a disk of which nothing is known: 100 MiB/s, 25,600 pages/s. */
function disk(): { readonly k: Kernel; readonly wb: Writeback } {
  const { k } = bootScenario({ ...blank, machine: two256 }, 'none');
  expect(k.hz).toBe(250);
  return { k, wb: flusherOf(k) };
}
/** `pages` are written within `ms`. */
function written(k: Kernel, wb: Writeback, pages: number, ms: number): void {
  k.runUntil(ns(k.now + ms * 1e6));
  wb.written += pages;
  wbUpdateBandwidth(k, wb);
}
test('an estimate weighs as its part of 1,024 jiffies: 50 of them at 3,500 pages/s take 25,600 to 24,520', () => {
  const { k, wb } = disk();
  written(k, wb, 700, 200);
  expect(wb.writeBandwidth).toBe(Math.floor((700 * 250 + 25_600 * (1024 - 50)) / 1024));
  expect(wb.avgBandwidth).toBe(25_600); // it follows only when two estimates agree that it is too high
  written(k, wb, 700, 200);
  expect(wb.avgBandwidth).toBe(25_600 - Math.floor((25_600 - 24_520) / 8));
});
test('after a break of more than 1,024 jiffies only what was written since counts', () => {
  const { k, wb } = disk();
  written(k, wb, 5000, 5000);
  expect([wb.writeBandwidth, wb.avgBandwidth]).toEqual([1000, 1000]);
});
test('a pause is at most 200 ms, and shorter where the disk would run out of pages; no longer than one jiffy where it has none', () => {
  const { k, wb } = disk();
  expect(wbMaxPause(k, wb, 100_000)).toBe(50); // 25,600 pages/s are 800 for each 32nd part of a second: 125 of these, cut to 50 jiffies
  expect(wbMaxPause(k, wb, 8010)).toBe(11);
  expect(wbMaxPause(k, wb, 0)).toBe(1);
});
test('the least pause is half of the 8 ms that HZ/100 makes of 10 ms, for the pages that a task may dirty in them; a slow task looks again after 32 pages', () => {
  const { k, wb } = disk();
  expect(wbMinPause(k, wb, 50, 25_600)).toEqual({ min: 2, pages: 200 }); // 2 jiffies of 256 a second at 25,600 pages/s
  wb.dirtyRatelimit = 3662; // 15 MB/s: 28 pages in two jiffies are fewer than 32
  wb.avgBandwidth = 3662;
  expect(wbMinPause(k, wb, 50, 3662)).toEqual({ min: 2, pages: 32 }); // 250 * 32 / 3662 = 2 jiffies
  expect(wbMinPause(k, wb, 50, 100)).toEqual({ min: 50, pages: 19 }); // 32 pages at 100 a second would take 79 jiffies: as many as 50 allow
});
