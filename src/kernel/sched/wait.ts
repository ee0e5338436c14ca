/**
 * kernel/sched/wait.c, kernel/time/sleep_timeout.c.
 * Everything that can end a sleep goes through tryToWakeUp(), which says true to the first. An entry leaves its queue
 * when its wake-up won, or when its task comes back; so a wake-up that lost goes to the next entry and is never used up.
 */
import type { Jiffies } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { WAKE } from '../../sim/recorder.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { INTERRUPTIBLE, KILLABLE, NORMAL, RUNNING, signalPendingState, type Task, TASK_IDLE, UNINTERRUPTIBLE } from './task.ts';
import { armWheel } from './timer.ts';
import { schedule, setCurrentState, tryToWakeUp } from './wake.ts';

export const MAX_SCHEDULE_TIMEOUT = Infinity as Jiffies;
interface Entry { readonly task: Task; readonly exclusive: boolean }

export class WaitQueue {
  readonly object: number;
  readonly entries: Entry[];
  constructor(k: Kernel) { this.object = k.newObject(); this.entries = []; }
  /** waitqueue_active() */
  get active(): boolean { return this.entries.length > 0; }
}

/** Exclusive waiters stand at the end, the others in front; who is queued already stays where it is. */
export function prepareToWait(k: Kernel, wq: WaitQueue, state: number, exclusive = false): void {
  k.touch(wq.object);
  const task = k.current;
  if (!wq.entries.some((e) => e.task === task)) {
    if (exclusive) wq.entries.push({ task, exclusive }); else wq.entries.unshift({ task, exclusive });
  }
  setCurrentState(k, state);
}
export function finishWait(k: Kernel, wq: WaitQueue): void {
  k.touch(wq.object);
  k.current.state = RUNNING;
  const i = wq.entries.findIndex((e) => e.task === k.current);
  if (i >= 0) wq.entries.splice(i, 1);
}
/** __wake_up(): all that are not exclusive, and `nr` that are. Returns how many it woke. */
export function wakeUp(k: Kernel, wq: WaitQueue, nr = 1, mode: number = NORMAL): number {
  k.touch(wq.object);
  if (wq.entries.length === 0) return 0;
  let woken = 0;
  for (const e of [...wq.entries]) {
    if (!tryToWakeUp(k, e.task, mode, WAKE.event)) continue; // a timeout or a signal was first: the next one may have it
    wq.entries.splice(wq.entries.indexOf(e), 1);
    woken++;
    if (e.exclusive && --nr === 0) break;
  }
  return woken;
}
/** wake_up_all() */
export const wakeUpAll = (k: Kernel, wq: WaitQueue, mode: number = NORMAL): number => wakeUp(k, wq, Infinity, mode);

/** schedule_timeout(): sleeps in the state that was set; for how many ticks, see wheelExpiry(). Returns the jiffies left, 0 = all gone. */
export const scheduleTimeout = kfn('schedule_timeout', function* (k, n: Jiffies): Timed<number> {
  if (n === MAX_SCHEDULE_TIMEOUT) { yield* schedule(k); return n; }
  const me = k.current, expires = k.jiffies + n;
  me.timer ??= k.timer(`timeout of ${me.comm}`, () => { tryToWakeUp(k, me, NORMAL, WAKE.timeout); });
  if (me.state !== RUNNING) {
    me.timerCpu = k.cpu.index;
    armWheel(k, me.timer, expires);
  }
  yield* schedule(k);
  k.touchAll();
  k.rqs[me.timerCpu].wheel.cancel(me.timer); // del_timer_sync(): does nothing when another source has won and cancelled it
  return Math.max(0, expires - k.jiffies);
});
export const scheduleTimeoutInterruptible = kfn('schedule_timeout_interruptible', function* (k, n: Jiffies): Timed<number> {
  setCurrentState(k, INTERRUPTIBLE);
  return yield* scheduleTimeout(k, n);
});
export const scheduleTimeoutKillable = kfn('schedule_timeout_killable', function* (k, n: Jiffies): Timed<number> {
  setCurrentState(k, KILLABLE);
  return yield* scheduleTimeout(k, n);
});
export const scheduleTimeoutUninterruptible = kfn('schedule_timeout_uninterruptible', function* (k, n: Jiffies): Timed<number> {
  setCurrentState(k, UNINTERRUPTIBLE);
  return yield* scheduleTimeout(k, n);
});
export const scheduleTimeoutIdle = kfn('schedule_timeout_idle', function* (k, n: Jiffies): Timed<number> {
  setCurrentState(k, TASK_IDLE);
  return yield* scheduleTimeout(k, n);
});

export type Woken = 'event' | 'timeout' | 'signal';
/** wait_event() and its relatives: until `condition`, a signal that `state` hears, or `timeout`. The condition is asked first and last. */
export const waitEvent = kfn('wait_event', function* (
  k, wq: WaitQueue, condition: () => boolean, state: number = UNINTERRUPTIBLE, timeout: Jiffies = MAX_SCHEDULE_TIMEOUT, exclusive: boolean = false,
): Timed<Woken> {
  let left: number = timeout, how: Woken = 'event';
  for (;;) {
    prepareToWait(k, wq, state, exclusive);
    if (condition()) break;
    if (left <= 0) { how = 'timeout'; break; }
    if (signalPendingState(k.current, state)) { how = 'signal'; break; }
    left = yield* scheduleTimeout(k, left as Jiffies);
  }
  finishWait(k, wq);
  return how;
});
