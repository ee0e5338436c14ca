import { expect, test } from 'vitest';
import { jiffies, ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { bootBare } from '../bare.ts';
import { kfn, type Kernel, spend } from '../kernel.ts';
import { spawn } from './core.ts';
import { LoadAvg, queueLoad, taskLoad } from './pelt.ts';
import type { Task } from './task.ts';
import { scheduleTimeoutUninterruptible } from './wait.ts';

const PERIOD_NS = 1024 * 1024, NICE_0 = 1024;
const average = (l: LoadAvg): number => l.sum / l.divider;

// 32 periods are a half-life: whoever wants to run from nothing on has half of its weight after one, three quarters after two
test('a load grows to a half in 32 periods, to three quarters in 64, and falls alike', () => {
  const up = new LoadAvg();
  up.update(32 * PERIOD_NS, 1);
  expect(average(up)).toBeCloseTo(0.5, 1);
  up.update(64 * PERIOD_NS, 1);
  expect(average(up)).toBeCloseTo(0.75, 1);
  up.update(1000 * PERIOD_NS, 1);
  expect(average(up)).toBeCloseTo(1, 2);
  up.update(1032 * PERIOD_NS, 0);
  expect(average(up)).toBeCloseTo(0.5, 2);
  up.update(4000 * PERIOD_NS, 0);
  expect(average(up)).toBe(0);
});
test('many small updates come to what one does', () => {
  const one = new LoadAvg(), many = new LoadAvg();
  one.update(50 * PERIOD_NS, 3);
  for (let at = 0; at <= 50 * PERIOD_NS; at += 70_000) many.update(at, 3);
  many.update(50 * PERIOD_NS, 3);
  expect(Math.abs(many.sum / one.sum - 1)).toBeLessThan(0.005);
  expect(many.contrib).toBe(one.contrib);
});
test('a new task counts in full, who sleeps fades in its queue, and who has left takes its own along', () => {
  const k = bootBare({ cpus: 2, fairness: 'cfs', preempt: 'none', hz: 250, knobs: {} }), asleep = jiffies(10);
  const worker = kfn('worker', function* (k: Kernel): Timed<void> {
    yield spend(ns(100 * PERIOD_NS));
    yield* scheduleTimeoutUninterruptible(k, asleep);
    yield spend(ns(PERIOD_NS));
  });
  const t: Task = spawn(k, 'worker', (k) => worker(k), { cpus: [0] }), rq = k.rqs[0];
  expect(queueLoad(rq)).toBeCloseTo(NICE_0, 6);
  k.runUntil(ns(110 * PERIOD_NS)); // asleep for some ten periods, told of at the next update
  expect([t.loading, rq.weight]).toEqual([false, 0]);
  expect(Math.abs(taskLoad(t) - NICE_0)).toBeLessThan(2); // as of when it fell asleep
  rq.load.update(k.now, 0);
  expect(queueLoad(rq) / NICE_0).toBeCloseTo(2 ** (-9 / 32), 1);
  k.runUntil(ns(400 * PERIOD_NS));
  expect([t.loading, rq.weight, Math.round(queueLoad(rq))]).toEqual([false, 0, 0]);
});
