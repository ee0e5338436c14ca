import { expect, test } from 'vitest';
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { bootBare } from '../bare.ts';
import { kfn, type Kernel, spend } from '../kernel.ts';
import { condResched, spawn } from './core.ts';
import type { Task } from './task.ts';
import { WaitQueue, waitEvent, wakeUpAll } from './wait.ts';

const MS = 1_000_000;
const work = kfn('work', function* (k: Kernel, ms: number, seen: string[], name: string): Timed<void> {
  for (let i = 0; i < ms; i++) { seen.push(name); yield spend(ns(MS)); yield* condResched(k); }
});
/** A task that sleeps on `wq` until it is told, then works. */
const sleeper = kfn('sleeper', function* (k: Kernel, wq: WaitQueue, told: () => boolean, ms: number, seen: string[], name: string): Timed<void> {
  yield* waitEvent(k, wq, told);
  yield* work(k, ms, seen, name);
});
const oneCpu = (): Kernel => bootBare({ fairness: 'cfs', preempt: 'none' });

test('who runs is charged before another is placed: a SCHED_IDLE task that ran alone leaves the queue\'s clock where its own is', () => {
  const k = oneCpu(), wq = new WaitQueue(k), seen: string[] = [];
  let told = false;
  const looper = spawn(k, 'looper', (k) => sleeper(k, wq, () => told, 2, seen, 'looper'));
  let idle: Task | null = null;
  const holder = kfn('holder', function* (k: Kernel): Timed<void> { yield spend(ns(2.5 * MS)); told = true; wakeUpAll(k, wq); seen.push('woken'); yield spend(ns(MS)); });
  k.runUntil(ns(MS));
  idle = spawn(k, 'idle', (k) => holder(k), { policy: 'idle' });
  k.runUntil(ns(4 * MS)); // inside the tick in which it woke the other
  expect(seen[0]).toBe('woken');
  // 2.5 ms of weight 3 in place of 1024 are 853 ms of its clock; the other stands no more than its credit of 3 ms behind that
  expect(idle.vruntime).toBeGreaterThan(800 * MS);
  expect(looper.vruntime).toBeGreaterThan(800 * MS);
});
test('a task that preempts by waking up is picked next, where others have waited as long with the same right', () => {
  const k = oneCpu(), crowd = new WaitQueue(k), last = new WaitQueue(k), seen: string[] = [];
  let told = 0;
  for (let i = 0; i < 3; i++) spawn(k, `waiter${i}`, (k) => sleeper(k, crowd, () => told > 0, 2, seen, `waiter${i}`));
  spawn(k, 'victim', (k) => sleeper(k, last, () => told > 1, 2, seen, 'victim'));
  const killer = kfn('killer', function* (k: Kernel): Timed<void> {
    yield spend(ns(20 * MS)); // so that all of them have their whole credit
    told = 1;
    wakeUpAll(k, crowd);
    yield spend(ns(5 * MS));
    told = 2;
    wakeUpAll(k, last);
    seen.push('kill');
    yield* condResched(k);
  });
  k.runUntil(ns(MS));
  spawn(k, 'killer', (k) => killer(k));
  k.runUntil(ns(60 * MS));
  expect(seen[seen.indexOf('kill') + 1]).toBe('victim');
});
