import { describe, expect, test } from 'vitest';
import { must } from '../base/units.ts';
import type { Columns } from '../format/rows.ts';
import { Run } from '../run/run.ts';
import { whyLazyCallbacksSit } from '../scenarios/why_lazy_callbacks_sit.ts';
import { objectOf, objectPath, type ObjectRef, stationFrom } from './object_path.ts';
import { marksTrace, ONE_PERIOD } from './testing/marks_trace.ts';
import { Trace } from './trace.ts';

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

/**
 * As src/kernel/rcu/kvfree*.ts write their tracepoints: a page for pointers before the call's own, batches 2 and 3 are those of CPU 1, a batch queues a
 * callback of its own, whose grace period is that of the batch; work items of a CPU may run elsewhere.
 */
const KVFREE = `
  1   0  kvfree_page 900 1
  1   0  kvfree_call 0 0
  2   0  kvfree_call 1 0
  2   1  kvfree_call 2 2
  3   0  kvfree_monitor 2 1
  3   0  rcu_callback 10 1
  3   0  rcu_cbs cpu0 NEXT = 1
  4   0  kvfree_monitor 0 2
  4   0  rcu_callback 11 2
  4   0  rcu_cbs cpu0 NEXT = 2
  5   0  rcu_grace_period_start 1 0
  6   0  rcu_cbs cpu0 WAIT = 2
  6   0  rcu_cbs cpu0 NEXT = 0
  8   0  rcu_grace_period_end 1 1
  9   0  rcu_grace_period_start 2 0
  11  0  rcu_grace_period_end 2 1
  12  0  rcu_cbs cpu0 DONE = 2
  12  0  rcu_cbs cpu0 WAIT = 0
  13  0  kvfree_worker 2 1
  13  0  kvfree_free 2 1
  13  0  buddyFree 500 0
  14  1  kvfree_worker 0 2
  15  1  rcu_invoke_kfree_bulk_callback 2 900
  15  1  kvfree_free 0 0
  16  1  kvfree_free 1 4
  16  1  buddyFree 404 2
  17  1  kvfree_call 3 3
  17  1  rcu_callback 12 1
  17  1  rcu_cbs cpu1 NEXT = 1
  18  1  rcu_cbs cpu1 WAIT = 1
  18  1  rcu_cbs cpu1 NEXT = 0
  19  0  rcu_grace_period_start 3 0
  20  0  kvfree_call 4 0
  21  0  rcu_grace_period_end 3 1
  22  1  kvfree_free 3 1
  22  1  pcpFree 405
  23  0  rcu_grace_period_start 4 0
  24  0  rcu_grace_period_end 4 1
  25  0  rcu_invoke_kfree_bulk_callback 1 901
  25  0  kvfree_free 4 1
  25  0  buddyFree 406 0`;
describe('the way of an object of kvfree_rcu()', () => {
  const trace = marksTrace(KVFREE);
  test('goes by page, monitor, the grace period of its batch, and worker to where it is freed', () => {
    expect(stations(trace, object(0))).toEqual(['page 1', 'called 1', 'monitor 4', 'assigned 6', 'begin 9', 'end 11', 'done 12', 'worker 14', 'bulk 15', 'freed 15']);
    expect(objectPath(trace, object(0))?.over).toBe(true); // others still stand in its page: it gives nothing back
  });
  test('has no page of its own where the one before it had made room, and ends with its memory', () => {
    expect(stations(trace, object(1))).toEqual(['called 2', 'monitor 4', 'assigned 6', 'begin 9', 'end 11', 'done 12', 'worker 14', 'bulk 15', 'freed 16', 'buddy 16']);
    expect(objectPath(trace, object(1))?.stations.at(-1)).toMatchObject({ a: 404, b: 4 });
  });
  test('is that of its own CPU, wherever its monitor runs, and of a list if it is linked', () => {
    expect(stations(trace, object(2))).toEqual(['called 2', 'monitor 3', 'assigned 6', 'begin 9', 'end 11', 'done 12', 'worker 13', 'freed 13', 'buddy 13']);
  });
  test('of a caller who waits itself has its grace period and neither monitor nor worker', () => {
    expect(stations(trace, object(3))).toEqual(['called 17', 'assigned 18', 'begin 19', 'end 21', 'freed 22', 'list 22']);
    expect(objectPath(trace, object(3))?.over).toBe(false); // its page still stands on the list
  });
  test('in a page that is freed as soon as its grace period is over has no batch', () => {
    expect(stations(trace, object(4))).toEqual(['called 20', 'begin 23', 'end 24', 'bulk 25', 'freed 25', 'buddy 25']);
  });
});
/** 600 objects of a driver on CPU 0, as the page has the run. */
function driverTrace(): Trace {
  const chunks: Columns[] = [], run = new Run({ ...whyLazyCallbacksSit, profile: 'v5.9', knobs: {}, untilNs: 100e6, workloads: [{ type: 'kvfree', name: 'driver', count: 600, start: 5, cpu: 0 }] }, (c) => { chunks.push(c); });
  while (!run.slice());
  const trace = new Trace(run.booted.shape, run.booted.initial, 100e6), growth = run.k.recorder.takeGrowth();
  chunks.forEach((c, i) => trace.append(c, i === 0 ? growth : { strings: [], stackParent: [], stackFn: [], tasks: [], locks: [], log: [] }));
  return trace;
}
// rcu reference 2.3: a page of 5.9 holds 510 pointers on 64 bit, and its monitor comes KFREE_DRAIN_JIFFIES = HZ/50 = 20 ms after the first call
test('the last of 600 objects of a real run stands in the second page, with 89 others, and is taken by the monitor of all of them', () => {
  const trace = driverTrace(), path = must(objectPath(trace, object(599)), 'it was given'), at = (kind: string) => must(path.stations.find((s) => s.kind === kind), kind);
  const first = must(objectPath(trace, object(0)), 'it was given').stations;
  expect(path.stations.map((s) => s.kind).slice(0, -2)).toEqual(['called', 'monitor', 'assigned', 'begin', 'reported', 'end', 'done', 'worker', 'bulk']);
  expect([at('monitor').b, at('worker').b, at('bulk').b, must(first.find((s) => s.kind === 'bulk'), 'bulk').b]).toEqual([600, 600, 90, 510]);
  const waitNs = at('monitor').timeNs - must(first.find((s) => s.kind === 'called'), 'called').timeNs;
  expect(waitNs).toBeGreaterThanOrEqual(20e6 - 4e6); // the jiffy of the call has begun
  expect(waitNs).toBeLessThan(20e6 + 8e6);
});
