import { describe, expect, test } from 'vitest';
import { must } from '../base/units.ts';
import type { Columns } from '../format/rows.ts';
import type { Scenario } from '../format/scenario.ts';
import { Run } from '../run/run.ts';
import { oneHog } from '../scenarios/one_hog.ts';
import { whyLazyCallbacksSit } from '../scenarios/why_lazy_callbacks_sit.ts';
import { fateOf, rcuAt } from './rcu.ts';
import { marksTrace, ONE_PERIOD } from './testing/marks_trace.ts';
import { Trace } from './trace.ts';

/** A run up to `ms` as the page has it. */
function traceOf(s: Scenario, ms: number): Trace {
  const chunks: Columns[] = [], run = new Run({ ...s, untilNs: ms * 1e6 }, (c) => { chunks.push(c); });
  while (!run.slice());
  const trace = new Trace(run.booted.shape, run.booted.initial, s.untilNs);
  const growth = run.k.recorder.takeGrowth();
  chunks.forEach((c, i) => trace.append(c, i === 0 ? growth : { strings: [], stackParent: [], stackFn: [], tasks: [], locks: [], log: [] }));
  return trace;
}
const drawn = marksTrace(ONE_PERIOD);
const at = (ms: number) => must(rcuAt(drawn, drawn.eventAt(ms * 1e6)), 'RCU has begun');
/** Callbacks and the age of the oldest, in ms, by segment of CPU 1. */
const parts = (ms: number) => Object.fromEntries(at(ms).cpus[1].parts.filter((p) => p.callbacks > 0).map((p) => [p.segment, [p.callbacks, p.oldestNs === null ? null : p.oldestNs / 1e6]]));

describe('RCU at an event', () => {
  test('has the callbacks of a CPU by segment, with the age of the oldest in each', () => {
    expect(parts(3)).toEqual({ NEXT: [2, 1] }); // queued at 2 and 3
    expect(parts(9)).toEqual({ WAIT: [2, 7], NEXT: [1, 2] }); // the third at 7
    expect(parts(12)).toEqual({ DONE: [2, 10], NEXT: [1, 5] });
    expect(parts(14)).toEqual({ invoking: [2, 11], NEXT: [1, 7] }); // the first is invoked: the oldest is that of 3
  });
  test('counts those that wait and the lazy ones among them; what is invoked waits no longer', () => {
    const counts = (ms: number) => { const { waiting, lazy, oldestNs, oldestEvent } = at(ms).cpus[1]; return [waiting, lazy, oldestNs === null ? null : oldestNs / 1e6, oldestEvent]; };
    expect(counts(7)).toEqual([3, 2, 5, 2]);
    expect(counts(14)).toEqual([2, 2, 11, 5]);
    expect(counts(18)).toEqual([1, 1, 10, 13]); // the event is that of 17
    expect(at(18).cpus[0]).toMatchObject({ waiting: 0, oldestNs: null, oldestEvent: null });
  });
  test('says who has not reported, as long as the grace period is under way', () => {
    expect(at(4).period).toBeNull();
    expect(at(5).period).toEqual({ number: 7, fromNs: 5e6, toNs: null, holdouts: [0, 1] });
    expect(at(6).period?.holdouts).toEqual([1]);
    expect(at(6).cpus.map((c) => c.holdsUp)).toEqual([false, true]);
    expect(at(11).period).toEqual({ number: 7, fromNs: 5e6, toNs: 10e6, holdouts: [] });
  });
  test('has the batch under way with what it has invoked so far, and then what it came to', () => {
    expect(at(12).batch).toBeNull();
    expect(at(15).batch).toMatchObject({ cpu: 1, fromNs: 13e6, toNs: null, invoked: 1 });
    expect(at(18).batch).toMatchObject({ cpu: 1, fromNs: 13e6, toNs: 17e6, invoked: 2 });
  });
  test('has no bypass list where no CPU has one, and has it behind NEXT where one does', () => {
    expect(at(3).segments).not.toContain('bypass');
    const offloaded = marksTrace('1 0 rcu_callback 0 1\n1 0 rcu_cbs cpu0 NEXT = 1\n3 0 rcu_callback 1 2\n3 0 rcu_cbs cpu0 bypass = 1\n5 0 rcu_gpnum = 0'), { cpus } = must(rcuAt(offloaded, offloaded.rows), 'RCU has begun');
    expect(cpus[0].parts.slice(-2)).toEqual([{ segment: 'NEXT', callbacks: 1, oldestNs: 4e6 }, { segment: 'bypass', callbacks: 1, oldestNs: 2e6 }]);
  });
  test('has a batch by the CPU whose callbacks it calls, though a thread does it elsewhere', () => {
    const elsewhere = marksTrace('1 1 rcu_callback 0 1\n2 0 rcu_batch_start 1 10\n3 0 rcu_invoke_callback 0 0\n4 0 rcu_batch_end 1 0');
    expect(rcuAt(elsewhere, elsewhere.rows)).toMatchObject({ batch: { cpu: 1, fromNs: 2e6, toNs: 4e6, invoked: 1 } });
    expect(elsewhere.series.rcu.batches.map((b) => b.length)).toEqual([0, 1]);
  });
  test('is nothing in a run without callbacks', () => {
    const trace = traceOf(oneHog, 1);
    expect(rcuAt(trace, trace.rows)).toBeNull();
    expect(fateOf(trace)).toBeNull();
  });
});

describe('what became of the callbacks while memory ran out', () => {
  test('is told from the first wake of kswapd to the first kill', () => {
    expect(fateOf(drawn)).toMatchObject({ fromNs: 1e6, toNs: 21e6, killed: true, callbacks: 3, invoked: 2, firstNs: 14e6, lastNs: 16e6, left: [{ cpu: 1, callbacks: 1, segment: 'NEXT', oldestNs: 14e6 }] });
  });
  // the mail's question, and the story's text: 1600 lazy callbacks, a grace period that is over, a CPU that does not hear of it
  test('of 1600 lazy callbacks on a CPU that sleeps: none was invoked, and they stood in WAIT though their grace period was over', () => {
    const fate = must(fateOf(traceOf(whyLazyCallbacksSit, 100)), 'callbacks and a wake');
    expect(fate).toMatchObject({ killed: true, callbacks: 1600, invoked: 0, firstNs: null });
    expect(fate.left).toMatchObject([{ cpu: 1, callbacks: 1600, segment: 'WAIT' }]);
    expect(fate.period?.toNs).toBeLessThan(fate.fromNs);
    expect(fate.left[0].oldestNs).toBeGreaterThan(fate.toNs - 24e6); // the driver begins at 21 ms with a jitter of 1.5, and takes half a ms
  });
});
