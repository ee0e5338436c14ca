/**
 * kernel/cgroup/cgroup.c, v6.1: making a group with the memory controller, and moving a process into one. Nothing that a process has already is
 * charged to the group that it joins. Left out: removing groups, moving single threads, other controllers.
 */
import { must } from '../../base/units.ts';
import type { Kernel } from '../kernel.ts';
import { SpinLock } from '../locking/spinlock.ts';
import type { Task } from '../sched/task.ts';
import { lruGenAddLruvec } from './lru_gen.ts';
import { Lruvec } from './lruvec.ts';
import { MemCgroup, Memcgs, zoneSizes } from './memcg_types.ts';
import { memCgroupFromTask } from './memcontrol.ts';
import type { MmStruct } from './mm_types.ts';
import { LRU_LISTS } from './mmzone.ts';
import { PAGE_COUNTER_MAX } from './page_counter.ts';
import { extra } from './task_extra.ts';

/** A frame's group is kept in a byte. */
const MAX_GROUPS = 255;

/** cgroup_mkdir(), memory.max, memory.high and memory.oom.group. @param limits  pages; null = none */
export function cgroupMkdir(k: Kernel, name: string, limits: { readonly max: number | null; readonly high?: number | null; readonly oomGroup: boolean }, parent?: MemCgroup): MemCgroup {
  const m = k.mm, memcgs = (m.memcgs ??= new Memcgs(m.frames, m.swap.total, k.cpus.length, m.nodes)), above = parent ?? memcgs.root;
  if (memcgs.groups.length > MAX_GROUPS) throw new Error(`expected at most ${MAX_GROUPS} memory cgroups`);
  const memcg = new MemCgroup(memcgs.groups.length, `${above.parent === null ? '' : above.path}/${name}`, above);
  for (const p of m.nodes) {
    const head = m.addHeads(LRU_LISTS), v = new Lruvec(p, memcg, Array.from({ length: LRU_LISTS }, (_, i) => head + i), new Int32Array(LRU_LISTS), new Int32Array(LRU_LISTS));
    v.zoneOwn = zoneSizes(p);
    v.lock = new SpinLock(k, `lruvec->lru_lock node ${p.id} ${memcg.path}`, { quiet: true });
    memcg.lruvecs.push(v);
    lruGenAddLruvec(m, v);
  }
  memcg.memory.max = limits.max ?? PAGE_COUNTER_MAX;
  memcg.memory.high = limits.high ?? PAGE_COUNTER_MAX;
  memcg.oomGroup = limits.oomGroup;
  memcgs.groups.push(memcg);
  if (limits.max !== null) k.gauge(`memory.max ${memcg.path}`, limits.max);
  return memcg;
}
/** The group with this path below the root, or undefined. */
export const cgroupByPath = (k: Kernel, path: string): MemCgroup | undefined => k.mm.memcgs?.groups.find((g) => g.parent !== null && g.path === path);

/** cgroup_attach_task(): a process is of this group from now on, the last in its list. */
export function cgroupAttachTask(k: Kernel, t: Task, memcg: MemCgroup): void {
  mmOf(k, t).memcg = memcg.id;
  postFork(k, t);
  k.mark(`cgroup_attach_task ${memcg.path}`, t.id, t.pid);
}
/** cgroup_post_fork(): a new task is of its parent's group; it comes last in its list. */
export function postFork(k: Kernel, t: Task): void {
  if (k.mm.memcgs !== null && memCgroupFromTask(k, t)?.parent !== null) extra(k, t).joined = ++k.mm.memcgs.joined;
}
const mmOf = (k: Kernel, t: Task): MmStruct => must(k.mm.mms[t.mmId], 'a kernel thread is of no memory cgroup');
