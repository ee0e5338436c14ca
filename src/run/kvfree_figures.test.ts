import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { askKvfree, compareKvfree, KVFREE_612, readKvfreeCases } from './testing/kvfree_cases.ts';

/** What real kernels answered about kvfree_rcu(). `npm run check:long figures` puts all cases beside the model; these are near in every figure. */
const cases = [...readKvfreeCases(readFileSync(new URL('../../fixtures/probe/kvfree_v6.1.csv', import.meta.url), 'utf8')), ...KVFREE_612];
const SOME: readonly (readonly [string, string])[] = [
  ['6.1-1-mod_kvfree', 'd_plenty'], ['6.1-1-mod_kvfree', 'd_again_plenty'], ['6.1-1-mod_kvfree', 'd20k_low'], ['6.1-2-mod_kvfree_load', 'cpu_busy_fill0'], ['6.1-2-mod_kvfree_load', 'cpu_fifo_fill1'],
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
test('the fixture has every case of both captures, twice', () => {
  const of61 = cases.filter((c) => c.profile === 'v6.1');
  expect(of61.length).toBe(2 * (9 + 6));
  for (const c of of61) expect(of61.filter((x) => x.capture === c.capture && x.name === c.name).length).toBe(2);
});
