/**
 * Per-CPU lists: pages that each CPU keeps for itself, one strip a CPU. A bar hangs below the strip where all lists of the CPU were empty: there a source that looks nowhere else finds nothing.
 * A tick at its top is a refill from the buddy; above the bar stand pages that were taken while the zone was below MIN (upper row), or below LOW by who woke nobody (lower row).
 */
import { LOW_TAKE } from '../../analysis/pcp_tracks.ts';
import type { Extent, PixelColumns, Points } from '../../analysis/series.ts';
import type { Trace } from '../../analysis/trace.ts';
import { blockCpu, blockOrder, NO_CPU, ROW } from '../../format/rows.ts';
import { bars, hline, rects } from '../../ui/draw.ts';
import { count, pageCount, plural, seconds } from '../../ui/format.ts';
import type { LabelRow, Lane } from './lane.ts';
import { drawSteps, maxOf, peakOf, pointsByColumn, straight, timeOf } from './pixels.ts';

const STRIP_PX = 14, HEAD_PX = 18, MOST_CPUS = 8, EMPTY_PX = 2, TICK_PX = 3, LINE_PX = 16;
/** Names that one line has room for, and rows that are read for it. */
const MOST_NAMES = 3, MOST_ROWS = 50_000;

/** Columns of the window in which a list was empty, as places of bars. */
function emptyBars({ min }: Extent, known: number, y: number): number[] {
  const places: number[] = [];
  for (let x = 0; x < known; x++) {
    if (min[x] !== 0) continue;
    const from = x;
    while (x + 1 < known && min[x + 1] === 0) x++;
    places.push(from, y, x + 1 - from, EMPTY_PX);
  }
  return places;
}
type Column = ReturnType<typeof pointsByColumn>[number];
interface Strip {
  readonly pages: Extent;
  readonly refills: readonly Column[];
  /** Columns with a take that had one of LOW_TAKE. */
  readonly belowMin: readonly number[];
  readonly wokeNobody: readonly number[];
}
interface PcpPicture {
  readonly trace: Trace;
  readonly columns: PixelColumns;
  readonly strips: readonly Strip[];
  readonly most: number;
}
export const shownCpus = (trace: Trace): number => Math.min(trace.shape.cpus, MOST_CPUS);
const peak = (trace: Trace): number => Math.max(1, ...trace.series.pcp.map(peakOf));
const total = (trace: Trace, cursor: number): number => trace.series.pcp.reduce((sum, s) => sum + s.at(cursor), 0);

function stripOf(trace: Trace, cpu: number, columns: PixelColumns): Strip {
  const { refills, low } = trace.series.lists, takes = pointsByColumn(low[cpu], columns), bits = low[cpu].c.data;
  const having = (bit: number): number[] => takes.flatMap(({ x, first, count: n }) => (bits.subarray(first, first + n).some((c) => (c & bit) !== 0) ? [x] : []));
  return { pages: trace.series.pcp[cpu].extent(columns), refills: pointsByColumn(refills[cpu], columns), belowMin: having(LOW_TAKE.belowMin), wokeNobody: having(LOW_TAKE.wokeNobody) };
}
/** `neighbour 63, app 7`: who most of it was, from the most down. */
function named(trace: Trace, by: ReadonlyMap<number, number>): string {
  const list = [...by].sort((a, b) => b[1] - a[1]), more = list.length - MOST_NAMES;
  return `${list.slice(0, MOST_NAMES).map(([task, pages]) => `${trace.tables.taskName(task)} ${count(pages)}`).join(', ')}${more > 0 ? `, ${plural(more, 'other')}` : ''}`;
}
function summed(points: Points, from: number, to: number, is: (i: number) => boolean): Map<number, number> {
  const by = new Map<number, number>();
  for (let i = points.countAt(from); i < points.length && points.row.data[i] < to; i++) if (is(i)) by.set(points.a.data[i], (by.get(points.a.data[i]) ?? 0) + points.b.data[i]);
  return by;
}
/** Pages that went off the lists of `cpu`, by task. */
function takenIn(trace: Trace, cpu: number, from: number, to: number): Map<number, number> {
  const by = new Map<number, number>();
  for (let row = from; row < to; row++) {
    const block = trace.bAt(row);
    if (trace.kindAt(row) === ROW.pageUse && blockCpu(block) === cpu && cpu !== NO_CPU) by.set(trace.taskAt(row), (by.get(trace.taskAt(row)) ?? 0) + (1 << blockOrder(block)));
  }
  return by;
}
/** What happened on the lists of `cpu` in a pixel column. */
function happened(trace: Trace, cpu: number, { edges }: PixelColumns, at: number): string[] {
  const from = edges[at], to = edges[at + 1], { refills, low } = trace.series.lists, bits = low[cpu].c.data, n = refills[cpu].countAt(to) - refills[cpu].countAt(from), lines: string[] = [];
  const tell = (what: string, by: ReadonlyMap<number, number>): void => { if (by.size > 0) lines.push(`${what} ${named(trace, by)}`); };
  tell(`${plural(n, 'refill')}, pages:`, summed(refills[cpu], from, to, () => true));
  if (to - from > MOST_ROWS) return [...lines, 'who takes: zoom in'];
  tell('pages taken:', takenIn(trace, cpu, from, to));
  tell('of these below min:', summed(low[cpu], from, to, (i) => (bits[i] & LOW_TAKE.belowMin) !== 0));
  tell('below low, woke nobody:', summed(low[cpu], from, to, (i) => (bits[i] & LOW_TAKE.wokeNobody) !== 0));
  return lines;
}

export const pcp: Lane<PcpPicture> = {
  id: 'pcp',
  title: 'Per-CPU lists',
  height: (trace) => HEAD_PX + shownCpus(trace) * STRIP_PX + 4 + (trace.shape.cpus > MOST_CPUS ? LINE_PX : 0) + (trace.series.lists.wokeNobody > 0 ? LINE_PX : 0),
  picture: (trace, { columns }) => ({ trace, columns, strips: Array.from({ length: shownCpus(trace) }, (_, cpu) => stripOf(trace, cpu, columns)), most: peak(trace) }),
  draw(g, picture, scale) {
    const { theme, width } = scale, ticks = (columns: readonly number[], y: number, colour: string): void => { bars(g, columns.flatMap((x) => [x, y, 1, TICK_PX]), colour); };
    picture.strips.forEach((s, cpu) => {
      const base = HEAD_PX + (cpu + 1) * STRIP_PX;
      hline(g, base, 0, width, theme.line);
      drawSteps(g, s.pages, picture.columns.known, straight(base, base - STRIP_PX + 3, picture.most), { line: theme.ink2, fill: theme.kswapd, alpha: 0.28 });
      rects(g, emptyBars(s.pages, picture.columns.known, base), theme.ink2);
      ticks(s.refills.map(({ x }) => x), base - STRIP_PX + 1, theme.ink3);
      ticks(s.belowMin, base - 2 * TICK_PX, theme.oom);
      ticks(s.wokeNobody, base - TICK_PX, theme.direct);
    });
  },
  hit({ trace, columns, strips }, x, y) {
    const cpu = Math.floor((y - HEAD_PX) / STRIP_PX), at = Math.floor(x);
    if (cpu < 0 || cpu >= strips.length || at < 0 || at >= columns.known) return null;
    const { last, min } = strips[cpu].pages;
    return { lines: [`cpu ${cpu}: ${pageCount(last[at])} on its lists${min[at] === 0 && last[at] > 0 ? ', and none for a moment' : ''}`, ...happened(trace, cpu, columns, at), seconds(timeOf(columns, x))] };
  },
  labels(trace, cursor) {
    const { lists, pcp: pages } = trace.series, rows: LabelRow[] = [{ y: 2, name: 'Per-CPU lists', value: 'pages', bold: true, valueTone: 'dim' }];
    for (let cpu = 0; cpu < shownCpus(trace); cpu++) rows.push({ y: HEAD_PX - 1 + cpu * STRIP_PX, name: `cpu ${cpu}, ${plural(lists.refills[cpu].countAt(cursor), 'refill')}`, value: count(pages[cpu].at(cursor)) });
    const under = HEAD_PX + shownCpus(trace) * STRIP_PX + 1;
    if (trace.shape.cpus > MOST_CPUS) rows.push({ y: under, name: `all ${trace.shape.cpus}, ${plural(lists.refills.reduce((sum, p) => sum + p.countAt(cursor), 0), 'refill')}`, value: count(total(trace, cursor)), tone: 'dim' });
    if (lists.wokeNobody > 0) rows.push({ y: under + (trace.shape.cpus > MOST_CPUS ? LINE_PX : 0), name: `below min ${count(lists.lowAt(cursor, LOW_TAKE.belowMin))}`, value: `no wake ${count(lists.lowAt(cursor, LOW_TAKE.wokeNobody))}`, tone: 'direct' });
    return rows;
  },
  short: (trace, cursor) => `${count(total(trace, cursor))} pages`,
  silhouette(trace, columns) {
    const all = trace.series.pcp.map((s) => s.extent(columns).last), values = Array.from({ length: columns.width }, (_, x) => all.reduce((sum, one) => sum + one[x], 0));
    return { values, most: Math.max(1, maxOf(values, columns.known)) };
  },
};
