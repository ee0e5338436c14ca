/** Rings and chains of waits, drawn. The drawing is hidden from screen readers; over its nodes lie buttons that lead to where each wait began. */
import { type ReactElement, useMemo } from 'react';
import type { Trace } from '../../analysis/trace.ts';
import { CODE, isQueued, isRunning } from '../../analysis/task_tracks.ts';
import { TASK_CELLS } from '../../format/state.ts';
import { type EdgeKind, readySince, type WaitGraph } from '../../analysis/wait_graph.ts';
import type { WaitGroup } from '../../analysis/wait_groups.ts';
import { type DrawnEdge, type DrawnFold, type DrawnNode, type Label, ringPicture, type RingPicture, type Standing, type TaskWords } from './ring_picture.ts';
import { headOf, hexagonOf, pathOf, type Stroke } from './ring_shapes.ts';

/** Functions that only wait: what a task is doing is called from below them. */
const WAITING = /^(schedule|schedule_timeout\w*|io_schedule\w*|__mutex_lock_\w+|rwsem_down_\w+|__down\w*|native_queued_spin_lock_slowpath|rtlock_slowlock|wait_for_completion)$/;
function standingOf(code: number): Standing {
  if (isRunning(code)) return 'running';
  if (isQueued(code)) return 'queued';
  return code === CODE.gone ? 'gone' : code === CODE.blocked ? 'blocked' : 'asleep';
}
/** What a task was doing at an event; `nowNs` = the time that has come until then. */
export function taskWords(trace: Trace, event: number, nowNs: number): (id: number) => TaskWords {
  const readyNs = (id: number): number | null => { const row = readySince(trace, id, event); return row === null ? null : nowNs - trace.timeOfEvent(row + 1); };
  const { tasks } = trace.stateAt(event - 1);
  const stacks = Int32Array.from({ length: tasks.length / TASK_CELLS.size }, (_, id) => tasks[id * TASK_CELLS.size + TASK_CELLS.stack]);
  return (id) => ({ fn: trace.stackNames(Math.max(0, stacks[id] ?? 0)).findLast((f) => !WAITING.test(f)) ?? '', standing: standingOf(trace.series.tasks.codes[id]?.at(event) ?? CODE.gone), readyNs: readyNs(id) });
}

const Words = ({ label, className }: { readonly label: Label; readonly className: string }): ReactElement => (
  <text className={`ring-words ${className}`} textAnchor={label.anchor}>{label.lines.map((l, i) => <tspan key={l} x={label.x} y={label.y + 4 + i * 13}>{l}</tspan>)}</text>
);
function Arrow({ stroke, kind }: { readonly stroke: Stroke; readonly kind: EdgeKind }): ReactElement {
  return <g className={`ring-arrow ring-${kind}`}><path d={pathOf(stroke)} /><path className="ring-head" d={kind === 'holds' ? `${headOf(stroke)}Z` : headOf(stroke)} /></g>;
}
/** Slanted lines in the strip of a task that does not run. */
const strip = (x: number, y: number, h: number): string => Array.from({ length: Math.floor((h - 2) / 4) }, (_, i) => `M${x + 1} ${y + 5 + i * 4}L${x + 7} ${y + 1 + i * 4}`).join('');
function Box({ n }: { readonly n: DrawnNode }): ReactElement {
  const left = n.x - n.w / 2, top = n.y - n.h / 2, still = n.standing === 'blocked' || n.standing === 'asleep' || n.standing === 'gone';
  return (
    <g className={n.starved ? 'ring-box ring-starved' : n.retries ? 'ring-box ring-busy' : 'ring-box'}>
      <rect x={left} y={top} width={n.w} height={n.h} />
      {still ? <path className="ring-strip" d={strip(left, top, n.h)} /> : <rect className={n.standing === 'queued' ? 'ring-strip' : 'ring-strip full'} x={left + 1.5} y={top + 1.5} width="5" height={n.h - 3} />}
      <text className="ring-name" x={left + 14} y={n.sub === '' ? n.y + 4 : n.y - 3}>{n.name}</text>
      {n.sub !== '' && <text className="ring-sub" x={left + 14} y={n.y + 13}>{n.sub}</text>}
    </g>
  );
}
function Hexagon({ n }: { readonly n: DrawnNode }): ReactElement {
  return (
    <g className="ring-lock">
      <path d={hexagonOf(n)} />
      <text className="ring-name" textAnchor="middle" x={n.x} y={n.sub === '' ? n.y + 4 : n.y - 2}>{n.name}</text>
      {n.sub !== '' && <text className="ring-sub" textAnchor="middle" x={n.x} y={n.y + 13}>{n.sub}</text>}
    </g>
  );
}
function Fold({ f }: { readonly f: DrawnFold }): ReactElement {
  const { place: { x, y, w, h } } = f;
  return (
    <g className="ring-fold">
      {f.stroke !== null && <Arrow stroke={f.stroke} kind={f.kind} />}
      <rect x={x - w / 2} y={y - h / 2} width={w} height={h} />
      <text className="ring-words"><tspan x={x - w / 2 + 8} y={y - 3}>{f.lines[0]}</tspan><tspan className="ring-sub" x={x - w / 2 + 8} y={y + 11}>{f.lines[1]}</tspan></text>
    </g>
  );
}
const wordsClass = (e: DrawnEdge): string => `ring-words-${e.kind}`;
function Drawing({ p }: { readonly p: RingPicture }): ReactElement {
  return (
    <svg className="ring-svg" width={p.width} height={p.height} viewBox={`0 0 ${p.width} ${p.height}`} aria-hidden="true">
      {p.edges.map((e) => <Arrow key={`${e.from} ${e.to}`} stroke={e.stroke} kind={e.kind} />)}
      {p.folds.map((f) => <Fold key={`${f.at} ${f.kind}`} f={f} />)}
      {p.edges.map((e) => <Words key={`${e.from} ${e.to}`} label={e.label} className={wordsClass(e)} />)}
      {p.nodes.map((n) => (n.kind === 'task' ? <Box key={n.node} n={n} /> : <Hexagon key={n.node} n={n} />))}
    </svg>
  );
}
export interface RingViewProps {
  readonly trace: Trace;
  readonly graph: WaitGraph;
  readonly group: WaitGroup;
  readonly width: number;
  readonly name: string;
  /** The node that the cursor was led to, -1 = none. */
  readonly here: number;
  readonly go: (node: number, event: number) => void;
}
export function RingView({ trace, graph, group, width, name, here, go }: RingViewProps): ReactElement {
  const p = useMemo(() => ringPicture({ graph, group, width, hz: trace.shape.hz, timeOf: (row) => trace.timeOfEvent(row + 1), task: taskWords(trace, graph.event, graph.nowNs) }), [trace, graph, group, width]);
  return (
    <div className={`ring ring-of-${group.kind}`} role="group" aria-label={name} style={{ width: p.width, height: p.height }}>
      <Drawing p={p} />
      {p.nodes.map((n) => (
        <button
          key={n.node} type="button" className={n.node === here ? 'ring-node here' : 'ring-node'} aria-label={`${n.words}: event ${n.event}`} title={`Go to where ${n.words}`} aria-current={n.node === here ? 'step' : undefined}
          style={{ left: n.x - n.w / 2, top: n.y - n.h / 2, width: n.w, height: n.h }}
          onClick={() => go(n.node, n.event)}
        />
      ))}
    </div>
  );
}
