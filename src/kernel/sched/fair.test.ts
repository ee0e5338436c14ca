import { expect, test } from 'vitest';
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { bootBare } from '../bare.ts';
import { kfn, type Kernel, spend } from '../kernel.ts';
import { condResched, spawn } from './core.ts';
import { SCHED_COST } from './cost.ts';
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
/** Three sleepers with their whole credit of 3 ms: A is woken by who ran for 20 ms and has its turn, wakes B after `first` us, C after `second` us more, and says where it can be left. Who ran, in order. */
function turns(first: number, second: number): readonly string[] {
  const k = oneCpu(), queues = [0, 1, 2].map(() => new WaitQueue(k)), told = [false, false, false], seen: string[] = [];
  const wake = (i: number): void => { told[i] = true; wakeUpAll(k, queues[i]); };
  const a = kfn('a', function* (k: Kernel): Timed<void> {
    yield* waitEvent(k, queues[0], () => told[0]);
    for (const [i, us] of [[1, first], [2, second]]) { yield spend(ns(us * 1000)); wake(i); }
    seen.push('a has woken both');
    yield* condResched(k);
  });
  const base = kfn('base', function* (k: Kernel): Timed<void> { yield spend(ns(20 * MS)); wake(0); yield* condResched(k); yield spend(ns(20 * MS)); });
  spawn(k, 'a', (k) => a(k));
  for (const i of [1, 2]) spawn(k, 'abc'[i], (k) => sleeper(k, queues[i], () => told[i], 1, seen, 'abc'[i]));
  k.runUntil(ns(MS));
  spawn(k, 'base', (k) => base(k));
  k.runUntil(ns(60 * MS));
  return seen;
}
test('CFS: a task that preempts by waking up is picked next, before one that waits as long with the same right', () => {
  // B wakes when A has had less than the granularity of 1 ms more, and waits; C when it has had more, and preempts
  expect(turns(500, 700)).toEqual(['a has woken both', 'c', 'b']);
});
test('CFS: while a CPU is to be given up already nobody else becomes the next', () => {
  // B preempts; C comes before A has got as far as giving up
  expect(turns(1200, 300)).toEqual(['a has woken both', 'b', 'c']);
});
test('CFS: a turn is a share of the latency, which grows with the number of CPUs, and no less than the smallest granularity', () => {
  const turn = (cpus: number, tasks: number): number => {
    const k = bootBare({ fairness: 'cfs', preempt: 'full', hz: 1000, cpus }), seen: [number, number][] = [];
    for (let i = 0; i < tasks; i++) {
      spawn(k, `t${i}`, (k) => kfn('loop', function* (k: Kernel): Timed<void> { for (;;) { yield spend(ns(100_000)); const last = seen.at(-1); if (last === undefined || last[0] !== i) seen.push([i, k.now]); } })(k), { cpus: [0] });
    }
    k.runUntil(ns(500 * MS));
    const ends = seen.slice(10, 40).map(([, at]) => at);
    return Math.round((ends[ends.length - 1] - ends[0]) / (ends.length - 1) / MS);
  };
  // sysctl_sched_latency 6 ms, x 2 with two CPUs, x 3 with four; sysctl_sched_min_granularity 0.75 ms; ended by the tick after it (1 ms)
  expect([turn(1, 2), turn(1, 3), turn(2, 2), turn(4, 3), turn(1, 12)]).toEqual([4, 3, 7, 7, 1]);
});
test('CFS: a new task stands a slice behind its parent\'s queue, a woken one half a latency before it', () => {
  const k = oneCpu(), wq = new WaitQueue(k), seen: string[] = [];
  let told = false;
  const parent = kfn('parent', function* (k: Kernel): Timed<void> {
    yield spend(ns(20 * MS));
    spawn(k, 'child', (k) => work(k, 1, seen, 'child'));
    told = true;
    wakeUpAll(k, wq);
    yield* work(k, 6, seen, 'parent');
  });
  spawn(k, 'sleeper', (k) => sleeper(k, wq, () => told, 1, seen, 'sleeper'));
  k.runUntil(ns(MS));
  spawn(k, 'parent', (k) => parent(k));
  k.runUntil(ns(60 * MS));
  // two share 6 ms: the child is due when its parent has had 3 ms more (noticed at a tick, every 4 ms)
  expect(seen.indexOf('sleeper')).toBe(1);
  expect(seen.filter((s, i) => s === 'parent' && i < seen.indexOf('child')).length).toBeGreaterThanOrEqual(3);
});
test('who wakes others pays for it, before it goes on or gives up the CPU: a SCHED_IDLE task 341 times on its clock', () => {
  const COST = { ...SCHED_COST, wake: ns(10_000) };
  /** `n` sleepers are woken by one that then works for 1 us, or sleeps. When its next step, or the first of those it has woken, begins, us after; and the waker's clock then, us. */
  const after = (n: number, sleeps: boolean): readonly [us: number, clockUs: number] => {
    const k = bootBare({ fairness: 'cfs', preempt: 'none', cost: COST }), wq = new WaitQueue(k);
    let told = false, from = 0, at = 0;
    const note = (k: Kernel): void => { if (at === 0) at = k.now; };
    const sleeper = kfn('sleeper', function* (k: Kernel): Timed<void> { yield* waitEvent(k, wq, () => told); note(k); });
    for (let i = 0; i < n; i++) spawn(k, `s${i}`, (k) => sleeper(k));
    k.runUntil(ns(MS));
    const waker = kfn('waker', function* (k: Kernel): Timed<void> {
      told = true;
      wakeUpAll(k, wq);
      from = k.now;
      if (sleeps) { yield* waitEvent(k, wq, () => false); return; }
      yield spend(ns(1000));
      note(k);
    });
    const t = spawn(k, 'waker', (k) => waker(k), { policy: 'idle' });
    k.runUntil(ns(3 * MS));
    return [(at - from) / 1000, t.vruntime / 1000];
  };
  expect([after(1, false)[0], after(4, false)[0]]).toEqual([11, 41]);
  const [one, four] = [after(1, true), after(4, true)];
  expect([one[0], four[0]]).toEqual([10 + COST.switch_ / 1000, 40 + COST.switch_ / 1000]);
  expect((four[1] - one[1]) / (30 * (1024 / 3))).toBeCloseTo(1, 2); // 30 us more, at weight 3 in place of 1024
});
