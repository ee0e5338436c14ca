import { describe, expect, test } from 'vitest';
import { must } from '../base/units.ts';
import { objectOf, objectPath, type ObjectRef, stationFrom } from './object_path.ts';
import { marksTrace, ONE_PERIOD } from './testing/marks_trace.ts';
import type { Trace } from './trace.ts';

const callback = (id: number): ObjectRef => ({ kind: 'callback', id }), object = (id: number): ObjectRef => ({ kind: 'object', id });
const stations = (trace: Trace, ref: ObjectRef): string[] => must(objectPath(trace, ref), 'it has come').stations.map((s) => `${s.kind} ${s.timeNs / 1e6}`);
const drawn = marksTrace(ONE_PERIOD);

describe('the way of a callback', () => {
  test('goes from call_rcu() over its grace period to the invocation, and its page over a per-CPU list to the buddy lists', () => {
    expect(stations(drawn, callback(0))).toEqual(['queued 2', 'assigned 4', 'begin 5', 'reported 9', 'end 10', 'done 12', 'batch 13', 'invoked 14', 'list 15', 'buddy 20']);
    expect(objectPath(drawn, callback(0))).toMatchObject({ over: true });
  });
  test('of one that frees no page ends with its invocation', () => {
    expect(stations(drawn, callback(1)).slice(-2)).toEqual(['batch 13', 'invoked 16']);
    expect(objectPath(drawn, callback(1))?.over).toBe(true);
  });
  test('of one that came while a grace period was under way is not taken for one that waits for it', () => {
    expect(stations(drawn, callback(2))).toEqual(['queued 7']);
    expect(objectPath(drawn, callback(2))?.over).toBe(false);
  });
  test('has for each station its CPU, its stack, and how long it took since the one before', () => {
    const [queued, assigned, begin] = must(objectPath(drawn, callback(0)), 'it has come').stations;
    expect([queued, assigned, begin].map((s) => [s.cpu, s.tookNs / 1e6, drawn.stackNames(s.stack).join('>')])).toEqual([[1, 0, 'kfree_call_rcu'], [1, 2, ''], [0, 1, 'rcu_gp_kthread>rcu_gp_init']]);
  });
  test('tells which CPU was the last to report', () => {
    expect(objectPath(drawn, callback(0))?.stations.find((s) => s.kind === 'reported')).toMatchObject({ b: 2, event: 16 }); // the mask before: CPU 1
  });
  test('shows a page that leaves the list for a new use as the end of its way', () => {
    const taken = marksTrace(ONE_PERIOD.replace('buddyFree 300 0 from-list', 'pageUse 300'));
    expect(stations(taken, callback(0)).slice(-2)).toEqual(['list 15', 'taken 20']);
  });
  test('is nothing for a number that did not come', () => {
    expect(objectPath(drawn, callback(9))).toBeNull();
    expect(objectPath(drawn, object(0))).toBeNull();
  });
});

describe('the object of an event', () => {
  test('is named by its own tracepoints and by the pages that its invocation frees', () => {
    const of = (ms: number) => objectOf(drawn, drawn.eventAt(ms * 1e6));
    expect([of(14), of(15), of(16)]).toEqual([callback(0), callback(0), callback(1)]);
    expect(of(20)).toBeNull(); // a page that leaves a list belongs to nobody any more
    expect(of(10)).toBeNull();
  });
  test('leads to the next station and to the one before, from events between them too', () => {
    const path = must(objectPath(drawn, callback(0)), 'it has come'), near = (ms: number, by: 1 | -1) => stationFrom(path, drawn.eventAt(ms * 1e6), by)?.kind ?? null;
    expect([near(2.5, 1), near(8, 1), near(8, -1), near(20, 1), near(1, -1)]).toEqual(['assigned', 'reported', 'begin', null, null]);
  });
});

/** As the contract of the tracepoints has it: a page for pointers comes before the call's own tracepoint, a batch is the next monitor of the same CPU. */
const KVFREE = `
  1   0  kvfree_page 900 1
  1   0  kvfree_call 0 0
  2   0  kvfree_call 1 0
  2   1  kvfree_call 2 2
  3   1  kvfree_monitor 1 1
  4   0  kvfree_monitor 1 2
  5   0  rcu_grace_period_start 1 0
  8   0  rcu_grace_period_end 1 1
  9   1  kvfree_worker 1 1
  9   1  kvfree_free 2 1
  9   1  buddyFree 500 0
  10  0  kvfree_worker 1 2
  11  0  kvfree_free 0 1
  11  0  pcpFree 400
  12  0  kvfree_free 1 4
  12  0  buddyFree 404 2`;
describe('the way of an object of kvfree_rcu()', () => {
  const trace = marksTrace(KVFREE);
  test('goes by page, monitor, grace period and worker to its memory', () => {
    expect(stations(trace, object(0))).toEqual(['page 1', 'called 1', 'monitor 4', 'begin 5', 'end 8', 'worker 10', 'freed 11', 'list 11']);
    expect(objectPath(trace, object(0))?.over).toBe(false); // its page still stands on the list
  });
  test('has no page where the one before it had made room', () => {
    expect(stations(trace, object(1))).toEqual(['called 2', 'monitor 4', 'begin 5', 'end 8', 'worker 10', 'freed 12', 'buddy 12']);
    expect(objectPath(trace, object(1))?.stations.at(-1)).toMatchObject({ a: 404, b: 4 });
  });
  test('is that of its own CPU', () => {
    expect(stations(trace, object(2))).toEqual(['called 2', 'monitor 3', 'begin 5', 'end 8', 'worker 9', 'freed 9', 'buddy 9']);
  });
});
