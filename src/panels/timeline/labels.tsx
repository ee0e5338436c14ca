/** The label column: each lane's names and values at the cursor. What the canvas shows is told here in words. */
import { useStore } from '../../store/store.ts';
import type { Trace } from '../../analysis/trace.ts';
import type { LabelRow, Tone } from './lane.ts';
import type { Place } from './paint.ts';
import css from './timeline.module.css';

const TONE: Readonly<Record<Tone, string | undefined>> = { plain: undefined, dim: css.dim, direct: css.direct, kswapd: css.kswapd, oom: css.oom, ok: css.ok };
const classes = (...names: (string | undefined | false)[]): string => names.filter(Boolean).join(' ');

function Row({ row }: { readonly row: LabelRow }) {
  const selected = useStore((s) => s.selectedTask), select = useStore((s) => s.selectTask), { task } = row;
  const name = classes(css.name, row.bold && css.bold, row.mono && !row.bold && css.mono);
  return (
    <div className={classes(css.row, TONE[row.tone ?? 'plain'])} style={{ top: row.y }}>
      {task === undefined
        ? <span className={name}>{row.name}</span>
        : <button type="button" className={classes(name, css.pick)} aria-pressed={selected === task} onClick={() => { select(selected === task ? null : task); }}>{row.name}</button>}
      {row.value === '' ? null : <span className={classes(css.value, TONE[row.valueTone ?? row.tone ?? 'plain'])}>{row.value}</span>}
    </div>
  );
}
/** One lane's labels; collapsed it keeps its name and one number. */
export function LaneLabels({ place, trace }: { readonly place: Place; readonly trace: Trace }) {
  const cursor = useStore((s) => s.cursor), selected = useStore((s) => s.selectedTask), toggle = useStore((s) => s.toggleLane);
  useStore((s) => s.version);
  const { lane, collapsed } = place;
  const rows = collapsed ? [{ y: 1, name: lane.title, value: lane.short(trace, cursor), bold: true }] : lane.labels(trace, cursor, selected, place.height);
  return (
    <div className={css.lane} role="group" aria-label={lane.title} style={{ top: place.top, height: place.height }}>
      <button type="button" className={classes(css.fold, collapsed && css.shut)} aria-expanded={!collapsed} aria-label={`${lane.title} lane`} title={collapsed ? 'Open the lane' : 'Collapse the lane'} onClick={() => { toggle(lane.id); }} />
      {rows.map((row, i) => <Row key={`${row.y}-${row.name}-${i}`} row={row} />)}
    </div>
  );
}
