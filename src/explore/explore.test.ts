import { expect, test } from 'vitest';
import { Bounded } from './bounded.ts';
import { Exploration, explore, type Plan } from './explore.ts';
import { type Model, models, modelWorld } from './models.ts';
import { agreement, randomModel } from './random_models.ts';
import { Reduced } from './reduced.ts';

const find = (name: string): Model => {
  const m = models.find((o) => o.name === name);
  if (m === undefined) throw new Error(`no model ${name}`);
  return m;
};
const plan = (m: Model, deviations: number, schedules = 5000): Plan => ({ deviations, schedules, steps: m.steps });
/** Models of which every order is more than this are compared by check:long only. */
const SMALL = 700;

test('every mistake is found, in the fewest deviations that it needs', () => {
  // AB-BA: one holds the first lock still while the other takes the second. The ring of three needs that twice. Both flags: each is still
  // once between looking and setting; the reference: one is still, and comes again before the other is done. The loop: twice back and once more.
  const needs: Record<string, number> = {
    'AB-BA': 1, 'ring of three': 2, 'AB-BA of spinlocks': 1, 'AB-BA of semaphores': 1, 'reads twice behind a writer': 1, 'lost wake-up': 1, 'trylock livelock': 3, 'lost update': 1, 'made twice': 1, 'looked at before the lock': 1,
    'a token looked at once': 2, 'waits with the lock in its hand': 1, 'flags set too late': 2, 'a reference taken of what is gone': 2,
  };
  for (const m of models) expect([m.name, explore(modelWorld(m), plan(m, 4, 0)).bad?.deviations]).toEqual([m.name, needs[m.name]]);
});
test('mended, each is explored to its end, and the words say with how many tasks and steps', () => {
  for (const m of models) {
    if (m.name === 'ring of three' || m.name === 'a token looked at once') continue; // thousands of schedules: below, and in check:long
    const { bad, covered, words } = explore(modelWorld(m, { mended: true, check: true }), plan(m, 1));
    expect([m.name, bad, covered.complete, covered.longer]).toEqual([m.name, null, true, false]);
    expect(words).toContain(`no bad schedule with ${covered.tasks} tasks up to ${covered.steps} steps: every order was tried`);
    expect(words).not.toMatch(/safe/);
  }
});
test('every order and the reduced search come to the same ends on 20 small models and more, and the reduced one follows fewer', () => {
  const all = models.flatMap((m) => [false, true].flatMap((mended) => agreement(m, SMALL, { mended }) ?? []));
  expect(all.length).toBeGreaterThanOrEqual(20);
  expect(all.filter((a) => !a.same)).toEqual([]);
  expect(all.reduce((n, a) => n + a.reduced, 0)).toBeLessThan(all.reduce((n, a) => n + a.every, 0) / 2);
});
test('and on worlds drawn by chance', () => {
  let tried = 0;
  for (let seed = 1; seed <= 24; seed++) {
    const a = agreement(randomModel(seed), SMALL);
    if (a === null) continue;
    expect([seed, a.name, a.same]).toEqual([seed, a.name, true]);
    tried++;
  }
  expect(tried).toBeGreaterThan(10);
});
test('variables that leave no footprint are found out by that: the reduced search then misses ends', () => {
  const untold = models.flatMap((m) => agreement(m, SMALL, { told: false }) ?? []);
  expect(untold.filter((a) => !a.same).map((a) => a.name)).toContain('lost update');
});
test('the shortest of all: no other schedule with as many deviations is bad sooner', () => {
  const m = find('looked at before the lock'), make = modelWorld(m), shortest = explore(make, plan(m, 3)).bad;
  // by hand: every schedule with that one deviation, each to its end
  const all = new Bounded(make, 1, false);
  while (!all.slice(1000));
  expect(shortest?.deviations).toBe(1);
  expect(all.bad?.steps).toBe(shortest?.steps);
});
test('a bound that is too small says what was covered, and that others may be bad', () => {
  const m = find('flags set too late'), { bad, covered, words } = explore(modelWorld(m), plan(m, 1, 0));
  expect([bad, covered.deviations, covered.complete, covered.cut]).toEqual([null, 1, false, null]);
  expect(words).toContain('with 2 tasks up to');
  expect(words).toContain('with up to 1 deviation from the timed order');
  expect(words).toContain('so others may be bad');
});
test('a stretch that is too short says so, though every order of its steps was tried', () => {
  const m = { ...find('lost update'), steps: 3 }, { covered, words } = explore(modelWorld(m, { mended: true }), plan(m, 0));
  expect([covered.complete, covered.longer, covered.steps]).toEqual([true, true, 3]);
  expect(words).toContain('schedules go on behind the last of these steps, and nothing is said of that');
});
test('a search of every order that is given up says so', () => {
  const m = find('ring of three'), { covered, words } = explore(modelWorld(m, { mended: true }), plan(m, 1, 100));
  expect([covered.complete, covered.cut]).toEqual([false, 'schedules']);
  expect(words).toContain('the search of every order was given up, so others may be bad');
});
test('stopped half way, it says what was covered until then', () => {
  const m = find('ring of three'), e = new Exploration(modelWorld(m, { mended: true }), plan(m, 2)), before = e.result();
  expect(before.words).toContain('nothing is known');
  while (e.progress.schedules < 100) e.slice(1);
  const { covered, words } = e.result();
  expect([covered.cut, covered.deviations]).toEqual(['cancelled', 1]);
  expect(words).toContain('with up to 1 deviation from the timed order');
  expect(words).toContain('stopped there');
});
test('how it is sliced changes nothing', () => {
  const m = find('AB-BA'), whole = explore(modelWorld(m), plan(m, 2)), e = new Exploration(modelWorld(m), plan(m, 2));
  while (!e.slice(1));
  expect(e.result()).toEqual(whole);
});
test('something outside of its machine that a run follows from is noticed', () => {
  let runs = 0;
  const m = find('lost update'), make = modelWorld(m), other = modelWorld({ ...m, steps: 2 });
  const search = new Reduced(() => (++runs % 3 === 0 ? modelWorld(find('AB-BA'))() : runs > 100 ? other() : make()), 1000);
  expect(() => { while (!search.slice(10)); }).toThrow('outside its machine');
});
