/**
 * What all locks have in common: a name, a kind, owners and waiters, and rows in the trace.
 * A quiet lock (taken for every page) writes no rows as long as nobody waits. When somebody does, the holder's row is
 * written first, late, so that the trace never shows a wait for a lock that nobody has.
 */
import { assert } from '../../base/units.ts';
import type { Context } from '../../sim/kfn.ts';
import { type LockInfo, ROW } from '../../sim/recorder.ts';
import type { Kernel } from '../kernel.ts';
import { setPrio } from '../sched/wake.ts';
import type { Task } from '../sched/task.ts';
import { noteMiss } from './retries.ts';

export interface Waiter { readonly task: Task; readonly write: boolean; readonly since: number; granted: boolean }
export type LockKind = LockInfo['kind'];
/** `quiet`: writes rows only where somebody waits. */
export interface LockOptions { readonly quiet?: boolean; readonly kind?: LockKind }

export class Lock {
  readonly id: number;
  readonly object: number;
  readonly name: string;
  readonly kind: LockKind;
  readonly quiet: boolean;
  readonly inherits: boolean; // rt_mutex: waiters lend their priority to the owner
  readonly owners: Task[]; // one, or the readers
  readonly waiters: Waiter[]; // sleeping; spinners stand in SpinLock
  holder: Context | null; // of one that is spun for: the task, or the handler above it; null = free, or it is slept for
  shared: boolean; // held for reading
  shown: boolean; // that it is held is in the trace
  waiting: number; // sleepers and spinners
  // for the summary of a run; of a quiet lock only holds that the trace shows are counted
  holds: number;
  misses: number; // trylocks that failed
  sinceNs: number; // of the hold under way
  sinceStack: number;
  longestNs: number;
  longestStack: number; // where the longest hold began
  constructor(k: Kernel, name: string, kind: LockKind, inherits: boolean, quiet: boolean) {
    this.id = k.locks.push(this) - 1; this.object = k.newObject(); this.name = name; this.kind = kind; this.quiet = quiet; this.inherits = inherits;
    this.owners = []; this.waiters = []; this.holder = null; this.shared = false; this.shown = false; this.waiting = 0;
    this.holds = 0; this.misses = 0; this.sinceNs = 0; this.sinceStack = 0; this.longestNs = -1; this.longestStack = 0;
    k.recorder.locks.push({ id: this.id, name, kind });
  }
  get owner(): Task | null { return this.owners.length > 0 ? this.owners[0] : null; }
  /** Who must let go of it. */
  get holders(): readonly Task[] { return this.owners; }
  get free(): boolean { return this.owners.length === 0; }
}

/** `task` has the lock now: it took it, or was handed it. */
export function take(k: Kernel, l: Lock, task: Task, shared = false): void {
  l.owners.push(task);
  l.shared = shared;
  task.held.push(l);
  k.touch(l.object);
  if (l.quiet && !l.shown && l.waiting === 0) return;
  l.shown = true;
  begins(k, l);
  k.trace(ROW.lockGot, l.id, task.id, shared ? 1 : 0);
}
function begins(k: Kernel, l: Lock): void {
  l.holds++;
  l.sinceNs = k.now;
  l.sinceStack = k.cpu.top.stack;
}
export function drop(k: Kernel, l: Lock, task: Task): void {
  const i = l.owners.indexOf(task), { owners } = l, { held } = task;
  assert(i >= 0, 'a lock is released by a task that does not hold it');
  if (i === owners.length - 1) owners.pop(); else owners.splice(i, 1); // splice allocates: the common case must not
  if (held[held.length - 1] === l) held.pop(); else held.splice(held.lastIndexOf(l), 1);
  k.touch(l.object);
  if (!l.shown) return;
  k.trace(ROW.lockDrop, l.id, task.id);
  if (owners.length > 0) return;
  l.shown = false;
  if (k.now - l.sinceNs <= l.longestNs) return;
  l.longestNs = k.now - l.sinceNs;
  l.longestStack = l.sinceStack;
}
/** Somebody is about to wait: the row of a quiet lock's holders comes first. */
export function showHolders(k: Kernel, l: Lock): void {
  if (l.shown || l.owners.length === 0) return;
  l.shown = true;
  begins(k, l);
  for (const t of l.owners) k.trace(ROW.lockGot, l.id, t.id, l.shared ? 1 : 0);
}
/** A trylock that failed. */
export function miss(k: Kernel, l: Lock, read = false): false {
  showHolders(k, l);
  l.misses++;
  noteMiss(k.current, l, read, k.now);
  k.trace(ROW.lockMiss, l.id, k.current.id);
  return false;
}
function insertByPrio(l: Lock, w: Waiter): void {
  let i = l.waiters.length;
  if (l.inherits) while (i > 0 && l.waiters[i - 1].task.prio > w.task.prio) i--;
  l.waiters.splice(i, 0, w);
}
/** Queues current: in order of coming, or of priority where it is inherited. */
export function queue(k: Kernel, l: Lock, write: boolean): Waiter {
  const task = k.current, w: Waiter = { task, write, since: k.now, granted: false };
  showHolders(k, l);
  insertByPrio(l, w);
  l.waiting++;
  task.blockedOn = l;
  k.touch(l.object);
  k.trace(ROW.lockWait, l.id, task.id);
  if (l.inherits) boost(k, l);
  return w;
}
/** Takes a waiter out of the queue: because it has got the lock, or gives up. */
export function unqueue(k: Kernel, l: Lock, w: Waiter): void {
  const i = l.waiters.indexOf(w);
  if (i >= 0) { l.waiters.splice(i, 1); l.waiting--; }
  w.task.blockedOn = null;
  if (!w.granted) k.trace(ROW.lockQuit, l.id, w.task.id);
  if (l.inherits) boost(k, l);
}
/** rt_mutex_adjust_prio_chain(): the owner gets the best priority of all who wait for its locks, and so on along the chain. */
function boost(k: Kernel, l: Lock): void {
  for (const owner of l.owners) deboost(k, owner);
}
/** Gives `t` the priority that it has now by its own and its waiters'. */
export function deboost(k: Kernel, t: Task): void {
  let prio = t.normalPrio;
  for (const l of t.held) if (l.inherits) for (const w of l.waiters) prio = Math.min(prio, w.task.prio);
  if (prio === t.prio) return;
  setPrio(k, t, prio);
  const on = t.blockedOn;
  if (on === null || !on.inherits) return;
  const i = on.waiters.findIndex((x) => x.task === t);
  if (i >= 0) insertByPrio(on, on.waiters.splice(i, 1)[0]); // it moves in the queue in which it stands itself
  boost(k, on);
}
