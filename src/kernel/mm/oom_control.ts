/** include/linux/oom.h struct oom_control, v6.1. */
import type { Kernel } from '../kernel.ts';
import type { Task } from '../sched/task.ts';
import type { AllocContext } from './alloc_context.ts';
import type { MemCgroup } from './memcg_types.ts';

/** The order of a kill that SysRq-f asks for. */
export const SYSRQ_ORDER = -1;
export interface OomControl {
  readonly gfp: number;
  /** SYSRQ_ORDER: asked for by hand. */
  readonly order: number;
  /** The group whose limit is reached; null: the machine is out of memory. */
  readonly memcg: MemCgroup | null;
  totalpages: number;
  constraint: 'CONSTRAINT_NONE' | 'CONSTRAINT_MEMCG';
  /** The victim; null = nobody; 'abort' = one is dying already, wait for it. */
  chosen: Task | 'abort' | null;
  chosenPoints: number;
}
export const newOomControl = (k: Kernel, { gfp, order }: Pick<AllocContext, 'gfp' | 'order'>, memcg: MemCgroup | null = null): OomControl => ({
  gfp, order, memcg, totalpages: memcg === null ? k.mm.totalramPages + k.mm.swap.total : memCgroupGetMax(k, memcg), constraint: memcg === null ? 'CONSTRAINT_NONE' : 'CONSTRAINT_MEMCG', chosen: null, chosenPoints: Number.MIN_SAFE_INTEGER,
});
/** mem_cgroup_get_max(): the limit, and what of swap the group may have; at least 1. */
const memCgroupGetMax = (k: Kernel, { memory, swap }: MemCgroup): number => memory.max + ((k.mm.sysctl.swappiness ?? 60) > 0 ? Math.min(swap.max, k.mm.swap.total) : 0) || 1;
/** tsk_is_oom_victim(): any thread of a process that was chosen. */
export const tskIsOomVictim = (k: Kernel, t: Task): boolean => {
  const e = k.mm.extra[t.id];
  return e !== undefined && e.oomMm >= 0;
};
/** find_lock_task_mm(): a task of its process that still has an address space, itself first. */
export const findLockTaskMm = (k: Kernel, t: Task): Task | undefined => {
  const has = (o: Task): boolean => o.mmId >= 0 && !(k.mm.extra[o.id]?.mmGone ?? false);
  return has(t) ? t : k.tasks.find((o) => o.tgid === t.tgid && has(o));
};
/** Threads of a process: all that share its thread group. */
export const threadsOf = (k: Kernel, t: Task): Task[] => k.tasks.filter((o) => o.tgid === t.tgid && !o.kthread && o.state !== 0x80);
