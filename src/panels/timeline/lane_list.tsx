/** The lanes as a list: each can be hidden, collapsed, and moved one place up or down. */
import { type ReactElement, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { moveLane, resetLanes, showLane } from '../../store/lanes.ts';
import { useStore } from '../../store/store.ts';
import type { AnyLane } from './lane.ts';
import css from './lane_list.module.css';

export interface LaneListProps {
  /** Those of index.ts, handed in: asked for from here they would stand apart from the first load, in more chunks than they are worth. */
  readonly arranged: (order: readonly string[], hidden: readonly string[]) => readonly AnyLane[];
  readonly allLanes: () => Promise<void>;
  readonly about: (id: string) => string;
}
export function LaneList({ arranged, allLanes, about }: LaneListProps): ReactElement {
  const order = useStore((s) => s.order), hidden = useStore((s) => s.hidden), collapsed = useStore((s) => s.collapsed), toggle = useStore((s) => s.toggleLane), trace = useStore((s) => s.trace);
  const [, setComplete] = useState(false), [said, setSaid] = useState(''), list = useRef<HTMLUListElement>(null), last = useRef<string | null>(null);
  useEffect(() => { void allLanes().then(() => { setComplete(true); }); }, [allLanes]);
  // it may come later than the dialog around it, which has found nothing to focus then
  useLayoutEffect(() => { list.current?.querySelector<HTMLElement>('[data-first]')?.focus(); }, []);
  // an element that changes its place loses the focus
  useLayoutEffect(() => {
    if (last.current !== null) list.current?.querySelector<HTMLElement>(`[data-move="${last.current}"]`)?.focus();
    last.current = null;
  });
  const lanes = arranged(order, []), ids = lanes.map(({ id }) => id);
  const move = (at: number, by: 1 | -1): void => {
    const { id, title } = lanes[at], to = at + by;
    if (to < 0 || to >= lanes.length) return;
    last.current = `${id} ${by}`;
    moveLane(ids, id, by);
    setSaid(`${title} is ${to + 1} of ${lanes.length}`);
  };
  return (
    <>
      <p>Lanes from top to bottom. A link keeps what is chosen here; where two runs are compared it is so for both.</p>
      <ul className={css.list} ref={list} aria-label="Lanes">
        {lanes.map(({ id, title, exists }, at) => (
          <li key={id} className={css.line}>
            <label className={css.name}><input type="checkbox" data-first={at === 0 ? true : undefined} checked={!hidden.includes(id)} onChange={(e) => { showLane(id, e.target.checked); }} /> {title}{trace !== null && !exists(trace) && <span className="i3"> not in this run</span>}</label>
            <label className={css.fold}><input type="checkbox" aria-label={`Collapse ${title}`} checked={collapsed.includes(id)} onChange={() => { toggle(id); }} /> collapsed</label>
            <button type="button" className="btn" data-move={`${id} -1`} aria-label={`Move ${title} up`} title="Up" aria-disabled={at === 0} onClick={() => { move(at, -1); }}><span aria-hidden="true">↑</span></button>
            <button type="button" className="btn" data-move={`${id} 1`} aria-label={`Move ${title} down`} title="Down" aria-disabled={at === lanes.length - 1} onClick={() => { move(at, 1); }}><span aria-hidden="true">↓</span></button>
            <p className={css.about}>{about(id)}</p>
          </li>
        ))}
      </ul>
      <p className="i3" role="status" aria-label="Place of the lane">{said}</p>
      <div className="acts"><button type="button" className="btn" onClick={() => { resetLanes(); setSaid('All lanes are shown, in their own order'); }}>As at first</button></div>
    </>
  );
}
