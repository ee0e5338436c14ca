import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Outcome, Scenario } from '../format/scenario.ts';
import { stories } from '../scenarios/index.ts';
import { oneHog } from '../scenarios/one_hog.ts';
import { judge, type Verdict } from './judge.ts';
import { INVARIANTS } from './judge_findings.ts';
import { Run, runScenario } from './run.ts';
import { oneHog612, twoHogs } from './testing/small_runs.ts';

const hashOf = (run: Run): string => run.k.recorder.digest;
function ended(run: Run, rows?: number, steps?: number): string {
  while (!run.slice(rows, steps));
  return hashOf(run);
}

/** The rows of a run are many: they are judged at once, and not kept. */
function ranAndJudged(s: Scenario): { readonly outcome: Outcome; readonly verdict: Verdict } {
  const { outcome, trace } = runScenario(s);
  return { outcome, verdict: judge(trace) };
}

describe.each([...stories, twoHogs, oneHog612].map((s) => ({ id: s.id, s })))('$id', ({ s }) => {
  const { outcome, verdict } = ranAndJudged(s);
  test('breaks no invariant', () => {
    expect(verdict.broken).toEqual([]);
    expect(verdict.checked).toEqual(Object.keys(INVARIANTS));
  });
  test('comes to the same end and hash a second time, with nothing recorded', () => {
    expect(runScenario(s, { record: 'none' }).outcome).toEqual(outcome);
  });
  test.runIf(s.workloads.length > 0)('comes to another hash with another seed', () => {
    const { hash } = runScenario({ ...s, seed: s.seed + 1 }, { record: 'none' }).outcome;
    expect(hash).toMatch(/^[0-9a-f]{16}$/);
    expect(hash).not.toBe(outcome.hash);
  });
});

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
