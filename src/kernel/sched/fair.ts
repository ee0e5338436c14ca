/**
 * kernel/sched/fair.c, much simplified: whose turn it is, and on which CPU a woken task lands. The rule before v6.6 (CFS) is here,
 * the later one in eevdf.ts.
 * Placement: the CPU it last ran on if that is idle, else the lowest idle CPU it may use, else, for a FIFO task, the CPU
 * with the least urgent current, else the CPU it last ran on. A CPU that would go idle pulls the first task it may have
 * from the longest other queue. Left out: periodic balancing, domains, RT throttling, deadline.
 */
import { assert } from '../../base/units.ts';
import { type Cpu, isIdle } from '../../sim/cpu.ts';
import type { Kernel } from '../kernel.ts';
import { pickEevdf, placeEevdf, updateDeadline } from './eevdf.ts';
import type { RunQueue } from './rq.ts';
import { RUNNING, rtTask, type Task } from './task.ts';

/** sched_*_granularity, roughly. */
const SLICE_NS = 3_000_000;
const WAKEUP_GRANULARITY_NS = 1_000_000, SLEEPER_CREDIT_NS = 3_000_000;
/** What a SCHED_IDLE task is credited: half of the smallest granularity, where others have half of the latency (from memory; docs/model.md). */
const IDLE_CREDIT_NS = 375_000;

/** Puts `t` into the queue of `cpu`. A preempted FIFO task stays first of its priority; one that yields goes last. */
export function enqueue(k: Kernel, cpu: Cpu<Task>, t: Task, last: boolean): void {
  updateVruntime(k, t);
  if (last || t.queueSeq === 0) t.queueSeq = ++k.agenda.seq;
  t.cpuIndex = cpu.index;
  k.touch(k.rqs[cpu.index].object);
  k.touch(t.object);
  k.rqs[cpu.index].insert(t);
}
/** update_curr(): what the task has consumed counts on its queue's clock. */
export function updateVruntime(k: Kernel, t: Task): void {
  t.vruntime += Math.trunc(((t.used - t.chargedTo) * 1024) / t.weight);
  t.chargedTo = t.used;
  const rq = k.rqs[t.cpuIndex];
  if (rtTask(t) || t.vruntime <= rq.minVruntime) return;
  const { current } = k.cpus[t.cpuIndex];
  let least = t.vruntime; // of current, if it is not about to sleep, and queue; it never runs back
  if (current !== t && current.state === RUNNING && !isIdle(current) && !rtTask(current)) least = Math.min(least, current.vruntime);
  for (const q of rq.list) if (!rtTask(q)) { least = Math.min(least, q.vruntime); break; }
  rq.minVruntime = Math.max(rq.minVruntime, least);
}
/** Places a task that has slept: with a credit, on the queue's own clock, once who runs there has been charged (enqueue_entity() calls update_curr() first). */
export function place(k: Kernel, t: Task, cpu: Cpu<Task>): void {
  const rq = k.rqs[cpu.index], current = running(k, cpu);
  if (k.fairness === 'eevdf' && !rtTask(t)) { placeEevdf(k, t, cpu, current); return; }
  if (cpu.index !== t.cpuIndex) t.vruntime += rq.minVruntime - k.rqs[t.cpuIndex].minVruntime;
  t.vruntime = Math.max(t.vruntime, rq.minVruntime - (t.policy === 'idle' ? IDLE_CREDIT_NS : SLEEPER_CREDIT_NS));
  t.cpuIndex = cpu.index;
}
/** Takes a task for a CPU that has none. */
export function pull(k: Kernel, cpu: Cpu<Task>): void {
  let from: Task[] | null = null;
  for (const rq of k.rqs) k.look(rq.object);
  for (const rq of k.rqs) if (rq.list.length > (from === null ? 0 : from.length) && anyAllowed(rq.list, cpu.index)) from = rq.list;
  if (from === null) return;
  for (const t of from) {
    if (!t.allowedOn(cpu.index)) continue;
    const rq = k.rqs[t.cpuIndex];
    k.touch(rq.object);
    k.touch(t.object);
    rq.remove(t);
    t.vruntime += k.rqs[cpu.index].minVruntime - rq.minVruntime;
    t.cpuIndex = cpu.index;
    k.rqs[cpu.index].insert(t);
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
export function selectCpu(k: Kernel, t: Task): number {
  const last = k.cpus[t.cpuIndex];
  if (isFree(k, t, last)) return last.index;
  let allowed: Cpu<Task> | null = null, leastUrgent: Cpu<Task> | null = null;
  for (const c of k.cpus) {
    if (isFree(k, t, c)) return c.index;
    if (!t.allowedOn(c.index)) continue;
    allowed ??= c;
    if (leastUrgent === null || c.current.prio > leastUrgent.current.prio) leastUrgent = c;
  }
  assert(allowed !== null && leastUrgent !== null, 'no CPU is allowed');
  if (rtTask(t)) return leastUrgent.index;
  return t.allowedOn(last.index) ? last.index : allowed.index;
}
/** The task on a CPU, charged up to now; null = idle. */
function running(k: Kernel, cpu: Cpu<Task>): Task | null {
  if (isIdle(cpu.current)) return null;
  cpu.settle();
  updateVruntime(k, cpu.current);
  return cpu.current;
}
/** task_tick_fair(): has the task on this CPU had its turn, while others wait? */
export function turnIsOver(k: Kernel, t: Task, rq: RunQueue): boolean {
  updateVruntime(k, t);
  if (k.fairness === 'cfs') return rq.list.length > 0 && t.used - t.sliceFrom >= SLICE_NS;
  return updateDeadline(k, t) && rq.list.length > 0;
}
/**
 * pick_next_entity() of CFS: the leftmost, or the buddy that check_preempt_wakeup() has set, if that is not more than a granularity to its right (from
 * memory). Without it a task that preempts by waking would stand behind all who have waited as long. Left out: the last buddy. Index into the queue's list.
 */
export function pickCfs(rq: RunQueue): number {
  const { next, list } = rq;
  rq.next = null;
  if (next === null || !next.queued || rtTask(list[0]) || next.vruntime - list[0].vruntime > WAKEUP_GRANULARITY_NS) return 0;
  return Math.max(0, list.indexOf(next));
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
  if (k.fairness === 'eevdf') { const rq = k.rqs[cpu.index], i = pickEevdf(rq, c); return i >= 0 && rq.list[i] === t; }
  return c.vruntime - t.vruntime > WAKEUP_GRANULARITY_NS;
}
