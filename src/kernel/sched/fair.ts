/**
 * kernel/sched/fair.c, simplified: the clocks of tasks and queues, and on which CPU a woken task lands. Whose turn it is: before v6.6
 * cfs.ts, later eevdf.ts.
 * Placement: a woken task has the CPU it last ran on or its waker's, or, where they share a cache that the kernel knows of (knob
 * `sched.sharedCache`), an idle one (wakeAffine(), idleSibling()). A new one has the CPU that its birth dealt out if that is idle, else the lowest idle
 * one; a FIFO task an idle one, else the one with the least urgent current. A CPU that would go idle pulls the first task it may have from the longest
 * other queue; one that is idle is told to by a tick that finds others waiting. Left out: other balancing, domains, RT throttling, deadline.
 */
import { assert } from '../../base/units.ts';
import { type Cpu, isIdle } from '../../sim/cpu.ts';
import type { Kernel } from '../kernel.ts';
import { aheadCfs, calcDeltaFair, clearBuddies, placeCfs, placeNewCfs, turnIsOverCfs } from './cfs.ts';
import { forgetDebt, keepLag, migrateEevdf, pickEevdf, placeEevdf, updateDeadline } from './eevdf.ts';
import { loadEnds, loadMoves, queueLoad, taskLoad, tickLoad } from './pelt.ts';
import type { RunQueue } from './rq.ts';
import { rtTask, type Task } from './task.ts';

/** wake_affine_weight(): the load of the CPU on which a task was last counts more, by half of imbalance_pct (117) less 100. Percent. */
const LAST_CPU_PCT = 108;

/** Puts `t` into the queue of `cpu`. A preempted FIFO task stays first of its priority; one that yields goes last. */
export function enqueue(k: Kernel, cpu: Cpu<Task>, t: Task, last: boolean): void {
  updateVruntime(k, t);
  if (last || t.queueSeq === 0) t.queueSeq = ++k.agenda.seq;
  t.cpuIndex = cpu.index;
  k.touch(k.rqs[cpu.index].object);
  k.touch(t.object);
  k.rqs[cpu.index].insert(t);
}
/** update_curr(): what the task has consumed counts on its own clock and its queue's. True, of EEVDF: its slice is over, and others wait. */
export function updateVruntime(k: Kernel, t: Task): boolean {
  const cpu = k.cpus[t.cpuIndex], rq = k.rqs[cpu.index];
  t.vruntime += calcDeltaFair(t.used - t.chargedTo, t.weight);
  t.chargedTo = t.used;
  updateMinVruntime(rq, isIdle(cpu.current) || rtTask(cpu.current) ? Infinity : cpu.current.vruntime);
  return k.fairness === 'eevdf' && !rtTask(t) && updateDeadline(k, t) && rq.list.length + rq.delayed.length > 0;
}
/** update_min_vruntime(): the least of who runs and who waits; it never runs back. */
function updateMinVruntime(rq: RunQueue, current: number): void {
  let least = current;
  for (const q of rq.list) if (!rtTask(q)) { least = Math.min(least, q.vruntime); break; }
  if (least !== Infinity) rq.minVruntime = Math.max(rq.minVruntime, least);
}
/** dequeue_entity() of the task on a CPU, which sleeps or ends: charged first, then the queue is without it. */
export function dequeueCurrent(k: Kernel, t: Task): void {
  if (rtTask(t)) return;
  loadEnds(k, t);
  updateVruntime(k, t);
  const rq = k.rqs[t.cpuIndex];
  if (k.fairness === 'eevdf') keepLag(k, rq, t); else clearBuddies(rq, t);
  updateMinVruntime(rq, Infinity);
}
/** enqueue_entity(), as far as it chooses the place of a woken or new task; who runs there has been charged. */
export function place(k: Kernel, t: Task, cpu: Cpu<Task>, isNew: boolean): void {
  const current = isIdle(cpu.current) ? null : cpu.current;
  if (k.fairness === 'cfs') {
    if (isNew) placeNewCfs(k, t, cpu); else placeCfs(k, t, cpu);
  } else if (rtTask(t)) { forgetDebt(k, t); t.cpuIndex = cpu.index; }
  else placeEevdf(k, t, cpu, current, isNew);
}
/**
 * Takes a task for a CPU that has none. load_balance() looks for a CPU with more than one runnable, so that it never takes what an idle one has just been given. That is kept where
 * no cache is shared; where one is, such a task is still taken, as who decides where it wakes looks for idle CPUs anyway (docs/decisions/own_caches.md says what hangs on it).
 */
export function pull(k: Kernel, cpu: Cpu<Task>): void {
  let from: Task[] | null = null;
  for (const rq of k.rqs) k.look(rq.object);
  for (const rq of k.rqs) if (rq.list.length > (from === null ? 0 : from.length) && (k.sharedCache || rq.list.length > 1 || !isIdle(k.cpus[rq.index].current)) && anyAllowed(rq.list, cpu.index)) from = rq.list;
  if (from === null) return;
  for (const t of from) {
    if (!t.allowedOn(cpu.index)) continue;
    const rq = k.rqs[t.cpuIndex];
    k.touch(rq.object);
    k.touch(t.object);
    if (k.fairness === 'eevdf' && !rtTask(t)) migrateEevdf(k, rq, t, cpu);
    else {
      rq.remove(t);
      clearBuddies(rq, t);
      t.vruntime += k.rqs[cpu.index].minVruntime - rq.minVruntime;
      t.cpuIndex = cpu.index;
    }
    k.rqs[cpu.index].insert(t);
    loadMoves(k, k.rqs[cpu.index], t);
    return;
  }
}
function anyAllowed(list: readonly Task[], cpu: number): boolean {
  for (const t of list) if (t.allowedOn(cpu)) return true;
  return false;
}
function isFree(k: Kernel, t: Task, c: Cpu<Task>): boolean {
  if (!t.allowedOn(c.index)) return false;
  k.look(c.object);
  k.look(k.rqs[c.index].object);
  return isIdle(c.current) && k.rqs[c.index].list.length === 0;
}
/** available_idle_cpu() or sched_idle_cpu(): nothing is runnable there, or, where the version asks, nothing but SCHED_IDLE tasks. */
function isFreeEnough(k: Kernel, t: Task, c: Cpu<Task>): boolean {
  if (isFree(k, t, c)) return true;
  return k.schedIdleCpu && t.allowedOn(c.index) && (isIdle(c.current) || c.current.policy === 'idle') && k.rqs[c.index].list.every((q) => q.policy === 'idle');
}
/** wake_affine(): the waker's CPU or the last one. Who is woken by an interrupt on an idle CPU goes there if its own is busy; else the load decides. Left out: wake_wide(), synchronous wake-ups. */
function wakeAffine(k: Kernel, t: Task, last: Cpu<Task>): Cpu<Task> {
  const here = k.cpu;
  if (here === last || isFree(k, t, last) || !t.allowedOn(here.index)) return last;
  if (k.sharedCache && isFree(k, t, here)) return here;
  k.touchAll(); // loads follow from the clock
  const load = taskLoad(t);
  return (queueLoad(k.rqs[here.index]) + load) * 100 < (queueLoad(k.rqs[last.index]) - load) * LAST_CPU_PCT ? here : last;
}
/** select_idle_sibling(): an idle CPU that shares its cache with `target`: itself, the last one, else the next after it. Left out: where a task was before the last CPU, that a thread of one CPU keeps whom it wakes. */
function idleSibling(k: Kernel, t: Task, last: Cpu<Task>, target: Cpu<Task>): Cpu<Task> {
  if (!k.sharedCache || isFreeEnough(k, t, target)) return target;
  if (isFreeEnough(k, t, last)) return last;
  for (let n = 1; n < k.cpus.length; n++) {
    const c = k.cpus[(target.index + n) % k.cpus.length];
    if (isFreeEnough(k, t, c)) return c;
  }
  return target;
}
/** nohz_balancer_kick(), of a tick: the first idle CPU that may have one of those who wait here, null: none. Asked at each tick: with few CPUs the interval is one. Left out: who is cache-hot (0.5 ms) stays. */
export function idleFor(k: Kernel, rq: RunQueue): Cpu<Task> | null {
  if (rq.list.length === 0) return null;
  for (const c of k.cpus) if (isIdle(c.current) && k.rqs[c.index].list.length === 0 && anyAllowed(rq.list, c.index)) return c;
  return null;
}
/** select_task_rq(): where a task runs next that is new or woken. */
export function selectCpu(k: Kernel, t: Task, isNew: boolean): number {
  const last = k.cpus[t.cpuIndex];
  if (!isNew && !rtTask(t) && t.allowedOn(last.index)) return idleSibling(k, t, last, wakeAffine(k, t, last)).index;
  const free = rtTask(t) ? isFree : isFreeEnough;
  if (free(k, t, last)) return last.index;
  let allowed: Cpu<Task> | null = null, leastUrgent: Cpu<Task> | null = null;
  for (const c of k.cpus) {
    if (free(k, t, c)) return c.index;
    if (!t.allowedOn(c.index)) continue;
    allowed ??= c;
    if (leastUrgent === null || c.current.prio > leastUrgent.current.prio) leastUrgent = c;
  }
  assert(allowed !== null && leastUrgent !== null, 'no CPU is allowed');
  if (rtTask(t)) return leastUrgent.index;
  return t.allowedOn(last.index) ? last.index : allowed.index;
}
/** Charges the task on a CPU up to now. True, of EEVDF: its slice is over, and others wait. */
export function updateCurr(k: Kernel, cpu: Cpu<Task>): boolean {
  if (isIdle(cpu.current)) return false;
  cpu.settle();
  return updateVruntime(k, cpu.current);
}
/** task_tick_fair(): has the task on this CPU had its turn, while others wait? */
export function turnIsOver(k: Kernel, t: Task, cpu: Cpu<Task>): boolean {
  const ended = updateVruntime(k, t);
  tickLoad(k, k.rqs[cpu.index]);
  return k.fairness === 'cfs' ? turnIsOverCfs(k, t, cpu) : ended;
}
/** Should `t` have the CPU instead of who has it now? */
export function beats(k: Kernel, t: Task, cpu: Cpu<Task>): boolean {
  const c = cpu.current;
  k.look(cpu.object);
  if (isIdle(c)) return true;
  if (rtTask(t) || rtTask(c)) return t.prio < c.prio;
  if (t.policy === 'idle' || c.policy === 'idle') return t.policy !== 'idle' && c.policy === 'idle';
  k.touchAll(); // who has had how much time follows from the clock
  cpu.settle();
  updateVruntime(k, c);
  if (k.fairness === 'eevdf') return pickEevdf(k.rqs[cpu.index], c) === t;
  return aheadCfs(k, t, c);
}
