import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { blocksOf, blockOf, compareBlock, furtherKills, type KernelFigures, kindOf, meets, readKernelFigures } from './testing/probe_figures.ts';
import { runBlock } from './testing/probe_block.ts';

/** What real kernels answered, two runs of each block. `npm run check:long figures` puts all of it beside the model. */
const read = (name: string): KernelFigures[] => readKernelFigures(readFileSync(new URL(`../../fixtures/probe/${name}`, import.meta.url), 'utf8'));
const kernel = read('notifier_v6.1.csv'), again = read('notifier_again_v6.1.csv');
const SOME: readonly (readonly [string, string])[] = [
  ['6.1-2-mod_notifier_sleep', 'sleep10_A4'], ['6.1-2-mod_notifier_sleep', 'sleep100_A1'], ['6.1n-2-mod_notifier_sleep_outside', 'sleep100_A4'], ['6.1n-2-mod_notifier_sleep_outside_nomutex', 'sleep100_A4'],
  ['6.1-2-mod_notifier_free', 'free1024_A1'], ['6.1-2-mod_notifier_free', 'free64x20_A1'], ['6.1-2-mod_notifier_free', 'claim300_A1'], ['6.1-1-mod_starve', 'idle_L1'], ['6.1-1-mod_starve', 'idle_L16'], ['6.1-1-mod_starve', 'normal_L8'], ['6.1-1-mod_starve', 'normal_L16'], ['6.1n-2-mod_starve_long_inside_wait', 'idle_L4'],
  ['6.1n-2-mod_notifier_free_inside', 'free1024_A1'], ['6.1n-2-mod_notifier_free_inside', 'claim300_A1'],
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
test('on the kernel whose CPUs share no cache a single allocation kills once: its victim leaves before it, on the same CPU', () => {
  // both runs of the capture, and eight of ten further boots of free16_A1: two calls, 17 reclaims each and the one that finds a page
  for (const name of ['free64_A1', 'free256_A1', 'free1024_A1']) expect((blocksOf(kernel, '6.1n-2-mod_notifier_free_inside').get(name) ?? []).map((r) => [r.calls, r.drTotal, r.marks])).toEqual([[2, 35, 1], [2, 35, 1]]);
  // its exit takes twice as long here as on that kernel, whose pages cost half: at some moments a tick lets the other CPU take the killer before it is over, which then goes on in vain
  const runs = [1, 2, 3, 4].map((run) => runBlock(blockOf('6.1n-2-mod_notifier_free_inside', 'free1024_A1', run)));
  expect(runs.map((f) => [f.calls, f.marks])).toEqual(runs.map(() => [2, 1]));
  expect(Math.min(...runs.map((f) => f.drTotal))).toBe(35);
});
describe('what further boots of a kernel said of a block', () => {
  const capture = '6.1n-2-mod_notifier_free_inside', name = 'free64_A1', rows = blocksOf(kernel, capture).get(name) ?? [];
  const killed = (marks: number): KernelFigures[] => rows.map((r) => ({ ...r, marks }));
  const cell = (further: readonly KernelFigures[]): unknown => compareBlock(capture, name, killed(9), further).cells.flatMap((c) => (c.column === 'kills' ? [[c.near, c.again]] : []));
  test('lets a figure stand that they gave too, as it is, and no other; and is said to have done so', () => {
    expect([cell([]), cell(killed(1)), cell(killed(3)), cell([...killed(0), ...killed(5)])]).toEqual([[[false, false]], [[true, true]], [[false, false]], [[true, true]]]);
    expect(compareBlock(capture, name, rows, killed(7)).cells.filter((c) => c.column === 'kills').map((c) => [c.near, c.again])).toEqual([[true, false]]);
  });
  test('is of blocks that the captures have, on two CPUs, the same number of boots for each block of a capture, three at least', () => {
    for (const of of new Set(again.map((r) => r.capture))) {
      const boots = [...blocksOf(again, of)].map(([block, more]) => [blocksOf(kernel, of).get(block)?.length, more.length, kindOf(of).icount]);
      expect(new Set(boots.map(String)).size).toBe(1);
      expect(boots[0]).toEqual([2, expect.any(Number), false]);
      expect(boots[0][1]).toBeGreaterThanOrEqual(3);
    }
  });
});
