/** Reclaim: each node's kswapd, awake and running, and how many tasks reclaim for themselves. */
import type { Extent, PixelColumns } from '../../analysis/series.ts';
import { isRunning, RUNNING_MASK } from '../../analysis/task_tracks.ts';
import type { Trace } from '../../analysis/trace.ts';
import { bars, box, glyph, hline, type Pen, rects, type Scale, text, vline } from '../../ui/draw.ts';
import { count, plural, seconds } from '../../ui/format.ts';
import type { LabelRow, Lane } from './lane.ts';
import { coveredBars, drawSteps, peakOf, pointsByColumn, segmentsOf, type Segments, spansOf, type SpanPicture, straight, timeOf } from './pixels.ts';

const NODE_PX = 22, DIRECT_PX = 38;
interface NodePicture {
  readonly awake: SpanPicture;
  readonly work: Segments | null;
  readonly wakes: readonly { readonly x: number }[];
  readonly asleepAtEnd: boolean;
}
interface ReclaimPicture {
  readonly columns: PixelColumns;
  readonly nodes: readonly NodePicture[];
  readonly direct: Extent;
  readonly most: number;
}
const nodesOf = (trace: Trace): readonly number[] => [...new Set(trace.shape.zones.map((z) => z.node))].sort((a, b) => a - b);
const kswapdTask = (trace: Trace, node: number): number => trace.tables.tasks.findIndex((t) => t?.comm === `kswapd${node}`);

function drawNode(g: Pen, n: NodePicture, top: number, c: PixelColumns, { theme }: Scale): void {
  const h = NODE_PX - 8, y = top + 4;
  if (n.awake.kind === 'apart') {
    for (let i = 0; i < n.awake.length; i++) {
      const { x0, x1 } = n.awake;
      box(g, x0[i], y + 3, Math.max(2, x1[i] - x0[i]), h - 6, theme.kswapd);
      if (x1[i] < c.known) glyph(g, 'sleep', x1[i], y + h / 2, theme.kswapd, 4);
    }
  } else rects(g, coveredBars(n.awake.covered, c.known, y + 3, h - 6), theme.kswapd, 0.5);
  for (const { x } of n.wakes) vline(g, x, y - 3, y, theme.kswapd);
  drawWork(g, n.work, y, h, c, theme.kswapd);
}
function drawWork(g: Pen, work: Segments | null, y: number, h: number, c: PixelColumns, colour: string): void {
  if (work === null) return;
  const places: number[] = [];
  if (work.kind === 'dense') {
    for (let x = 0; x < c.known; x++) {
      const from = x;
      while (x < c.known && (work.masks[x] & RUNNING_MASK) !== 0) x++;
      if (x > from) places.push(from, y, x - from, h);
    }
  } else for (let i = 0; i < work.length; i++) if (isRunning(work.code[i])) places.push(work.x[i], y, Math.max(1, work.x[i + 1] - work.x[i]), h);
  (work.kind === 'dense' ? bars : rects)(g, places, colour);
}

export const reclaim: Lane<ReclaimPicture> = {
  id: 'reclaim',
  title: 'Reclaim',
  height: (trace) => nodesOf(trace).length * NODE_PX + DIRECT_PX,
  picture(trace, { columns }) {
    const { marks, tasks } = trace.series;
    const nodes = nodesOf(trace).map((node) => {
      const task = kswapdTask(trace, node), codes = tasks.codes[task];
      return { awake: spansOf(trace, marks.kswapd, columns), work: codes === undefined ? null : segmentsOf(trace, codes, columns), wakes: pointsByColumn(marks.wakes, columns), asleepAtEnd: !marks.kswapd.isOpen(node) };
    });
    return { columns, nodes, direct: marks.reclaimers.extent(columns), most: Math.max(1, peakOf(marks.reclaimers)) };
  },
  draw(g, p, scale) {
    const { theme, width, height } = scale, top = p.nodes.length * NODE_PX, base = height - 3;
    p.nodes.forEach((n, i) => { drawNode(g, n, i * NODE_PX, p.columns, scale); });
    hline(g, top, 0, width, theme.line);
    const most = top + 7;
    drawSteps(g, p.direct, p.columns.known, straight(base, most, p.most), { line: theme.direct, fill: theme.direct, alpha: 0.28 });
    if (p.most > 1) {
      hline(g, most, 0, width, theme.line, [2, 3]);
      text(g, theme, plural(p.most, 'task'), width - 6, most + 4, theme.ink3, { align: 'right', plate: theme.bg });
    }
  },
  hit(p, x, y) {
    const at = Math.floor(x), top = p.nodes.length * NODE_PX;
    if (at < 0 || at >= p.columns.known) return null;
    const time = seconds(timeOf(p.columns, x));
    if (y >= top) return { lines: [`${plural(p.direct.max[at], 'task')} in direct reclaim`, time] };
    return { lines: [`kswapd${Math.floor(y / NODE_PX)}`, 'frame: awake; block: on a CPU; tick: a wake', time] };
  },
  labels(trace, cursor) {
    const rows: LabelRow[] = nodesOf(trace).map((node, i) => {
      const { kswapd } = trace.series.marks, awake = Array.from({ length: kswapd.length }, (_, k) => k).some((k) => kswapd.who.data[k] === node && kswapd.coversEvent(k, cursor));
      return { y: 3 + i * NODE_PX, name: i === 0 ? 'Reclaim' : '', value: `kswapd${node} ${awake ? 'awake' : 'asleep'}`, bold: i === 0, valueTone: 'kswapd' as const };
    });
    const top = rows.length * NODE_PX;
    rows.push({ y: top + 3, name: 'direct reclaimers', value: count(trace.series.marks.reclaimers.at(cursor)), tone: 'direct' });
    rows.push({ y: top + 19, name: 'rounds, pages', value: `${count(trace.series.marks.roundsDone.at(cursor))} · ${count(trace.series.marks.reclaimed.at(cursor))}`, tone: 'dim' });
    return rows;
  },
  short: (trace, cursor) => plural(trace.series.marks.reclaimers.at(cursor), 'reclaimer'),
  silhouette: (trace, columns) => ({ values: trace.series.marks.reclaimers.extent(columns).max, most: Math.max(1, peakOf(trace.series.marks.reclaimers)) }),
};
