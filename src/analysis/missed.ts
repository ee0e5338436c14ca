/** Who has lately missed a trylock without making a loop of it yet: the graph of waits (wait_graph.ts) draws a retry from the RETRY_ROUNDS-th miss on. */
import { LOCK_CELLS } from '../format/state.ts';
import { SLACK_NS } from './lock_order.ts';
import type { Trace } from './trace.ts';

/** How far back is lately: as far as a loop's next try may be away. */
export const LATELY_NS = SLACK_NS;
export interface Missed {
  readonly lock: number;
  /** Each once; those that are drawn as waiting for the lock, and who has it, are left out. */
  readonly tasks: readonly number[];
  readonly times: number;
  /** Who has the lock now; -1 = nobody, or readers. */
  readonly owner: number;
}
/** @param drawn  whether a task has an edge of its own to the lock */
export function missedAt(trace: Trace, event: number, nowNs: number, drawn: (task: number, lock: number) => boolean): readonly Missed[] {
  const { locks } = trace.stateAt(event - 1), found: Missed[] = [];
  trace.series.locks.list.forEach(({ misses }, lock) => {
    const tasks = new Set<number>(), owner = locks[lock * LOCK_CELLS.size + LOCK_CELLS.owner] ?? -1, held = (locks[lock * LOCK_CELLS.size + LOCK_CELLS.holders] ?? 0) > 0;
    let times = 0;
    for (let i = misses.countAt(event) - 1; i >= 0 && nowNs - trace.timeAt(misses.row.data[i]) <= LATELY_NS; i--) {
      const task = misses.a.data[i];
      // who has it by now has missed nothing
      if (drawn(task, lock) || (held && task === owner)) continue;
      tasks.add(task);
      times++;
    }
    if (tasks.size > 0) found.push({ lock, tasks: [...tasks].sort((x, y) => x - y), times, owner: held ? owner : -1 });
  });
  return found.sort((x, y) => y.tasks.length - x.tasks.length || y.times - x.times || x.lock - y.lock);
}
