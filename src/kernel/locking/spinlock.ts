/**
 * kernel/locking/qspinlock.c: fair, in order of coming. Waiting burns CPU time, with preemption off and (without _irq)
 * interrupts on. On RT only raw ones are like this; the others are rt_mutexes, and their holder stays on its CPU.
 * Left out: rwlock_t, _bh.
 */
import { assert } from '../../base/units.ts';
import { type Cpu } from '../../sim/cpu.ts';
import { type Context, DONE, SPIN, type Timed } from '../../sim/kfn.ts';
import { ROW } from '../../sim/recorder.ts';
import { type Call, kfn, spend, type Kernel } from '../kernel.ts';
import type { Task } from '../sched/task.ts';
import { drop, type LockOptions, miss, showHolders, take } from './lock.ts';
import { Mutex, mutexTrylock, mutexUnlock, rtLock } from './mutex.ts';
import { checkRecursion, checkWaitContext, rtlockMightResched } from './wait_context.ts';

export interface SpinOptions extends LockOptions { readonly raw?: boolean }

export class SpinLock extends Mutex {
  readonly raw: boolean;
  readonly sleeps: boolean; // RT: it is an rt_mutex
  readonly spinners: Context[];
  constructor(k: Kernel, name: string, o: SpinOptions = {}) {
    super(k, name, { kind: o.raw === true ? 'raw_spinlock' : 'spinlock', ...o });
    this.raw = o.raw ?? false; this.sleeps = k.preempt === 'rt' && !this.raw; this.spinners = [];
  }
}

export function spinLock(k: Kernel, l: SpinLock): Call<void> {
  const task = k.current;
  checkWaitContext(k, l);
  if (l.sleeps) {
    rtlockMightResched(k, l);
    if (l.owner === task) checkRecursion(k, l);
    task.migrateDisabled++;
    return rtLock(k, l);
  }
  task.preemptCount++;
  if (l.holder === null && !k.exploring) { hold(k, l); return DONE; }
  return nativeQueuedSpinLockSlowpath(k, l);
}
/** spin_lock_irqsave(): interrupts of this CPU wait until spinUnlockIrq(). On RT, and not raw, they are not switched off. */
export function spinLockIrq(k: Kernel, l: SpinLock): Call<void> {
  if (!l.sleeps) k.cpu.irqsOff++;
  return spinLock(k, l);
}
export function spinTrylock(k: Kernel, l: SpinLock): boolean {
  if (l.sleeps) {
    if (!mutexTrylock(k, l)) return false;
    k.current.migrateDisabled++;
    return true;
  }
  k.touch(l.object);
  if (l.holder !== null) return miss(k, l);
  k.current.preemptCount++;
  hold(k, l);
  return true;
}
const hold = (k: Kernel, l: SpinLock): void => { l.holder = k.cpu.top; take(k, l, k.current); };

export const nativeQueuedSpinLockSlowpath = kfn('native_queued_spin_lock_slowpath', function* (k, l: SpinLock): Timed<void> {
  if (k.exploring) yield spend(k.cost.atomic);
  if (l.holder === null) { hold(k, l); return; }
  const me = k.cpu.top, task = k.current;
  if (stands(k.cpu, l.holder)) checkRecursion(k, l);
  showHolders(k, l);
  l.spinners.push(me);
  l.waiting++;
  me.spinning = true;
  k.touch(l.object);
  if (task.blockedOn === null) { // else a handler spins above a task that waits itself: the trace has one wait a task
    task.blockedOn = l;
    k.trace(ROW.lockWait, l.id, task.id);
  }
  yield SPIN;
  assert(l.holder === me, 'a spinner came back without the lock');
});
export function spinUnlock(k: Kernel, l: SpinLock): void {
  const task = k.current;
  if (l.sleeps) { mutexUnlock(k, l); task.migrateDisabled--; return; }
  assert(l.holder === k.cpu.top, 'a spinlock is released by somebody else');
  drop(k, l, task);
  task.preemptCount--;
  if (l.spinners.length === 0) { l.holder = null; return; }
  handToSpinner(k, l);
}
function handToSpinner(k: Kernel, l: SpinLock): void {
  const next = l.spinners[0], cpu = k.cpus.find((c) => stands(c, next));
  assert(cpu !== undefined, 'a spinner is on no CPU');
  l.holder = next;
  take(k, l, cpu.current); // while it still counts as waiting: a quiet lock writes its row
  l.spinners.shift();
  l.waiting--;
  if (cpu.current.blockedOn === l) cpu.current.blockedOn = null;
  cpu.grant(next, k.cost.handoff);
}
function stands(c: Cpu<Task>, ctx: Context | null): boolean {
  for (let x: Context | null = c.top; x !== null; x = x.below) if (x === ctx) return true;
  return false;
}
export function spinUnlockIrq(k: Kernel, l: SpinLock): void {
  spinUnlock(k, l);
  if (!l.sleeps) k.cpu.irqsOff--;
}

/**
 * local_lock_t (5.8): this CPU's own data. Without RT it is preemption switched off, and can meet nobody; on RT a
 * sleeping lock a CPU, and its holder stays on that CPU.
 */
export class LocalLock {
  readonly of: SpinLock[];
  constructor(k: Kernel, name: string, o: LockOptions = {}) {
    this.of = k.cpus.map((c) => new SpinLock(k, k.cpus.length > 1 ? `${name} cpu${c.index}` : name, { ...o, kind: 'local_lock' }));
  }
}
export function localLock(k: Kernel, l: LocalLock): Call<void> { return spinLock(k, l.of[k.cpu.index]); }
export function localUnlock(k: Kernel, l: LocalLock): void { spinUnlock(k, l.of[k.cpu.index]); }
