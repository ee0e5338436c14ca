import { expect, test } from 'vitest';
import { anyPool, freeAt, partAt, poolsOf, spareAt } from './pools.ts';
import { marksTrace } from './testing/marks_trace.ts';

const trace = marksTrace(`
  1  0  pool bio set target = 4
  1  0  pool bio set free = 4
  2  0  pool bio set free = 3
  5  0  pool spare free = 1
  6  0  nr_free_pages = 7`);

test('pools are known by their gauges, whatever their names, with a target where one is told', () => {
  const { pools } = poolsOf(trace);
  expect(pools.map((p) => [p.name, p.free.at(trace.rows), p.target?.at(trace.rows) ?? null])).toEqual([['bio set', 3, 4], ['spare', 1, null]]);
  expect(pools[0].free.at(trace.eventAt(1e6))).toBe(4);
});
test('objects of kvfree_rcu are counted by their own tracepoints, since the gauge of what is being filled in comes only now and then', () => {
  const objects = marksTrace(`
    1  1  kvfree cpu1 cache = 5
    2  1  kvfree_call 0 0
    2  1  kvfree cpu1 filling = 1
    3  1  kvfree_call 1 0
    3  0  kvfree_call 7 3
    4  1  kvfree_call 2 2
    6  1  kvfree cpu1 waiting = 2
    7  1  kvfree cpu1 waiting = 0
    7  1  kvfree cpu1 freeing = 2
    8  0  kvfree_free 2 1`), { kvfree: [k, ...others] } = poolsOf(objects);
  const at = (ms: number) => (['filling', 'waiting', 'freeing', 'linked', 'cache'] as const).map((part) => partAt(k, part, objects.eventAt(ms * 1e6)));
  expect([k.cpu, others.length]).toEqual([1, 0]); // the caller on CPU 0 waits himself: it stores nothing
  expect([at(1), at(3), at(5), at(6), at(7), at(8)]).toEqual([[0, 0, 0, 0, 5], [2, 0, 0, 0, 5], [3, 0, 0, 1, 5], [1, 2, 0, 1, 5], [1, 0, 2, 1, 5], [0, 0, 2, 0, 5]]);
});
test('what no gauge has told yet is not known, and is not taken for none', () => {
  const { pools: [bio, spare] } = poolsOf(trace), asked = trace.eventAt(0.5e6);
  expect([asked, freeAt(bio, asked), freeAt(bio, 1), freeAt(bio, 2), freeAt(spare, 3), freeAt(spare, 4)]).toEqual([0, null, null, 4, null, 1]); // its target is told a row before
  const objects = marksTrace(`
    1  0  kvfree_call 0 0
    2  0  kvfree cpu0 filling = 1
    3  0  kvfree cpu0 cache = 0
    4  0  kvfree cpu0 cache = 5`), { kvfree: [k] } = poolsOf(objects);
  expect([2, 3, 4].map((event) => spareAt(k, event))).toEqual([null, 0, 5]); // none is an answer too
  expect(spareAt(poolsOf(marksTrace('1 0 kvfree cpu0 filling = 1')).kvfree[0], 1)).toBeNull();
});
test('a run without them has none', () => {
  expect(anyPool(marksTrace('1 0 nr_free_pages = 7'))).toBe(false);
});
