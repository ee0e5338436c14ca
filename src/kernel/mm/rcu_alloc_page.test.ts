/** Expectations: reference rcu-mempool-io-locking.md, 2.5 (P2) and 2.7. */
import { expect, test } from 'vitest';
import { must, ns } from '../../base/units.ts';
import { bootScenario } from '../../run/boot.ts';
import { two256 } from '../../scenarios/machines.ts';
import { oneHog } from '../../scenarios/one_hog.ts';
import type { Timed } from '../../sim/kfn.ts';
import { checkInvariants } from '../check.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { spinTrylock, spinUnlock } from '../locking/spinlock.ts';
import { spawn } from '../sched/core.ts';
import { FRAME, MT } from './constants.ts';
import { orderToPindex, rmqueuePcplistFast } from './pcp.ts';
import { listEmpty, WMARK, type Zone } from './mmzone.ts';
import { rcuAllocPageLockless } from './rcu_alloc_page.ts';

const boot = (): Kernel => bootScenario({ ...oneHog, machine: two256, workloads: [] }, 'none').k;
const dma32 = (k: Kernel): Zone => must(k.mm.zones.find((z) => z.name === 'DMA32'), 'a machine without DMA32');
const pcpPages = (k: Kernel, cpu: number): number => k.mm.zones.reduce((n, z) => n + z.pcp[cpu].count, 0);
const lists = (k: Kernel, z: Zone, cpu: number): boolean[] => [MT.unmovable, MT.movable, MT.reclaimable].map((t) => !listEmpty(k.mm, z.pcp[cpu].heads[orderToPindex(t, 0)]));
/** Runs `body` on CPU 0, and 100 us of what comes of it. */
function onCpu0(k: Kernel, body: (k: Kernel) => void): void {
  spawn(k, 'taking', kfn('taking', function* (k: Kernel): Timed<void> { yield spend(ns(1000)); body(k); }), { cpus: [0] });
  k.runUntil(ns(k.now + 1e5));
  checkInvariants(k);
}
const takeAll = (k: Kernel): number[] => { const got: number[] = []; for (;;) { const pfn = rcuAllocPageLockless(k); if (pfn < 0) return got; got.push(pfn); } };

test('it takes what this CPU has, of every type, from no other CPU and from no buddy list, and then fails', () => {
  const k = boot(), z = dma32(k), free = z.nrFree;
  let got: number[] = [], there = 0, other = 0, thpAndHigher = 0;
  onCpu0(k, (k) => {
    other = pcpPages(k, 1);
    there = pcpPages(k, 0);
    got = takeAll(k);
    thpAndHigher = pcpPages(k, 0);
    expect(rcuAllocPageLockless(k)).toBe(-1);
  });
  expect(got.length).toBeGreaterThan(0);
  expect(got.length + thpAndHigher).toBe(there);
  expect(new Set(got).size).toBe(got.length);
  expect(got.every((pfn) => k.mm.word[pfn] === FRAME.kernel)).toBe(true);
  expect(lists(k, z, 0)).toEqual([false, false, false]);
  expect(pcpPages(k, 1)).toBe(other);
  expect(z.nrFree).toBe(free); // a refill would have taken from here
});
test('types go in order of their numbers: unmovable, movable, reclaimable', () => {
  const k = boot(), z = dma32(k), order: boolean[][] = [];
  onCpu0(k, (k) => { do order.push(lists(k, z, 0)); while (rcuAllocPageLockless(k) >= 0); });
  const first = (t: number): number => order.findIndex((o) => !o[t]);
  expect(order[0]).toEqual([true, true, true]);
  expect(first(0)).toBeLessThan(first(1));
  expect(first(1)).toBeLessThan(first(2));
});
test('it looks at no mark and wakes nobody; its variant asks for more than MIN first', () => {
  const k = boot(), z = dma32(k);
  let plain = -1, careful = 0;
  onCpu0(k, (k) => {
    z.wmark[WMARK.MIN] = z.nrFree; // at MIN, no longer above it
    for (const other of k.mm.zones) other.wmark[WMARK.MIN] = other.nrFree;
    careful = rcuAllocPageLockless(k, { min: true });
    plain = rcuAllocPageLockless(k);
    z.wmark[WMARK.MIN] = z.nrFree - 1;
    expect(rcuAllocPageLockless(k, { min: true })).toBeGreaterThanOrEqual(0);
  });
  expect(careful).toBe(-1);
  expect(plain).toBeGreaterThanOrEqual(0);
  expect(k.mm.firsts.kswapdWake).toBeNull();
  expect(k.mm.vm.pageoutrun ?? 0).toBe(0);
});
test('while another CPU empties the list under its lock (6.0 on) the list counts as empty', () => {
  const k = boot(), z = dma32(k), lock = k.mm.sync.pcpLocks[z.index][0];
  let during = 0, after = -1, ordinary = 0;
  onCpu0(k, (k) => {
    expect(spinTrylock(k, lock)).toBe(true);
    during = rcuAllocPageLockless(k);
    ordinary = rmqueuePcplistFast(k, z, 0, MT.movable);
    spinUnlock(k, lock);
    after = rcuAllocPageLockless(k);
  });
  expect([during, ordinary]).toEqual([-1, -1]);
  expect(after).toBeGreaterThanOrEqual(0);
});
