import { expect, test } from 'vitest';
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { bootBare } from '../bare.ts';
import { checkInvariants } from '../check.ts';
import { kfn, type Kernel, spend } from '../kernel.ts';
import { condResched, spawn } from './core.ts';
import { nextEevdf } from './eevdf.ts';
import type { Task } from './task.ts';
import { WaitQueue, waitEvent, wakeUpAll } from './wait.ts';

const MS = 1_000_000;
const oneCpu = (): Kernel => bootBare({ fairness: 'eevdf', preempt: 'none', hz: 250 });
/** Works in steps of 0.1 ms and says after each when that was, if who had the last step was another. */
const work = kfn('work', function* (k: Kernel, ms: number, seen: string[], name: string): Timed<void> {
  for (let i = 0; i < ms * 10; i++) { if (seen.at(-1) !== name) seen.push(name); yield spend(ns(MS / 10)); yield* condResched(k); }
});

/** A task has 8 ms at one go, sleeps, and is woken at `atMs` by another that works all the time, 2 ms after a tick: how long it waits for the CPU, ns. */
function waitsAfter(atMs: number): number {
  const k = oneCpu(), wq = new WaitQueue(k);
  let told = false, woken = 0, at = 0;
  spawn(k, 'other', (k) => kfn('other', function* (k: Kernel): Timed<void> {
    for (;;) { yield spend(ns(MS / 10)); yield* condResched(k); if (k.now > atMs * MS && !told) { told = true; woken = k.now; wakeUpAll(k, wq); } }
  })(k));
  spawn(k, 'greedy', (k) => kfn('greedy', function* (k: Kernel): Timed<void> {
    yield spend(ns(8 * MS)); // no place where it could be left
    yield* waitEvent(k, wq, () => told);
    at = k.now;
    yield spend(ns(MS));
  })(k));
  k.runUntil(ns((atMs + 50) * MS));
  checkInvariants(k);
  return at - woken;
}
test('a sleep pays a debt: who had 8 ms at one go waits while it owes them, and a second later preempts at once', () => {
  // 6.12-256M-1-victims and _clru recorded with sched_switch: all of eight victims, asleep for seconds, have the CPU within 25 us of the kill
  expect(waitsAfter(1002)).toBeLessThan(MS / 5); // the step that the other is in
  // it owes as much as the other has not yet worked
  expect(waitsAfter(14)).toBeGreaterThan(MS);
});
test('who sleeps with a debt is counted until it is paid, once, and no longer', () => {
  const k = oneCpu(), wq = new WaitQueue(k), seen: number[] = [];
  spawn(k, 'other', (k) => kfn('other', function* (k: Kernel): Timed<void> { for (let i = 0; i < 300; i++) { yield spend(ns(MS / 10)); yield* condResched(k); seen.push(k.rqs[0].delayed.length); } })(k));
  spawn(k, 'greedy', (k) => kfn('greedy', function* (k: Kernel): Timed<void> { yield spend(ns(8 * MS)); yield* waitEvent(k, wq, () => false); })(k), { daemon: true });
  k.runUntil(ns(60 * MS));
  expect(seen.indexOf(1)).toBeGreaterThanOrEqual(0);
  expect(seen.lastIndexOf(1)).toBeGreaterThan(seen.indexOf(1) + 30); // 3 ms and more of the other's work
  expect(seen.at(-1)).toBe(0);
  const greedy = k.tasks.find((t) => t.comm === 'greedy');
  expect([greedy?.delayed, greedy?.vlag]).toEqual([false, 0]); // and it is not owed anything (DELAY_ZERO)
});
test('who would be picked owes nothing: the one that is leaving the CPU stands in the queue, and is counted once', () => {
  const k = oneCpu(), { current: idle } = k.cpus[0], rq = k.rqs[0], at = (name: string, vruntime: number, deadline: number): Task => {
    const t = spawn(k, name, function* program(): Timed<void> { yield spend(ns(MS)); });
    rq.remove(t);
    t.vruntime = vruntime;
    t.deadline = deadline;
    return t;
  };
  const leaving = at('leaving', 0, 900), other = at('other', 100, 900), sleeper = at('sleeper', 50, 800);
  rq.insert(leaving);
  rq.insert(other);
  sleeper.delayed = true;
  rq.delayed.push(sleeper);
  k.cpus[0].current = leaving;
  // the mean of 0, 100 and 50 is 50: the sleeper is eligible, and its deadline is the first; with the one that leaves counted twice the mean would be 37
  expect([nextEevdf(k, rq)?.comm, sleeper.delayed, sleeper.vlag]).toEqual(['leaving', false, 0]);
  k.cpus[0].current = idle;
});
test('a new task has half a slice at first', () => {
  const k = oneCpu(), seen: string[] = [];
  k.runUntil(ns(MS));
  const t = spawn(k, 't', (k) => work(k, 1, seen, 't'));
  expect(t.deadline - t.vruntime).toBe(375_000); // of sysctl_sched_base_slice, 0.75 ms on one CPU
});
test('a slice that is over is noticed at a wake-up too, not only at a tick', () => {
  const k = oneCpu(), seen: string[] = [], wq = new WaitQueue(k);
  let told = false;
  spawn(k, 'sleeper', (k) => kfn('sleeper', function* (k: Kernel): Timed<void> { yield* waitEvent(k, wq, () => told); yield spend(ns(1000)); })(k));
  k.runUntil(ns(4.1 * MS)); // right after a tick
  spawn(k, 'runner', (k) => kfn('runner', function* (k: Kernel): Timed<void> {
    yield spend(ns(MS)); // more than its half slice
    told = true;
    wakeUpAll(k, wq);
    yield* work(k, 3, seen, 'runner');
  })(k));
  let began = 0;
  spawn(k, 'waiter', (k) => kfn('waiter', function* (k: Kernel): Timed<void> { began = k.now; yield spend(ns(MS)); })(k));
  k.runUntil(ns(12 * MS));
  // the wake-up comes at 5.1 ms; the next tick at 8
  expect(began).toBeLessThan(6 * MS);
});
test('who was alone for a slice and more is preempted by who wakes up, for both have the same deadline then; before that it runs to parity', () => {
  const onAfter = (ran: number): number => {
    const k = oneCpu(), wq = new WaitQueue(k);
    let told = false, at = 0;
    spawn(k, 'sleeper', function* program(k): Timed<void> { yield* waitEvent(k, wq, () => told); at = k.now; yield spend(ns(MS)); }); // no thread of boot
    k.runUntil(ns(4.1 * MS)); // right after a tick
    let woken = 0;
    spawn(k, 'runner', (k) => kfn('runner', function* (k: Kernel): Timed<void> { yield spend(ns(ran)); woken = k.now; told = true; wakeUpAll(k, wq); for (;;) { yield* condResched(k); yield spend(ns(100_000)); } })(k));
    k.runUntil(ns(20 * MS));
    return at - woken;
  };
  // capture 6.12-256M-1-victims: kswapd is on 7 us after a task that had worked for milliseconds wakes it
  expect(onAfter(2 * MS)).toBeLessThan(MS / 10);
  expect(onAfter(MS / 5)).toBeGreaterThan(MS);
});
test('a kernel thread of boot preempts at its first wake-up whoever it is, and later only who is past its slice', () => {
  const k = oneCpu(), wq = new WaitQueue(k), waits: number[] = [];
  let told = 0, woken = 0;
  spawn(k, 'kthread', (k) => kfn('kthread', function* (k: Kernel): Timed<void> { for (let n = 1; ; n++) { yield* waitEvent(k, wq, () => told >= n); waits.push(k.now - woken); yield spend(ns(7000)); } })(k), { daemon: true });
  k.runUntil(ns(40.1 * MS));
  const tell = kfn('tell', function* (k: Kernel): Timed<void> { yield spend(ns(127_000)); woken = k.now; told++; wakeUpAll(k, wq); for (let i = 0; i < 60; i++) { yield* condResched(k); yield spend(ns(100_000)); } });
  spawn(k, 'tell', (k) => tell(k));
  k.runUntil(ns(60 * MS));
  told++;
  wakeUpAll(k, wq); // alone on the CPU: what it was behind is forgotten
  k.runUntil(ns(80.1 * MS));
  spawn(k, 'tell', (k) => tell(k));
  k.runUntil(ns(100 * MS));
  // capture 6.12-256M-1-hog_sched: kswapd is on at once at 2201.5 ms, after 127 us of the other; at 2338.9 ms it waits
  expect(waits.length).toBe(3);
  expect(waits[0]).toBeLessThan(50_000);
  expect(waits[2]).toBeGreaterThan(MS);
});
