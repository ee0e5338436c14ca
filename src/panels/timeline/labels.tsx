/** The label column: each lane's names and values at the cursor. What the canvas shows is told here in words. */
import { useId } from 'react';
import { showSide } from '../../store/compare.ts';
import { partOf, type Side } from '../../store/sides.ts';
import { store, useStore } from '../../store/store.ts';
import type { Trace } from '../../analysis/trace.ts';
import { aboutLane } from './index.ts';
import { toggleFold, useFolds } from './folds.ts';
import type { LabelRow, Tone } from './lane.ts';
import type { Place } from './paint.ts';
import css from './timeline.module.css';

const TONE: Readonly<Record<Tone, string | undefined>> = { plain: undefined, dim: css.dim, direct: css.direct, kswapd: css.kswapd, oom: css.oom, ok: css.ok };
const classes = (...names: (string | undefined | false)[]): string => names.filter(Boolean).join(' ');

/** Selects a task of the run that the row is of; that run is then the one that is shown. */
function pick(side: Side | null, task: number): void {
  if (side !== null) showSide(side);
  const { selectTask, selectedTask } = store.getState();
  selectTask(selectedTask === task ? null : task);
}
export function Row({ row, side }: { readonly row: LabelRow; readonly side: Side | null }) {
  const selected = useStore((s) => partOf(s, side ?? 'A')?.selectedTask), { task, fold } = row;
  const name = classes(css.name, row.bold && css.bold, row.mono && !row.bold && css.mono);
  return (
    <div className={classes(css.row, TONE[row.tone ?? 'plain'])} style={{ top: row.y }}>
      {fold !== undefined
        ? <button type="button" className={classes(css.name, css.pick, css.folds)} aria-expanded={fold.open} onClick={() => { toggleFold(fold.kind); }}>{fold.open ? '▾' : '▸'} {row.name}</button>
        : task === undefined
        ? <span className={name}>{row.name}</span>
        : <button type="button" className={classes(name, css.pick)} aria-pressed={selected === task} onClick={() => { pick(side, task); }}>{row.name}</button>}
      {row.value === '' ? null : <span className={classes(css.value, TONE[row.valueTone ?? row.tone ?? 'plain'])}>{row.value}</span>}
    </div>
  );
}
/** One lane's labels; collapsed it keeps its name and one number. */
export function LaneLabels({ place, trace, side }: { readonly place: Place; readonly trace: Trace; readonly side: Side | null }) {
  const cursor = useStore((s) => partOf(s, side ?? 'A')?.cursor ?? 0), selected = useStore((s) => partOf(s, side ?? 'A')?.selectedTask ?? null), toggle = useStore((s) => s.toggleLane);
  useStore((s) => partOf(s, side ?? 'A')?.version);
  const { lane, collapsed } = place, unfolded = useFolds(), name = side === null ? lane.title : `${side}: ${lane.title}`, about = aboutLane(lane.id), id = useId();
  const rows = collapsed ? [{ y: 1, name: lane.title, value: lane.short(trace, cursor), bold: true }] : lane.labels(trace, cursor, selected, place.height, unfolded);
  return (
    <div className={classes(css.lane, side !== null && css.sided)} role="group" aria-label={name} style={{ top: place.top, height: place.height }}>
      <button type="button" className={classes(css.fold, collapsed && css.shut)} aria-expanded={!collapsed} aria-label={`${name} lane`} aria-describedby={id} title={`${collapsed ? 'Open the lane' : 'Collapse the lane'}. ${about}`} onClick={() => { toggle(lane.id); }} />
      <span className="hidden" id={id}>{about}</span>
      {side !== null && <span className={css.mark} aria-hidden="true">{side}</span>}
      {rows.map((row, i) => <Row key={`${row.y}-${row.name}-${i}`} row={row} side={side} />)}
    </div>
  );
}
