/** Who holds what at the cursor, who waits for whom, and in which orders locks were taken so far. */
import type { ReactElement, ReactNode } from 'react';
import { inversionWords } from '../../analysis/lock_order.ts';
import { ringWords } from '../../analysis/ring_words.ts';
import type { Trace } from '../../analysis/trace.ts';
import { ringsAt, type Wait, waitsAt } from '../../analysis/wait_rings.ts';
import { LOCK_CELLS, type MachineState } from '../../format/state.ts';
import { store } from '../../store/store.ts';
import { plural } from '../../ui/format.ts';
import { useAtCursor } from './at_cursor.ts';

function Waits({ trace, state, waits }: { readonly trace: Trace; readonly state: MachineState; readonly waits: readonly Wait[] }): ReactElement {
  /** Of several readers the last to come; nobody, if that one has gone. */
  const holder = (lock: number): string => {
    const owner = state.locks[lock * LOCK_CELLS.size + LOCK_CELLS.owner] ?? -1;
    return owner < 0 ? 'nobody recorded' : trace.tables.taskName(owner);
  };
  return (
    <ul className="waits">
      {waits.map((w) => (
        <li key={`${w.task} ${w.lock}`}>
          <button type="button" className="link" onClick={() => store.getState().selectTask(w.task)}><code>{trace.tables.taskName(w.task)}</code></button> {w.blocking ? 'waits for' : 'tries again and again'} <code>{trace.tables.lockName(w.lock)}</code>, held by <code>{holder(w.lock)}</code>
        </li>
      ))}
    </ul>
  );
}
/** Over the whole run as far as it has come, not up to the cursor: an order is wrong whenever it was. */
function Order({ trace }: { readonly trace: Trace }): ReactElement {
  const { inversions } = trace.series.locks.order, names = { lock: (id: number) => trace.tables.lockName(id), task: (id: number) => trace.tables.taskName(id) };
  return (
    <div className="block">
      <h2 className="head"><span>Lock order over the run</span><span>{plural(inversions.length, 'inversion')}</span></h2>
      {inversions.length === 0 ? <p className="i3">No two locks were asked for in both orders.</p> : (
        <ul className="waits">{inversions.map((i) => { const words = inversionWords(i, names); return <li key={words}>{words}</li>; })}</ul>
      )}
    </div>
  );
}

export function LocksTab({ holders }: { readonly holders: ReactNode }): ReactElement {
  const at = useAtCursor();
  if (at === null) return <p className="block i3">The machine is booting.</p>;
  const { trace, cursor } = at, state = trace.stateAt(cursor - 1), waits = waitsAt(trace, state, cursor), rings = ringsAt(trace, state, cursor, waits);
  return (
    <>
      <div className="block"><h2 className="head"><span>Holders</span></h2>{holders}</div>
      <div className="block">
        <h2 className="head"><span>Waiting</span><span>{plural(waits.length, 'task')}</span></h2>
        {waits.length === 0 ? <p className="i3">Nobody waits for a lock.</p> : <Waits trace={trace} state={state} waits={waits} />}
      </div>
      {rings.map((ring, i) => {
        const words = ringWords(ring);
        return (
          <div className="block" key={words}>
            <h2 className="head"><span className="c-oom">Ring {i + 1}: {ring.kind}</span><span>{plural(ring.tasks.length, 'task')}</span></h2>
            <p>{words}</p>
          </div>
        );
      })}
      <Order trace={trace} />
    </>
  );
}
