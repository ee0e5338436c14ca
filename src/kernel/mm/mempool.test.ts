/** mempool_t by the reference, section 3: which choice the reserve is, who waits and for how long, what is given back to whom, and when tasks that hold several deadlock. */
import { describe, expect, test } from 'vitest';
import { ns } from '../../base/units.ts';
import type { Scenario } from '../../format/scenario.ts';
import { bootScenario } from '../../run/boot.ts';
import { made16 } from '../../scenarios/common_pool_abuse.ts';
import type { Timed } from '../../sim/kfn.ts';
import type { Kernel } from '../kernel.ts';
import { spawn } from '../sched/core.ts';
import { clockNanosleep } from '../sched/timer.ts';
import { FRAME, GFP_ATOMIC, GFP_NOIO, GFP_NOWAIT } from './constants.ts';
import { Mempool, mempoolAlloc, mempoolFree, mempoolResize } from './mempool.ts';

const MS = 1e6, FULL_MS = 100;
/** 16 MiB; `full`: from 100 ms on no page is left for anybody, and nothing can be reclaimed. */
function boot(full: boolean): Kernel {
  const fill = full ? [10, 25, 40, 55, 70].map((start, i) => ({ type: 'asker', name: `filler${i}`, gfp: 'GFP_ATOMIC|__GFP_MEMALLOC|__GFP_NOWARN', pages: 0, start })) : [];
  const s: Scenario = { id: 'x', title: '', text: [], profile: 'v6.1', seed: 1, machine: made16(4), sysctl: { 'vm.min_free_kbytes': 256 }, knobs: {}, workloads: fill, untilNs: 1e12, ends: 'no-oom' };
  return bootScenario(s, 'none').k;
}
const sources = (k: Kernel): number[] => {
  const heard: number[] = [], { mark } = k;
  k.mark = (name, b = 0, c = 0) => { if (name === 'mempool_alloc') heard.push(b); mark.call(k, name, b, c); };
  return heard;
};
/** A pool of `minNr`, filled at once; then programs from 100 ms on, each on a CPU of its own. */
function world(full: boolean, minNr: number, ...programs: ((k: Kernel, pool: Mempool) => Timed<void>)[]): { readonly k: Kernel; readonly pool: Mempool } {
  const k = boot(full), pool = new Mempool(k, 'p', 0);
  spawn(k, 'creator', function* (k: Kernel): Timed<void> { yield* mempoolResize(k, pool, minNr); }, {});
  programs.forEach((p, i) => spawn(k, `user${i}`, function* (k: Kernel): Timed<void> { yield* clockNanosleep(k, ns(FULL_MS * MS)); yield* p(k, pool); }, { cpus: [i % 4] }));
  return { k, pool };
}
const runTo = (w: { readonly k: Kernel }, ms: number): void => { w.k.runUntil(ns(ms * MS)); };

describe('an element', () => {
  test('comes from the allocator as long as that has one: the reserve is the second choice', () => {
    const w = world(false, 4, function* (k, pool) { for (let i = 0; i < 3; i++) yield* mempoolAlloc(k, pool, GFP_NOWAIT); }), heard = sources(w.k);
    runTo(w, 200);
    expect([heard, w.pool.elements.length]).toEqual([[0, 0, 0], 4]);
  });
  test('comes from the reserve where the allocator has none, and to who may not sleep from nowhere once that is empty', () => {
    const w = world(true, 2, function* (k, pool) { for (const gfp of [GFP_NOWAIT, GFP_ATOMIC, GFP_NOWAIT, GFP_ATOMIC]) yield* mempoolAlloc(k, pool, gfp); }), heard = sources(w.k);
    runTo(w, 200);
    expect([heard, w.pool.elements.length]).toEqual([[1, 1, -1, -1], 0]);
  });
  test('that is given back fills the reserve first, and goes to the allocator only when that is full', () => {
    const w = world(true, 2, function* (k, pool) {
      const held = [yield* mempoolAlloc(k, pool, GFP_NOWAIT), yield* mempoolAlloc(k, pool, GFP_NOWAIT)];
      for (const pfn of held) yield* mempoolFree(k, pool, pfn);
      expect(pool.elements).toEqual(held);
      expect(held.map((pfn) => k.mm.word[pfn])).toEqual([FRAME.kernel, FRAME.kernel]);
    });
    runTo(w, 200);
    const free = world(false, 2, function* (k, pool) {
      const pfn = yield* mempoolAlloc(k, pool, GFP_NOWAIT);
      yield* mempoolFree(k, pool, pfn);
      expect([k.mm.word[pfn], pool.elements.length]).toEqual([FRAME.pcp, 2]);
    });
    runTo(free, 200);
  });
  test('is waited for by who may sleep, until one is given back', () => {
    let atMs = 0;
    const w = world(true, 1, function* (k, pool) {
      const pfn = yield* mempoolAlloc(k, pool, GFP_NOIO);
      yield* clockNanosleep(k, ns(1000 * MS));
      yield* mempoolFree(k, pool, pfn);
    }, function* (k, pool) {
      yield* clockNanosleep(k, ns(200 * MS));
      expect(yield* mempoolAlloc(k, pool, GFP_NOIO)).toBeGreaterThanOrEqual(0);
      atMs = k.now / MS;
    });
    runTo(w, 4000);
    expect(atMs).toBeGreaterThan(1000);
    expect(atMs).toBeLessThan(1010);
  });
  test('whose wake-up is lost is found within five seconds', () => {
    let atMs = 0;
    const w = world(true, 1, function* (k, pool) {
      const pfn = yield* mempoolAlloc(k, pool, GFP_NOIO);
      yield* clockNanosleep(k, ns(500 * MS));
      pool.elements.push(pfn); // given back, and nobody told
    }, function* (k, pool) {
      yield* clockNanosleep(k, ns(200 * MS));
      yield* mempoolAlloc(k, pool, GFP_NOIO);
      atMs = k.now / MS;
    });
    runTo(w, 9000);
    expect(atMs).toBeGreaterThan(5000);
    expect(atMs).toBeLessThan(200 + 5000 * 1.13); // the wheel rounds so long a time up, by an eighth at most
  });
});

describe('under total exhaustion', () => {
  test.each([1, 2, 3])('%i elements serve as many requests in a time as they can, however many ask: min_nr / t_io', (minNr) => {
    const counts = [2, 4].map((users) => {
      let served = 0;
      const w = world(true, minNr, ...Array.from({ length: minNr + users }, () => function* (k: Kernel, pool: Mempool): Timed<void> {
        for (;;) {
          const pfn = yield* mempoolAlloc(k, pool, GFP_NOIO);
          yield* clockNanosleep(k, ns(k.now + 10 * MS));
          yield* mempoolFree(k, pool, pfn);
          served++;
        }
      }));
      runTo(w, 1100);
      return served;
    });
    for (const n of counts) expect(Math.abs(n - minNr * 100)).toBeLessThanOrEqual(minNr * 3); // a second; the thousandth parts are the machine's own time
  });
  // T tasks that hold k - 1 elements each leave m - T(k - 1) of the pool: one more is enough for one of them to go on, and then for all
  test.each([[2, 2, 2, false], [2, 2, 3, true], [3, 2, 3, false], [3, 2, 4, true], [2, 3, 4, false], [2, 3, 5, true]])('%i tasks that hold %i each, of a pool of %i: all come through is %s', (tasks, each, minNr, through) => {
    let done = 0;
    const w = world(true, minNr, ...Array.from({ length: tasks }, () => function* (k: Kernel, pool: Mempool): Timed<void> {
      const held: number[] = [];
      for (let i = 0; i < each; i++) {
        if (i === each - 1) yield* clockNanosleep(k, ns(300 * MS)); // all have all but their last
        held.push(yield* mempoolAlloc(k, pool, GFP_NOIO));
      }
      for (const pfn of held) yield* mempoolFree(k, pool, pfn);
      done++;
    }));
    runTo(w, 30_000);
    expect(done).toBe(through ? tasks : 0);
  });
});
