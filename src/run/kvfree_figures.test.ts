import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { askKvfree, compareKvfree, KVFREE_612, readKvfreeCases, refillsOf } from './testing/kvfree_cases.ts';

/** What real kernels answered about kvfree_rcu(). `npm run check:long figures` puts all cases beside the model; these are near in every figure. */
const fixture = (name: string): string => readFileSync(new URL(`../../fixtures/probe/${name}.csv`, import.meta.url), 'utf8');
const cases = [...readKvfreeCases(fixture('kvfree_v6.1'), fixture('kvfree_others_v6.1')), ...KVFREE_612];
const SOME: readonly (readonly [string, string])[] = [
  ['6.1-1-mod_kvfree', 'd_plenty'], ['6.1-1-mod_kvfree', 'd_again_plenty'], ['6.1-1-mod_kvfree', 'd20k_plenty'], ['6.1-1-mod_kvfree', 'd20k_low'], ['6.1-2-mod_kvfree_load', 'cpu_busy_fill0'], ['6.1-2-mod_kvfree_load', 'cpu_fifo_fill0'], ['6.1-2-mod_kvfree_load', 'cpu_fifo_fill1'],
  ['6.12-1-mod_kvfree', 'd_plenty'], ['6.12-1-mod_kvfree', 's_plenty'], ['6.12-2-mod_kvfree_load', 'cpu_fifo_fill0'],
];
describe('a case of the module\'s captures gives the kernel\'s figures', () => {
  for (const [capture, name] of SOME) {
    test(`${capture}: ${name}`, () => {
      const of = cases.filter((c) => c.capture === capture && c.name === name);
      expect(of.length).toBeGreaterThan(1);
      expect(compareKvfree(of.slice(0, 2)).cells.filter((c) => !c.near)).toEqual([]);
    });
  }
});
// capture 6.1-256M-1-mod_kvfree, s_low: 12.0 ms for each of 334 objects, 334 direct reclaims; here the first 20
test('on a full 6.1 the form with one argument costs a grace period of three ticks and one direct reclaim an object', () => {
  const low = cases.filter((c) => c.name === 's_low')[0], f = askKvfree({ ...low, n: 20 }, 1);
  expect(f.callNs).toBeGreaterThan(low.callNs === null ? NaN : low.callNs / 1.01);
  expect(f.callNs).toBeLessThan(12.01e6);
  expect([f.reclaims, f.callerPages]).toEqual([20, 0]);
});
// capture 6.1-256M-1-mod_kvfree, d4k_plenty: pages_kworker_burst 10: twice five, within a burst that has interrupts off nearly all the time
test('a refill comes within the burst that asked for it: its timer gets in between two calls', () => {
  const [burst] = cases.filter((c) => c.name === 'd4k_plenty');
  expect([burst.workerPages, askKvfree(burst, 1).workerPages]).toEqual([10, 10]);
});
// rcu reference 2.5: the backoff is set when the shrinkers are asked, the refill it puts off comes 5 s later, brings one page and ends it
test('a refill that was put off holds back all others until it comes, and leaves one page', () => {
  const m = (beginS: number, filled: boolean, endS = beginS + 0.001, run = 'a'): Parameters<typeof refillsOf>[0][number] => ({ run, beginS, endS, filled });
  expect(refillsOf([m(1, false), m(2, true), m(3, false), m(4, true), m(6.9, false), m(7.1, false), m(8, true), m(9, false)])).toEqual([
    { cached: null, putOff: false }, { cached: 0, putOff: false }, { cached: 0, putOff: true }, { cached: 0, putOff: true }, { cached: 0, putOff: true },
    { cached: 1, putOff: false }, { cached: 0, putOff: false }, { cached: 0, putOff: true },
  ]);
  // a burst that is still short of memory at 7 s puts the next one off to 12 s; another boot begins anew
  expect(refillsOf([m(2, true, 8), m(11, false), m(13, false), m(14, false, 14.1, 'b')]).map((r) => [r.cached, r.putOff])).toEqual([[0, false], [0, true], [1, false], [null, false]]);
});
test('the fixture has every case of both captures, twice', () => {
  const of61 = cases.filter((c) => c.profile === 'v6.1');
  expect(of61.length).toBe(2 * (9 + 6));
  for (const c of of61) expect(of61.filter((x) => x.capture === c.capture && x.name === c.name).length).toBe(2);
});
