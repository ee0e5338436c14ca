import { expect, test } from 'vitest';
import { jiffies, ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { ROW } from '../../sim/recorder.ts';
import { type BareConfig, bootBare } from '../bare.ts';
import { kfn, type Kernel, spend } from '../kernel.ts';
import { sendSignal, SIGKILL, spawn } from './core.ts';
import { DEAD } from './task.ts';
import { clockNanosleep, delTimer, modTimer, TimerList } from './timer.ts';
import { scheduleTimeoutUninterruptible } from './wait.ts';

const MS = 1_000_000;
/** When a task that starts its sleep of `n` jiffies at `startMs` goes on, in ms. */
function wakes(n: number, startMs: number, c: BareConfig): number {
  const k = bootBare(c);
  let woke = 0;
  spawn(k, 'sleeper', function* (k: Kernel): Timed<void> {
    yield spend(ns(startMs * MS));
    yield* scheduleTimeoutUninterruptible(k, jiffies(n));
    woke = k.now / MS;
  });
  k.runUntil(ns(10_000 * MS));
  return woke;
}

test('before v4.8 a sleep of n jiffies ends at the n-th tick: n - 1 to n ticks', () => {
  for (const [n, start, want] of [[1, 1, 4], [1, 3, 4], [3, 1, 12], [25, 245.832, 344], [125, 28.011, 528]]) {
    const woke = wakes(n, start, { hz: 250, timerWheel: 'exact' });
    expect(woke).toBeGreaterThanOrEqual(want);
    expect(woke).toBeLessThan(want + 0.1);
  }
});
test('since v4.8 it is one tick more, and from 63 jiffies on the end of a bucket', () => {
  // captures 6.1-256M-1-hog_sched and 6.12-256M-1-hog_sched (HZ=250): kswapd sleeps 25 jiffies from 4.245832 to 4.348004, and from 4.135290 to 4.236005
  for (const [n, start, want] of [[1, 1, 8], [25, 245.832, 348], [25, 135.29, 236], [62, 0, 252]]) {
    const woke = wakes(n, start, { hz: 250 });
    expect(woke).toBeGreaterThanOrEqual(want);
    expect(woke).toBeLessThan(want + 0.1);
  }
  // kcompactd sleeps 125 jiffies and wakes every 128: buckets of 8
  for (const [n, start, want] of [[125, 32.011, 544], [63, 0, 256], [504, 0, 2048]]) {
    const woke = wakes(n, start, { hz: 250 });
    expect(woke).toBeGreaterThanOrEqual(want);
    expect(woke).toBeLessThan(want + 0.1);
  }
});
test('an idle CPU has no tick, and a bare tick leaves no row', () => {
  const k = bootBare({ hz: 250, keep: 'all' }), rows = k.recorder.rows;
  k.runUntil(ns(1000 * MS));
  expect(k.events).toBe(0);
  spawn(k, 'busy', function* (): Timed<void> { yield spend(ns(100 * MS)); });
  const before = k.recorder.rows;
  k.runUntil(ns(1050 * MS));
  expect(k.events).toBeGreaterThan(20); // the ticks ran
  k.recorder.flush();
  const kinds = k.recorder.chunks.flatMap((c) => [...c.kind.subarray(0, c.length)]).slice(before);
  expect(rows).toBe(2); // the idle task is born and stands on its CPU
  expect(kinds).toEqual([ROW.enter, ROW.leave, ROW.switch_]); // the interrupt that starts it
});
// 6.1.176 and 6.12.117 without a cpuidle driver, by kprobes: at 1.676 s the tick was stopped that had come since idle began at 1.672; where the next timer was a tick away it was not
test('an idle CPU of 6.1 and 6.12 keeps its first tick, and stops the one after', () => {
  const ticks = (idleKeepsTick: boolean): number[] => {
    const k = bootBare({ hz: 250, idleKeepsTick }), at: number[] = [];
    k.atTick.push(() => { at.push(Math.floor(k.now / MS)); });
    for (const [name, from] of [['a', 0], ['b', 41]] as const) spawn(k, name, function* (k: Kernel): Timed<void> { if (from > 0) yield* clockNanosleep(k, ns(from * MS)); yield spend(ns(5 * MS)); });
    k.runUntil(ns(100 * MS));
    return at;
  };
  expect(ticks(false)).toEqual([4, 44]); // those of the busy CPU
  expect(ticks(true)).toEqual([4, 8, 44, 48]);
});
test('a tick that runs timers shows itself, and its rows come in pairs', () => {
  const k = bootBare({ hz: 1000, keep: 'all' });
  spawn(k, 's', function* (k: Kernel): Timed<void> { yield* scheduleTimeoutUninterruptible(k, jiffies(2)); });
  k.runUntil(ns(20 * MS));
  k.recorder.flush();
  const c = k.recorder.chunks[0], names = [...c.kind.subarray(0, c.length)].map((kind, i) => (kind === ROW.enter ? k.recorder.strings[c.b[i]] : kind === ROW.leave ? 'leave' : ''));
  // the wake-up happens in the softirq of the sleeper's own CPU, which needs no interrupt to notice it
  expect(names.filter((n) => n !== '')).toEqual(['sysvec_reschedule_ipi', 'leave', 'tick_sched_timer', 'leave', '__do_softirq', 'leave']);
});
test('a sleep by hrtimer ends at its very nanosecond, plus the interrupt, the wake-ups and the switch', () => {
  const k = bootBare({ hz: 250 }), woke: number[] = [];
  for (const until of [5_000_123, 5_000_123, 9_000_001]) {
    spawn(k, `s${until}`, function* (k: Kernel): Timed<void> { yield* clockNanosleep(k, ns(until)); woke.push(k.now); });
  }
  k.runUntil(ns(20 * MS));
  const after = k.cost.hrtimer + 2 * k.cost.wake + k.cost.ipi + k.cost.irq + k.cost.switch_; // the interrupt wakes two, and pays for both before it lets go of the CPU
  expect(woke[0]).toBeGreaterThanOrEqual(5_000_123 + k.cost.hrtimer);
  expect(woke[0]).toBeLessThanOrEqual(5_000_123 + after);
  expect(woke[1]).toBeLessThanOrEqual(5_000_123 + after + k.cost.switch_ + k.cost.exit);
  expect(woke[2]).toBeLessThanOrEqual(9_000_001 + after);
});
test('a signal ends a sleep by hrtimer, and its timer is gone', () => {
  const k = bootBare(), t = spawn(k, 's', function* (k: Kernel): Timed<void> { yield* clockNanosleep(k, ns(500 * MS)); });
  k.runUntil(ns(2 * MS));
  sendSignal(k, t, SIGKILL, true);
  k.runUntil(ns(3 * MS));
  expect(t.state).toBe(DEAD);
  expect(k.agenda.heap.length).toBe(0);
});
const fires = kfn('my_timer_fn', function* (k, at: number[]): Timed<void> { at.push(k.now / MS); yield spend(ns(100)); });
test('mod_timer() moves a timer, del_timer() stops it, and its function runs in the softirq', () => {
  const k = bootBare({ hz: 1000, timerWheel: 'exact' }), at: number[] = [], t = new TimerList(k, 't', (k) => fires(k, at));
  expect(modTimer(k, t, jiffies(5))).toBe(false);
  expect(modTimer(k, t, jiffies(9))).toBe(true);
  k.runUntil(ns(20 * MS));
  expect(at.map(Math.floor)).toEqual([9]);
  modTimer(k, t, jiffies(25));
  expect(delTimer(k, t)).toBe(true);
  expect(delTimer(k, t)).toBe(false);
  k.runUntil(ns(40 * MS));
  expect(at.length).toBe(1);
});
