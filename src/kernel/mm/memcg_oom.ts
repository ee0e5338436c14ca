/**
 * mm/memcontrol.c, v6.1, v6.12 and 4.18: a charge that reclaim could not make room for kills inside its group. Left out: v1's oom_control (a
 * listener, and oom_kill_disable with its waiting at the end of the fault).
 */
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { mutexLock, mutexLockKillable, mutexUnlock } from '../locking/mutex.ts';
import { DEAD, KILLABLE, type Task } from '../sched/task.ts';
import { waitEvent, wakeUpAll } from '../sched/wait.ts';
import { PAGE_ALLOC_COSTLY_ORDER } from './constants.ts';
import { memCgroupMargin, memcgMemoryEvent, taskIsDying } from './memcontrol.ts';
import type { MemCgroup } from './memcg_types.ts';
import { newOomControl } from './oom_control.ts';
import { outOfMemory } from './oom_kill.ts';
import { extra } from './task_extra.ts';

/** The order of `nrPages`, as get_order() has it. */
function orderOf(nrPages: number): number {
  let order = 0;
  while (1 << order < nrPages) order++;
  return order;
}
/** mem_cgroup_oom(): true = somebody was killed, or there is room again: try the charge once more. To 4.18 a fault only notes that it must kill, and does so at its end. */
export const memCgroupOom = kfn('mem_cgroup_oom', function* (k: Kernel, memcg: MemCgroup, gfp: number, nrPages: number): Timed<boolean> {
  const order = orderOf(nrPages), e = extra(k, k.current);
  if (k.decide('order > PAGE_ALLOC_COSTLY_ORDER: a kill would not help', order > PAGE_ALLOC_COSTLY_ORDER, order)) return false;
  if (k.mm.era.memcg.oomAtEndOfFault) {
    if (e.memcgMayOom) e.memcgInOom = { memcg, gfp, order };
    return false;
  }
  memcgMemoryEvent(memcg, 'oom');
  return yield* memCgroupOutOfMemory(k, memcg, gfp, order);
});

/** mem_cgroup_out_of_memory(): waits for oom_lock, unlike an allocation, and kills in the group unless there is room by then. */
export const memCgroupOutOfMemory = kfn('mem_cgroup_out_of_memory', function* (k: Kernel, memcg: MemCgroup, gfp: number, order: number): Timed<boolean> {
  const { oomLock } = k.mm.sync, waitsKillable = k.mm.era.memcg.oomLockKillable;
  if (!waitsKillable) yield* mutexLock(k, oomLock);
  else if (!k.decide('mutex_lock_killable(&oom_lock)', yield* mutexLockKillable(k, oomLock))) return true;
  let ret = true;
  const settled = waitsKillable && (k.decide('there is room in the group by now', memCgroupMargin(memcg) >= 1 << order, memCgroupMargin(memcg)) || k.decide('current is dying already', taskIsDying(k, k.current)));
  if (!settled) ret = yield* outOfMemory(k, newOomControl(k, { gfp, order }, memcg));
  mutexUnlock(k, oomLock);
  return ret;
});

/**
 * mem_cgroup_oom_synchronize(), 4.13 to 4.18: the end of a fault whose charge failed: kills, or waits for who is at it in this group.
 * false: no charge had failed.
 */
export const memCgroupOomSynchronize = kfn('mem_cgroup_oom_synchronize', function* (k: Kernel): Timed<boolean> {
  const e = extra(k, k.current), asked = e.memcgInOom;
  if (asked === null) return false;
  const { memcg } = asked, wait = k.mm.sync.memcgOomWait;
  if (k.decide('mem_cgroup_oom_trylock()', !memcg.oomLocked)) {
    memcg.oomLocked = true;
    memcgMemoryEvent(memcg, 'oom');
    yield* memCgroupOutOfMemory(k, memcg, asked.gfp, asked.order);
    memcg.oomLocked = false;
    wakeUpAll(k, wait);
  } else yield* waitEvent(k, wait, () => !memcg.oomLocked, KILLABLE);
  e.memcgInOom = null;
  return true;
});

/** mem_cgroup_scan_tasks() for leaders: those of a group and of the groups below it, in the order in which they joined. */
export function memcgTasks(k: Kernel, top: MemCgroup): Task[] {
  const { memcgs, mms } = k.mm;
  if (memcgs === null) return [];
  const joined = (t: Task): number => extra(k, t).joined;
  return memcgs.below(top).flatMap((g) => k.tasks.filter((t) => t.state !== DEAD && t.mmId >= 0 && mms[t.mmId].memcg === g.id).sort((a, b) => joined(a) - joined(b)));
}
/** mem_cgroup_get_oom_group(): the highest group on the way from the victim's up to the one that ran out, or to the root, that wants to die as a whole. */
export function memCgroupGetOomGroup(k: Kernel, victim: Task, domain: MemCgroup | null): MemCgroup | null {
  const { memcgs } = k.mm;
  if (memcgs === null || victim.mmId < 0) return null;
  let found: MemCgroup | null = null;
  for (let g: MemCgroup | null = memcgs.groups[k.mm.mms[victim.mmId].memcg]; g !== null && g.parent !== null; g = g.parent) {
    if (g.oomGroup) found = g;
    if (g === domain) break;
  }
  return found;
}
