/** The order of locks over the run: which was asked for under which, as a table, and the inversions with the stacks they were made at. */
import { type ReactElement, useEffect, useReducer } from 'react';
import { PSEUDO } from '../../analysis/lock_classes.ts';
import { type LockOrder, type OrderEdge, orderedRows, orderOf } from '../../analysis/lock_order.ts';
import { breachWords, inversionWords, times } from '../../analysis/order_words.ts';
import type { Trace } from '../../analysis/trace.ts';
import { store } from '../../store/store.ts';
import { count, plural } from '../../ui/format.ts';

const MOST_CLASSES = 10, MOST_INVERSIONS = 8;
/** Rows at once: some 4 ms, so that a run of ten million does not hold up the page; whoever goes to another tab ends it. */
const SLICE_ROWS = 60_000;

/** Classes worth a row: those of inversions first, then those that were met most often. */
export function shownClasses(order: LockOrder): readonly number[] {
  const inverted = new Set([...order.inversions.flatMap((i) => i.flatMap((e) => [e.held, e.taken])), ...order.breaches.flatMap((b) => [b.lock, b.other])]), met = new Map<number, number>();
  for (const e of order.edges) for (const cls of [e.held, e.taken]) met.set(cls, (met.get(cls) ?? 0) + e.count);
  // what reclaim always asks for says something only where somebody holds it
  const asked = order.edges.some((e) => order.classes.names[e.held] === PSEUDO.notifier) ? -1 : order.classes.names.indexOf(PSEUDO.notifier);
  return [...met.keys()].filter((cls) => cls !== asked).sort((a, b) => Number(inverted.has(b)) - Number(inverted.has(a)) || (met.get(b) ?? 0) - (met.get(a) ?? 0) || a - b).slice(0, MOST_CLASSES);
}
/** An edge whose second lock waits in a later way than its first allows. */
const isInvalid = (order: LockOrder, e: OrderEdge): boolean => order.breaches.some((b) => b.rule === 'wait' && b.other === e.held && b.lock === e.taken);
/** An edge that is part of an inversion. */
const isInverted = (order: LockOrder, e: OrderEdge): boolean => order.inversions.some((i) => i.includes(e));

function Cell({ order, held, taken }: { readonly order: LockOrder; readonly held: number; readonly taken: number }): ReactElement {
  const edge = order.edges.find((e) => e.held === held && e.taken === taken);
  if (edge === undefined) return held === taken ? <td className="self"><span className="hidden">the same</span></td> : <td><span className="hidden">never</span></td>;
  const inverted = isInverted(order, edge), invalid = isInvalid(order, edge);
  if (!inverted && !invalid) return <td>{count(edge.count)}</td>;
  return <td className="both"><span aria-hidden="true">{inverted ? '⇄ ' : ''}{invalid ? '✕ ' : ''}</span>{count(edge.count)}<span className="hidden">{inverted ? ' inverted' : ''}{invalid ? ' invalid wait context' : ''}</span></td>;
}
function Matrix({ order }: { readonly order: LockOrder }): ReactElement {
  const classes = shownClasses(order), { names } = order.classes, all = new Set(order.edges.flatMap((e) => [e.held, e.taken])).size, left = all - classes.length;
  return (
    <>
      <div className="order-place" role="group" aria-label="Lock order, wider than its place" tabIndex={0}>
        <table className="lock-order" aria-label="Lock order">
          <thead><tr><th scope="col"><span className="hidden">taken first</span></th>{classes.map((c, i) => <th key={c} scope="col" title={names[c]}>{i + 1}<span className="hidden"> {names[c]}</span></th>)}</tr></thead>
          <tbody>{classes.map((held, i) => <tr key={held}><th scope="row"><span className="no">{i + 1}</span> {names[held]}</th>{classes.map((taken) => <Cell key={taken} order={order} held={held} taken={taken} />)}</tr>)}</tbody>
        </table>
      </div>
      {left > 0 && <p className="i3">and {plural(left, 'more class', 'more classes')} of locks, in no inversion</p>}
    </>
  );
}
/** Where the second lock of an edge was asked for, the innermost function first. */
function StackAt({ trace, order, edge }: { readonly trace: Trace; readonly order: LockOrder; readonly edge: OrderEdge }): ReactElement {
  const { names } = order.classes, stack = trace.stackNames(trace.stackAt(edge.row)).reverse();
  return (
    <div>
      <p className="i2">{names[edge.taken]} under {names[edge.held]}, {times(edge, (id) => trace.tables.taskName(id))} <button type="button" className="link" onClick={() => store.getState().setCursor(edge.row + 1)}>event {count(edge.row + 1)}</button></p>
      {stack.length === 0 ? <p className="i3">no kernel function recorded</p> : <ol className="stack">{stack.map((fn, i) => <li key={`${fn}/${stack.length - i}`}><code>{fn}</code></li>)}</ol>}
    </div>
  );
}
/** The order, followed slice by slice, and how much of the rows is still to be read. */
function useOrder(trace: Trace): { readonly order: LockOrder; readonly left: number } {
  const [, again] = useReducer((n: number) => n + 1, 0), order = orderOf(trace, SLICE_ROWS), left = trace.rows - orderedRows(trace);
  useEffect(() => {
    if (left === 0) return undefined;
    const soon = setTimeout(again, 0);
    return () => clearTimeout(soon);
  });
  return { order, left };
}
/** Over the whole run as far as it has come, not up to the cursor: an order is wrong whenever it was. That there is none is said when all is read. */
export function OrderTable({ trace }: { readonly trace: Trace }): ReactElement {
  const { order, left } = useOrder(trace), { inversions, breaches } = order;
  return (
    <div className="order-block">
      <h2 className="head"><span>Lock order over the run: row taken first, column asked for while it was held</span><span>{left > 0 ? `${Math.floor((100 * (trace.rows - left)) / trace.rows)} % of the events read` : plural(inversions.length, 'inversion')}</span></h2>
      {order.edges.length > 0 && <Matrix order={order} />}
      {order.edges.length === 0 && left === 0 && <p className="i3">No lock was asked for while another was held, as far as rows tell.</p>}
      {inversions.length === 0 && left === 0 && <p className="i3">No two classes of locks were asked for in both orders.</p>}
      {inversions.length > 0 && (
        <div className="inversions">
          <p className="c-oom"><span aria-hidden="true">⇄ </span>asked for in both orders: this could have hung, whether it did or not</p>
          {inversions.slice(0, MOST_INVERSIONS).map((inversion) => {
            const words = inversionWords(order, inversion, (id) => trace.tables.taskName(id));
            return (
              <div key={words}>
                <h3>{words}</h3>
                <details><summary>{inversion.length === 1 ? 'The stack' : inversion.length === 2 ? 'The two stacks' : `The ${inversion.length} stacks`}</summary><div className="two-stacks">{inversion.map((e) => <StackAt key={`${e.held} ${e.taken}`} trace={trace} order={order} edge={e} />)}</div></details>
              </div>
            );
          })}
          {inversions.length > MOST_INVERSIONS && <p className="i3">and {plural(inversions.length - MOST_INVERSIONS, 'longer one')}</p>}
        </div>
      )}
      {breaches.map((b) => <p key={`${b.rule} ${b.lock} ${b.other}`} className="c-oom"><span aria-hidden="true">✕ </span>{breachWords(order, b)} <button type="button" className="link" onClick={() => store.getState().setCursor(b.row + 1)}>event {count(b.row + 1)}</button></p>)}
      <p className="i3">As lockdep has it: by classes of locks; fs_reclaim stands for direct reclaim with __GFP_FS, and a trylock orders nothing. A loop of trylocks and a wait for a completion count too.</p>
    </div>
  );
}
