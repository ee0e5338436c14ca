import { expect, test } from 'vitest';
import { jiffies, ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import { type BareConfig, bootBare } from './bare.ts';
import { kfn, type Kernel, spend } from './kernel.ts';
import { spawn } from './sched/core.ts';
import { scheduleTimeoutUninterruptible } from './sched/wait.ts';
import { cancelDelayedWork, flushWork, modDelayedWork, queueDelayedWork, queueWork, Work, workerPools, Workqueue } from './workqueue.ts';

const MS = 1_000_000;
const computes = kfn('computes', function* (k, log: string[], name: string): Timed<void> { log.push(`${name} on ${k.current.comm}`); yield spend(ns(MS)); });
const sleeps = kfn('sleeps', function* (k, log: string[], name: string): Timed<void> { log.push(`${name} on ${k.current.comm}`); yield* scheduleTimeoutUninterruptible(k, jiffies(5)); });
const boot = (c: BareConfig = {}): Kernel => bootBare({ hz: 1000, timerWheel: 'exact', ...c });
const ms = (k: Kernel): number => Math.floor(k.now / MS);

test('a bound pool runs its items one after the other on one worker', () => {
  const k = boot(), wq = new Workqueue(k, 'events'), log: string[] = [];
  for (const n of ['a', 'b', 'c']) queueWork(k, wq, new Work(k, (k) => computes(k, log, n)));
  k.runUntil(ns(20 * MS));
  expect(log).toEqual(['a on kworker/0:0', 'b on kworker/0:0', 'c on kworker/0:0']);
});
test('when its worker sleeps the pool lets the next one go', () => {
  const k = boot(), wq = new Workqueue(k, 'events'), log: string[] = [];
  queueWork(k, wq, new Work(k, (k) => sleeps(k, log, 'a')));
  queueWork(k, wq, new Work(k, (k) => computes(k, log, 'b')));
  k.runUntil(ns(4 * MS)); // before a has slept its 5 ms
  expect(log).toEqual(['a on kworker/0:0', 'b on kworker/0:1']);
});
test('an unbound queue runs as many at once as there are items, up to max_active', () => {
  const started = (maxActive: number): number => {
    const k = boot({ cpus: 4 }), wq = new Workqueue(k, 'unbound', { unbound: true, maxActive }), log: string[] = [];
    for (const n of ['a', 'b', 'c']) queueWork(k, wq, new Work(k, (k) => computes(k, log, n)));
    k.runUntil(ns(MS));
    const early = log.length;
    k.runUntil(ns(20 * MS));
    expect(log.length).toBe(3);
    return early;
  };
  expect(started(256)).toBe(3);
  expect(started(1)).toBe(1);
});
test('an item that is pending is not queued twice, and one that runs may be queued again and runs once more, not at the same time', () => {
  const k = boot({ cpus: 2 }), wq = new Workqueue(k, 'unbound', { unbound: true }), log: string[] = [], w = new Work(k, (k) => computes(k, log, 'a'));
  expect([queueWork(k, wq, w), queueWork(k, wq, w)]).toEqual([true, false]);
  k.runUntil(ns(MS / 2));
  expect(queueWork(k, wq, w)).toBe(true);
  k.runUntil(ns(MS));
  expect(log.length).toBe(1);
  k.runUntil(ns(20 * MS));
  expect(log.length).toBe(2);
});
test('flush_work() waits for the last queueing', () => {
  const k = boot({ cpus: 2 }), wq = new Workqueue(k, 'events'), log: string[] = [], w = new Work(k, (k) => sleeps(k, log, 'a'));
  let flushed = 0;
  spawn(k, 'f', function* (k: Kernel): Timed<void> {
    expect(yield* flushWork(k, w)).toBe(false);
    queueWork(k, wq, w);
    expect(yield* flushWork(k, w)).toBe(true);
    flushed = ms(k);
  });
  k.runUntil(ns(20 * MS));
  expect([log.length, flushed]).toEqual([1, 5]);
});
test('delayed work runs after its delay, which can be started anew or stopped', () => {
  const k = boot(), wq = new Workqueue(k, 'events'), log: string[] = [], at: number[] = [];
  const w = new Work(k, (k) => { at.push(ms(k)); return computes(k, log, 'd'); });
  expect(queueDelayedWork(k, wq, w, jiffies(5))).toBe(true);
  expect(queueDelayedWork(k, wq, w, jiffies(5))).toBe(false);
  k.runUntil(ns(3 * MS));
  expect(modDelayedWork(k, wq, w, jiffies(5))).toBe(true);
  k.runUntil(ns(20 * MS));
  expect(at).toEqual([8]);
  expect(modDelayedWork(k, wq, w, jiffies(5))).toBe(false);
  expect(cancelDelayedWork(k, w)).toBe(true);
  expect(cancelDelayedWork(k, w)).toBe(false);
  k.runUntil(ns(40 * MS));
  expect(at.length).toBe(1);
});
const noMemory = kfn('kthread_create_on_node', function* (k): Timed<boolean> { yield* scheduleTimeoutUninterruptible(k, jiffies(500)); return true; });
test('where no worker can be made, the rescuer of a WQ_MEM_RECLAIM queue takes its items; others wait', () => {
  for (const [memReclaim, want] of [[true, 'b on writeback'], [false, undefined]] as const) {
    const k = boot(), wq = new Workqueue(k, 'writeback', { memReclaim }), log: string[] = [];
    workerPools(k).memory = (k) => noMemory(k);
    queueWork(k, wq, new Work(k, (k) => sleeps(k, log, 'a')));
    queueWork(k, wq, new Work(k, (k) => computes(k, log, 'b')));
    k.runUntil(ns(100 * MS)); // the first mayday comes after HZ/100 jiffies
    expect(log.find((x) => x.startsWith('b'))).toBe(want);
    k.runUntil(ns(2000 * MS));
    expect(log.length).toBe(2);
  }
});
test('items of WQ_HIGHPRI have workers of their own, which go first', () => {
  const k = boot(), log: string[] = [], low = new Workqueue(k, 'events'), high = new Workqueue(k, 'high', { highpri: true });
  queueWork(k, low, new Work(k, (k) => computes(k, log, 'low')));
  queueWork(k, high, new Work(k, (k) => computes(k, log, 'high')));
  k.runUntil(ns(20 * MS));
  expect(log).toEqual(['low on kworker/0:0', 'high on kworker/0:0H']);
});
