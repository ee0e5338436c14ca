/** Who holds what at the cursor, and who waits for whom. */
import type { ReactElement, ReactNode } from 'react';
import type { Trace } from '../../analysis/trace.ts';
import { LOCK_CELLS, type MachineState, TASK_CELLS } from '../../format/state.ts';
import { store } from '../../store/store.ts';
import { plural } from '../../ui/format.ts';
import { useAtCursor } from './at_cursor.ts';

export interface Wait {
  readonly task: number;
  readonly lock: number;
  /** The task that holds it; -1 = nobody that was recorded, as with several readers. */
  readonly owner: number;
}
export function waitsOf(state: MachineState): Wait[] {
  const waits: Wait[] = [];
  for (let task = 0; task * TASK_CELLS.size < state.tasks.length; task++) {
    const lock = state.tasks[task * TASK_CELLS.size + TASK_CELLS.waitsFor];
    if (lock >= 0) waits.push({ task, lock, owner: state.locks[lock * LOCK_CELLS.size + LOCK_CELLS.owner] ?? -1 });
  }
  return waits;
}
/** Tasks that wait for each other in a ring, each ring once, in the order of waiting. */
export function ringsOf(waits: readonly Wait[]): Wait[][] {
  const by = new Map(waits.map((w) => [w.task, w])), done = new Set<number>(), rings: Wait[][] = [];
  for (const start of waits) {
    const way: Wait[] = [];
    let at: Wait | undefined = start;
    while (at !== undefined && !done.has(at.task)) {
      done.add(at.task);
      way.push(at);
      at = by.get(at.owner);
    }
    const from = at === undefined ? -1 : way.findIndex((w) => w.task === at?.task);
    if (from >= 0) rings.push(way.slice(from));
  }
  return rings;
}

function Waits({ trace, waits }: { readonly trace: Trace; readonly waits: readonly Wait[] }): ReactElement {
  const name = (task: number): string => (task < 0 ? 'nobody recorded' : trace.tables.taskName(task));
  return (
    <ul className="waits">
      {waits.map((w) => (
        <li key={w.task}>
          <button type="button" className="link" onClick={() => store.getState().selectTask(w.task)}><code>{name(w.task)}</code></button> waits for <code>{trace.tables.lockName(w.lock)}</code>, held by <code>{name(w.owner)}</code>
        </li>
      ))}
    </ul>
  );
}

export function LocksTab({ holders }: { readonly holders: ReactNode }): ReactElement {
  const at = useAtCursor();
  if (at === null) return <p className="block i3">The machine is booting.</p>;
  const waits = waitsOf(at.trace.stateAt(at.cursor - 1)), rings = ringsOf(waits);
  return (
    <>
      <div className="block"><h2 className="head"><span>Holders</span></h2>{holders}</div>
      <div className="block">
        <h2 className="head"><span>Waiting</span><span>{plural(waits.length, 'task')}</span></h2>
        {waits.length === 0 ? <p className="i3">Nobody waits for a lock.</p> : <Waits trace={at.trace} waits={waits} />}
      </div>
      {rings.map((ring, i) => (
        <div className="block" key={ring[0]?.task}>
          <h2 className="head"><span className="c-oom">Ring {i + 1}: each waits for the next</span><span>{plural(ring.length, 'task')}</span></h2>
          <Waits trace={at.trace} waits={ring} />
        </div>
      ))}
    </>
  );
}
