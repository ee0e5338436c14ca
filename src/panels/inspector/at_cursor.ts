/** What the tabs share: the run and the instant they speak of, and the task they speak of. */
import type { Trace } from '../../analysis/trace.ts';
import { useStore } from '../../store/store.ts';

export interface AtCursor {
  readonly trace: Trace;
  readonly cursor: number;
  /** The task of the event, or the selected one; -1 = none. */
  readonly task: number;
  /** The task whose event it is; -1 before the first. */
  readonly actor: number;
}
/** Renders again when the cursor or the selection moves, and while the run brings what belongs to the cursor. */
export function useAtCursor(): AtCursor | null {
  const trace = useStore((s) => s.trace);
  const cursor = useStore((s) => s.cursor);
  const selected = useStore((s) => s.selectedTask);
  if (trace === null) return null;
  const actor = trace.taskOfEvent(cursor);
  return { trace, cursor, actor, task: selected ?? actor };
}
