import { expect, test } from 'vitest';
import type { Columns } from '../format/rows.ts';
import { whyLazyCallbacksSit } from '../scenarios/why_lazy_callbacks_sit.ts';
import { oneHog } from '../scenarios/one_hog.ts';
import { Run } from '../run/run.ts';
import type { Scenario } from '../format/scenario.ts';
import { rcuAt } from './rcu.ts';
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
test('1600 lazy callbacks on CPU 1 wait for a grace period that is under way, and for nothing after it but to be noticed', () => {
  const trace = traceOf(whyLazyCallbacksSit, 35), at = (ms: number) => rcuAt(trace, trace.stateAt(trace.eventAt(ms * 1e6) - 1));
  expect(at(25)).toEqual({ cpus: [[0, 0, 0, 0, 0, 0], [0, 1600, 0, 0, 0, 1600]], gracePeriod: 'grace period 1 under way' });
  expect(at(34)).toEqual({ cpus: [[0, 0, 0, 0, 0, 0], [0, 1600, 0, 0, 0, 1600]], gracePeriod: '1 grace period over' });
  expect(at(1)?.cpus[1]).toEqual([0, 0, 0, 0, 0, 0]);
});
test('a run without callbacks has nothing to show', () => {
  const trace = traceOf(oneHog, 1);
  expect(rcuAt(trace, trace.stateAt(trace.rows - 1))).toBeNull();
});
