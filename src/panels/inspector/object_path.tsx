/** The way of one callback or object, as a list of stations: each with its time, CPU, stack and how long it took. O goes to the next, Shift O to the one before. */
import { type ReactElement, useLayoutEffect, useRef } from 'react';
import { objectOf, type ObjectPath, objectPath, type ObjectRef, type Station, stationFrom } from '../../analysis/object_path.ts';
import type { Trace } from '../../analysis/trace.ts';
import { follow, objectAtCursor, stepStation } from '../../store/follow.ts';
import { store, useStore } from '../../store/store.ts';
import { duration, seconds } from '../../ui/format.ts';
import type { AtCursor } from './at_cursor.ts';
import { objectName, standing, stationWords } from './object_words.ts';

/** So many functions of a stack, from the innermost on. */
const MOST_FUNCTIONS = 4;
function stackWords(trace: Trace, stack: number): string {
  const names = trace.stackNames(stack).reverse();
  return names.length === 0 ? 'no kernel function' : `${names.slice(0, MOST_FUNCTIONS).join(' < ')}${names.length > MOST_FUNCTIONS ? ' < …' : ''}`;
}
function StationRow({ trace, station, first, cursor }: { readonly trace: Trace; readonly station: Station; readonly first: boolean; readonly cursor: number }): ReactElement {
  const here = station.event === cursor, row = useRef<HTMLLIElement>(null);
  useLayoutEffect(() => { if (here) row.current?.scrollIntoView({ block: 'nearest' }); }, [here]);
  return (
    <li ref={row} className={`gate${station.event > cursor ? ' later' : ''}${here ? ' here' : ''}`} aria-current={here ? 'step' : undefined}>
      <button type="button" onClick={() => store.getState().setCursor(station.event)} title={`Go to event ${station.event}`}>
        <span className="gate-question">{stationWords(station)}</span>
        <span className="answer i3">{first ? '' : `+${duration(station.tookNs)}`}</span>
        <span className="gate-operands">{seconds(station.timeNs)}, cpu {station.cpu}, <code>{trace.tables.taskName(station.task)}</code></span>
        <span className="gate-operands"><code>{stackWords(trace, station.stack)}</code></span>
      </button>
    </li>
  );
}
function Buttons({ path, cursor, other }: { readonly path: ObjectPath; readonly cursor: number; readonly other: ObjectRef | null }): ReactElement {
  const followed = useStore((s) => s.followed !== null);
  return (
    <p className="acts">
      <button type="button" className="btn" disabled={stationFrom(path, cursor, -1) === null} title="Previous station (Shift O)" onClick={() => stepStation(-1)}>Previous station</button>
      <button type="button" className="btn" disabled={stationFrom(path, cursor, 1) === null} title="Next station (O)" onClick={() => stepStation(1)}>Next station</button>
      {other !== null && <button type="button" className="btn" onClick={() => follow(other)}>Follow {objectName(other).toLowerCase()}</button>}
      {followed && <button type="button" className="btn" onClick={() => follow(null)}>Let go</button>}
    </p>
  );
}
/** Nothing where nothing is followed and the event is about no object. */
export function ObjectWay({ at: { trace, cursor } }: { readonly at: AtCursor }): ReactElement | null {
  const followed = useStore((s) => s.followed), running = useStore((s) => s.running);
  const ref = objectAtCursor({ trace, cursor, followed }), path = ref === null ? null : objectPath(trace, ref), here = objectOf(trace, cursor);
  if (path === null) return null;
  const { stations } = path, last = stations[stations.length - 1], other = here === null || (here.kind === path.ref.kind && here.id === path.ref.id) ? null : here;
  return (
    <>
      <div className="block">
        <h2 className="head"><span>{objectName(path.ref)}, from station to station</span><span>{duration(last.timeNs - stations[0].timeNs)} in all</span></h2>
        <p className="i3">{standing(path, trace.rows, running)}</p>
        <Buttons path={path} cursor={cursor} other={other} />
      </div>
      <ol className="ladder" aria-label={`Stations of ${objectName(path.ref).toLowerCase()}`}>
        {stations.map((station, i) => <StationRow key={`${station.event}-${station.kind}`} trace={trace} station={station} first={i === 0} cursor={cursor} />)}
      </ol>
    </>
  );
}
