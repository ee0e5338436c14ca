import { expect, test } from 'vitest';
import { anyPool, objectsAt, partAt, poolsOf } from './pools.ts';
import { marksTrace } from './testing/marks_trace.ts';

const trace = marksTrace(`
  1  0  pool bio set target = 4
  1  0  pool bio set free = 4
  2  0  pool bio set free = 3
  3  1  kvfree cpu1 filling = 510
  4  1  kvfree cpu1 waiting = 510
  4  1  kvfree cpu1 filling = 0
  4  1  kvfree cpu1 cache = 5
  5  0  pool spare free = 1
  6  0  nr_free_pages = 7`);

test('pools are known by their gauges, whatever their names, with a target where one is told', () => {
  const { pools } = poolsOf(trace);
  expect(pools.map((p) => [p.name, p.free.at(trace.rows), p.target?.at(trace.rows) ?? null])).toEqual([['bio set', 3, 4], ['spare', 1, null]]);
  expect(pools[0].free.at(trace.eventAt(1e6))).toBe(4);
});
test('objects of kvfree_rcu are told by CPU and stage; what has not been told of is 0', () => {
  const { kvfree: [k, ...others] } = poolsOf(trace), at = (ms: number) => trace.eventAt(ms * 1e6);
  expect([k.cpu, others.length]).toEqual([1, 0]);
  expect([objectsAt(k, at(2)), objectsAt(k, at(3)), objectsAt(k, at(4))]).toEqual([0, 510, 510]);
  expect([partAt(k, 'filling', at(4)), partAt(k, 'waiting', at(4)), partAt(k, 'cache', at(4)), partAt(k, 'linked', at(4))]).toEqual([0, 510, 5, 0]);
});
test('a run without them has none', () => {
  expect(anyPool(marksTrace('1 0 nr_free_pages = 7'))).toBe(false);
});
