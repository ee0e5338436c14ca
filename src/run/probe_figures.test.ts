import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { blocksOf, blockOf, compareBlock, furtherKills, kindOf, meets, readKernelFigures } from './testing/probe_figures.ts';
import { runBlock } from './testing/probe_block.ts';

/** What real kernels answered, two runs of each block. `npm run check:long figures` puts all of it beside the model. */
const kernel = readKernelFigures(readFileSync(new URL('../../fixtures/probe/notifier_v6.1.csv', import.meta.url), 'utf8'));
const SOME: readonly (readonly [string, string])[] = [
  ['6.1-2-mod_notifier_sleep', 'sleep10_A4'], ['6.1-2-mod_notifier_sleep', 'sleep100_A1'], ['6.1n-2-mod_notifier_sleep_outside', 'sleep100_A4'], ['6.1n-2-mod_notifier_sleep_outside_nomutex', 'sleep100_A4'],
  ['6.1-2-mod_notifier_free', 'free1024_A1'], ['6.1-2-mod_notifier_free', 'free64x20_A1'], ['6.1-2-mod_notifier_free', 'claim300_A1'], ['6.1-1-mod_starve', 'idle_L1'], ['6.1-1-mod_starve', 'idle_L16'], ['6.1-1-mod_starve', 'normal_L8'], ['6.1-1-mod_starve', 'normal_L16'], ['6.1n-2-mod_starve_long_inside_wait', 'idle_L4'],
];
describe('a block of the module\'s captures gives the kernel\'s figures', () => {
  for (const [capture, name] of SOME) {
    test(`${capture}: ${name}`, () => {
      const rows = blocksOf(kernel, capture).get(name) ?? [];
      expect(rows.length).toBe(2);
      expect(compareBlock(capture, name, rows).cells.filter((c) => !c.near)).toEqual([]);
    });
  }
});
test('with a callback that sleeps and the chain inside somebody dies for nothing: more than HIGH is free by then, as in each such block of 6.1', () => {
  const rows = blocksOf(kernel, '6.1-2-mod_notifier_sleep').get('sleep100_A4') ?? [], { high } = kindOf('6.1-2-mod_notifier_sleep'), free = [1, 2].map((run) => runBlock(blockOf('6.1-2-mod_notifier_sleep', 'sleep100_A4', run)).freeAtMarks);
  expect(furtherKills(rows.map((r) => r.freeAtMarks), high)).toEqual({ further: 2, needless: 2 });
  expect(furtherKills(free, high)).toEqual({ further: 2, needless: 2 });
});
test('a figure is near where the spans meet, the kernel\'s widened', () => {
  const quarter = { factor: 1.25, slack: 0 };
  expect([meets([100, 110], [137], quarter), meets([100, 110], [138], quarter), meets([100, 110], [80], quarter), meets([100, 110], [79], quarter), meets([2], [1, 2], { factor: 1, slack: 0 })]).toEqual([true, false, true, false, true]);
});
test('the fixture has every block of the captures, twice', () => {
  expect(new Set(kernel.map((r) => r.capture)).size).toBe(20);
  for (const capture of new Set(kernel.map((r) => r.capture))) for (const [name, rows] of blocksOf(kernel, capture)) expect([capture, name, rows.length]).toEqual([capture, name, 2]);
});
