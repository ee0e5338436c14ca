/** What every story is asked: does it break an invariant, and is it the same a second time? */
import { describe, expect, test } from 'vitest';
import type { Columns } from '../../format/rows.ts';
import type { Outcome, Scenario } from '../../format/scenario.ts';
import { applyColumns, copyState } from '../../format/state.ts';
import { stories } from '../../scenarios/index.ts';
import { compareLive, type Difference } from '../compare_live.ts';
import { judge, type Verdict } from '../judge.ts';
import { INVARIANTS } from '../judge_findings.ts';
import { Run, runScenario } from '../run.ts';
import { oneHog612, twoHogs } from './small_runs.ts';

interface Ran { readonly outcome: Outcome; readonly verdict: Verdict; readonly log: readonly string[]; readonly differs: readonly Difference[] }
/** The rows of a run are many: they are judged and folded at once, and not kept. */
function ranAndJudged(s: Scenario): Ran {
  const chunks: Columns[] = [], run = new Run(s, (c) => { chunks.push(c); }), { shape } = run.booted, initial = copyState(run.booted.initial), state = copyState(initial);
  while (!run.slice());
  for (const c of chunks) applyColumns(state, shape.cpus, c, c.first + c.length);
  const tables = run.k.recorder.takeGrowth();
  return { outcome: run.outcome(), verdict: judge({ shape, initial, tables, chunks }), log: tables.log.map((l) => l.text), differs: compareLive(run.k, state) };
}

/** 5.9 takes zone->lock under a raw lock, in kvfree_rcu(): what a mail of September 2020 is about. */
const nestsLocks = (s: Scenario): boolean => s.profile === 'v5.9' && s.workloads.some((w) => ['kvfree', 'mapprobe'].includes(w.type));
const all = [...stories, twoHogs, oneHog612];
/** Part `part` of `parts` of the stories, dealt like cards: files run side by side, and one with all of them would run on alone at the end. */
export const storyTests = (part: number, parts: number): void => describe.each(all.filter((_, i) => i % parts === part).map((s) => ({ id: s.id, s })))('$id', ({ s }) => {
  const { outcome, verdict, log, differs } = ranAndJudged(s);
  test('breaks no invariant', () => {
    expect(verdict.broken).toEqual([]);
    expect(verdict.checked).toEqual(Object.keys(INVARIANTS));
  });
  test('has told of all it did: the fold of its rows is the machine at the end', () => expect(differs).toEqual([]));
  test.skipIf(nestsLocks(s))('asks for no lock where its kind may not be, and for none that it has', () => {
    expect(log.filter((l) => /Invalid wait context|recursive locking|while atomic|invalid context/.test(l))).toEqual([]);
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
