/** Pages kept for critical sections: rcu-mempool-io-locking.md, 4.4 to 4.6. */
import { describe, expect, test } from 'vitest';
import { ns } from '../base/units.ts';
import { viewOf } from '../experiments/view.ts';
import { type Kernel, spend } from '../kernel/kernel.ts';
import { FRAME, FRAME_TYPE_MASK, GFP, GFP_ATOMIC, GFP_KERNEL } from '../kernel/mm/constants.ts';
import { allocPages } from '../kernel/mm/page_alloc.ts';
import { freePages } from '../kernel/mm/pcp.ts';
import { createReservedPagesPool, destroyUnreservePagesPool, perthreadPagesRelease, perthreadPagesReserve, poolSize } from '../kernel/mm/reserved_pages.ts';
import { reservesOf } from '../kernel/mm/reserves.ts';
import { spawn } from '../kernel/sched/core.ts';
import { bootScenario } from '../run/boot.ts';
import { runScenario } from '../run/run.ts';
import { blank } from '../scenarios/blank.ts';
import { commonPoolAbuse } from '../scenarios/common_pool_abuse.ts';
import { small256 } from '../scenarios/machines.ts';
import type { Timed } from '../sim/kfn.ts';
import { needsOfThreads, readNeeds } from './fssection.ts';

/** Frames of the kernel's own, counted one by one. */
function kernelFrames(k: Kernel): number {
  let n = 0;
  for (const z of k.mm.zones) for (let pfn = z.startPfn; pfn < z.endPfn; pfn++) if ((k.mm.word[pfn] & FRAME_TYPE_MASK) === FRAME.kernel) n++;
  return n;
}
/** Frames that stand for more at a time than when the run began. */
function more(kind: string, o: { n: number; needs: string; used: number }, atMs: readonly number[]): number[] {
  const { k } = bootScenario({ ...blank, profile: 'v4.13', machine: small256, knobs: { 'reserve.kind': kind }, workloads: [{ type: 'fssection', ...o, start: 100, into: 50, hold: 200, until: 600 }] }, 'none'), before = kernelFrames(k);
  return atMs.map((ms) => { k.runUntil(ns(ms * 1e6)); return kernelFrames(k) - before; });
}

// table 4.6: threads, pages each, pinned by threads, by the pool (pages), times as many
const TABLE = [{ n: 10, needs: '64', own: 640, pool: 64, ratio: 10 }, { n: 100, needs: '64', own: 6400, pool: 64, ratio: 100 }, { n: 1000, needs: '64', own: 64_000, pool: 64, ratio: 1000 }];
const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);
describe.each(TABLE)('table 4.6 of the reference: $n threads with $needs pages each', ({ n, needs, own, pool, ratio }) => {
  test(`reserve ${own} pages, ${(own * 4) / 1024} MiB; one pool has ${pool}: ${ratio} times less`, () => {
    const each = needsOfThreads(n, readNeeds(needs));
    expect([sum(each), poolSize(each), sum(each) / poolSize(each)]).toEqual([own, pool, ratio]);
  });
});
test('table 4.6: 100 threads on file systems of 8, 32 and 64 pages, in even shares: 3467 pages, 13.5 MiB, against 64: 54 times less; the sum of the three would be 104', () => {
  // 100 is no multiple of three: the table has the mean, 100 * 104 / 3. By turns it is 3440, or what other shares of whole threads make of it
  const needs = readNeeds('8|32|64'), three = needsOfThreads(300, needs), mean = sum(three) / 3;
  expect([Math.round(mean), Math.round((mean * 40) / 1024) / 10, Math.round(mean / poolSize(needs)), poolSize(needs), sum(needs)]).toEqual([3467, 13.5, 54, 64, 104]);
  expect(sum(needsOfThreads(100, needs))).toBe(34 * 8 + 33 * 32 + 33 * 64);
});
// at 140 ms all are in their sections and have allocated nothing yet; at 200 ms each has taken two pages; at 500 ms the sections are over; at 700 ms nothing is mounted
test.each([
  ['per-thread', 10, '64', [0, 640, 640, 0, 0]], ['global', 10, '64', [64, 64, 64 + 20, 64, 0]], ['memalloc', 10, '64', [0, 0, 20, 0, 0]],
  ['per-thread', 100, '64', [0, 6400, 6400, 0, 0]], ['global', 100, '64', [64, 64, 64 + 200, 64, 0]],
  ['per-thread', 100, '8|32|64', [0, 3440, 3440, 0, 0]], ['global', 100, '8|32|64', [64, 64, 64 + 200, 64, 0]],
])('%s, %d threads, needs %s: frames of the kernel, before, in the sections, after', (kind, n, needs, frames) => {
  expect(more(kind, { n, needs, used: 2 }, [90, 140, 200, 500, 700])).toEqual(frames);
});
test('a pool that is asked for by three file systems grows to the largest need, and shrinks with the largest that is left', () => {
  const sizes: number[] = [], { k } = bootScenario(blank, 'none');
  spawn(k, 'mount', function* (k: Kernel): Timed<void> {
    for (const nr of [32, 8, 64, 64]) { yield* createReservedPagesPool(k, nr); sizes.push(reservesOf(k).pool.length); }
    for (const nr of [64, 8, 64, 32]) { yield* destroyUnreservePagesPool(k, nr); sizes.push(reservesOf(k).pool.length); }
  });
  k.runUntil(ns(1e9));
  expect(sizes).toEqual([32, 32, 64, 64, 64, 64, 32, 0]);
});

/** What `body` comes to, run as a task. */
function asTask<T>(body: (k: Kernel) => Timed<T>): T[] {
  const out: T[] = [], { k } = bootScenario(blank, 'none');
  spawn(k, 'task', function* (k: Kernel): Timed<void> { out.push(yield* body(k)); });
  k.runUntil(ns(5e9));
  return out;
}
const left = (k: Kernel): number => reservesOf(k).perthread.get(k.current.id)?.length ?? 0;
describe('per-thread pages (4.4)', () => {
  test('serve every page that the thread asks for, whatever the flags, and none of more than one page, until none is left', () => {
    expect(asTask(function* (k) {
      yield* perthreadPagesReserve(k, 3, GFP_KERNEL);
      const kept = [...(reservesOf(k).perthread.get(k.current.id) ?? [])], got: number[] = [];
      for (const gfp of [GFP_ATOMIC, GFP_KERNEL]) got.push(yield* allocPages(k, gfp, 0, FRAME.slabUnreclaimable));
      yield* allocPages(k, GFP_KERNEL, 1, FRAME.kernel);
      const after = left(k);
      got.push(yield* allocPages(k, GFP_KERNEL, 0, FRAME.kernel));
      const strange = yield* allocPages(k, GFP_KERNEL, 0, FRAME.kernel);
      return [after, got.every((pfn) => kept.includes(pfn)), kept.includes(strange), k.mm.word[got[0]] & FRAME_TYPE_MASK, left(k)];
    })).toEqual([[1, true, false, FRAME.slabUnreclaimable, 0]]);
  });
  test('nest: a second reservation comes on top of the first, and is given back without it', () => {
    expect(asTask(function* (k) {
      yield* perthreadPagesReserve(k, 5, GFP_KERNEL);
      yield* perthreadPagesReserve(k, 7, GFP_KERNEL);
      const both = left(k);
      yield* perthreadPagesRelease(k, 7);
      return [both, left(k)];
    })).toEqual([[12, 5]]);
  });
  test('what cannot be had in full is given back, and the thread has what it had', () => {
    expect(asTask(function* (k) {
      yield* perthreadPagesReserve(k, 5, GFP_KERNEL);
      const before = kernelFrames(k), ok = yield* perthreadPagesReserve(k, 1e6, GFP.KSWAPD_RECLAIM | GFP.NOWARN);
      return [ok, left(k), kernelFrames(k) - before];
    })).toEqual([[false, 5, 0]]);
  });
  test('belong to the thread: another one gets none of them', () => {
    const { k } = bootScenario(blank, 'none'), seen: boolean[] = [];
    let kept: number[] = [];
    spawn(k, 'owner', function* (k: Kernel): Timed<void> { yield* perthreadPagesReserve(k, 4, GFP_KERNEL); kept = [...(reservesOf(k).perthread.get(k.current.id) ?? [])]; yield spend(ns(1e6)); });
    k.runUntil(ns(100e6));
    spawn(k, 'other', function* (k: Kernel): Timed<void> { for (let i = 0; i < 4; i++) { const pfn = yield* allocPages(k, GFP_KERNEL, 0, FRAME.kernel); seen.push(kept.includes(pfn)); yield* freePages(k, pfn, 0); } });
    k.runUntil(ns(200e6));
    expect([kept.length, seen]).toEqual([4, [false, false, false, false]]);
  });
});
// 4.2 and 4.4: what was reserved while there was memory is there when there is none; PF_MEMALLOC looks past the marks and comes to the last page, so that many writers at once fail
test.each([['per-thread', 200, 0], ['memalloc', 0, 1]] as const)('memory is full when ten sections come to allocate 20 pages each, reserve.kind = %s: all of %d were kept, and sections without a page: %d (1 = some)', (kind, kept, without) => {
  const fillers = [60, 75, 90].map((start, i) => ({ type: 'asker', name: `filler${i}`, gfp: 'GFP_ATOMIC|__GFP_NOWARN', pages: 0, start }));
  const { outcome, trace } = runScenario({ ...commonPoolAbuse, profile: 'v4.13', knobs: { 'reserve.kind': kind }, workloads: [{ type: 'fssection', n: 10, needs: '20', used: 20, start: 20, into: 120, hold: 150 }, ...fillers], untilNs: 250e6 });
  const run = viewOf(outcome, trace), pages = run.marks('section_page');
  expect(Math.max(0, ...run.marks('perthread_pages_reserve').map((m) => m.c))).toBe(kept);
  expect(pages.length).toBe(200);
  expect(Math.min(1, pages.filter((m) => m.b < 0).length)).toBe(without);
  expect(pages.filter((m) => m.b >= 0).length).toBeGreaterThan(0);
});
