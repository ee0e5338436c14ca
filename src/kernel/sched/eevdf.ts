/**
 * kernel/sched/fair.c from v6.6 on: earliest eligible virtual deadline first. A task is eligible when it has had no more than its
 * share (vruntime at most the weighted mean of the queue); of those the one whose slice would end first runs. What runs keeps the
 * CPU until its slice ends or it is no longer eligible (RUN_TO_PARITY). Who sleeps takes its lag along; who falls asleep past its share stays in the mean until it would be picked,
 * so that its sleep pays (DELAY_DEQUEUE, DELAY_ZERO of v6.12; docs/decisions/watchers.md). From memory (docs/model.md). Left out: groups, custom slices.
 */
import type { Cpu } from '../../sim/cpu.ts';
import type { Kernel } from '../kernel.ts';
import { calcDeltaFair, tunablesFactor } from './cfs.ts';
import type { RunQueue } from './rq.ts';
import { DEAD, rtTask, type Task } from './task.ts';

const BASE_SLICE_NS = 750_000;
/** sysctl_sched_base_slice, which grows with the number of CPUs: 0.75 ms on one, 3 ms on eight and more. */
export const baseSlice = (cpus: number): number => BASE_SLICE_NS * tunablesFactor(cpus);
const virtualSlice = (k: Kernel, t: Task): number => calcDeltaFair(baseSlice(k.cpus.length), t.weight);
const fair = (t: Task | null): t is Task => t !== null && !rtTask(t);

/** avg_vruntime(): the weighted mean of the queue, of who sleeps there with a debt, and of the task on the CPU unless it is left out. */
export function averageVruntime(rq: RunQueue, current: Task | null): number {
  const base = rq.minVruntime;
  let sum = 0, weights = 0;
  for (const t of rq.list) if (!rtTask(t)) { sum += (t.vruntime - base) * t.weight; weights += t.weight; }
  for (const t of rq.delayed) { sum += (t.vruntime - base) * t.weight; weights += t.weight; }
  if (fair(current)) { sum += (current.vruntime - base) * current.weight; weights += current.weight; }
  return weights === 0 ? base : base + Math.floor(sum / weights);
}
/** pick_eevdf(): who should run of queue and `current`; it may be one that only pays. Real-time tasks stand first and win. null: nobody is there. */
export function pickEevdf(rq: RunQueue, current: Task | null): Task | null {
  const { list } = rq;
  if (list.length > 0 && rtTask(list[0])) return list[0];
  const mean = averageVruntime(rq, current), mine = fair(current) && current.vruntime <= mean ? current : null;
  if (mine !== null && mine.parity === mine.deadline) return mine;
  let best: Task | null = null;
  for (const t of list) if (t.vruntime <= mean && (best === null || t.deadline < best.deadline)) best = t;
  for (const t of rq.delayed) if (t.vruntime <= mean && (best === null || t.deadline < best.deadline)) best = t;
  if (mine !== null && (best === null || mine.deadline < best.deadline)) return mine; // with an equal deadline who waits goes first: a woken task, where the other's slice was just renewed
  return best ?? list[0] ?? rq.delayed[0] ?? null;
}
/** pick_next_entity(): as pick_eevdf(), and who only pays has paid when it would be picked. null: nobody waits here. */
export function nextEevdf(k: Kernel, rq: RunQueue): Task | null {
  for (;;) {
    const t = pickEevdf(rq, null);
    if (t === null || !t.delayed) return t;
    endDelay(k, rq, t, null); // who had the CPU is in the queue, or sleeps
  }
}
/** place_entity(): a woken task stands where its lag puts it, so that the mean stays what it was. A new one has half a slice at first (PLACE_DEADLINE_INITIAL). */
export function placeEevdf(k: Kernel, t: Task, cpu: Cpu<Task>, current: Task | null, isNew: boolean): void {
  if (t.delayed && paysOn(k, t, cpu)) return;
  const rq = k.rqs[cpu.index], mean = averageVruntime(rq, current);
  let weights = fair(current) ? current.weight : 0;
  for (const q of rq.list) if (!rtTask(q)) weights += q.weight;
  for (const q of rq.delayed) weights += q.weight;
  const lag = weights === 0 ? 0 : Math.trunc((t.vlag * (weights + t.weight)) / weights);
  t.vruntime = mean - lag;
  t.deadline = t.vruntime + (isNew ? Math.trunc(virtualSlice(k, t) / 2) : virtualSlice(k, t));
  t.cpuIndex = cpu.index;
}
/** update_entity_lag(): how far a task is behind (or, negative, past) its share: at most two slices or a tick. */
function updateLag(k: Kernel, t: Task, mean: number): void {
  const limit = calcDeltaFair(Math.max(2 * baseSlice(k.cpus.length), k.tickNs), t.weight);
  t.vlag = Math.max(-limit, Math.min(mean - t.vruntime, limit));
}
/**
 * Threads that a machine begins with sleep behind their share, as kernel_init went on while they waited to fall asleep for the first time: capture 6.12-256M-1-hog_sched has kswapd
 * preempt at its first wake-up, after 127 us of the other's slice, and not at its second. How far behind is a guess: a slice.
 */
const fromBoot = (k: Kernel, t: Task): boolean => t.kthread && k.now < k.tickNs;
/** dequeue_entity(): the lag a sleeper takes along, if it is not to pay first. `rq` is its queue, where it is on the CPU. */
export function keepLag(k: Kernel, rq: RunQueue, t: Task): void {
  const mean = averageVruntime(rq, t);
  if (fromBoot(k, t)) t.vlag = virtualSlice(k, t);
  else if (t.vruntime > mean && t.state !== DEAD && !k.exploring) { t.delayed = true; rq.delayed.push(t); }
  else updateLag(k, t, mean);
}
/** A sleeper's debt is over: it leaves the mean with what it still owes, and with nothing that it would be owed (DELAY_ZERO). `current`: who is on the CPU, null while the next is being picked. */
function endDelay(k: Kernel, rq: RunQueue, t: Task, current: Task | null): void {
  updateLag(k, t, averageVruntime(rq, current));
  t.vlag = Math.min(t.vlag, 0);
  t.delayed = false;
  rq.delayed.splice(rq.delayed.indexOf(t), 1);
}
/** requeue_delayed_entity(): woken before its debt was over, a task goes on from where it stood. False: it is to be placed like every other. */
function paysOn(k: Kernel, t: Task, cpu: Cpu<Task>): boolean {
  forgetDebt(k, t);
  return t.cpuIndex === cpu.index && t.vlag < 0;
}
/** A sleeper that is woken is not counted as one any more; it has been made real-time, which knows no debts, or is placed anew. */
export function forgetDebt(k: Kernel, t: Task): void {
  const rq = k.rqs[t.cpuIndex];
  if (t.delayed) endDelay(k, rq, t, running(k, rq));
}
/** Who is on the CPU of a queue; null = idle. */
const running = (k: Kernel, rq: RunQueue): Task | null => { const { current, idle } = k.cpus[rq.index]; return current === idle ? null : current; };
/** A task that waits goes to another CPU, with its lag and what was left of its slice (PLACE_REL_DEADLINE). */
export function migrateEevdf(k: Kernel, from: RunQueue, t: Task, to: Cpu<Task>): void {
  const left = t.deadline - t.vruntime;
  updateLag(k, t, averageVruntime(from, running(k, from)));
  from.remove(t);
  placeEevdf(k, t, to, null, false);
  t.deadline = t.vruntime + left;
}
/** update_deadline(): true: the slice is used up, and a new one was given. */
export function updateDeadline(k: Kernel, t: Task): boolean {
  if (t.vruntime < t.deadline) return false;
  t.deadline = t.vruntime + virtualSlice(k, t);
  return true;
}
