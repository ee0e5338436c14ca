/** Steps from one event to another. All give an event number, or null where there is none. `direction` is 1 or -1. */
import { ROW } from '../format/rows.ts';
import type { Trace } from './trace.ts';

export type Direction = 1 | -1;

/** One event; an operand belongs to the question before it and is not a step of its own. */
export function stepEvent(trace: Trace, event: number, direction: Direction): number | null {
  let to = event + direction;
  while (to > 0 && to < trace.rows && trace.kindAt(to) === ROW.operand) to += direction;
  return to < 0 || to > trace.rows ? null : to;
}
/** The next event of the task that is at the cursor, or of `task`, for which `is` holds of the depth of its stack. */
function stepTask(trace: Trace, event: number, direction: Direction, task: number, is: (depth: number) => boolean): number | null {
  for (let to = event + direction; to > 0 && to <= trace.rows; to += direction) {
    if (trace.taskAt(to - 1) === task && is(trace.tables.depth.data[trace.stackAt(to - 1)]) && trace.kindAt(to - 1) !== ROW.operand) return to;
  }
  return direction < 0 && event > 0 ? 0 : null;
}
/** Task and depth at the cursor. A selected task counts with its last row. */
function standing(trace: Trace, event: number, selected: number | null): { readonly task: number; readonly depth: number } | null {
  if (trace.rows === 0) return null;
  let row = Math.max(0, event - 1);
  if (selected !== null) {
    while (row > 0 && trace.taskAt(row) !== selected) row--;
    return { task: selected, depth: trace.taskAt(row) === selected ? trace.tables.depth.data[trace.stackAt(row)] : Number.MAX_SAFE_INTEGER };
  }
  return { task: trace.taskAt(row), depth: trace.tables.depth.data[trace.stackAt(row)] };
}
/** Into a call: the same task, however deep. */
export function stepInto(trace: Trace, event: number, direction: Direction, selected: number | null = null): number | null {
  const at = standing(trace, event, selected);
  return at === null ? null : stepTask(trace, event, direction, at.task, () => true);
}
/** Over a call: the same task, not deeper than now. */
export function stepOver(trace: Trace, event: number, direction: Direction, selected: number | null = null): number | null {
  const at = standing(trace, event, selected);
  return at === null ? null : stepTask(trace, event, direction, at.task, (depth) => depth <= at.depth);
}
/** Out of the call: the same task, less deep than now. */
export function stepOut(trace: Trace, event: number, direction: Direction, selected: number | null = null): number | null {
  const at = standing(trace, event, selected);
  return at === null ? null : stepTask(trace, event, direction, at.task, (depth) => depth < at.depth);
}
/** One jiffy, and at least one event. */
export function stepJiffy(trace: Trace, event: number, direction: Direction): number | null {
  const jiffy = 1e9 / trace.shape.hz, to = trace.eventAt(trace.timeOfEvent(event) + direction * jiffy);
  if (direction > 0) return event >= trace.rows ? null : Math.max(to, event + 1);
  return event <= 0 ? null : Math.min(to, event - 1);
}
