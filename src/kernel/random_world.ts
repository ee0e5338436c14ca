/**
 * Random programs on random machines: every primitive of scheduling and locking, in every order. The properties run these;
 * a setup is plain data, so that a failing one can be written down.
 */
import type { Timer } from '../base/agenda.ts';
import { jiffies, must, ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import { type BareConfig, bootBare } from './bare.ts';
import { type Deferred, kfn, type Kernel, type Preemption, spend } from './kernel.ts';
import { Mutex, mutexLock, mutexLockKillable, mutexTrylock, mutexUnlock } from './locking/mutex.ts';
import { downRead, downReadKillable, downReadTrylock, downWrite, downWriteKillable, downWriteTrylock, RwSem, upRead, upWrite } from './locking/rwsem.ts';
import { down, downTrylock, Semaphore, up } from './locking/semaphore.ts';
import { LocalLock, localLock, localUnlock, SpinLock, spinLock, spinLockIrq, spinTrylock, spinUnlock, spinUnlockIrq } from './locking/spinlock.ts';
import { condResched, device, raiseSoftirq, sendSignal, SOFTIRQ_VEC, spawn } from './sched/core.ts';
import { KILLABLE, type Policy, type Task, UNINTERRUPTIBLE } from './sched/task.ts';
import { clockNanosleep, delTimer, modTimer, TimerList } from './sched/timer.ts';
import { finishWait, prepareToWait, scheduleTimeout, scheduleTimeoutInterruptible, scheduleTimeoutUninterruptible, WaitQueue, waitEvent, wakeUp } from './sched/wait.ts';
import { Work, Workqueue, flushWork, queueDelayedWork, queueWork } from './workqueue.ts';

export const OPS = [
  'spend', 'mutex', 'nested', 'killable', 'trylock', 'spin', 'spinIrq', 'spinTry', 'local', 'read', 'readKillable', 'write', 'writeTry', 'sem', 'sleep', 'nap', 'nanosleep',
  'wait', 'wake', 'spinWait', 'timer', 'work', 'flush', 'resched', 'kill',
] as const;
export interface Op { readonly kind: (typeof OPS)[number]; readonly n: number; readonly i: number }
export interface Program { readonly policy: Policy; readonly prio: number; readonly weight: number; readonly ops: readonly Op[] }
export interface Setup {
  readonly cpus: number;
  readonly hz: number;
  readonly preempt: Preemption;
  readonly wheel: 'exact' | 'levels';
  readonly seed: number;
  readonly irqEveryNs: number;
  readonly programs: readonly Program[];
}
class Things {
  readonly m: Mutex[];
  readonly s: SpinLock[];
  readonly irqLock: SpinLock;
  readonly local: LocalLock;
  readonly rw: RwSem;
  readonly sem: Semaphore;
  readonly wq: WaitQueue;
  readonly timer: TimerList;
  readonly works: Work[];
  readonly queues: Workqueue[];
  readonly users: Task[];
  tokens: number;
  constructor(k: Kernel) {
    this.m = [0, 1, 2].map((i) => new Mutex(k, `m${i}`, { quiet: i === 1 }));
    this.s = [0, 1, 2].map((i) => new SpinLock(k, `s${i}`, { raw: i === 0, quiet: i === 2 }));
    this.irqLock = new SpinLock(k, 'irq_lock');
    this.local = new LocalLock(k, 'local', { quiet: true });
    this.rw = new RwSem(k, 'rw', { quiet: k.chance.below(2) === 1 });
    this.sem = new Semaphore(k, 'sem', 1);
    this.wq = new WaitQueue(k);
    this.timer = new TimerList(k, 'poke', (k) => poke(k, this));
    this.queues = [new Workqueue(k, 'events'), new Workqueue(k, 'rescued', { unbound: true, memReclaim: true }), new Workqueue(k, 'high', { highpri: true, maxActive: 1 })];
    this.works = [0, 1, 2].map(() => new Work(k, (k) => chore(k, this)));
    this.users = [];
    this.tokens = 0;
  }
}
const poke = kfn('poke', function* (k, x: Things): Timed<void> {
  yield spend(ns(700));
  x.tokens++;
  wakeUp(k, x.wq);
});
const chore = kfn('chore', function* (k, x: Things): Timed<void> {
  yield spend(ns(30_000));
  yield* mutexLock(k, x.m[1]);
  yield spend(ns(3000));
  mutexUnlock(k, x.m[1]);
  if (x.tokens % 3 === 0) yield* scheduleTimeoutUninterruptible(k, jiffies(1));
  yield* poke(k, x);
});

const work = kfn('work', function* (_k, n: number): Timed<void> { yield spend(ns(n)); });
const nested = kfn('nested', function* (k, x: Things, short: number): Timed<void> {
  yield* mutexLock(k, x.m[0]);
  yield* work(k, short);
  yield* mutexLock(k, x.m[2]);
  yield* work(k, short);
  mutexUnlock(k, x.m[0]);
  yield* spinLock(k, x.s[2]);
  yield* work(k, short);
  spinUnlock(k, x.s[2]);
  mutexUnlock(k, x.m[2]);
});
/** Sets a state, takes a spinlock, then sleeps: on RT the spinlock may itself sleep, and must keep the state. */
const spinWait = kfn('spin_wait', function* (k, x: Things, n: number): Timed<void> {
  prepareToWait(k, x.wq, UNINTERRUPTIBLE, true);
  yield* spinLock(k, x.s[1]);
  yield* work(k, n % 20_000);
  spinUnlock(k, x.s[1]);
  if (x.tokens === 0) yield* scheduleTimeout(k, jiffies(2));
  finishWait(k, x.wq);
});
const sysLock = kfn('sys_lock', function* (k, x: Things, o: Op): Timed<void> {
  const m = x.m[o.i], s = x.s[o.i], long = 50_000 + (o.n % 900_000), short = 2000 + (o.n % 60_000);
  switch (o.kind) {
    case 'mutex': yield* mutexLock(k, m); yield* work(k, long); mutexUnlock(k, m); return;
    case 'killable': if (yield* mutexLockKillable(k, m)) { yield* work(k, long); mutexUnlock(k, m); } return;
    case 'trylock': if (mutexTrylock(k, m)) { yield* work(k, short); mutexUnlock(k, m); } return;
    case 'spin': yield* spinLock(k, s); yield* work(k, short); spinUnlock(k, s); return;
    case 'spinIrq': yield* spinLockIrq(k, x.irqLock); yield* work(k, short); spinUnlockIrq(k, x.irqLock); return;
    case 'spinTry': if (spinTrylock(k, s)) { yield* work(k, short); spinUnlock(k, s); } return;
    case 'local': yield* localLock(k, x.local); yield* work(k, short); localUnlock(k, x.local); return;
    case 'read': if (o.i === 0 && !downReadTrylock(k, x.rw)) return; if (o.i !== 0) yield* downRead(k, x.rw); yield* work(k, long); upRead(k, x.rw); return;
    case 'readKillable': if (yield* downReadKillable(k, x.rw)) { yield* work(k, long); upRead(k, x.rw); } return;
    case 'write': if (o.i === 0) yield* downWrite(k, x.rw); else if (!(yield* downWriteKillable(k, x.rw))) return; yield* work(k, long); upWrite(k, x.rw); return;
    case 'writeTry': if (downWriteTrylock(k, x.rw)) { yield* work(k, short); upWrite(k, x.rw); } return;
    case 'sem': if (o.i === 0 && !downTrylock(k, x.sem)) return; if (o.i !== 0) yield* down(k, x.sem); yield* work(k, long); up(k, x.sem); return;
    default: return yield* nested(k, x, short);
  }
});
const sysSleep = kfn('sys_sleep', function* (k, x: Things, o: Op): Timed<void> {
  switch (o.kind) {
    case 'sleep': yield* scheduleTimeoutUninterruptible(k, jiffies(o.n % 32 === 0 ? 70 : o.n % 3)); return;
    case 'nap': yield* scheduleTimeoutInterruptible(k, jiffies(1 + (o.n % 2))); return;
    case 'nanosleep': yield* clockNanosleep(k, ns(k.now + (o.n % 700_000))); return;
    case 'wait': {
      const how = yield* waitEvent(k, x.wq, () => x.tokens > 0, o.i === 0 ? UNINTERRUPTIBLE : KILLABLE, jiffies(1 + (o.n % 7)), o.i === 1);
      if (how === 'event') x.tokens--;
      return;
    }
    case 'flush': yield* flushWork(k, x.works[o.i]); return;
    default: return yield* spinWait(k, x, o.n);
  }
});
const sysOther = kfn('sys_other', function* (k, x: Things, o: Op): Timed<void> {
  switch (o.kind) {
    case 'spend': return yield* work(k, o.n);
    case 'wake': x.tokens++; wakeUp(k, x.wq); return yield* work(k, 1000);
    case 'timer': if (o.i === 0) delTimer(k, x.timer); else modTimer(k, x.timer, jiffies(k.jiffies + (o.n % 4) + 1)); return yield* work(k, 100);
    case 'work': if (o.i === 0) queueDelayedWork(k, x.queues[0], x.works[0], jiffies(o.n % 4)); else queueWork(k, x.queues[o.i], x.works[o.i]); return yield* work(k, 100);
    case 'resched': return yield* condResched(k);
    default: sendSignal(k, x.users[o.n % x.users.length], o.n % 6 === 0 ? 9 : 10, o.n % 6 === 0); return yield* work(k, 100);
  }
});
const SLEEPS: readonly string[] = ['sleep', 'nap', 'nanosleep', 'wait', 'flush', 'spinWait'], OTHERS: readonly string[] = ['spend', 'wake', 'timer', 'work', 'resched', 'kill'];
function* program(k: Kernel, x: Things, ops: readonly Op[]): Timed<void> {
  for (let round = 0; round < 3; round++) {
    for (const o of ops) {
      if (SLEEPS.includes(o.kind)) yield* sysSleep(k, x, o);
      else if (OTHERS.includes(o.kind)) yield* sysOther(k, x, o);
      else yield* sysLock(k, x, o);
      yield spend(ns(k.chance.below(60_000)));
    }
  }
}
const netRxAction = kfn('net_rx_action', function* (k, x: Things): Timed<void> {
  yield spend(ns(20_000));
  x.tokens++;
  wakeUp(k, x.wq);
});
const nicInterrupt = kfn('nic_interrupt', function* (k, x: Things, softirq: Deferred): Timed<void> {
  if (k.preempt !== 'rt') yield* spinLock(k, x.irqLock);
  yield spend(ns(2000));
  if (k.preempt !== 'rt') spinUnlock(k, x.irqLock);
  raiseSoftirq(k, SOFTIRQ_VEC.NET_RX, softirq);
});
/** An interrupt every so often, whose handler takes a lock and leaves a softirq behind. */
function nic(k: Kernel, x: Things, everyNs: number): void {
  const softirq: Deferred = (k) => netRxAction(k, x), dev = device(k, 'nic', 0, (k) => nicInterrupt(k, x, softirq));
  let left = 40;
  const clock: Timer = k.timer('nic clock', () => {
    k.agenda.arm(dev, ns(k.now + 1));
    if (--left > 0) k.agenda.arm(clock, ns(k.now + everyNs));
  });
  k.agenda.arm(clock, ns(everyNs));
}
export function randomWorld(s: Setup, more: BareConfig = {}): Kernel {
  const k = bootBare({ cpus: s.cpus, hz: s.hz, preempt: s.preempt, seed: s.seed, timerWheel: s.wheel, ...more }), x = new Things(k);
  s.programs.forEach((p, i) => x.users.push(spawn(k, `t${i}`, () => program(k, x, p.ops), { policy: p.policy, rtPrio: p.prio, weight: p.weight })));
  nic(k, x, s.irqEveryNs);
  must(x.users[0], 'a world has a program');
  return k;
}
