/**
 * kernel/locking/mutex.c; on RT rtmutex.c. Unlocking wakes the first waiter, who must win the lock against newcomers;
 * when it has lost once it asks to be handed the lock. Who takes what it has already
 * waits for itself, for ever, as in a kernel without lockdep. Left out: optimistic spinning, ww_mutex.
 * RT: waiters by priority, who lend it to the owner; unlocking hands over to the best one.
 */
import { DONE, SCHEDULE, type Timed, YES } from '../../sim/kfn.ts';
import { WAKE } from '../../sim/recorder.ts';
import { type Call, kfn, mightSleep, spend, type Kernel } from '../kernel.ts';
import { KILLABLE, NORMAL, RTLOCK_WAIT, RUNNING, signalPendingState, type Task, UNINTERRUPTIBLE } from '../sched/task.ts';
import { schedule, setCurrentState, tryToWakeUp } from '../sched/wake.ts';
import { deboost, drop, Lock, type LockOptions, miss, queue, take, unqueue } from './lock.ts';
import { checkWaitContext, scheduleBug } from './wait_context.ts';

export class Mutex extends Lock {
  handoff: boolean; // the first waiter has lost once
  constructor(k: Kernel, name: string, o: LockOptions = {}) {
    super(k, name, o.kind ?? 'mutex', k.preempt === 'rt', o.quiet ?? false);
    this.handoff = false;
  }
}
const wakeFirst = (k: Kernel, m: Lock): void => { if (m.waiters.length > 0) tryToWakeUp(k, m.waiters[0].task, NORMAL | RTLOCK_WAIT, WAKE.event); };

/** Never waits. */
export function mutexTrylock(k: Kernel, m: Mutex): boolean {
  k.touch(m.object);
  if (!m.free || m.handoff) return miss(k, m);
  take(k, m, k.current);
  return true;
}
export function mutexLock(k: Kernel, m: Mutex): Call<void> {
  checkWaitContext(k, m);
  mightSleep(k);
  if (m.free && !m.handoff && !k.exploring) { take(k, m, k.current); return DONE; }
  return mutexLockSlowpath(k, m);
}
/** false: a fatal signal came first, and the lock is not held. */
export function mutexLockKillable(k: Kernel, m: Mutex): Call<boolean> {
  checkWaitContext(k, m);
  mightSleep(k);
  if (m.free && !m.handoff && !k.exploring) { take(k, m, k.current); return YES; }
  return mutexLockKillableSlowpath(k, m);
}
const mutexLockSlowpath = kfn('__mutex_lock_slowpath', function* (k, m: Mutex): Timed<void> { yield* mutexLockCommon(k, m, UNINTERRUPTIBLE); });
const mutexLockKillableSlowpath = kfn('__mutex_lock_killable_slowpath', function* (k, m: Mutex): Timed<boolean> { return yield* mutexLockCommon(k, m, KILLABLE); });

function tryTake(k: Kernel, m: Mutex, first: boolean): boolean {
  k.touch(m.object); // also a look at a lock that is not free
  if (!m.free || (m.handoff && !first)) return false;
  take(k, m, k.current);
  return true;
}
export const mutexLockCommon = kfn('__mutex_lock_common', function* (k, m: Mutex, state: number): Timed<boolean> {
  if (k.exploring) yield spend(k.cost.atomic); // where others can get in before the atomic operation
  if (tryTake(k, m, false)) return true;
  const w = queue(k, m, true);
  for (let lost = 0; ; lost++) {
    setCurrentState(k, state);
    if (w.granted) break;
    if (tryTake(k, m, m.waiters[0] === w)) { w.granted = true; break; } // the lock goes before the signal
    if (signalPendingState(k.current, state)) break;
    if (lost > 0 && m.waiters[0] === w) m.handoff = true;
    yield* schedule(k);
  }
  k.current.state = RUNNING;
  if (m.waiters[0] === w) m.handoff = false;
  unqueue(k, m, w);
  if (!w.granted && m.free) wakeFirst(k, m); // the wake-up that we did not use belongs to the next
  return w.granted;
});
export function mutexUnlock(k: Kernel, m: Mutex): void {
  drop(k, m, k.current);
  if (m.waiters.length === 0) return;
  if (m.inherits) deboost(k, k.current);
  if (m.handoff || m.inherits) handOver(k, m, m.waiters[0].task); else wakeFirst(k, m);
}
function handOver(k: Kernel, m: Mutex, to: Task): void {
  const w = m.waiters[0];
  w.granted = true;
  m.handoff = false;
  take(k, m, to); // while it still counts as waiting: a quiet lock writes its row
  m.waiters.shift();
  m.waiting--;
  to.blockedOn = null;
  if (m.inherits) deboost(k, to);
  tryToWakeUp(k, to, NORMAL | RTLOCK_WAIT, WAKE.event);
}
/** What spinlock_t is on RT. The state that the task may have set for a sleep of its own is kept aside. */
export const rtLock = (k: Kernel, l: Mutex): Call<void> => {
  if (l.free && !k.exploring) { take(k, l, k.current); return DONE; }
  return rtlockSlowlock(k, l);
};
/**
 * schedule_rtlock(): it is not a sleep for a kworker's pool. Where the CPU may not switch it does so all the same, as __schedule() does after its warning: the
 * other task finds interrupts on. Ours get them off again when it is back, so that each unlock finds what it expects; the kernel leaves them on.
 */
function* scheduleRtlock(k: Kernel, m: Mutex): Timed<void> {
  scheduleBug(k, m);
  const off = k.cpu.irqsOff;
  k.cpu.irqsOff = 0;
  yield SCHEDULE;
  k.cpu.irqsOff = off;
}
const rtlockSlowlock = kfn('rtlock_slowlock', function* (k, m: Mutex): Timed<void> {
  const me = k.current;
  if (k.exploring) yield spend(k.cost.atomic);
  if (tryTake(k, m, false)) return;
  const w = queue(k, m, true), wokenBy = me.wokenBy;
  me.savedState = me.state;
  while (!w.granted) {
    me.state = RTLOCK_WAIT;
    if (tryTake(k, m, m.waiters[0] === w)) { w.granted = true; break; }
    yield* scheduleRtlock(k, m);
  }
  unqueue(k, m, w);
  if (me.savedState !== RUNNING) me.wokenBy = wokenBy; // nobody woke it meanwhile
  me.state = me.savedState;
  me.savedState = RUNNING;
});
