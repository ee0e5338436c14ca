/** Lazy RCU as real kernels had it (captures-probe, "Lazy RCU"): 400 callbacks of 62 pages, and a hog. `npm run check:long figures` prints all of it beside the model. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { captureScenario } from '../../fixtures/capture_files.ts';
import { must } from '../base/units.ts';
import { compareLazy, type LazyFigures, lazyScenario, readLazyRows, runLazy } from './testing/lazy_figures.ts';

const rows = readLazyRows(readFileSync(new URL('../../fixtures/probe/lazyrcu.csv', import.meta.url), 'utf8'));
/** Figures that are further off than a quarter, or not equal; docs/fidelity.md says why. */
const OFF: Readonly<Record<string, readonly string[]>> = {
  'v6.1 plain': ['half of them, ms', 'last, ms'], 'v6.12 nocb_hurry': ['first callback, ms'], 'v6.12 nocb': ['priority of the first scan', 'first callback after the first direct reclaim, ms'],
};
const model = (profile: string, capture: string): LazyFigures => runLazy(lazyScenario(captureScenario(`${profile.slice(1)}-256M-1-hog`), capture));
test.each(rows.map((r) => [r.profile, r.capture, r] as const))('%s %s: the kernel\'s figures, but for those that are known to be off', (profile, capture, row) => {
  const cells = compareLazy(row, model(profile, capture));
  expect(cells.length).toBeGreaterThan(0);
  expect(cells.filter((c) => !c.near).map((c) => c.name)).toEqual(OFF[`${profile} ${capture}`] ?? []);
});
test('reclaim brings lazy callbacks back long before their ten seconds, and before anybody is killed; without the shrinker the hog dies while they lie there', () => {
  const lazy = lazyScenario(captureScenario('6.12-256M-1-hog'), 'nocb'), [withIt, without] = [true, false].map((shrinker) => {
    const f = runLazy(lazy, shrinker);
    return { first: must(f.firstMs, 'callbacks ran'), kill: must(f.killMs, 'the hog was killed') };
  });
  expect(withIt.first).toBeLessThan(withIt.kill);
  expect(without.kill).toBeLessThan(withIt.kill - 900); // 97 MiB at 100 MiB/s
  expect(without.first).toBeGreaterThan(10_000);
});
