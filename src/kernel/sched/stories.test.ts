import { expect, test } from 'vitest';
import { jiffies, ns } from '../../base/units.ts';
import { livepatch, type Timed } from '../../sim/kfn.ts';
import { bootBare } from '../bare.ts';
import { kfn, type Kernel, spend } from '../kernel.ts';
import { Mutex, mutexLock, mutexLockKillable, mutexUnlock } from '../locking/mutex.ts';
import { downRead, downReadTrylock, downWrite, RwSem, upRead, upWrite } from '../locking/rwsem.ts';
import { SpinLock, spinLock, spinUnlock } from '../locking/spinlock.ts';
import { complete, Completion, waitForCompletion } from './completion.ts';
import { condResched, device, raiseSoftirq, sendSignal, SIGKILL, SOFTIRQ_VEC, spawn } from './core.ts';
import { DEAD, KILLABLE } from './task.ts';
import { scheduleTimeoutUninterruptible, WaitQueue, waitEvent, wakeUp, type Woken } from './wait.ts';

const MS = 1_000_000;
const compute = kfn('compute', function* (_k, n: number): Timed<void> { yield spend(ns(n)); });
const loop = kfn('shrink_lruvec', function* (k, polite: boolean): Timed<void> {
  for (let i = 0; i < 100; i++) { yield* compute(k, MS); if (polite) yield* condResched(k); }
});
const quiet = kfn('irq_handler', function* (k): Timed<void> { yield* compute(k, 5000); });
const user = (body: (k: Kernel) => Timed<void>) => body;

test("an interrupt's frames stand above the task's, and its time is not the task's", () => {
  const k = bootBare(), t = spawn(k, 'app', user(function* (k) { yield* compute(k, MS); }));
  k.agenda.arm(device(k, 'nic', 0, quiet), ns(100_000));
  k.runUntil(ns(101_000));
  expect(k.stackNames(k.cpus[0].top.stack)).toEqual(['compute', 'irq_handler', 'compute']);
  k.runUntil(ns(10 * MS));
  expect(t.used).toBe(MS + k.cost.switch_ + k.cost.exit);
  expect(k.cpus[0].usage[2]).toBe(5000 + k.cost.irq); // and the IPI that started it
});
test('PREEMPT_NONE: a reclaim loop is left only at cond_resched(); full preemption leaves it at the tick', () => {
  const other = (preempt: 'none' | 'full', polite: boolean): number => {
    const k = bootBare({ preempt, hz: 250 });
    spawn(k, 'reclaim', user(function* (k) { yield* loop(k, polite); }));
    let ran = 0;
    spawn(k, 'other', user(function* (k) { yield spend(ns(1)); ran = k.now; }));
    k.runUntil(ns(200 * MS));
    return Math.floor(ran / MS);
  };
  expect(other('none', false)).toBe(100);
  expect(other('none', true)).toBeLessThan(10);
  expect(other('full', false)).toBeLessThan(10);
});
test('CFS: somebody far behind who wakes up does not take the clock of the queue past who runs', () => {
  const k = bootBare({ preempt: 'full', hz: 250 });
  spawn(k, 'runs', user(function* (k) { yield* loop(k, true); }));
  // 3 ms with a weight of 3 count as a second: that is how far behind it is when it comes back
  spawn(k, 'behind', user(function* (k) { yield* compute(k, 3 * MS); yield* scheduleTimeoutUninterruptible(k, jiffies(2)); yield* compute(k, MS); }), { policy: 'idle' });
  let woke = 0, ran = 0;
  spawn(k, 'late', user(function* (k) { yield* scheduleTimeoutUninterruptible(k, jiffies(8)); woke = k.now; yield spend(ns(1)); ran = k.now; }));
  k.runUntil(ns(90 * MS));
  // placed by the clock of who runs, and ahead of it by a sleeper's credit, it is on at the tick that wakes it, or the next
  expect([woke > 0, woke < 41 * MS, ran - woke < MS]).toEqual([true, true, true]);
});
test('of a wake-up, a timeout and a signal exactly one wins', () => {
  for (const [first, want] of [['wake', 'event'], ['signal', null], ['none', 'timeout']] as const) {
    const k = bootBare({ cpus: 2 }), wq = new WaitQueue(k);
    let how: Woken | null = null, set = false;
    const t = spawn(k, 'waiter', user(function* (k) { how = yield* waitEvent(k, wq, () => set, KILLABLE, jiffies(3), true); }), { cpus: [0] });
    spawn(k, 'waker', user(function* (k) {
      yield spend(ns(2 * MS));
      if (first === 'wake') { set = true; expect(wakeUp(k, wq)).toBe(1); expect(wakeUp(k, wq)).toBe(0); }
      if (first === 'signal') { sendSignal(k, t, SIGKILL, true); expect(wakeUp(k, wq)).toBe(0); }
    }), { cpus: [1] });
    k.runUntil(ns(100 * MS));
    expect(how).toBe(want); // killed: wait_event() returned, and the user frame that would have kept the answer was dropped
    expect(wq.entries.length).toBe(0);
    expect(k.rqs.every((rq) => rq.wheel.heap.length === 0)).toBe(true); // the timer was cancelled
    expect(t.sleeps).toBe(1);
  }
});
test('a killed task returns through its kernel frames and drops only its user frame', () => {
  const k = bootBare({ cpus: 2 }), m = new Mutex(k, 'm'), seen: string[] = [];
  const sys = kfn('sys', function* (k): Timed<void> { seen.push((yield* mutexLockKillable(k, m)) ? 'got it' : 'EINTR'); });
  spawn(k, 'holder', user(function* (k) { yield* mutexLock(k, m); yield* compute(k, 50 * MS); mutexUnlock(k, m); }), { cpus: [0] });
  const v = spawn(k, 'victim', user(function* (k) { try { yield spend(ns(MS)); yield* sys(k); seen.push('user code went on'); } finally { seen.push('user frame dropped'); } }), { cpus: [1] });
  k.runUntil(ns(5 * MS));
  k.cpu = k.cpus[0];
  sendSignal(k, v, SIGKILL, true);
  k.runUntil(ns(10 * MS));
  expect(seen).toEqual(['EINTR', 'user frame dropped']);
  expect(v.state).toBe(DEAD);
  expect(m.waiters.length).toBe(0);
});
test('a killed program stops in the middle of its own computing, within the time of an interrupt', () => {
  const k = bootBare({ cpus: 2 }), v = spawn(k, 'busy', user(function* () { yield spend(ns(1000 * MS)); }), { cpus: [1] });
  spawn(k, 'killer', user(function* (k) { yield spend(ns(MS)); sendSignal(k, v, SIGKILL, true); }), { cpus: [0] });
  k.runUntil(ns(2 * MS));
  expect(v.state).toBe(DEAD);
});
test('what is registered for do_exit() runs in order in the task that exits, whether it was killed or has ended', () => {
  const k = bootBare(), ran: string[] = [];
  const part = (name: string) => kfn(name, function* (k): Timed<void> { ran.push(`${name} of ${k.current.comm}`); yield spend(ns(MS)); });
  k.atExit.push(part('exit_mm'), part('exit_files'));
  spawn(k, 'a', user(function* () { yield spend(ns(MS)); }));
  const b = spawn(k, 'b', user(function* () { yield spend(ns(1000 * MS)); }));
  k.runUntil(ns(50 * MS));
  sendSignal(k, b, SIGKILL, true);
  sendSignal(k, b, SIGKILL, true); // a second kill changes nothing
  k.runUntil(ns(100 * MS));
  expect(ran).toEqual(['exit_mm of a', 'exit_files of a', 'exit_mm of b', 'exit_files of b']);
  expect(b.state).toBe(DEAD);
  expect(k.running).toBe(0);
});
test('a queued writer makes read trylock fail; on RT readers pass', () => {
  for (const [preempt, want] of [['full', false], ['rt', true]] as const) {
    const k = bootBare({ cpus: 3, preempt }), s = new RwSem(k, 'mmap_sem');
    let got: boolean | null = null;
    spawn(k, 'reader', user(function* (k) { yield* downRead(k, s); yield spend(ns(20 * MS)); upRead(k, s); }), { cpus: [0] });
    spawn(k, 'writer', user(function* (k) { yield spend(ns(MS)); yield* downWrite(k, s); upWrite(k, s); }), { cpus: [1] });
    spawn(k, 'oom_reaper', user(function* (k) { yield spend(ns(5 * MS)); got = downReadTrylock(k, s); if (got) upRead(k, s); }), { cpus: [2] });
    k.runUntil(ns(100 * MS));
    expect(got).toBe(want);
    expect(k.running).toBe(0);
  }
});
test('priority inversion without inheritance, none on RT', () => {
  const highGot = (preempt: 'full' | 'rt'): number => {
    const k = bootBare({ preempt }), m = new Mutex(k, 'm');
    let at = 0;
    spawn(k, 'low', user(function* (k) { yield* mutexLock(k, m); yield* compute(k, 10 * MS); mutexUnlock(k, m); }));
    spawn(k, 'middle', user(function* (k) { yield* scheduleTimeoutUninterruptible(k, jiffies(1)); yield* compute(k, 500 * MS); }), { policy: 'fifo', rtPrio: 10 });
    spawn(k, 'high', user(function* (k) { yield* scheduleTimeoutUninterruptible(k, jiffies(1)); yield* mutexLock(k, m); at = k.now; mutexUnlock(k, m); }), { policy: 'fifo', rtPrio: 20 });
    k.runUntil(ns(1000 * MS));
    return at / MS;
  };
  expect(highGot('full')).toBeGreaterThan(500);
  expect(highGot('rt')).toBeLessThan(12);
});
test('a spinner burns CPU; what it waits for is on the record', () => {
  const k = bootBare({ cpus: 2 }), l = new SpinLock(k, 'zone->lock');
  spawn(k, 'a', user(function* (k) { yield* spinLock(k, l); yield spend(ns(MS)); spinUnlock(k, l); }), { cpus: [0] });
  const b = spawn(k, 'b', user(function* (k) { yield spend(ns(1000)); yield* spinLock(k, l); spinUnlock(k, l); }), { cpus: [1] });
  k.runUntil(ns(MS / 2));
  expect([b.blockedOn?.name, k.stackNames(b.stack)[0]]).toEqual(['zone->lock', 'native_queued_spin_lock_slowpath']);
  k.runUntil(ns(10 * MS));
  expect(b.used).toBeGreaterThan(0.99 * MS);
});
const again = kfn('net_rx_action', function* (k): Timed<void> { yield spend(ns(300_000)); raiseSoftirq(k, SOFTIRQ_VEC.NET_RX, again); });
const raise = kfn('nic_handler', function* (k): Timed<void> { yield spend(ns(1000)); raiseSoftirq(k, SOFTIRQ_VEC.NET_RX, again); });
test('softirqs over budget go to ksoftirqd, where a task gets its share', () => {
  const k = bootBare({ hz: 1000 }), t = spawn(k, 'app', user(function* (k) { yield* compute(k, 20 * MS); }));
  k.agenda.arm(device(k, 'nic', 0, raise), ns(MS));
  k.runUntil(ns(60 * MS));
  expect(k.rqs[0].ksoftirqd?.used).toBeGreaterThan(10 * MS);
  expect(t.used).toBeGreaterThan(19 * MS);
});
test('a completion that times out takes no token', () => {
  const k = bootBare(), c = new Completion(k), got: string[] = [];
  spawn(k, 'w', user(function* (k) { got.push(yield* waitForCompletion(k, c, KILLABLE, jiffies(2))); got.push(yield* waitForCompletion(k, c, KILLABLE, jiffies(9))); }));
  spawn(k, 'c', user(function* (k) { yield* scheduleTimeoutUninterruptible(k, jiffies(5)); complete(k, c); }));
  k.runUntil(ns(1000 * MS));
  expect([got, c.done]).toEqual([['timeout', 'event'], 0]);
});
test('a livepatch is seen in stacks, belongs to one machine, and two of one function do not boot', () => {
  const twice = { id: 'slow', patches: [livepatch(compute, function* (_k, n) { yield spend(ns(n * 2)); })] };
  const worlds = [bootBare({ variants: [twice] }), bootBare()];
  for (const k of worlds) { spawn(k, 't', user(function* (k) { yield* compute(k, MS); })); k.runUntil(ns(MS / 2)); }
  expect(worlds.map((k) => k.stackNames(k.cpus[0].top.stack))).toEqual([['compute [slow]'], ['compute']]);
  expect(() => bootBare({ variants: [twice, { ...twice, id: 'slower' }] })).toThrow(/two variants patch compute/);
  const era = { id: 'v5.9', base: true, patches: twice.patches }; // an era's body lies below a livepatch, and is not named
  expect(bootBare({ variants: [twice, era] }).fnName(compute.fn)).toBe('compute [slow]');
  expect(bootBare({ variants: [era] }).fnName(compute.fn)).toBe('compute');
});
test('a forgotten yield* stops the run by name', () => {
  const k = bootBare();
  spawn(k, 't', user(function* (k) { compute(k, 1); yield spend(ns(1)); }));
  expect(() => k.runUntil(ns(MS))).toThrow(/compute\(\) was called without yield\*/);
});
test('a sleep in a handler, with a spinlock held or with interrupts off stops the run and says where', () => {
  const sleepy = kfn('bad_handler', function* (k): Timed<void> { yield* scheduleTimeoutUninterruptible(k, jiffies(1)); });
  const a = bootBare();
  a.agenda.arm(device(a, 'd', 0, sleepy), ns(1));
  expect(() => a.runUntil(ns(MS))).toThrow(/sleeping function called from invalid context.*name: swapper\/0, at schedule < schedule_timeout < schedule_timeout_uninterruptible < bad_handler/);
  const b = bootBare(), l = new SpinLock(b, 'l'), m = new Mutex(b, 'm');
  spawn(b, 'hog', user(function* (k) { yield* spinLock(k, l); yield* mutexLock(k, m); }));
  expect(() => b.runUntil(ns(MS))).toThrow(/in_atomic\(\): 1, irqs_disabled\(\): 0, pid: 1, name: hog/);
});
