import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newColumns } from '../format/rows.ts';
import { RowStore } from './row_store.ts';

test('the first row at a time is the one a plain search finds, whatever part of the rows is asked for; with slack it is no more than that later', () => {
  fc.assert(fc.property(fc.array(fc.nat(3), { minLength: 1, maxLength: 600, size: 'max' }), fc.nat(2000), fc.nat(600), fc.nat(600), fc.integer({ min: 1, max: 200 }), fc.integer({ min: -1, max: 60 }), (steps, timeNs, a, b, chunk, slackNs) => {
    const store = new RowStore(), times: number[] = [];
    for (let first = 0, now = 0; first < steps.length; first += chunk) {
      const part = steps.slice(first, first + chunk), columns = newColumns(first, part.length);
      part.forEach((step, i) => { columns.time[i] = now += step; });
      store.append({ ...columns, length: part.length });
      times.push(...columns.time.subarray(0, part.length));
    }
    const from = Math.min(a, b, times.length), to = Math.min(Math.max(a, b), times.length), found = times.findIndex((t, i) => i >= from && i < to && t >= timeNs);
    expect(store.firstAt(timeNs, from, to)).toBe(found < 0 ? to : found);
    const near = store.firstAt(timeNs, from, to, slackNs), exact = found < 0 ? to : found;
    if (near !== exact) expect([near > exact, near < to, times[near] <= timeNs + slackNs]).toEqual([true, true, true]);
  }), { numRuns: 500 });
});
test('rows of many segments are found by their time', () => {
  const store = new RowStore(), rows = 200_000;
  for (let first = 0; first < rows; first += 50_000) {
    const columns = newColumns(first, 50_000);
    for (let i = 0; i < 50_000; i++) columns.time[i] = 10 * (first + i);
    store.append({ ...columns, length: 50_000 });
  }
  for (const row of [0, 1, 65_535, 65_536, 65_537, 131_072, 199_999]) expect(store.firstAt(10 * row - 5, 0, rows)).toBe(row);
  expect(store.firstAt(10 * rows, 0, rows)).toBe(rows);
});
