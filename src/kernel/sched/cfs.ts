/**
 * kernel/sched/fair.c before v6.6: the completely fair scheduler. Who has had least time by weight runs next; a woken task is credited, a new one
 * debited; who preempts by waking is picked next, and where many run who was preempted so is picked again. All of it from memory (docs/model.md), as the
 * reference has no scheduler. Left out: groups, custom tunables, yield's skip buddy, the smaller granularity of SCHED_IDLE's slices.
 */
import { type Cpu, isIdle } from '../../sim/cpu.ts';
import type { Kernel } from '../kernel.ts';
import type { RunQueue } from './rq.ts';
import { rtTask, type Task } from './task.ts';

/** sysctl_sched_latency, _min_granularity, _wakeup_granularity of one CPU; with more they grow. Up to NR_LATENCY tasks share one latency. */
const LATENCY_NS = 6_000_000, MIN_GRANULARITY_NS = 750_000, WAKEUP_GRANULARITY_NS = 1_000_000, NR_LATENCY = 8, NICE_0_WEIGHT = 1024;

/** get_update_sysctl_factor(): what tunables are multiplied by: 1 on one CPU, 4 on eight and more. */
export const tunablesFactor = (cpus: number): number => 32 - Math.clz32(Math.min(cpus, 8));
const fair = (t: Task): boolean => !isIdle(t) && !rtTask(t);
/** calc_delta_fair(): `ns` on the clock of a task of that weight. */
export const calcDeltaFair = (ns: number, weight: number): number => Math.trunc((ns * NICE_0_WEIGHT) / weight);

/** How many are runnable on a CPU, who runs there included, and what they weigh together. */
export function loadOf(k: Kernel, cpu: Cpu<Task>): { tasks: number; weight: number } {
  let tasks = 0, weight = 0;
  for (const t of k.rqs[cpu.index].list) if (!rtTask(t)) { tasks++; weight += t.weight; }
  if (fair(cpu.current)) { tasks++; weight += cpu.current.weight; }
  return { tasks, weight };
}
/** sched_slice() of a task of that weight among so many. ns. */
function schedSlice(k: Kernel, weight: number, tasks: number, load: number): number {
  const factor = tunablesFactor(k.cpus.length), least = MIN_GRANULARITY_NS * factor;
  const period = tasks > NR_LATENCY ? tasks * least : LATENCY_NS * factor;
  return Math.max(least, Math.trunc((period * weight) / load));
}
/** place_entity() of a task that has slept: half a latency before the queue's clock, or where it was if that is later; SCHED_IDLE has half of the smallest granularity (from v5.15 on; here always). */
export function placeCfs(k: Kernel, t: Task, cpu: Cpu<Task>): void {
  const rq = k.rqs[cpu.index], credit = ((t.policy === 'idle' ? MIN_GRANULARITY_NS : LATENCY_NS) * tunablesFactor(k.cpus.length)) / 2;
  if (cpu.index !== t.cpuIndex) t.vruntime += rq.minVruntime - k.rqs[t.cpuIndex].minVruntime;
  t.vruntime = Math.max(t.vruntime, rq.minVruntime - credit);
  t.cpuIndex = cpu.index;
}
/**
 * task_fork_fair(), and place_entity() of a new task (START_DEBIT): behind its parent and a slice behind the clock of its parent's queue, and as much behind that of its
 * own. It has its parent's weight: a program gives itself another later, and kthreadd has that of nice 0. What a machine begins with has no parent and no debit.
 */
export function placeNewCfs(k: Kernel, t: Task, cpu: Cpu<Task>): void {
  const parent = k.cpu.current, born = t.kthread || rtTask(parent) ? NICE_0_WEIGHT : parent.weight;
  let behind = 0;
  if (!isIdle(parent)) {
    const { tasks, weight } = loadOf(k, k.cpu);
    behind = calcDeltaFair(schedSlice(k, born, tasks + 1, weight + born), born);
    if (!rtTask(parent)) behind = Math.max(behind, parent.vruntime - k.rqs[k.cpu.index].minVruntime);
  }
  t.vruntime = k.rqs[cpu.index].minVruntime + behind;
  t.cpuIndex = cpu.index;
}
/** wakeup_preempt_entity(): is `left` further ahead of `right` than its wake-up granularity? So a woken NORMAL task preempts (check_preempt_wakeup()). */
export const aheadCfs = (k: Kernel, left: Task, right: Task): boolean => right.vruntime - left.vruntime > calcDeltaFair(WAKEUP_GRANULARITY_NS * tunablesFactor(k.cpus.length), left.weight);

/** The buddies of a wake-up that preempts: set_next_buddy(), set_last_buddy(). SCHED_IDLE is nobody's buddy. */
export function setBuddies(k: Kernel, woken: Task, cpu: Cpu<Task>): void {
  const rq = k.rqs[cpu.index], { current } = cpu;
  if (!fair(woken) || !fair(current)) return;
  if (woken.policy === 'normal' && current.policy === 'normal') rq.next = woken;
  if (current.policy === 'normal' && loadOf(k, cpu).tasks >= NR_LATENCY) rq.last = current;
}
/** clear_buddies(): `t` sleeps, leaves, is picked, or has had its turn. */
export function clearBuddies(rq: RunQueue, t: Task): void {
  if (rq.next === t) rq.next = null;
  if (rq.last === t) rq.last = null;
}
/** pick_next_entity(): the leftmost, unless a buddy is not more than a granularity to its right. null: nobody waits. */
export function pickCfs(k: Kernel, rq: RunQueue): Task | null {
  const { next, last } = rq;
  if (rq.list.length === 0) return null;
  const left = rq.list[0];
  let pick = left;
  if (!rtTask(left)) {
    if (next !== null && next.queued && !aheadCfs(k, left, next)) pick = next;
    else if (last !== null && last.queued && !aheadCfs(k, left, last)) pick = last;
  }
  clearBuddies(rq, pick);
  return pick;
}
/** check_preempt_tick(): has `t`, which has been charged, had its turn, while others wait? */
export function turnIsOverCfs(k: Kernel, t: Task, cpu: Cpu<Task>): boolean {
  const rq = k.rqs[cpu.index], { tasks, weight } = loadOf(k, cpu);
  if (tasks < 2) return false;
  const ideal = schedSlice(k, t.weight, tasks, weight), ran = t.used - t.sliceFrom;
  if (ran > ideal) { clearBuddies(rq, t); return true; }
  if (ran < MIN_GRANULARITY_NS * tunablesFactor(k.cpus.length)) return false;
  for (const q of rq.list) if (!rtTask(q)) return t.vruntime - q.vruntime > ideal;
  return false;
}
