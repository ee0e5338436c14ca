import { expect, test } from 'vitest';
import { jiffies, ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { bootBare } from '../bare.ts';
import { type Kernel, spend } from '../kernel.ts';
import { spawn } from '../sched/core.ts';
import { scheduleTimeoutUninterruptible } from '../sched/wait.ts';
import { Mutex, mutexLock, mutexTrylock, mutexUnlock } from './mutex.ts';
import { downRead, downWrite, RwSem } from './rwsem.ts';
import { down, Semaphore, up } from './semaphore.ts';
import { type Ring, waitRings } from './wait_graph.ts';

const MS = 1_000_000;
const words = (r: Ring): string => r.edges.map((e) => `${e.from} ${e.blocking ? '->' : '~>'} ${e.to}`).join(', ');
function* loop(k: Kernel, m: Mutex): Timed<void> {
  while (!mutexTrylock(k, m)) yield* scheduleTimeoutUninterruptible(k, jiffies(1));
}

test('A waits for L, B holds L and keeps losing the trylock of oom_lock, which A holds: a livelock, its retry edge named', () => {
  const k = bootBare({ cpus: 2 }), oom = new Mutex(k, 'oom_lock'), l = new Mutex(k, 'L');
  spawn(k, 'A', function* (): Timed<void> { yield* mutexLock(k, oom); yield spend(ns(MS)); yield* mutexLock(k, l); });
  spawn(k, 'B', function* (): Timed<void> { yield* mutexLock(k, l); yield spend(ns(MS)); yield* loop(k, oom); });
  k.runUntil(ns(20 * MS));
  expect(waitRings(k)).toEqual([]); // five misses are no loop yet
  k.runUntil(ns(100 * MS));
  const [ring] = waitRings(k);
  expect([ring.kind, ring.lock, ring.locks, words(ring)]).toEqual(['livelock', 'oom_lock', ['L', 'oom_lock'], 'A -> L, L -> B, B ~> oom_lock, oom_lock -> A']);
});
test('a trylock that is lost to one holder after another is no wait for any of them', () => {
  const k = bootBare({ cpus: 2 }), m = new Mutex(k, 'm'), l = new Mutex(k, 'L');
  spawn(k, 'A', function* (): Timed<void> {
    for (let i = 0; i < 40; i++) { yield* mutexLock(k, m); yield* scheduleTimeoutUninterruptible(k, jiffies(0)); mutexUnlock(k, m); }
    yield* mutexLock(k, m);
    yield* mutexLock(k, l);
  });
  spawn(k, 'B', function* (): Timed<void> { yield* mutexLock(k, l); for (;;) { mutexTrylock(k, m); yield* scheduleTimeoutUninterruptible(k, jiffies(1)); } });
  k.runUntil(ns(150 * MS));
  expect(k.tasks.find((t) => t.comm === 'B')?.retries[0].count).toBeLessThan(8);
  expect(waitRings(k)).toEqual([]);
});
test('a reader that stands behind a queued writer waits for it, and the ring goes through the lock twice', () => {
  const k = bootBare({ cpus: 4 }), s = new RwSem(k, 'mmap_lock'), m = new Mutex(k, 'm');
  spawn(k, 'A', function* (): Timed<void> { yield* downRead(k, s); yield spend(ns(5 * MS)); yield* mutexLock(k, m); });
  spawn(k, 'W', function* (): Timed<void> { yield spend(ns(MS)); yield* downWrite(k, s); });
  spawn(k, 'B', function* (): Timed<void> { yield* mutexLock(k, m); yield spend(ns(2 * MS)); yield* downRead(k, s); });
  k.runUntil(ns(50 * MS));
  expect(waitRings(k).map(words)).toEqual(['A -> m, m -> B, B -> mmap_lock, mmap_lock -> W, W -> mmap_lock, mmap_lock -> A']);
});
test('of a semaphore with two units one holder who goes on is enough', () => {
  const k = bootBare({ cpus: 4 }), s = new Semaphore(k, 'pool', 2), m = new Mutex(k, 'm');
  spawn(k, 'A', function* (): Timed<void> { yield* down(k, s); yield spend(ns(2 * MS)); yield* mutexLock(k, m); });
  spawn(k, 'B', function* (): Timed<void> { yield* mutexLock(k, m); yield spend(ns(2 * MS)); yield* down(k, s); });
  spawn(k, 'C', function* (): Timed<void> { yield* down(k, s); yield spend(ns(30 * MS)); up(k, s); yield* down(k, s); yield* mutexLock(k, m); });
  k.runUntil(ns(20 * MS));
  expect(waitRings(k)).toEqual([]);
  expect(s.takers.map((t) => t.comm)).toEqual(['A', 'C']);
});
