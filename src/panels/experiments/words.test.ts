import { describe, expect, test } from 'vitest';
import type { Sum } from '../../experiments/evaluate.ts';
import type { Experiment } from '../../experiments/experiment.ts';
import { sysrqAndPagefaultOomClaim } from '../../experiments/sysrq_and_pagefault_oom.ts';
import type { Stand, Standing } from '../../store/lab.ts';
import { controlWords, exploredWords, figureDigits, figureText, heldWords, markOf, rangeText, seedsWords } from './words.ts';

const e = (change: Partial<Experiment> = {}): Experiment => ({ ...sysrqAndPagefaultOomClaim, verdict: 'holds', controls: [], ...change });
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);
const stand = (kind: Standing, ran: number, failed: readonly number[] = [], seeds = 10): Stand => {
  const sum: Sum = { ran: upTo(ran), held: ran - failed.length, failed, controls: [] };
  return { kind, tried: [], sum, seeds: upTo(seeds), done: ran, of: 20, left: kind === 'running' ? 16 : 0 };
};

describe('a card says', () => {
  test('its verdict loudly only when all that was asked for came out as it says', () => {
    expect(markOf(e(), stand('as-said', 10))).toEqual({ sign: '✓', words: 'holds', tone: 'ok' });
    expect(markOf(e({ verdict: 'refuted' }), stand('as-said', 10))).toEqual({ sign: '×', words: 'refuted', tone: 'bad' });
    expect(markOf(e({ verdict: 'holds if' }), stand('as-said', 10))).toEqual({ sign: '◐', words: 'holds if', tone: 'care' });
    expect([markOf(e(), stand('new', 0)), markOf(e(), stand('partly', 1)), markOf(e(), stand('running', 4))].map((m) => `${m.sign} ${m.words}, ${m.tone}`)).toEqual(['– holds: not checked yet, quiet', '◔ holds so far (1 seed of 10 run), quiet', '◐ running 4 of 20, quiet']);
  });
  test('how many seeds came out otherwise, or that a control does not turn it round', () => {
    expect(markOf(e(), stand('otherwise', 10, [3, 8])).words).toBe('fails on 2 seeds');
    expect(markOf(e(), stand('otherwise', 10)).words).toBe('a control does not flip');
  });
  test('for how many of the seeds it held, and what is missing', () => {
    expect(markOf(e(), stand('partly', 10)).words).toBe('holds so far (controls not run)');
    expect(heldWords(e(), stand('as-said', 10))).toBe('held for 10 of 10 seeds');
    expect(heldWords(e(), stand('otherwise', 10, [3, 8]))).toBe('held for 8 of 10 seeds');
    expect(heldWords(e({ verdict: 'refuted' }), stand('partly', 1))).toBe('refuted for 1 of 1 seed, 9 not run yet');
    expect(heldWords(e(), stand('new', 0))).toBe('– not checked yet');
  });
  test('that an enumeration has no seeds to count', () => {
    const all = e({ enumeration: true });
    expect([seedsWords(all, stand('as-said', 1, [], 1)), heldWords(all, stand('as-said', 1, [], 1)), heldWords(all, stand('otherwise', 1, [1], 1))]).toEqual(['no chance in it: one run each', 'held in the one run', 'not held']);
  });
  test('whether the control flips, by seed where it does not', () => {
    expect(controlWords({ ran: 10, flipped: 10, failed: [] }, 10)).toBe('flips for 10 of 10 seeds');
    expect(controlWords({ ran: 4, flipped: 4, failed: [] }, 10)).toBe('flips for 4 of 4 seeds, 6 not run yet');
    expect(controlWords({ ran: 10, flipped: 8, failed: [2, 7] }, 10)).toBe('does not flip for 2 seeds of 10: 2, 7');
    expect(controlWords({ ran: 0, flipped: 0, failed: [] }, 10)).toBe('– not run yet');
  });
});
test('an exploration says what it found, or how far it looked, and no more', () => {
  const covered = { tasks: 4, steps: 20, deviations: 2, complete: false, longer: true, cut: null, schedules: 149, pruned: 0, stepsRun: 2000 } as const, none = { bad: null, covered, words: '' };
  expect(exploredWords({ ...none, bad: { choices: [1, 1], steps: 15, deviations: 2, what: '', event: 9, timeNs: 1 } })).toBe('bad after 15 steps with 2 deviations:');
  expect(exploredWords(none)).toBe('none found up to 2 deviations and 20 steps');
  expect(exploredWords({ ...none, covered: { ...covered, complete: true } })).toBe('none in any order of 20 steps');
  expect(exploredWords({ ...none, covered: { ...covered, deviations: -1 } })).toBe('stopped before anything was known');
});
describe('a figure', () => {
  test('is a count as it is, or has three digits and its unit', () => {
    expect([figureText(7, ''), figureText(1202, ''), figureText(111.4649, 'ms'), figureText(8, 'ms'), figureText(0, 'ms'), figureText(0.0192, 'ms'), figureText(22.743, 'ms'), figureText(4610.2, 'ms')]).toEqual([
      '7', '1\u202f202', '111 ms', '8.00 ms', '0 ms', '0.019 ms', '22.7 ms', '4\u202f610 ms',
    ]);
  });
  test('has as many decimals as those that it is read against', () => {
    const column = (values: readonly number[], unit = ''): string[] => values.map((v) => figureText(v, unit, figureDigits(values, unit)));
    expect(column([73.5, 82, 82.4])).toEqual(['73.5', '82.0', '82.4']);
    expect(column([3.17, 0, 120.4], 'ms')).toEqual(['3.2 ms', '0.0 ms', '120.4 ms']);
    expect(column([0.0192, 4610.2], 'ms')).toEqual(['0.02 ms', '4\u202f610.20 ms']);
    expect(column([34, 1600], 'pages')).toEqual(['34 pages', '1\u202f600 pages']);
    expect(column([0, 0], 'ms')).toEqual(['0 ms', '0 ms']);
  });
  test('says over how many seeds it is, and how far they are apart', () => {
    expect(rangeText(null, 'ms')).toBe('not run yet');
    expect(rangeText({ median: 8, least: 8, most: 8, seeds: 1 }, 'ms')).toBe('the same for the one seed that was run');
    expect(rangeText({ median: 8, least: 7.5, most: 12, seeds: 10 }, 'ms')).toBe('median of 10 seeds, 7.5 ms to 12.0 ms');
  });
});
