import { expect, test } from 'vitest';
import { bootScenario } from '../../run/boot.ts';
import { blank } from '../../scenarios/blank.ts';
import type { Timed } from '../../sim/kfn.ts';
import type { Kernel } from '../kernel.ts';
import { spawn } from '../sched/core.ts';
import { FRAME } from './constants.ts';
import { newScanControl } from './scan_control.ts';
import { shrinkSlab } from './shrinker.ts';
import { dAlloc, OBJECTS_PER_PAGE, SuperBlock } from './slab_caches.ts';

/** Runs `main` as a task of the small machine, to its end. */
function inTask(main: (k: Kernel) => Timed<void>): Kernel {
  const { k } = bootScenario(blank, 'none');
  let done = false;
  spawn(k, 'test', function* (k: Kernel): Timed<void> { yield* main(k); done = true; });
  while (!done && k.step());
  return k;
}
const slabPages = (k: Kernel): number => k.mm.word.filter((w) => (w & 15) === FRAME.slabReclaimable).length;
/** kswapd's thirteen priorities, for slabs alone. */
function* squeeze(k: Kernel): Timed<void> {
  const sc = newScanControl(k, { order: 0, nrToReclaim: 32, reclaimIdx: 4 });
  for (sc.priority = 12; sc.priority >= 0; sc.priority--) yield* shrinkSlab(k, k.mm.nodes[0], sc);
}

test('the caches of a machine that has just booted give back some 80 objects and no slab page, as capture 6.1-256M-1-hog has it', () => {
  let before = 0;
  const k = inTask(function* (k) { before = slabPages(k); yield* squeeze(k); });
  expect(slabPages(k)).toBe(before);
  expect(k.mm.vm.slabs_scanned).toBeGreaterThanOrEqual(81); // the capture's vmstat: 160
  expect(k.mm.vm.slabs_scanned).toBeLessThan(200);
});
test('a large cache of dentries gives its pages back, the oldest first, and counts them for who reclaims', () => {
  const sb = new SuperBlock('test', 2, 1024, 0), objects = 200 * OBJECTS_PER_PAGE;
  let grown = 0, reclaimed = 0;
  const k = inTask(function* (k) {
    k.mm.shrinkers.push(sb.shrinker);
    for (let n = 0; n < objects; n++) yield* dAlloc(k, sb);
    grown = slabPages(k);
    k.current.reclaimState = { reclaimed: 0 };
    yield* squeeze(k);
    reclaimed = k.current.reclaimState.reclaimed;
  });
  expect(sb.count).toBeLessThan(objects / 2);
  expect(grown - slabPages(k)).toBe(reclaimed);
  expect(reclaimed).toBeGreaterThan(90);
});
test('an object that was used since it was put on the list goes round once more', () => {
  const sb = new SuperBlock('test', 2, 1024, 0);
  inTask(function* (k) {
    for (let n = 0; n < 2 * OBJECTS_PER_PAGE; n++) yield* dAlloc(k, sb);
    sb.referenced.add(0);
    yield* sb.shrinker.scanObjects(k, k.mm.nodes[0], OBJECTS_PER_PAGE, 12);
  });
  expect(sb.count).toBe(OBJECTS_PER_PAGE + 1);
});
