import { expect, test } from 'vitest';
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { ROW } from '../../sim/recorder.ts';
import { bootBare } from '../bare.ts';
import { checkInvariants } from '../check.ts';
import { kfn, type Kernel, spend } from '../kernel.ts';
import { device, schedule, setCurrentState, spawn } from '../sched/core.ts';
import { UNINTERRUPTIBLE } from '../sched/task.ts';
import { WaitQueue, wakeUp, prepareToWait, finishWait } from '../sched/wait.ts';
import { Mutex, mutexLock, mutexTrylock, mutexUnlock } from './mutex.ts';
import { downRead, downWrite, downWriteTrylock, RwSem, upRead, upWrite } from './rwsem.ts';
import { down, Semaphore, up } from './semaphore.ts';
import { LocalLock, localLock, localUnlock, SpinLock, spinLock, spinLockIrq, spinTrylock, spinUnlock, spinUnlockIrq } from './spinlock.ts';

const MS = 1_000_000;
const NAMES: Record<number, string> = { [ROW.lockWait]: 'wait', [ROW.lockGot]: 'got', [ROW.lockDrop]: 'drop', [ROW.lockQuit]: 'quit', [ROW.lockMiss]: 'miss' };
/** The rows of lock 0 as `verb comm`. */
function lockRows(k: Kernel): string[] {
  k.recorder.flush();
  const out: string[] = [];
  for (const c of k.recorder.chunks) for (let i = 0; i < c.length; i++) if (c.kind[i] in NAMES && c.a[i] === 0) out.push(`${NAMES[c.kind[i]]} ${k.tasks[c.b[i]].comm}`);
  return out;
}
const two = (k: Kernel, a: (k: Kernel) => Timed<void>, b: (k: Kernel) => Timed<void>): void => { spawn(k, 'a', a, { cpus: [0] }); spawn(k, 'b', b, { cpus: [1] }); };

test('a quiet lock writes no rows until somebody waits, and then first who has it', () => {
  const k = bootBare({ cpus: 2, keep: 'all' }), l = new SpinLock(k, 'zone->lock', { quiet: true });
  two(k, function* (k) {
    for (let i = 0; i < 5; i++) { yield* spinLock(k, l); yield spend(ns(100)); spinUnlock(k, l); }
    yield* spinLock(k, l);
    yield spend(ns(MS));
    spinUnlock(k, l);
    yield spend(ns(MS));
    yield* spinLock(k, l); // alone again
    spinUnlock(k, l);
  }, function* (k) { yield spend(ns(50_000)); yield* spinLock(k, l); yield spend(ns(10)); spinUnlock(k, l); });
  k.runUntil(ns(10 * MS));
  expect(lockRows(k)).toEqual(['got a', 'wait b', 'drop a', 'got b', 'drop b']);
});
test('a trylock that fails is a row, and shows who has the quiet lock', () => {
  const k = bootBare({ cpus: 2, keep: 'all' }), m = new Mutex(k, 'oom_lock', { quiet: true });
  two(k, function* (k) { yield* mutexLock(k, m); yield spend(ns(MS)); mutexUnlock(k, m); }, function* (k) { yield spend(ns(9000)); expect(mutexTrylock(k, m)).toBe(false); });
  k.runUntil(ns(10 * MS));
  expect(lockRows(k)).toEqual(['got a', 'miss b', 'drop a']);
});
test('readers of an rwsem share it, a writer waits for the last of them, and later readers wait behind it', () => {
  const k = bootBare({ cpus: 4, keep: 'all' }), s = new RwSem(k, 'mmap_lock');
  const reader = (at: number) => function* (k: Kernel): Timed<void> { yield spend(ns(at)); yield* downRead(k, s); yield spend(ns(MS)); upRead(k, s); };
  spawn(k, 'r1', reader(1000), { cpus: [0] });
  spawn(k, 'r2', reader(200_000), { cpus: [1] });
  spawn(k, 'w', function* (k: Kernel): Timed<void> { yield spend(ns(400_000)); expect(downWriteTrylock(k, s)).toBe(false); yield* downWrite(k, s); yield spend(ns(MS)); upWrite(k, s); }, { cpus: [2] });
  spawn(k, 'r3', reader(600_000), { cpus: [3] });
  k.runUntil(ns(20 * MS));
  expect(lockRows(k)).toEqual(['got r1', 'got r2', 'miss w', 'wait w', 'wait r3', 'drop r1', 'drop r2', 'got w', 'drop w', 'got r3', 'drop r3']);
  checkInvariants(k);
});
test('a semaphore gives its units out in the order of asking', () => {
  const k = bootBare({ cpus: 4, keep: 'all' }), s = new Semaphore(k, 'pool', 2);
  const user = (at: number) => function* (k: Kernel): Timed<void> { yield spend(ns(at)); yield* down(k, s); yield spend(ns(MS)); up(k, s); };
  [1000, 100_000, 300_000, 200_000].forEach((at, i) => spawn(k, `u${i}`, user(at), { cpus: [i] }));
  k.runUntil(ns(20 * MS));
  expect(lockRows(k).filter((r) => r.startsWith('got'))).toEqual(['got u0', 'got u1', 'got u3', 'got u2']);
  expect(s.count).toBe(2);
});
test('the first waiter of a mutex that has lost against a newcomer is handed the lock the next time', () => {
  const k = bootBare({ cpus: 2, keep: 'all' }), m = new Mutex(k, 'm');
  two(k, function* (k) {
    for (let i = 0; i < 4; i++) { yield* mutexLock(k, m); yield spend(ns(20_000)); mutexUnlock(k, m); } // takes it again at once
  }, function* (k) { yield spend(ns(5000)); yield* mutexLock(k, m); mutexUnlock(k, m); });
  k.runUntil(ns(10 * MS));
  const rows = lockRows(k);
  expect(rows.indexOf('got b')).toBe(rows.indexOf('wait b') + 4); // drop a, got a (stolen), drop a, got b (handed)
});
const nic = kfn('nic', function* (k, l: SpinLock): Timed<void> { yield* spinLock(k, l); yield spend(ns(1000)); spinUnlock(k, l); });
test('with _irq an interrupt of the same CPU waits until the lock is dropped', () => {
  const k = bootBare({ cpus: 1 }), l = new SpinLock(k, 'irq_lock');
  spawn(k, 'a', function* (k: Kernel): Timed<void> { yield* spinLockIrq(k, l); yield spend(ns(MS)); spinUnlockIrq(k, l); yield spend(ns(MS)); });
  const dev = device(k, 'nic', 0, (k) => nic(k, l));
  k.agenda.arm(dev, ns(500_000));
  k.runUntil(ns(900_000));
  expect(k.cpus[0].usage[2]).toBe(k.cost.irq); // the interrupt that started the task
  k.runUntil(ns(1_100_000));
  expect(k.cpus[0].usage[2]).toBe(k.cost.irq + 1000);
  k.runUntil(ns(10 * MS));
  expect(k.running).toBe(0);
});
test('RT: a spinlock_t that sleeps keeps the state which the task had set for a sleep of its own', () => {
  const k = bootBare({ cpus: 2, preempt: 'rt' }), l = new SpinLock(k, 'l'), wq = new WaitQueue(k);
  let slept = false, flag = false;
  two(k, function* (k) { yield* spinLock(k, l); yield spend(ns(5 * MS)); spinUnlock(k, l); }, function* (k) {
    yield spend(ns(MS));
    prepareToWait(k, wq, UNINTERRUPTIBLE);
    yield* spinLock(k, l); // sleeps here: without savedState it would come back RUNNING, and not sleep below
    spinUnlock(k, l);
    if (!flag) { yield* schedule(k); slept = true; }
    finishWait(k, wq);
  });
  k.runUntil(ns(20 * MS));
  expect([slept, k.running]).toEqual([false, 1]); // it sleeps, and nobody has woken it
  flag = true;
  expect(wakeUp(k, wq)).toBe(1);
  k.runUntil(ns(30 * MS));
  expect([slept, k.running]).toEqual([true, 0]);
});
test('RT: a wake-up that comes while the task sleeps on a spinlock_t, or has just been handed it, is not lost', () => {
  for (const wakeAt of [3 * MS, 5 * MS + 200]) { // within the wait; between hand-over and going on
    const k = bootBare({ cpus: 3, preempt: 'rt' }), l = new SpinLock(k, 'l');
    two(k, function* (k) { yield* spinLock(k, l); yield spend(ns(5 * MS)); spinUnlock(k, l); }, function* (k) {
      yield spend(ns(MS));
      setCurrentState(k, UNINTERRUPTIBLE);
      yield* spinLock(k, l);
      spinUnlock(k, l);
      yield* schedule(k);
    });
    const b = k.tasks[k.tasks.length - 1], wq = new WaitQueue(k);
    wq.entries.push({ task: b, exclusive: false });
    spawn(k, 'waker', function* (k: Kernel): Timed<void> { yield spend(ns(wakeAt)); expect(wakeUp(k, wq)).toBe(1); }, { cpus: [2] });
    k.runUntil(ns(20 * MS));
    expect(k.running).toBe(0);
  }
});
test('RT: the holder of a spinlock_t can be preempted, and stays on its CPU; with a raw one it cannot', () => {
  for (const [raw, want] of [[false, true], [true, false]]) {
    const k = bootBare({ cpus: 2, preempt: 'rt' }), l = new SpinLock(k, 'l', { raw });
    const low = spawn(k, 'low', function* (k: Kernel): Timed<void> { yield* spinLock(k, l); yield spend(ns(10 * MS)); spinUnlock(k, l); });
    let at = 0;
    k.runUntil(ns(2 * MS));
    for (let i = 0; i < 2; i++) spawn(k, `hi${i}`, function* (k: Kernel): Timed<void> { yield spend(ns(MS)); at = Math.max(at, k.now); }, { policy: 'fifo', rtPrio: 5 + i, cpus: [low.cpuIndex] });
    k.runUntil(ns(100 * MS));
    expect(at < 8 * MS).toBe(want);
    expect(k.running).toBe(0);
  }
});
test('a local lock keeps others off this CPU only', () => {
  const k = bootBare({ cpus: 2, keep: 'all' }), l = new LocalLock(k, 'pcp->lock');
  const done: number[] = [];
  const body = function* (k: Kernel): Timed<void> { yield* localLock(k, l); yield spend(ns(MS)); localUnlock(k, l); done.push(k.now); };
  two(k, body, body);
  k.runUntil(ns(10 * MS));
  expect(Math.abs(done[0] - done[1])).toBeLessThan(10_000);
  expect(k.recorder.locks.map((x) => `${x.kind} ${x.name}`)).toEqual(['local_lock pcp->lock cpu0', 'local_lock pcp->lock cpu1']);
});
test('a spinlock is not taken by trylock while somebody has it, and its holder spins for itself if it takes it again', () => {
  const k = bootBare(), l = new SpinLock(k, 'l');
  spawn(k, 'a', function* (k: Kernel): Timed<void> { expect(spinTrylock(k, l)).toBe(true); expect(spinTrylock(k, l)).toBe(false); yield* spinLock(k, l); });
  k.runUntil(ns(MS));
  expect([k.running, l.spinners.length, k.tasks[1].blockedOn]).toEqual([1, 1, l]);
});
