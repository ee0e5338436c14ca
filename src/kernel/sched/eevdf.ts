/**
 * kernel/sched/fair.c from v6.6 on: earliest eligible virtual deadline first. A task is eligible when it has had no more than its
 * share (vruntime at most the weighted mean of the queue); of those the one whose slice would end first runs. What runs keeps the
 * CPU until its slice ends or it is no longer eligible (RUN_TO_PARITY). Who sleeps takes its lag along. Left out: groups, custom slices.
 */
import type { Cpu } from '../../sim/cpu.ts';
import type { Kernel } from '../kernel.ts';
import type { RunQueue } from './rq.ts';
import { rtTask, type Task } from './task.ts';

const BASE_SLICE_NS = 750_000;
/** sysctl_sched_base_slice, which grows with the number of CPUs: 0.75 ms on one, 3 ms on eight and more. */
export function baseSlice(cpus: number): number {
  const log2 = 31 - Math.clz32(Math.min(cpus, 8));
  return BASE_SLICE_NS * (1 + log2);
}
const virtualSlice = (k: Kernel, t: Task): number => Math.trunc((baseSlice(k.cpus.length) * 1024) / t.weight);
const fair = (t: Task | null): t is Task => t !== null && !rtTask(t);

/** avg_vruntime(): the weighted mean of the queue, and of the task on the CPU unless it is left out. */
export function averageVruntime(rq: RunQueue, current: Task | null): number {
  const base = rq.minVruntime;
  let sum = 0, weights = 0;
  for (const t of rq.list) if (!rtTask(t)) { sum += (t.vruntime - base) * t.weight; weights += t.weight; }
  if (fair(current)) { sum += (current.vruntime - base) * current.weight; weights += current.weight; }
  return weights === 0 ? base : base + Math.floor(sum / weights);
}
/** pick_eevdf(): index in the queue of who should run, -1 = `current` itself should go on. Real-time tasks stand first and win. */
export function pickEevdf(rq: RunQueue, current: Task | null): number {
  const { list } = rq;
  if (list.length === 0) return -1;
  if (rtTask(list[0])) return 0;
  const mean = averageVruntime(rq, current), mine = fair(current) && current.vruntime <= mean ? current : null;
  if (mine !== null && mine.parity === mine.deadline) return -1;
  let best = -1, deadline = mine === null ? Infinity : mine.deadline;
  for (let i = 0; i < list.length; i++) {
    if (list[i].vruntime > mean || list[i].deadline >= deadline) continue;
    best = i;
    deadline = list[i].deadline;
  }
  return best >= 0 || mine !== null ? best : 0;
}
/** place_entity(): a woken task stands where its lag puts it, so that the mean stays what it was. */
export function placeEevdf(k: Kernel, t: Task, cpu: Cpu<Task>, current: Task | null): void {
  const rq = k.rqs[cpu.index], mean = averageVruntime(rq, current);
  let weights = fair(current) ? current.weight : 0;
  for (const q of rq.list) if (!rtTask(q)) weights += q.weight;
  const lag = weights === 0 ? 0 : Math.trunc((t.vlag * (weights + t.weight)) / weights);
  t.vruntime = mean - lag;
  t.deadline = t.vruntime + virtualSlice(k, t);
  t.cpuIndex = cpu.index;
}
/** dequeue_entity(): the lag a sleeper takes along, at most two slices. */
export function keepLag(k: Kernel, t: Task): void {
  const limit = 2 * virtualSlice(k, t), lag = averageVruntime(k.rqs[t.cpuIndex], t) - t.vruntime;
  t.vlag = Math.max(-limit, Math.min(lag, limit));
}
/** update_deadline(): true: the slice is used up, and a new one was given. */
export function updateDeadline(k: Kernel, t: Task): boolean {
  if (t.vruntime < t.deadline) return false;
  t.deadline = t.vruntime + virtualSlice(k, t);
  return true;
}
