import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { oneHog } from '../scenarios/one_hog.ts';
import { Run, runScenario } from './run.ts';
import { twoHogs } from './testing/small_runs.ts';

const hashOf = (run: Run): string => run.k.recorder.digest;
function ended(run: Run, rows?: number, steps?: number): string {
  while (!run.slice(rows, steps));
  return hashOf(run);
}

describe('how a run is cut changes nothing', () => {
  const { hash } = runScenario(oneHog, { record: 'none' }).outcome;
  test('recorded and run to its end in one go', () => expect(runScenario(oneHog).outcome.hash).toBe(hash));
  test.each([1, 7, 1000])('slices of %i rows', (rows) => expect(ended(new Run(oneHog, 'none'), rows)).toBe(hash));
  test('slices of one step of the agenda', () => expect(ended(new Run(oneHog, 'none'), undefined, 1)).toBe(hash));
  test('slices of any sizes', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 30_000 }), fc.integer({ min: 1, max: 5000 })), { minLength: 1, maxLength: 6 }), (cuts) => {
      const run = new Run(oneHog, 'none');
      for (let i = 0; !run.slice(...cuts[i % cuts.length]); i++);
      expect(hashOf(run)).toBe(hash);
    }), { numRuns: 5 });
  });
});

test('two runs that are stepped in turns know nothing of each other', () => {
  const scenarios = [oneHog, twoHogs], alone = scenarios.map((s) => runScenario(s, { record: 'none' }).outcome.hash);
  const runs = scenarios.map((s) => new Run(s, 'none'));
  for (let n = 0; runs.some((r) => !r.ended); n++) runs.forEach((r, i) => { if (!r.ended) r.slice(1 + ((n * (i + 3)) % 97)); });
  expect(runs.map(hashOf)).toEqual(alone);
});
