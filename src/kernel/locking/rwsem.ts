/**
 * kernel/locking/rwsem.c, 5.3 era. A reader's fast path, and its trylock, fail when a writer holds, anyone is queued, or
 * handoff is set. Writers may steal until the first waiter is older than RWSEM_WAIT_TIMEOUT. RT: readers pass waiting
 * writers. Left out: optimistic spinning, priority inheritance of writers on RT, downgrade.
 */
import { DONE, type Timed, YES } from '../../sim/kfn.ts';
import { WAKE } from '../../sim/recorder.ts';
import { type Call, kfn, mightSleep, spend, type Kernel } from '../kernel.ts';
import { KILLABLE, NORMAL, RUNNING, signalPendingState, type Task, UNINTERRUPTIBLE } from '../sched/task.ts';
import { schedule, setCurrentState, tryToWakeUp } from '../sched/wake.ts';
import { drop, Lock, type LockOptions, miss, queue, take, unqueue } from './lock.ts';
import { checkWaitContext } from './wait_context.ts';

export class RwSem extends Lock {
  readonly fair: boolean; // a queued writer stops later readers
  writer: Task | null;
  handoff: boolean;
  constructor(k: Kernel, name: string, o: LockOptions & { readonly fair?: boolean } = {}) {
    super(k, name, 'rwsem', false, o.quiet ?? false);
    this.fair = o.fair ?? (k.preempt !== 'rt' && k.knobs['rwsem.fair'] !== 'off'); this.writer = null; this.handoff = false;
  }
}
/** RWSEM_WAIT_TIMEOUT: 4 ms in jiffies, rounded up. */
const waitTimeoutNs = (k: Kernel): number => Math.ceil(k.hz / 250) * k.tickNs;
function waitedTooLong(k: Kernel, since: number): boolean {
  k.touchAll(); // that follows from the clock
  return k.now - since > waitTimeoutNs(k);
}

function tryRead(k: Kernel, s: RwSem): boolean {
  k.touch(s.object);
  if (s.writer !== null || (s.fair && (s.waiters.length > 0 || s.handoff))) return false;
  take(k, s, k.current, true);
  return true;
}
function tryWrite(k: Kernel, s: RwSem, first: boolean): boolean {
  k.touch(s.object);
  if (!s.free || (s.handoff && !first)) return false;
  s.writer = k.current;
  take(k, s, k.current);
  return true;
}
export function downReadTrylock(k: Kernel, s: RwSem): boolean { return tryRead(k, s) || miss(k, s, true); }
export function downWriteTrylock(k: Kernel, s: RwSem): boolean { return tryWrite(k, s, false) || miss(k, s); }
export function downRead(k: Kernel, s: RwSem): Call<void> { checkWaitContext(k, s); mightSleep(k); return !k.exploring && tryRead(k, s) ? DONE : downReadInner(k, s); }
export function downWrite(k: Kernel, s: RwSem): Call<void> { checkWaitContext(k, s); mightSleep(k); return !k.exploring && tryWrite(k, s, false) ? DONE : downWriteInner(k, s); }
/** false: a fatal signal came first, and the lock is not held. */
export function downReadKillable(k: Kernel, s: RwSem): Call<boolean> { checkWaitContext(k, s); mightSleep(k); return !k.exploring && tryRead(k, s) ? YES : rwsemDownReadSlowpath(k, s, KILLABLE); }
export function downWriteKillable(k: Kernel, s: RwSem): Call<boolean> { checkWaitContext(k, s); mightSleep(k); return !k.exploring && tryWrite(k, s, false) ? YES : rwsemDownWriteSlowpath(k, s, KILLABLE); }
const downReadInner = kfn('__down_read', function* (k, s: RwSem): Timed<void> { yield* rwsemDownReadSlowpath(k, s, UNINTERRUPTIBLE); });
const downWriteInner = kfn('__down_write', function* (k, s: RwSem): Timed<void> { yield* rwsemDownWriteSlowpath(k, s, UNINTERRUPTIBLE); });

const rwsemDownReadSlowpath = kfn('rwsem_down_read_slowpath', function* (k, s: RwSem, state: number): Timed<boolean> {
  if (k.exploring) yield spend(k.cost.atomic);
  if (tryRead(k, s)) return true;
  const w = queue(k, s, false);
  if (s.writer === null && s.waiters[0] === w) rwsemMarkWake(k, s);
  for (;;) {
    setCurrentState(k, state);
    k.touch(s.object);
    if (w.granted || signalPendingState(k.current, state)) break; // what was granted goes before the signal
    yield* schedule(k);
  }
  k.current.state = RUNNING;
  if (!w.granted) { unqueue(k, s, w); rwsemMarkWake(k, s); }
  return w.granted;
});

export const rwsemDownWriteSlowpath = kfn('rwsem_down_write_slowpath', function* (k, s: RwSem, state: number): Timed<boolean> {
  if (k.exploring) yield spend(k.cost.atomic);
  if (tryWrite(k, s, false)) return true;
  const w = queue(k, s, true);
  for (;;) {
    setCurrentState(k, state);
    if (tryWrite(k, s, s.waiters[0] === w)) { w.granted = true; break; }
    if (signalPendingState(k.current, state)) break;
    if (s.waiters[0] === w && waitedTooLong(k, w.since)) s.handoff = true;
    yield* schedule(k);
  }
  k.current.state = RUNNING;
  if (s.waiters[0] === w) s.handoff = false;
  unqueue(k, s, w);
  if (!w.granted) rwsemMarkWake(k, s); // readers who stood behind us need not wait for us any more
  return w.granted;
});

/** rwsem_mark_wake(): a writer at the head is woken to try; readers at the head all get the lock at once, and those behind them too. */
function rwsemMarkWake(k: Kernel, s: RwSem): void {
  k.touch(s.object);
  if (s.waiters.length === 0 || s.writer !== null) return;
  const head = s.waiters[0];
  if (head.write) { if (s.free) tryToWakeUp(k, head.task, NORMAL, WAKE.event); return; }
  s.handoff = false;
  for (const w of s.waiters.filter((x) => !x.write)) {
    w.granted = true;
    take(k, s, w.task, true);
    unqueue(k, s, w);
    tryToWakeUp(k, w.task, NORMAL, WAKE.event);
  }
}
export function upRead(k: Kernel, s: RwSem): void {
  drop(k, s, k.current);
  if (s.free) rwsemMarkWake(k, s);
}
export function upWrite(k: Kernel, s: RwSem): void {
  s.writer = null;
  drop(k, s, k.current);
  rwsemMarkWake(k, s);
}
