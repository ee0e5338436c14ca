/**
 * A judge who stands outside the model: what must hold between any two steps, whatever the workload. It reads the live
 * objects, changes nothing, and shares no code with what it judges.
 */
import { assert } from '../base/units.ts';
import { isIdle } from '../sim/cpu.ts';
import type { Context } from '../sim/kfn.ts';
import type { Kernel } from './kernel.ts';
import type { Lock } from './locking/lock.ts';
import { Mutex } from './locking/mutex.ts';
import { RwSem } from './locking/rwsem.ts';
import { Semaphore } from './locking/semaphore.ts';
import { SpinLock } from './locking/spinlock.ts';
import { DEAD, RTLOCK_WAIT, RUNNING, type Task } from './sched/task.ts';

/** Throws on the first thing that is not as it must be. */
export function checkInvariants(k: Kernel): void {
  let used = 0;
  for (const t of k.tasks) {
    used += t.used;
    checkPlace(k, t);
    checkTask(k, t);
  }
  let charged = 0;
  for (const c of k.cpus) {
    charged += c.usage[0] + c.usage[3];
    checkCpu(k, c.index);
  }
  assert(used === charged, 'the time of the tasks is not the time of the CPUs');
  for (const l of k.locks) checkLock(l);
}

/** A task runs on one CPU, or stands in one queue, or sleeps. One that was preempted before it got to schedule() is queued and not RUNNING. */
function checkPlace(k: Kernel, t: Task): void {
  const running = k.cpus.filter((c) => c.current === t).length;
  const queued = k.rqs.reduce((n, rq) => n + rq.list.filter((q) => q === t).length, 0);
  assert(running <= 1, 'a task runs on two CPUs');
  if (isIdle(t)) assert(queued === 0, 'an idle task is queued');
  else if (t.state === RUNNING) assert(running + queued === 1, 'a task is in two places, or runnable and in none');
  else assert(running + queued <= 1, 'a task is in two places');
  assert(t.onCpu === (running === 1) && t.queued === (queued === 1), 'a task is not where it thinks');
  assert(t.state !== DEAD || running + queued === 0, 'a dead task is still about');
  const paying = k.rqs.filter((rq) => rq.delayed.includes(t)).map((rq) => rq.index);
  assert(t.delayed ? running + queued === 0 && String(paying) === String(t.cpuIndex) : paying.length === 0, 'a task pays for its share who runs, or on a queue that is not its own');
  if (running + queued > 0) assert(t.migrateDisabled > 0 || t.allowedOn(t.cpuIndex), 'a task is on a CPU that it may not use');
}
function checkTask(k: Kernel, t: Task): void {
  for (const l of t.held) assert(l.owners.includes(t), 'a task holds a lock that does not know it');
  assert(t.preemptCount >= 0 && t.migrateDisabled >= 0, 'more was unlocked than locked');
  assert(t.onCpu || t.preemptCount === 0, 'a task has left its CPU with preemption off');
  if (t.state === DEAD) assert(t.held.length === 0 && t.blockedOn === null, 'a dead task holds or awaits a lock');
  if (t.timer !== null && t.timer.slot >= 0) assert(k.rqs[t.timerCpu].wheel.heap[t.timer.slot] === t.timer, 'a timer is on the wheel of another CPU');
  assert((t.state === RTLOCK_WAIT) === (t.state > DEAD && (t.state & 0x1000) !== 0), 'an unknown state');
  assert(t.savedState === RUNNING || t.state === RTLOCK_WAIT || t.onCpu || t.queued, 'a state is kept aside for no lock');
  const lent = t.held.flatMap((l) => (l.inherits ? l.waiters : [])).reduce((p, w) => Math.min(p, w.task.prio), t.normalPrio);
  assert(t.prio === lent, 'a priority is not that of the most urgent waiter');
}
function checkCpu(k: Kernel, index: number): void {
  const c = k.cpus[index], { top, end } = c;
  assert(c.usage[0] + c.usage[1] + c.usage[2] + c.usage[3] === c.since, 'the time of a CPU does not add up');
  assert(c.irqsOff >= 0, 'interrupts were switched on more often than off');
  const busy = top.left > 0 && top.left !== Infinity;
  const ending = top.left === 0 && (end.at === k.now || k.exploring); // settled by another CPU in the very instant of its end; exploring, a CPU may be late
  assert(end.slot >= 0 ? busy || ending : !busy, 'a CPU works and nothing says when it ends');
  if (busy && !k.exploring) assert(end.at === c.since + top.left, 'a spend ends at the wrong time');
  for (const q of k.rqs[index].list) if (q.prio < 100 && q.prio < c.current.prio) assert((c.attention & 4) !== 0, 'a more urgent task waits, and nobody was told');
  let depth = 0, kind = 3;
  for (let x: Context | null = top; x !== null; x = x.below, depth++) {
    assert(depth < 3 && (x.below === null) === (x === c.current), 'handlers do not stand on the task');
    if (x !== c.current) { assert(x.kind < kind, 'a handler stands on one that it may not interrupt'); kind = x.kind; }
  }
}
function checkLock(l: Lock): void {
  const spinners = l instanceof SpinLock ? l.spinners.length : 0;
  assert(l.waiting === l.waiters.length + spinners, 'a lock has miscounted who waits');
  assert((l instanceof RwSem && l.writer === null) || l.owners.length <= 1, 'a lock has two holders');
  for (const o of l.owners) assert(o.held.includes(l), 'a lock is held by a task that does not know it');
  for (const w of l.waiters) assert(w.task.blockedOn === l, 'a waiter does not know for what it waits');
  if (l instanceof RwSem && l.writer !== null) assert(l.owner === l.writer, 'the writer of a lock does not own it');
  if (l.owners.length > 0) assert(l.shown || (l.quiet && l.waiting === 0), 'a wait for a lock is in the trace, and its holder is not');
  if (l instanceof SpinLock && !l.sleeps) assert((l.holder === null) === l.free && (l.holder !== null || spinners === 0), 'a free spinlock has spinners');
  else if (l instanceof Mutex && l.free && l.waiters.length > 0) assert(l.waiters.some((w) => awake(w.task)), 'a free lock, and all who wait for it sleep');
  if (l instanceof Semaphore) assert(l.count >= 0 && (l.count === 0 || l.waiters.length === 0), 'a semaphore has units, and somebody waits');
  if (l instanceof RwSem && l.free && l.waiters.length > 0) assert(l.waiters.some((w) => awake(w.task)), 'a free rwsem, and all who wait for it sleep');
}
const awake = (t: Task): boolean => t.state === RUNNING || t.onCpu || t.queued;

/** What the trace tells of scheduling and locks, as the live machine has it. */
export interface Observation {
  readonly tasks: readonly { readonly id: number; readonly state: number; readonly cpu: number; readonly waitsFor: number }[];
  readonly locks: readonly { readonly id: number; readonly owner: number; readonly holders: number; readonly waiters: number }[];
  readonly current: readonly number[];
  readonly context: readonly number[];
}
/**
 * The live machine in the terms of the fold of its rows (format/state.ts). A task that has set a state and still runs counts
 * as running: `block` is written when it leaves. -1 = none.
 */
export function observeSched(k: Kernel): Observation {
  const depth = (x: Context): number => (x.below === null ? 0 : (x.shown ? 1 : 0) + depth(x.below));
  return {
    tasks: k.tasks.map((t) => ({
      id: t.id, state: t.state === DEAD || !(t.onCpu || t.queued) ? (t.state === RTLOCK_WAIT ? 2 : t.state) : RUNNING,
      cpu: t.onCpu ? t.cpuIndex : -1, waitsFor: t.blockedOn === null ? -1 : t.blockedOn.id,
    })),
    locks: k.locks.map((l) => ({
      id: l.id, owner: !l.shown || l.owner === null ? -1 : l.owners[l.owners.length - 1].id, holders: l instanceof Semaphore ? l.units - l.count : l.shown ? l.owners.length : 0, waiters: k.tasks.filter((t) => t.blockedOn === l).length,
    })),
    current: k.cpus.map((c) => c.current.id),
    context: k.cpus.map((c) => depth(c.top)),
  };
}
