import { describe, expect, test } from 'vitest';
import { longestNs, type View, viewOf } from '../../experiments/view.ts';
import { experiments as all } from '../../experiments/index.ts';
import { mailOf } from '../../experiments/mails.ts';
import { runScenario } from '../../run/run.ts';
import { notifierUnderOomLock } from '../../scenarios/notifier_under_oom_lock.ts';
import type { Output } from '../command.ts';
import { parseArgs } from '../args.ts';
import { type Answer, evaluate as evaluateClaim, experiments } from './experiments.ts';

function evaluate(...argv: string[]): { readonly status: number; readonly answers: Answer[] } {
  let printed = '';
  const output: Output = { print: (text) => { printed = text; }, note: () => undefined, progress: () => undefined, json: true };
  const status = experiments.run(parseArgs(argv, experiments.args), output);
  if (typeof status !== 'number') throw new Error('evaluating is not asynchronous');
  return { status, answers: JSON.parse(printed) as Answer[] };
}

/** A control has ten seeds or more, which `oomscope experiments` asks; here it has as many as fit into the time of the tests. */
const CONTROL_SEEDS = 4;
describe('every claim comes out as its verdict says, and its controls turn it round', () => {
  test.each(all.map((e) => [e.id, e] as const))('%s', (id, e) => {
    const a = evaluateClaim({ ...e, controls: e.controls.map((c) => ({ ...c, seeds: Math.min(c.seeds, CONTROL_SEEDS) })) }, [1, 2], () => undefined);
    expect([a.id, a.failed, a.held]).toEqual([id, [], a.enumeration ? 1 : 2]);
    expect(a.controls.length).toBeGreaterThan(0);
    for (const c of a.controls) expect(c.flipped).toBe(c.seeds);
    for (const v of a.variants) expect(Object.keys(v.figures)).toContain(e.shows ?? Object.keys(v.figures)[0]);
    expect(mailOf(e.mail)).toMatchObject({ author: expect.stringMatching(/./), date: expect.stringMatching(/^\d+ [A-Z][a-z]+ \d{4}$/), subject: expect.stringMatching(/./) });
  });
  test('and the command says so', () => {
    const { status, answers } = evaluate('sysrq-and-pagefault-oom', 'page-per-510', '--seeds', '1..2');
    expect([status, answers.map((a) => [a.id, a.held, a.failed])]).toEqual([0, [['sysrq-and-pagefault-oom', 2, []], ['page-per-510', 1, []]]]);
  });
});
describe('what real kernels did, with the same question put to the model', () => {
  // captures-probe, section 2: a callback that sleeps T is a hold of oom_lock of T and some ms inside; outside the longest was 0.3 to 4 ms
  const on61 = (place: string, seed = 1): View => { const { outcome, trace } = runScenario({ ...notifierUnderOomLock, profile: 'v6.1', seed, knobs: { 'oom.notifierPlace': place } }); return viewOf(outcome, trace); };
  test('a callback of 100 ms is a hold of 100 to 108 ms inside, and of less than 4 ms outside', () => {
    const inside = longestNs(on61('inside').holds('oom_lock')) / 1e6;
    expect(inside).toBeGreaterThanOrEqual(100);
    expect(inside).toBeLessThanOrEqual(108);
    for (const place of ['outside-mutex', 'outside-rwsem']) expect(longestNs(on61(place).holds('oom_lock')) / 1e6).toBeLessThan(4);
  });
  // 28 blocks of two runs: 20 needless kills inside, 1 outside under the mutex
  test('inside, a second process dies for nothing for some seeds; outside, with a mutex, for none', () => {
    const kills = (place: string): number[] => [1, 2, 3, 4, 5, 6].map((seed) => on61(place, seed).outcome.kills.length);
    expect(Math.max(...kills('inside'))).toBe(2);
    expect(kills('outside-mutex')).toEqual([1, 1, 1, 1, 1, 1]);
  });
});
describe('bad input', () => {
  test('an experiment that does not exist is named with its place', () => expect(() => evaluate('nothing')).toThrow(/expected an experiment .*found 'nothing'/));
  test.each(['0..3', '5..2', 'x', '1..99999'])('seeds %s are refused', (seeds) => expect(() => evaluate('oom-gates', '--seeds', seeds)).toThrow(/expected --seeds A\.\.B/));
});
