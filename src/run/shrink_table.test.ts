/** captures-probe, section 5: every call of do_shrink_slab() of a real 6.1, put to the model. `npm run check:long shrinker` does it too, and takes whole tables. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { askShrinker, readShrinkTable } from './testing/shrink_table.ts';

const table = readShrinkTable(gunzipSync(readFileSync(new URL('../../fixtures/probe/shrink_slab_v6.1.csv.gz', import.meta.url))).toString('utf8'));
test('delta, total and remainder of all 15570 calls are the kernel\'s; of 14 it prints a sum that kswapd and a reclaimer share', () => {
  const { calls, differing, shared } = askShrinker(table);
  expect([calls, differing, shared]).toEqual([15_570, [], 14]);
});
test('a row that is otherwise is told of', () => {
  const [row] = table.filter((r) => r.total > 0 && r.left === 0), { differing } = askShrinker([{ ...row, delta: row.delta + 1 }, { ...row, total: row.total - 1 }, { ...row, left: 1 }, { ...row, after: row.after - 1 }, row]);
  expect(differing).toHaveLength(4);
});
test('the table has every count, kind and batch that was asked, at every priority', () => {
  expect([...new Set(table.map((r) => r.count))]).toEqual([100, 1000, 10_000, 100_000]);
  expect(new Set(table.map((r) => r.seeks))).toEqual(new Set([0, 1, 2, 4]));
  expect(new Set(table.map((r) => r.batch))).toEqual(new Set([0, 32, 1024]));
  expect(new Set(table.map((r) => r.priority)).size).toBe(13);
});
