import { expect, test } from 'vitest';
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { bootBare } from '../bare.ts';
import { kfn, type Kernel, spend } from '../kernel.ts';
import { condResched, spawn } from './core.ts';
import { WaitQueue, waitEvent, wakeUpAll } from './wait.ts';

const MS = 1_000_000, TICK = 4;
type Seen = readonly [name: string, cpu: number, ms: number];
/**
 * Two CPUs at 250 ticks a second. `killer` begins on CPU 1, works there and wakes `victim`, which has slept there, after `atMs`; each says when and where it goes on. What an
 * allocation does to its victim (capture 6.1n-256M-2-mod_notifier_free_inside): the killer gives way at its next cond_resched().
 */
function woken(sharedCache: 'on' | 'off', atMs: number, allowed?: readonly number[]): readonly Seen[] {
  const k = bootBare({ cpus: 2, fairness: 'cfs', preempt: 'none', hz: 250, knobs: { 'sched.sharedCache': sharedCache } }), queue = new WaitQueue(k), seen: Seen[] = [];
  let told = false;
  const see = (k: Kernel, name: string): void => { seen.push([name, k.cpu.index, Math.round(k.now / 10_000) / 100]); };
  const victim = kfn('victim', function* (k: Kernel): Timed<void> {
    yield* waitEvent(k, queue, () => told);
    see(k, 'victim');
    yield spend(ns(6 * MS)); // gives nobody the CPU
  });
  const killer = kfn('killer', function* (k: Kernel): Timed<void> {
    yield spend(ns(atMs * MS));
    told = true;
    wakeUpAll(k, queue);
    yield* condResched(k);
    see(k, 'killer');
    yield spend(ns(10 * MS));
  });
  spawn(k, 'victim', (k) => victim(k), { cpus: allowed ?? [1] }); // so that it sleeps on CPU 1
  k.runUntil(ns(MS));
  if (allowed === undefined) k.tasks[k.tasks.length - 1].allowed = 3;
  spawn(k, 'killer', (k) => killer(k), { cpus: [1] });
  k.tasks[k.tasks.length - 1].allowed = 3;
  k.runUntil(ns(60 * MS));
  return seen;
}
test('where CPUs share a cache a woken task has the idle one, and its waker goes on', () => {
  // all captures of Debian's 6.1 with one allocation: the victim exits on the other CPU
  const [first, second] = woken('on', 10).map(([name, cpu]) => `${name} on ${cpu}`).toSorted();
  expect([first, second]).toEqual(['killer on 1', 'victim on 0']);
});
test('where they share none it has its own CPU, before its waker, which the idle CPU takes over at the next tick', () => {
  // the trace of a 6.1 with a socket for each CPU: the victim runs where it was killed; 3.27 and 3.56 ms later, in a tick's interrupt, <idle> of the other CPU has the killer
  const seen = woken('off', 10); // from 1 ms on: the wake-up is at 11 ms, ticks at 12, 16 ..
  expect(seen.map(([name, cpu]) => [name, cpu])).toEqual([['victim', 1], ['killer', 0]]);
  expect(seen[0][2]).toBeLessThan(11.1);
  expect(seen[1][2]).toBeGreaterThanOrEqual(3 * TICK);
  expect(seen[1][2]).toBeLessThan(3 * TICK + 0.2);
});
test('a task that may not leave waits there for its turn, and no tick moves it', () => {
  const k = bootBare({ cpus: 2, fairness: 'cfs', preempt: 'none', hz: 250, knobs: { 'sched.sharedCache': 'off' } }), at: number[] = [];
  const work = kfn('work', function* (k: Kernel, ms: number): Timed<void> { at.push(k.cpu.index); yield spend(ns(ms * MS)); });
  for (const ms of [9, 5]) spawn(k, `bound${ms}`, (k) => work(k, ms), { cpus: [1] });
  k.runUntil(ns(40 * MS));
  expect(at).toEqual([1, 1]);
});
test('a CPU that goes idle leaves alone what an idle CPU has just been given: it has only one', () => {
  // load_balance() looks for more than one runnable; here `sleeper` is woken on idle CPU 1 by a task that ends right after, on CPU 0
  const k = bootBare({ cpus: 2, fairness: 'cfs', preempt: 'none', hz: 250, knobs: { 'sched.sharedCache': 'off' } }), queue = new WaitQueue(k), at: number[] = [];
  let told = false;
  const sleeper = kfn('sleeper', function* (k: Kernel): Timed<void> { yield* waitEvent(k, queue, () => told); at.push(k.cpu.index); yield spend(ns(MS)); });
  const waker = kfn('waker', function* (k: Kernel): Timed<void> { yield spend(ns(2 * MS)); told = true; wakeUpAll(k, queue); });
  spawn(k, 'sleeper', (k) => sleeper(k), { cpus: [1] });
  k.runUntil(ns(MS));
  k.tasks[k.tasks.length - 1].allowed = 3;
  spawn(k, 'waker', (k) => waker(k), { cpus: [0] });
  k.runUntil(ns(20 * MS));
  expect(at).toEqual([1]);
});
interface Busy { readonly cpus: number; readonly last: number; readonly waker: number; readonly busy: readonly number[]; readonly sharedCache?: 'on' | 'off'; readonly policy?: 'idle'; readonly schedIdleCpu?: boolean }
/** A task that was last on CPU `last` is woken after 20 ms by one on CPU `waker`, while the CPUs of `busy` have work, as much as they are named, of that policy. Where? */
function wokenAmong({ cpus, last, waker, busy, sharedCache = 'on', policy, schedIdleCpu = true }: Busy): number {
  const k = bootBare({ cpus, fairness: 'cfs', preempt: 'none', hz: 250, schedIdleCpu, knobs: { 'sched.sharedCache': sharedCache } }), queue = new WaitQueue(k);
  let told = false;
  const sleeper = kfn('sleeper', function* (k: Kernel): Timed<void> { yield* waitEvent(k, queue, () => told); yield spend(ns(MS)); });
  const work = kfn('work', function* (_k: Kernel): Timed<void> { yield spend(ns(200 * MS)); });
  const wakes = kfn('waker', function* (k: Kernel): Timed<void> { yield spend(ns(20 * MS)); told = true; wakeUpAll(k, queue); yield spend(ns(20 * MS)); });
  const t = spawn(k, 'sleeper', (k) => sleeper(k), { cpus: [last] });
  k.runUntil(ns(MS));
  t.allowed = (1 << cpus) - 1;
  spawn(k, 'waker', (k) => wakes(k), { cpus: [waker] });
  for (const cpu of busy) spawn(k, `work${cpu}`, (k) => work(k), { cpus: [cpu], ...(policy === undefined ? {} : { policy }) });
  k.runUntil(ns(22 * MS));
  return t.cpuIndex;
}
test.each(['on', 'off'] as const)('where all CPUs are busy a woken task goes to its waker if that has less to do, and else stays; cache shared: %s', (sharedCache) => {
  // its own load is 1024, as it was new when it fell asleep: the other must have more than twice that over what the waker has (wake_affine_weight())
  const two = { cpus: 2, last: 1, waker: 0, sharedCache };
  expect([wokenAmong({ ...two, busy: [1] }), wokenAmong({ ...two, busy: [1, 1, 1, 1, 1] })]).toEqual([1, 0]);
});
test('of several idle CPUs a woken task has its own, else the next after the one that it would have stayed on', () => {
  // its own load keeps it on CPU 2 where CPU 1 has as much to do; select_idle_cpu() looks from there on, and round
  expect([[], [2], [2, 3], [0, 2, 3]].map((busy) => wokenAmong({ cpus: 4, last: 2, waker: 1, busy }))).toEqual([2, 3, 0, 2]);
});
test('since v5.4 a CPU that runs only SCHED_IDLE tasks is as good as an idle one: its own, or another that shares the cache', () => {
  const at = (busy: readonly number[], schedIdleCpu: boolean, sharedCache: 'on' | 'off' = 'on'): number => wokenAmong({ cpus: 2, last: 0, waker: 0, busy, policy: 'idle', schedIdleCpu, sharedCache });
  // it was last on its waker's CPU, which is busy; the other runs a SCHED_IDLE task: sched_idle_cpu()
  expect([at([1], true), at([1, 1], true), at([1], false), at([1], true, 'off')]).toEqual([1, 1, 0, 0]);
});
