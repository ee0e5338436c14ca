import { expect, test } from 'vitest';
import type { Scenario } from '../format/scenario.ts';
import { judge } from '../run/judge.ts';
import { Run, runScenario } from '../run/run.ts';
import { oomLockAbba } from '../scenarios/oom_lock_abba.ts';
import { oomLockAbbaRace } from '../scenarios/oom_lock_abba_race.ts';
import { oneHog } from '../scenarios/one_hog.ts';
import { reaperCheckRace } from '../scenarios/reaper_check_race.ts';
import { exploreScenario, exploreWhole, NoBeginning } from './story.ts';

const knob = (s: Scenario, name: string, value: string): Scenario => ({ ...s, knobs: { ...s.knobs, [name]: value } });
const marksOf = (s: Scenario): string[] => {
  const { trace } = runScenario(s), names: string[] = [];
  for (const c of trace.chunks) for (let i = 0; i < c.length; i++) if (trace.tables.strings[c.a[i]] === 'unmap_under_notifier') names.push(`event ${c.first + i + 1}`);
  return names;
};

test('caller and owner meet in the schedule that is found, which is told of exactly, and run to its end it is the livelock that a run calls so', () => {
  const { bad } = exploreWhole(oomLockAbbaRace);
  expect(bad?.deviations).toBe(1);
  // inside out_of_memory() caller holds oom_lock and waits for the driver; the driver's lock is owner's, who loses oom_lock again and again
  expect(bad?.what).toBe('livelock of caller and owner: caller -> driver_lock, driver_lock -> owner, owner -(retry)-> oom_lock, oom_lock -> caller');
  const { outcome } = runScenario({ ...oomLockAbbaRace, choices: bad?.choices ?? [] }, { record: 'none' });
  expect([outcome.ending, outcome.deadlocks[0]?.tasks]).toEqual(['livelock', ['caller', 'owner']]);
  expect(runScenario(oomLockAbbaRace, { record: 'none' }).outcome.ending).toBe('oom-kill');
});
test('oom-lock-abba is bad in the order of its times already', () => {
  const { bad, covered } = exploreWhole(oomLockAbba);
  expect([bad?.choices, bad?.deviations, covered.schedules]).toEqual([[], 0, 1]);
});
test('asked before the lock the reaper unmaps under a notifier in some schedule; asked after it, in none up to the bound, which is said', () => {
  const before = exploreWhole(knob(reaperCheckRace, 'oomReaper.check', 'before')), after = exploreWhole(knob(reaperCheckRace, 'oomReaper.check', 'after'));
  expect([before.bad?.what, before.bad?.deviations]).toEqual(['unmap_under_notifier', 3]);
  expect(after.bad).toBeNull();
  expect(after.words).toContain('with up to 3 deviations from the timed order');
  expect(after.words).toContain('so others may be bad');
});
test('the run by the choices is bad at the very event that was named, and at no other before; without them it is not', () => {
  const s = knob(reaperCheckRace, 'oomReaper.check', 'before'), { bad } = exploreWhole(s);
  expect(marksOf({ ...s, choices: bad?.choices ?? [] })[0]).toBe(`event ${bad?.event}`);
  expect(marksOf(s)).toEqual([]);
});
test('a run by choices is an ordinary run: recorded or not, in whatever slices, it has one hash, and the judge finds nothing', () => {
  const s = knob(reaperCheckRace, 'oomReaper.check', 'before'), chosen = { ...s, choices: exploreWhole(s).bad?.choices ?? [] };
  const { outcome, trace } = runScenario(chosen), sliced = new Run(chosen, 'none');
  while (!sliced.slice(7, 3));
  expect([runScenario(chosen, { record: 'none' }).outcome.hash, sliced.outcome().hash]).toEqual([outcome.hash, outcome.hash]);
  expect(judge(trace).broken).toEqual([]);
  expect(outcome.hash).not.toBe(runScenario(s, { record: 'none' }).outcome.hash);
});
test('a story that can be explored runs as if it could not, as long as nothing was chosen', () => {
  const { explore: _, ...plain } = reaperCheckRace;
  expect(runScenario(reaperCheckRace, { record: 'none' }).outcome.hash).toBe(runScenario(plain, { record: 'none' }).outcome.hash);
});
test('choices that do not fit stop the run and say which', () => {
  expect(() => runScenario({ ...reaperCheckRace, choices: [0, 900] }, { record: 'none' })).toThrow('the choices do not fit this run: choice 2 is number 900 of 2');
});
test('a stretch that never begins is told in one line', () => {
  const never = { ...oneHog, explore: { bad: 'no-progress', from: 'mmu_notifier_register', untilNs: 1e9, steps: 10, deviations: 0 }, untilNs: 1e6 };
  expect(() => exploreScenario(never, null).slice(1)).toThrow(NoBeginning);
});
