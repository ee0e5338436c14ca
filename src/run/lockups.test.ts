/** Lockups around oom_lock and behind workers: cards L2, L3, L4 and L7 of page-alloc-reclaim-oom.md, 9.2. */
import { describe, expect, test } from 'vitest';
import { Trace } from '../analysis/trace.ts';
import { waitGraphAt } from '../analysis/wait_graph.ts';
import { groupWords, waitGroups } from '../analysis/wait_groups.ts';
import { must } from '../base/units.ts';
import type { Scenario } from '../format/scenario.ts';
import { DEAD, type Task } from '../kernel/sched/task.ts';
import { workqueueOf } from '../kernel/workqueue.ts';
import { preemptedUnderOomLock, sleepAfterKill } from '../scenarios/sleep_after_kill.ts';
import { starvedWorker } from '../scenarios/starved_worker.ts';
import { suspendWaits } from '../scenarios/suspend_waits.ts';
import { Run, runScenario } from './run.ts';

function toItsEnd(s: Scenario): Run {
  const run = new Run(s, 'none');
  while (!run.slice());
  return run;
}
const withKnob = (s: Scenario, name: string, value: string): Scenario => ({ ...s, knobs: { ...s.knobs, [name]: value } });
const victimIsGone = (run: Run): boolean => must(run.k.tasks.find((t) => t.comm === 'victim'), 'no victim').state === DEAD;

describe('L2: the sleep after the kill', () => {
  test('its jiffy does not end on a CPU full of losers: somebody was killed, and nothing is freed', () => {
    const run = toItsEnd(sleepAfterKill), [kill] = run.outcome().kills;
    expect(run.k.now - kill.timeNs).toBeGreaterThan(70e6); // some seventy times what it was to sleep
    expect([victimIsGone(run), run.k.mm.sync.oomLock.owner?.comm]).toEqual([false, 'holder']);
  });
  test('without that sleep the victim is gone', () => expect(victimIsGone(toItsEnd(withKnob(sleepAfterKill, 'oom.sleepAfterKill', 'off')))).toBe(true));
});
describe('L3: preempted with oom_lock held', () => {
  test('the report is not written to its end, and nobody is killed', () => {
    const run = toItsEnd(preemptedUnderOomLock);
    expect([run.outcome().kills, run.k.mm.sync.oomLock.owner?.comm]).toEqual([[], 'holder']);
  });
  test('where losers wait for the lock the kill comes', () => expect(toItsEnd(withKnob(preemptedUnderOomLock, 'oom.waiters', 'block')).outcome().kills).toHaveLength(1));
});
describe('L4: a worker that never sleeps', () => {
  const named = (run: Run, comm: string): Task => must(run.k.tasks.find((t) => t.comm === comm), comm);
  test.each(['to-retry', 'never'])('keeps the item behind it from running, nap %s: who waits for that is the only one who could ask for a kill', (nap) => {
    const run = toItsEnd(withKnob(starvedWorker, 'reclaim.workerNap', nap)), asker = named(run, 'asker'), { awaits } = asker;
    expect([awaits?.name, awaits?.by.map((t) => t.comm), must(run.k.mm.pcpDrain, 'drains by work').mutex.owner]).toEqual(['mm_percpu_wq on CPU 0', ['kworker/0:0'], asker]);
    expect(run.outcome().kills).toEqual([]);
    const idle = run.k.now - 60e6 - named(run, 'kworker/0:0').used; // it begins at 60 ms
    expect(idle).toBeLessThan(1e6); // others had that CPU for less than a millisecond: the worker runs all the while
    expect(run.k.recorder.strings).not.toContain('workqueue_rescue'); // its rescuer is not asked: the pool has workers
  });
  test('hangs on no race: whether the one who asks begins 70 us before the worker or 15', () => {
    for (const start of [59.93, 59.985]) {
      const run = toItsEnd({ ...starvedWorker, workloads: starvedWorker.workloads.map((w) => (w.name === 'asker' ? { ...w, start } : w)) });
      expect([start, named(run, 'asker').awaits?.name]).toEqual([start, 'mm_percpu_wq on CPU 0']);
    }
  });
  test('naps in every round, and the item runs: a process is killed, and both have their page', () => {
    const run = toItsEnd(withKnob(starvedWorker, 'reclaim.workerNap', 'always'));
    expect(run.outcome().kills.map((x) => x.comm)).toEqual(['victim']);
    expect([named(run, 'asker').state, workqueueOf(run.k, named(run, 'kworker/0:0'))]).toEqual([DEAD, null]);
  });
  test('what a page draws of it says who is behind whom', () => {
    const { outcome, trace: t } = runScenario(starvedWorker), trace = new Trace(t.shape, t.initial, outcome.endNs);
    trace.addTables(t.tables);
    for (const c of t.chunks) trace.append(c, { strings: [], stackParent: [], stackFn: [], tasks: [], locks: [], log: [] });
    trace.reached(outcome.endNs);
    const g = waitGraphAt(trace, trace.rows);
    expect(waitGroups(g).map((x) => groupWords(g, x))).toEqual(['asker waits for mm_percpu_wq on CPU 0, which kworker/0:0 is to make']);
  });
});
describe('L7: suspending', () => {
  const disabledNs = (s: Scenario): number => must(toItsEnd(s).k.recorder.log.find((l) => l.text === 'OOM killer disabled.'), 'not disabled').timeNs;
  const CALLBACK_NS = 300e6, FIRST_ASKS_NS = 60e6, SUSPEND_NS = 100e6;
  test('waits for who holds oom_lock, and for the victim to go', () => expect(disabledNs(suspendWaits)).toBeGreaterThan(FIRST_ASKS_NS + CALLBACK_NS));
  test('and does not where the callback takes no time', () => expect(disabledNs({ ...suspendWaits, workloads: suspendWaits.workloads.map((w) => (w.type === 'notifier' ? { ...w, sleep: 0 } : w)) })).toBeLessThan(SUSPEND_NS + 5e6));
});
