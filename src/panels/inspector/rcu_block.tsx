/** RCU at the cursor: callbacks of each CPU from the oldest segment to the newest, who holds the grace period up, and the way of the oldest callback. */
import type { ReactElement, ReactNode } from 'react';
import { fateOf, type RcuAt, rcuAt, type RcuSegment } from '../../analysis/rcu.ts';
import { follow } from '../../store/follow.ts';
import { store } from '../../store/store.ts';
import { count, duration, plural } from '../../ui/format.ts';
import type { AtCursor } from './at_cursor.ts';
import { StackBar } from './bars.tsx';
import { batchWords, fateWords, holdoutWords, periodWords } from './rcu_words.ts';

/** Done and under way: memory comes back. Behind them the longer the way, the paler. */
const FILL: Readonly<Record<RcuSegment, string>> = { invoking: 'ok', DONE: 'ok', WAIT: 'run', NEXT_READY: 'ink3', NEXT: 'mark', bypass: 's3' };

function Cpus({ rcu }: { readonly rcu: RcuAt }): ReactElement {
  const most = Math.max(1, ...rcu.cpus.map((c) => c.parts.reduce((sum, p) => sum + p.callbacks, 0)));
  return (
    <>
      {rcu.cpus.map((c, cpu) => (
        <div key={`cpu${cpu + 0}`} className="pcp rcu">
          <span className="i2">cpu {cpu}</span>
          <StackBar parts={c.parts.map((p) => ({ name: p.segment, pages: p.callbacks, fill: `var(--${FILL[p.segment]})` }))} total={most} />
          <span className="num">{count(c.waiting)}{c.lazy > 0 && <span className="i3">, {c.lazy === c.waiting ? 'all' : count(c.lazy)} lazy</span>}</span>
        </div>
      ))}
    </>
  );
}
function Followers({ at: { trace }, rcu }: { readonly at: AtCursor; readonly rcu: RcuAt }): ReactElement | null {
  const some = rcu.cpus.flatMap((c, cpu) => (c.oldestEvent === null || c.oldestNs === null ? [] : [{ cpu, event: c.oldestEvent, ns: c.oldestNs }]));
  if (some.length === 0) return null;
  const go = (event: number): void => {
    follow({ kind: 'callback', id: trace.bAt(event - 1) });
    store.getState().setCursor(event);
  };
  return <p className="acts">{some.map(({ cpu, event, ns }) => <button key={cpu} type="button" className="btn" title={`Goes to where it was queued, ${duration(ns)} ago`} onClick={() => go(event)}>Follow the oldest of cpu {cpu}</button>)}</p>;
}
/** Only where the run has callbacks. */
export function Rcu({ at, table }: { readonly at: AtCursor; readonly table: ReactNode }): ReactElement | null {
  const { trace, cursor } = at, rcu = rcuAt(trace, cursor), now = trace.timeOfEvent(cursor);
  if (rcu === null) return null;
  const fate = fateOf(trace), total = rcu.cpus.reduce((sum, c) => sum + c.waiting, 0);
  return (
    <div className="block across">
      <h2 className="head"><span>RCU callbacks</span><span>{plural(total, 'waits', 'wait')}</span></h2>
      <Cpus rcu={rcu} />
      <dl className="usage one rcu-facts">
        <div><dt>grace period</dt><dd>{periodWords(rcu.period, now)}</dd></div>
        <div><dt>not reported</dt><dd>{holdoutWords(rcu.period)}</dd></div>
        <div><dt>last batch</dt><dd>{batchWords(rcu.batch, now)}</dd></div>
      </dl>
      <div className="sideways" role="group" aria-label="RCU callbacks, by CPU" tabIndex={0}>{table}</div>
      {fate !== null && <p className="fate">{fateWords(fate)}</p>}
      <Followers at={at} rcu={rcu} />
    </div>
  );
}
