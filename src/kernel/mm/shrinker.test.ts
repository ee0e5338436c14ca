import { expect, test } from 'vitest';
import { jiffies } from '../../base/units.ts';
import { bootScenario } from '../../run/boot.ts';
import { blank } from '../../scenarios/blank.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { spawn } from '../sched/core.ts';
import { scheduleTimeoutUninterruptible } from '../sched/wait.ts';
import { DEFAULT_SEEKS, doShrinkSlab, dropSlab, SHRINK_STOP, type Shrinker, shrinkPlan } from './shrinker.ts';

const scan = kfn('my_scan', function* (_: Kernel, calls: [number, number][], nr: number, priority: number, gives: number): Timed<number> { calls.push([nr, priority]); return gives; });
/** Calls of scan_objects() of a shrinker that counts `count`, as [nr_to_scan, priority]. */
function calls(count: number, priority: number): [number, number][] {
  const { k } = bootScenario(blank, 'none'), got: [number, number][] = [];
  const s: Shrinker = { name: 'my_scan', seeks: DEFAULT_SEEKS, batch: 0, deferred: [], countObjects: () => count, scanObjects: (k, _p, nr, at) => scan(k, got, nr, at, nr) };
  let done = false;
  spawn(k, 'test', function* (k: Kernel): Timed<void> { yield* doShrinkSlab(k, s, k.mm.nodes[0], { priority }); done = true; });
  while (!done && k.step());
  return got;
}
// rcu reference 1.9: delta = 2 x (count >> priority), batches of 128, the rest deferred
test.each([
  [100, 12, 0, 0], [100, 3, 0, 0], [100, 1, 1, 100], [100, 0, 1, 128],
  [1000, 12, 0, 0], [1000, 3, 1, 128], [1000, 1, 7, 128], [1000, 0, 15, 128],
  [10_000, 12, 0, 0], [10_000, 3, 19, 128], [10_000, 1, 78, 128], [10_000, 0, 156, 128],
])('%d objects at priority %d: %d calls of %d', (count, priority, times, nr) => {
  expect(calls(count, priority)).toEqual(Array.from({ length: times }, () => [nr, priority]));
});
// rcu reference 1.9, last of its formulas: what was put off counts in full, up to half of the cache while little is asked for, to twice of it otherwise
test.each([[1000, 300, 12, 300], [1000, 5000, 12, 500], [1000, 5000, 2, 2000], [1000, 5000, 0, 2000]])('to 5.12 of %d objects, %d put off, %d is the priority: %d', (freeable, deferred, priority, total) => {
  expect(shrinkPlan(freeable, deferred, priority, DEFAULT_SEEKS, true).total).toBe(total);
});
test('what two reclaimers put off at once is added up', () => {
  const { k } = bootScenario(blank, 'none'), deferred: number[] = [];
  let inside = 0, done = 0;
  // 50 objects at priority 1: 50 are asked for, which is all there are, and none comes; the second reclaimer has put off its own before the first one ends
  const s: Shrinker = {
    name: 'my_scan', seeks: DEFAULT_SEEKS, batch: 0, deferred, countObjects: () => 50,
    scanObjects: kfn('my_scan', function* (k: Kernel): Timed<number> { if (++inside === 1) while (done === 0) yield* scheduleTimeoutUninterruptible(k, jiffies(1)); return SHRINK_STOP; }),
  };
  for (const name of ['one', 'other']) spawn(k, name, function* (k: Kernel): Timed<void> { yield* doShrinkSlab(k, s, k.mm.nodes[0], { priority: 1 }); done++; });
  while (done < 2 && k.step());
  expect(deferred[0]).toBe(100);
});
test('vm.drop_caches = 2 asks at priority 0, and again for as long as more than ten objects come', () => {
  const { k } = bootScenario(blank, 'none'), got: [number, number][] = [], gives = [100, 40, 10];
  k.mm.shrinkers.length = 0;
  k.mm.shrinkers.push({ name: 'my_scan', seeks: DEFAULT_SEEKS, batch: 0, deferred: [], countObjects: () => 100, scanObjects: (k, _p, nr, at) => scan(k, got, nr, at, gives[got.length]) });
  let done = false;
  spawn(k, 'test', function* (k: Kernel): Timed<void> { yield* dropSlab(k); done = true; });
  while (!done && k.step());
  expect(got).toEqual([[128, 0], [128, 0], [128, 0]]);
});
