import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { must } from '../base/units.ts';
import { PROFILES } from '../format/scenario.ts';
import { domainDirtyLimits } from '../kernel/mm/dirty_limits.ts';
import { made48 } from '../scenarios/machines.ts';
import { held } from './testing/held.ts';
import { allDirty, cache, cacheMmap, cacheOneCpu, dirty, hungDisk, mixed, swapDisk, swapZram } from './testing/reclaim_runs.ts';

const near = (value: number, captured: number, share: number): void => { expect(value).toBeGreaterThan(captured * (1 - share)); expect(value).toBeLessThan(captured * (1 + share)); };

describe('what the captures of real kernels show, on the same machine but for the layout of its free memory', () => {
  test('zram: pages swapped out, scanned and swapped in again; swap fills, and the hog is killed', () => {
    const { outcome, directNs } = held(swapZram, 60), c = outcome.counters;
    near(c.pswpout, 29_005, 0.1); // capture 6.1-256M-1-swap_zram
    near(c.pgscan_kswapd + c.pgscan_direct, 80_648, 0.15);
    near(c.workingset_activate_anon, 356, 0.35);
    expect(c.pswpin).toBe(c.pgmajfault); // one slot at a time: no readahead from memory
    expect(c.pgsteal_anon).toBe(c.pswpout);
    expect(c.pgscan_file ?? 0).toBe(0);
    expect(outcome.kills[0].comm).toBe('hog');
    expect(Math.max(...directNs)).toBeGreaterThan(15e6); // there 63 ms: the first ones meet pages that were all used lately
  });
  test('swap on a disk: writeback, rotation to the tail, slow reclaim, faults that wait', () => {
    const { outcome, directNs } = held(swapDisk, 60), c = outcome.counters;
    near(c.pswpout, 39_391, 0.15); // capture 6.1-256M-2-swap_disk
    near(c.pgscan_anon, 126_653, 0.15);
    near(c.pswpin, 11_845, 0.25);
    expect(c.pgrotated / c.pswpout).toBeGreaterThan(0.9); // there 37,955 of 39,391
    expect(c.pgpgout).toBe(4 * c.pswpout);
    near(outcome.kills[0].timeNs / 1e9, 14.76, 0.1);
    expect(Math.max(...directNs)).toBeGreaterThan(100e6); // there 751 ms: it waits for the disk
  });
  test('a file read once: every page that is scanned is freed, nothing is activated, nobody is killed', () => {
    const { outcome, marks } = held(cache, 60), c = outcome.counters;
    expect(outcome.kills).toEqual([]);
    expect([c.pgsteal_file, c.pgskip_dma32 ?? 0]).toEqual([c.pgscan_file, 0]); // there too: kswapd for DMA alone, at the priorities of a boost, is to look at none of its few pages
    near(c.pgscan_file, 64_684, 0.12); // capture 6.1-256M-2-cache
    near(c.pgpgin, 351_136, 0.05);
    expect(c.pgactivate ?? 0).toBeLessThan(10);
    near(marks.get('mm_vmscan_kswapd_wake') ?? 0, 350, 0.2);
  });
  test('one CPU: the block that a tree node steals boosts DMA, kswapd runs before the next request and for DMA alone, and DMA keeps the node balanced from then on', () => {
    const { outcome, marks } = held(cacheOneCpu, 60), c = outcome.counters;
    expect(c.pgskip_dma32 ?? 0).toBe(0); // there 34,020, once: for one page of DMA at priority 11 all of the list is passed by; here DMA is above its boosted HIGH when it is boosted, and the boost ends at priority 12
    near(c.pgsteal_file, 62_972, 0.1);
    near(marks.get('mm_vmscan_kswapd_wake') ?? 0, 469, 0.25);
    expect(c.pgscan_direct).toBeLessThan(2000); // there 11 direct reclaims, 556 pages
  });
  test('a writer is held to the speed of the disk, and reclaim finds clean pages enough', () => {
    const { outcome, run } = held(dirty, 60), c = outcome.counters, b = run.k.mm.backing;
    expect(outcome.kills).toEqual([]);
    near((c.nr_written * 4096) / 15.7, 15e6, 0.1); // bytes a second, from its start on: the disk writes 15 MB/s
    expect(c.nr_dirtied - c.nr_written).toBe(b.nrDirty + b.nrWriteback);
    const onTheWay = b.nrDirty + b.nrWriteback;
    near(onTheWay, 8363, 0.2); // at the capture's end, half of all that could be dirty: the limit of the boot has hardly come down
    expect(onTheWay).toBeGreaterThan(2 * domainDirtyLimits(run.k).thresh);
    near(must(b.wb, 'there is a flusher').avgBandwidth * 4096, 15e6, 0.25); // from the 100 MiB/s that it begins with
    near(c.pgscan_file, 49_642, 0.25);
    expect(c.pgsteal_file).toBe(c.pgscan_file); // there too
  });
  test('a mapped file larger than memory: nearly every page read is a refault, and few faults wait', () => {
    const { outcome } = held(cacheMmap, 100), c = outcome.counters;
    expect(c.workingset_refault_file / c.pgsteal_file).toBeGreaterThan(0.7); // capture 6.12-256M-2-cache_mmap: 185,521 of 185,556
    expect(c.pgmajfault).toBeLessThan(500); // there 71: readahead is ahead of the walk
    expect(c.workingset_activate_file).toBeGreaterThan(0);
    expect(outcome.kills[0].comm).toBe('hog');
  });
});
test('a disk that never answers: what was handed to it stays under writeback, and nothing else comes back', () => {
  const { outcome, run } = held(hungDisk, 60), c = outcome.counters, b = run.k.mm.backing;
  expect(b.nrWriteback).toBe(c.pswpout);
  expect(c.nr_written ?? 0).toBe(0);
  expect(c.pgsteal_anon ?? 0).toBe(0);
  expect(b.device?.tagsFree).toBe(0);
});
test('where every page is dirty kswapd writes single pages, and none of a file when reclaim.writepage leaves it the anonymous ones', () => {
  const [writer, hog] = allDirty.workloads; // a disk four times as fast, and a hog that comes as soon as all is written to: the same in a quarter of the time
  const fast = { ...allDirty, machine: { ...allDirty.machine, disk: { mbPerS: 60, requestsPerS: 1e6 } }, workloads: [writer, { ...hog, rate: 400, start: 600 }], untilNs: 5e9 };
  const all = held(fast, 60), anon = held({ ...fast, knobs: { 'reclaim.writepage': 'anon' } }, 60);
  expect(all.outcome.counters.nr_vmscan_write).toBe(all.marks.get('mm_vmscan_write_folio'));
  expect(all.outcome.counters.nr_vmscan_write).toBeGreaterThan(0);
  expect(anon.outcome.counters.nr_vmscan_write ?? 0).toBe(0); // no swap: there is no anonymous page to write either
  expect(anon.outcome.counters.nr_written).toBe(anon.outcome.counters.nr_dirtied); // the flusher writes them all the same
});

/** For 20 MiB that are free: most of them fill it, and then a run is about reclaim. */
const workload = fc.oneof(
  fc.record({ type: fc.constant('anon'), name: fc.constant('hog'), mb: fc.integer({ min: 2, max: 40 }), rate: fc.integer({ min: 0, max: 400 }), start: fc.integer({ min: 0, max: 100 }), thr: fc.integer({ min: 1, max: 3 }), fillw: fc.constantFrom(0, 1, 64, 256, 512), hold: fc.constantFrom(0, 1), mlock: fc.constantFrom(0, 0, 0, 1) }),
  fc.record({ type: fc.constant('hot'), name: fc.constant('hot'), mb: fc.integer({ min: 1, max: 20 }), hot: fc.integer({ min: 1, max: 40 }), seconds: fc.constantFrom(0.1, 1), fillw: fc.constantFrom(0, 64, 512) }),
  fc.record({ type: fc.constant('fread'), name: fc.constant('read'), file: fc.constantFrom('a', 'b'), mb: fc.integer({ min: 1, max: 25 }), rate: fc.integer({ min: 0, max: 500 }), loops: fc.integer({ min: 1, max: 4 }), mmap: fc.constantFrom(0, 1) }),
  fc.record({ type: fc.constant('fork'), name: fc.constant('storm'), n: fc.integer({ min: 1, max: 6 }), mb: fc.integer({ min: 1, max: 6 }), every: fc.integer({ min: 0, max: 30 }), hold_s: fc.constantFrom(0.05, 1) }),
  fc.record({ type: fc.constant('fwrite'), name: fc.constant('write'), file: fc.constantFrom('a', 'b'), mb: fc.integer({ min: 1, max: 25 }), rate: fc.integer({ min: 0, max: 500 }), loops: fc.integer({ min: 1, max: 4 }), trunc: fc.constantFrom(0, 1) }),
);
const setup = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }), cpus: fc.integer({ min: 1, max: 4 }), preempt: fc.constantFrom('none' as const, 'full' as const, 'rt' as const), swap: fc.constantFrom('disk' as const, 'zram' as const, 'none' as const),
  device: fc.constantFrom('ssd', 'hdd', 'nvme', 'usb', 'hung'), queue: fc.constantFrom('multi-queue', 'single-queue', 'single-queue-2.6.9'), profile: fc.constantFrom(...PROFILES), workloads: fc.array(workload, { minLength: 1, maxLength: 5 }), ms: fc.constant(350),
});
test('random workloads with swap and files lose no page, miscount none, and say in the trace what they do', () => {
  fc.assert(fc.property(setup, (s) => {
    const m = mixed(s), { preempt, swap } = m.machine;
    held({ ...m, machine: { ...made48(s.cpus), preempt, ...(swap === undefined ? {} : { swap: { ...swap, pages: 2000 } }) } }, 10);
  }), { numRuns: 16 });
});
