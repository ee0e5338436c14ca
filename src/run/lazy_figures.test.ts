/** Lazy RCU as real kernels had it (captures-probe, "Lazy RCU"): 400 callbacks of 62 pages, and a hog. `npm run check:long figures` prints all of it beside the model. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { captureScenario } from '../../fixtures/capture_files.ts';
import { must } from '../base/units.ts';
import type { Scenario } from '../format/scenario.ts';
import { askLazy, compareLazy, type LazyFigures, type LazyRow, lazyScenario, readLazyRows, runLazy } from './testing/lazy_figures.ts';

const rows = readLazyRows(readFileSync(new URL('../../fixtures/probe/lazyrcu.csv', import.meta.url), 'utf8'));
const machine = (profile: string): Scenario => captureScenario(`${profile.slice(1)}-256M-1-hog`);
/** Each row is asked once, for both tests. */
const asked = new Map<LazyRow, readonly LazyFigures[]>();
function answers(row: LazyRow): readonly LazyFigures[] {
  const all = asked.get(row) ?? askLazy(row, machine(row.profile));
  asked.set(row, all);
  return all;
}
test.each(rows.map((r) => [r.profile, r.capture, r] as const))('%s %s: the kernel\'s figures', (_profile, _capture, row) => {
  const cells = compareLazy(row, answers(row));
  expect(cells.length).toBeGreaterThan(0);
  expect(cells.filter((c) => !c.near).map((c) => c.name)).toEqual([]);
});
/** 97 MiB that the hog gets besides, at 100 MiB/s, are 970 ms; a tenth for where in a jiffy things begin, and for what lies on lists. */
const LONGER_MS = 870;
test('reclaim brings lazy callbacks back long before their ten seconds, and a second before anybody is killed, wherever in a jiffy all of it begins; without the shrinker the hog dies while they lie there', () => {
  const row = must(rows.find((r) => r.capture === 'nocb'), 'a row of lazy callbacks'), lazy = lazyScenario(machine(row.profile), row.capture), without = runLazy({ ...lazy, knobs: { ...lazy.knobs, 'rcu.lazyShrinker': 'off' } }, true), all = answers(row);
  expect(all.length).toBeGreaterThan(4);
  for (const f of all) {
    expect(must(f.killAfterMs, 'the hog was killed')).toBeGreaterThan(LONGER_MS);
    expect(without.killMs).toBeLessThan(must(f.killMs, 'the hog was killed') - LONGER_MS);
  }
  expect(without.firstMs).toBeGreaterThan(10_000);
});
