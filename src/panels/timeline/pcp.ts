/** Per-CPU lists: pages that each CPU keeps for itself, one strip a CPU. A bar hangs below the strip where all lists of the CPU were empty: there a source that looks nowhere else finds nothing. */
import type { Extent, PixelColumns } from '../../analysis/series.ts';
import type { Trace } from '../../analysis/trace.ts';
import { hline, rects } from '../../ui/draw.ts';
import { count, pageCount, seconds } from '../../ui/format.ts';
import type { LabelRow, Lane } from './lane.ts';
import { drawSteps, maxOf, peakOf, straight, timeOf } from './pixels.ts';

const STRIP_PX = 14, HEAD_PX = 4, MOST_CPUS = 8, EMPTY_PX = 2;
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
interface PcpPicture {
  readonly columns: PixelColumns;
  readonly strips: readonly Extent[];
  readonly most: number;
}
export const shownCpus = (trace: Trace): number => Math.min(trace.shape.cpus, MOST_CPUS);
const peak = (trace: Trace): number => Math.max(1, ...trace.series.pcp.map(peakOf));
const total = (trace: Trace, cursor: number): number => trace.series.pcp.reduce((sum, s) => sum + s.at(cursor), 0);

export const pcp: Lane<PcpPicture> = {
  id: 'pcp',
  title: 'Per-CPU lists',
  // room for the name and two captions beside few CPUs
  height: (trace) => Math.max(38, HEAD_PX + shownCpus(trace) * STRIP_PX + 4 + (trace.shape.cpus > MOST_CPUS ? 16 : 0)),
  picture: (trace, { columns }) => ({ columns, strips: trace.series.pcp.slice(0, MOST_CPUS).map((s) => s.extent(columns)), most: peak(trace) }),
  draw(g, picture, scale) {
    const { theme, width } = scale;
    picture.strips.forEach((e, cpu) => {
      const base = HEAD_PX + (cpu + 1) * STRIP_PX;
      hline(g, base, 0, width, theme.line);
      drawSteps(g, e, picture.columns.known, straight(base, base - STRIP_PX + 3, picture.most), { line: theme.ink2, fill: theme.kswapd, alpha: 0.28 });
      rects(g, emptyBars(e, picture.columns.known, base), theme.ink2);
    });
  },
  hit(picture, x, y) {
    const cpu = Math.floor((y - HEAD_PX) / STRIP_PX), at = Math.floor(x);
    if (cpu < 0 || cpu >= picture.strips.length || at < 0 || at >= picture.columns.known) return null;
    const { last, min } = picture.strips[cpu];
    return { lines: [`cpu ${cpu}: ${pageCount(last[at])} on its lists${min[at] === 0 && last[at] > 0 ? ', and none for a moment' : ''}`, seconds(timeOf(picture.columns, x))] };
  },
  labels(trace, cursor) {
    const rows: LabelRow[] = [{ y: 3, name: 'pcp', value: '', bold: true }, { y: 19, name: trace.shape.cpus > 1 ? 'pages' : `pages, most ${count(peak(trace))}`, value: '', tone: 'dim' }];
    for (let cpu = 0; cpu < shownCpus(trace); cpu++) rows.push({ y: HEAD_PX - 1 + cpu * STRIP_PX, name: '', value: `cpu ${cpu}  ${count(trace.series.pcp[cpu].at(cursor))}` });
    if (trace.shape.cpus > MOST_CPUS) rows.push({ y: HEAD_PX + MOST_CPUS * STRIP_PX + 1, name: `all ${trace.shape.cpus} CPUs`, value: count(total(trace, cursor)), tone: 'dim' });
    return rows;
  },
  short: (trace, cursor) => `${count(total(trace, cursor))} pages`,
  silhouette(trace, columns) {
    const all = trace.series.pcp.map((s) => s.extent(columns).last), values = Array.from({ length: columns.width }, (_, x) => all.reduce((sum, one) => sum + one[x], 0));
    return { values, most: Math.max(1, maxOf(values, columns.known)) };
  },
};
