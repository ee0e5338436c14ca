/** Call stacks at the cursor: of the selected task, else of the one that acts; then of every other CPU's. */
import type { ReactElement } from 'react';
import { TASK_CELLS } from '../../format/state.ts';
import { store, useStore } from '../../store/store.ts';
import { duration } from '../../ui/format.ts';
import { type AtCursor, useAtCursor } from './at_cursor.ts';

/** The first row of the stretch, up to `row`, in which `task` has had no other stack in this function. */
function enteredNs(at: AtCursor, task: number, depth: number, stack: number): number | null {
  const { trace, cursor } = at, { stackParent, depth: depths } = trace.tables;
  let frame = stack;
  while (frame > 0 && depths.data[frame] > depth) frame = stackParent[frame];
  let since: number | null = null;
  // as far back as a person would wait for: a call older than this is shown without its age
  for (let row = cursor - 1, oldest = Math.max(0, row - 200_000); row >= oldest; row--) {
    if (trace.taskAt(row) !== task) continue;
    let s = trace.stackAt(row);
    while (s > 0 && depths.data[s] > depth) s = stackParent[s];
    if (s !== frame) return since;
    since = trace.timeAt(row);
  }
  return since;
}

function StackOf({ at, task, full }: { readonly at: AtCursor; readonly task: number; readonly full: boolean }): ReactElement {
  const { trace, cursor } = at, state = trace.stateAt(cursor - 1);
  const stack = Math.max(0, state.tasks[task * TASK_CELLS.size + TASK_CELLS.stack] ?? 0), names = trace.stackNames(stack).reverse();
  const now = trace.timeOfEvent(cursor);
  if (names.length === 0) return <p className="i3">No kernel function: in user space, or not recorded yet.</p>;
  return (
    <ol className="stack">
      {names.slice(0, full ? names.length : 4).map((name, i) => {
        const since = full ? enteredNs(at, task, names.length - i, stack) : null;
        return <li key={`${name}/${names.length - i}`}><code className={i === 0 ? 'b' : ''}>{name}</code>{since !== null && <span className="i3">{duration(now - since)}</span>}</li>;
      })}
      {!full && names.length > 4 && <li className="i3">and {names.length - 4} more</li>}
    </ol>
  );
}

function Heading({ at, task, where }: { readonly at: AtCursor; readonly task: number; readonly where: string }): ReactElement {
  const info = at.trace.tables.tasks[task];
  return (
    <h2 className="head">
      <span><code className="b">{at.trace.tables.taskName(task)}</code> {info !== undefined && <span>pid {info.pid}</span>}</span>
      <span>{where}</span>
    </h2>
  );
}

export function StackTab(): ReactElement {
  const at = useAtCursor();
  const selected = useStore((s) => s.selectedTask);
  if (at === null || at.task < 0) return <p className="block i3">No task has acted yet. Step forward, or choose a task in the timeline.</p>;
  const { trace, cursor, task } = at, current = [...trace.stateAt(cursor - 1).current];
  const cpuOf = (id: number): string => { const cpu = current.indexOf(id); return cpu < 0 ? 'not running' : `on cpu ${cpu}`; };
  const others = current.filter((id, cpu) => id !== task && id >= 0 && trace.tables.tasks[id]?.idle !== true && current.indexOf(id) === cpu);
  return (
    <>
      <div className="block">
        <Heading at={at} task={task} where={cpuOf(task)} />
        <StackOf at={at} task={task} full />
        {selected !== null && <p className="acts"><button type="button" className="btn" onClick={() => store.getState().selectTask(null)}>Follow whoever acts</button></p>}
      </div>
      {others.map((id) => (
        <div className="block" key={id}>
          <Heading at={at} task={id} where={cpuOf(id)} />
          <StackOf at={at} task={id} full={false} />
          <p className="acts"><button type="button" className="btn" onClick={() => store.getState().selectTask(id)}>Follow {trace.tables.taskName(id)}</button></p>
        </div>
      ))}
    </>
  );
}
