/** What memory management keeps for each task; made when it is first asked for. */
import type { Kernel } from '../kernel.ts';
import type { Completion } from '../sched/completion.ts';
import type { Task } from '../sched/task.ts';
import type { MemCgroup } from './memcg_types.ts';

export interface TaskExtra {
  memdie: boolean; // TIF_MEMDIE
  oomMm: number; // signal->oom_mm: id of the mm of a victim, -1 = not one
  mmGone: boolean; // task->mm is NULL: exit_mm() has let go of it; the address space is named by mmId still, for what is left of it to be told
  memstallDepth: number;
  /** Faults since the counters of its mm were last brought up to date (SPLIT_RSS_COUNTING: 64). */
  rssEvents: number;
  parent: number; // thread group of who forked it, -1 = nobody of the run
  vforkDone: Completion | null; // of a vfork child: the parent waits for it
  memcgMayOom: boolean; // in a fault whose end may kill for a charge (4.x)
  memcgInOom: { readonly memcg: MemCgroup; readonly gfp: number; readonly order: number } | null; // such a charge has failed
  memcgOverHigh: number; // pages charged above memory.high, not yet answered for
  joined: number; // its place in the list of its group's tasks
  /** Frames of its kernel stack, if it was born in the run. */
  readonly stack: number[];
}
export function extra(k: Kernel, t: Task): TaskExtra {
  const all = k.mm.extra;
  return (all[t.id] ??= { memdie: false, oomMm: -1, mmGone: false, memstallDepth: 0, rssEvents: 0, parent: -1, vforkDone: null, memcgMayOom: false, memcgInOom: null, memcgOverHigh: 0, joined: 0, stack: [] });
}
