/** Pace: pages that kswapd reclaims in a ms of its CPU time, one strip a node, and below it those of direct reclaim, on one scale. Drawn where somebody had a CPU for it. Only in runs that reclaim from lists. */
import { PACE_WINDOW_NS, type Pace, pagesPerMs, type Told } from '../../analysis/pace_tracks.ts';
import type { PixelColumns } from '../../analysis/series.ts';
import type { Trace } from '../../analysis/trace.ts';
import { bars, hline, type Scale, text } from '../../ui/draw.ts';
import { DASH, duration, fixed, plural, seconds } from '../../ui/format.ts';
import type { LabelRow, Lane, Tone } from './lane.ts';
import { maxOf, runsOf, timeOf } from './pixels.ts';

const HEAD_PX = 17, STRIP_PX = 19, MOST_NODES = 4;
interface Source {
  readonly name: string;
  readonly pace: Pace;
  readonly tone: Tone & ('kswapd' | 'direct');
}
interface Strip extends Source {
  readonly top: number;
  /** Pages a ms, one value a pixel column; below 0: nobody had a CPU for it there. */
  readonly values: readonly number[];
  readonly told: readonly Told[];
}
interface PacePicture {
  readonly columns: PixelColumns;
  readonly strips: readonly Strip[];
  readonly most: number;
}
/** Each node's kswapd, then direct reclaim; who never had a call is left out. */
function sourcesOf(trace: Trace): readonly Source[] {
  const { kswapd, direct } = trace.series.paces, nodes = [...kswapd].sort(([a], [b]) => a - b).slice(0, MOST_NODES).map(([node, pace]): Source => ({ name: `kswapd${node}`, pace, tone: 'kswapd' }));
  return [...nodes, { name: 'direct reclaim', pace: direct, tone: 'direct' } as const].filter((s) => s.pace.calls > 0);
}
/** The window that ends at event `event`, at `toNs`. */
const toldOf = (trace: Trace, pace: Pace, event: number, toNs: number, spanNs = PACE_WINDOW_NS): Told => pace.told(trace.eventAt(toNs - spanNs), event);
/** How long the window of a pixel column is. */
const spanOf = (c: PixelColumns): number => Math.max((c.toNs - c.fromNs) / c.width, PACE_WINDOW_NS);
function stripOf(trace: Trace, source: Source, top: number, c: PixelColumns): Strip {
  const column = (c.toNs - c.fromNs) / c.width, told: Told[] = [], values: number[] = [];
  for (let x = 0; x < c.known; x++) {
    const toNs = Math.min(trace.endNs, timeOf(c, x + 1)), t = toldOf(trace, source.pace, c.edges[x + 1], toNs, spanOf(c)), works = source.pace.cpuNs(toNs) > source.pace.cpuNs(toNs - column);
    told.push(t);
    values.push(works ? pagesPerMs(t) : -1);
  }
  return { ...source, top, values, told };
}
/** A tenth of a page: the same decimals everywhere. */
const perMs = (value: number): string => fixed(value, 1);

const paceWords = (told: Told): string => (told.calls > 0 ? `${perMs(pagesPerMs(told))} pages/ms` : DASH);

export const pace: Lane<PacePicture> = {
  id: 'pace',
  title: 'Reclaim pace',
  exists: (trace) => trace.series.paces.some,
  height: (trace) => HEAD_PX + sourcesOf(trace).length * STRIP_PX + 2,
  picture(trace, { columns }) {
    const strips = sourcesOf(trace).map((s, i) => stripOf(trace, s, HEAD_PX + i * STRIP_PX, columns));
    return { columns, strips, most: Math.max(1e-9, ...strips.flatMap((s) => [s.pace.most, maxOf(s.values, columns.known)])) };
  },
  draw(g, p, { theme, width }: Scale) {
    for (const s of p.strips) {
      const base = s.top + STRIP_PX - 1, places: number[] = [];
      hline(g, base, 0, width, theme.line);
      for (const { x0, x1, value } of runsOf(s.values.map((v) => (v < 0 ? -1 : Math.ceil((v / p.most) * (STRIP_PX - 3)))), p.columns.known)) if (value >= 0) places.push(x0, base - Math.max(1, value), x1 - x0, Math.max(1, value));
      bars(g, places, theme[s.tone], 0.75);
    }
    if (p.strips.length > 0) text(g, theme, `most ${perMs(p.most)} pages per ms of CPU`, width - 6, HEAD_PX - 8, theme.ink3, { align: 'right', plate: theme.bg });
  },
  hit(p, x, y) {
    const at = Math.floor(x), s = p.strips.find((one) => y >= one.top && y < one.top + STRIP_PX);
    if (s === undefined || at < 0 || at >= p.columns.known) return null;
    const { calls, pages, cpuNs } = s.told[at], within = `in the ${duration(spanOf(p.columns))} before`;
    const what = calls === 0 ? `no call returned ${within}` : `${plural(pages, 'page')} in ${duration(cpuNs)} of CPU, ${plural(calls, 'call')} ${within}`;
    return { lines: [s.values[at] < 0 ? `${s.name} has no CPU here` : calls === 0 ? `${s.name} works` : `${s.name}: ${perMs(s.values[at])} pages per ms of CPU`, what, seconds(timeOf(p.columns, x))] };
  },
  labels(trace, cursor) {
    const rows: LabelRow[] = [{ y: 2, name: 'Reclaim pace', value: 'of CPU time', bold: true, valueTone: 'dim' }], nowNs = trace.timeOfEvent(cursor);
    sourcesOf(trace).forEach(({ name, pace, tone }, i) => {
      rows.push({ y: HEAD_PX + i * STRIP_PX + 1, name, value: paceWords(toldOf(trace, pace, cursor, nowNs)), tone });
    });
    return rows;
  },
  short(trace, cursor) {
    const [first] = sourcesOf(trace);
    return `${first.name} ${paceWords(toldOf(trace, first.pace, cursor, trace.timeOfEvent(cursor)))}`;
  },
  silhouette(trace, columns) {
    const [first] = sourcesOf(trace), { values } = stripOf(trace, first, 0, columns), shown = values.map((v) => Math.max(0, v));
    return { values: [...shown, ...Array.from({ length: columns.width - shown.length }, () => 0)], most: Math.max(1e-9, first.pace.most, maxOf(shown, shown.length)) };
  },
};
