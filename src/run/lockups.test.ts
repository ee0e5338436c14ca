/** Lockups around oom_lock: cards L2, L3 and L7 of page-alloc-reclaim-oom.md, 9.2. */
import { describe, expect, test } from 'vitest';
import { must } from '../base/units.ts';
import type { Scenario } from '../format/scenario.ts';
import { DEAD } from '../kernel/sched/task.ts';
import { preemptedUnderOomLock, sleepAfterKill } from '../scenarios/sleep_after_kill.ts';
import { suspendWaits } from '../scenarios/suspend_waits.ts';
import { Run } from './run.ts';

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
describe('L7: suspending', () => {
  const disabledNs = (s: Scenario): number => must(toItsEnd(s).k.recorder.log.find((l) => l.text === 'OOM killer disabled.'), 'not disabled').timeNs;
  const CALLBACK_NS = 300e6, FIRST_ASKS_NS = 60e6, SUSPEND_NS = 100e6;
  test('waits for who holds oom_lock, and for the victim to go', () => expect(disabledNs(suspendWaits)).toBeGreaterThan(FIRST_ASKS_NS + CALLBACK_NS));
  test('and does not where the callback takes no time', () => expect(disabledNs({ ...suspendWaits, workloads: suspendWaits.workloads.map((w) => (w.type === 'notifier' ? { ...w, sleep: 0 } : w)) })).toBeLessThan(SUSPEND_NS + 5e6));
});
