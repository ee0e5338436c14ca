/**
 * kernel/sched/psi.c, v6.1: for how long tasks were stalled for memory. `some`: at least one; `full`: at least one and none that
 * gets work done runs. Triggers stand in psi_trigger.ts. Left out: averages over time windows, cgroups; the totals in ns are kept.
 */
import type { Kernel } from '../kernel.ts';
import { RUNNING, type Task } from '../sched/task.ts';
import { extra } from './task_extra.ts';

/** psi_memstall_enter(): the current task starts to wait for memory, working or asleep. */
export function psiMemstallEnter(k: Kernel): void {
  if (!k.mm.era.psi) return;
  const e = extra(k, k.current);
  if (e.memstallDepth++ === 0) psiChange(k, 1);
}
/** psi_memstall_leave(). */
export function psiMemstallLeave(k: Kernel, t: Task): void {
  if (!k.mm.era.psi) return;
  const e = extra(k, t);
  if (--e.memstallDepth === 0) psiChange(k, -1);
}
/** Adds what has passed since the last change, then notes the new number of stalled tasks, and tells who watches. By 0: somebody wants to know the totals. */
export function psiChange(k: Kernel, by: number): void {
  const p = k.mm.psi, passed = k.now - p.since;
  if (p.stalled > 0) p.someNs += passed;
  if (p.full) p.fullNs += passed;
  p.since = k.now;
  p.stalled += by;
  p.full = p.stalled > 0 && !k.tasks.some((t) => !t.kthread && t.state === RUNNING && extra(k, t).memstallDepth === 0);
  k.gauge('psi_some_total_us', Math.floor(p.someNs / 1000));
  k.gauge('psi_full_total_us', Math.floor(p.fullNs / 1000));
  if (by !== 0) p.monitor?.stalls(k);
}
