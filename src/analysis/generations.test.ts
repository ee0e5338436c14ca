import { expect, test } from 'vitest';
import { applyColumns, copyState } from '../format/state.ts';
import { runScenario } from '../run/run.ts';
import { oneHog } from '../scenarios/one_hog.ts';
import { type Generation, generationsAt, hasGenerations } from './generations.ts';

const names = ['lru_gen max_seq node 0', 'lru_gen min_seq anon node 0', 'lru_gen min_seq file node 0', 'lru_gen 1 anon node 0', 'lru_gen 2 anon node 0', 'lru_gen 3 anon node 0', 'lru_gen 2 file node 0', 'lru_gen 3 file node 0'];

test('a generation is named by its number and found by it modulo four; of files there may be fewer', () => {
  expect(generationsAt(names, Int32Array.of(7, 5, 6, 10, 20, 30, 200, 300), 0)).toEqual([{ seq: 7, anon: 30, file: 300 }, { seq: 6, anon: 20, file: 200 }, { seq: 5, anon: 10, file: null }]);
});
test('another node has its own, and a classic LRU has none', () => {
  expect([generationsAt(names, Int32Array.of(7), 1), generationsAt([], Int32Array.of(), 0), hasGenerations(names), hasGenerations([])]).toEqual([[], [], true, false]);
});
test('a 6.12 tells them from its first event on, and their pages are those that its hog took, as they were last counted', () => {
  const { trace: { initial, chunks, tables } } = runScenario({ ...oneHog, profile: 'v6.12' }, { record: 'all' }), state = copyState(initial), seen: Generation[][] = [];
  for (const c of chunks) {
    applyColumns(state, 1, c, c.first + c.length);
    seen.push(generationsAt(tables.strings, state.gauges, 0));
  }
  expect(seen[0].map((g) => g.seq)).toEqual([3, 2, 1, 0]); // as at boot
  expect(Math.max(...seen.map((all) => all.reduce((n, g) => n + (g.anon ?? 0), 0)))).toBeGreaterThan(20_000);
});
