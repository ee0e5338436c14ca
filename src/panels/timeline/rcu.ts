/** RCU: grace periods as bars, and for each CPU the callbacks that wait, how many are lazy, where it holds a grace period up, and its batches. Only in runs that come to RCU. */
import { periodAt, rcuAt, waitingAt } from '../../analysis/rcu.ts';
import { OPEN, type Extent, type PixelColumns, type Spans } from '../../analysis/series.ts';
import type { Trace } from '../../analysis/trace.ts';
import { bars, box, fitting, hline, type Pen, rect, rects, type Scale, text } from '../../ui/draw.ts';
import { count, duration, plural, seconds } from '../../ui/format.ts';
import type { LabelRow, Lane } from './lane.ts';
import { coveredBars, drawSteps, maxOf, peakOf, spansOf, type SpanPicture, straight, timeOf, xOfRow } from './pixels.ts';

const PERIODS_PX = 20, STRIP_PX = 36, EMPTY_PX = 18, MOST_STRIPS = 4, FEW_CPUS = 4, HOLD_PX = 3;
interface Strip {
  readonly cpu: number;
  readonly top: number;
  readonly height: number;
  readonly waiting: Extent;
  /** Of those that wait, the lazy ones, one value a pixel column. */
  readonly lazy: readonly number[];
  /** Where this CPU has not reported: places from .. to. */
  readonly holds: readonly (readonly [number, number])[];
  readonly batches: SpanPicture;
  readonly batch: (i: number) => string;
}
interface RcuPicture {
  readonly columns: PixelColumns;
  readonly periods: SpanPicture;
  /** Of a bar: words for it, the longest first. */
  readonly words: (i: number) => readonly [string, string, string];
  readonly strips: readonly Strip[];
  readonly most: number;
}
/** CPUs that ever had a callback; of a small machine all: lower where there never was one. */
function places(trace: Trace): readonly { readonly cpu: number; readonly top: number; readonly height: number }[] {
  const had = trace.series.rcu.callbacks.queues.map((q) => q.count.length > 1), cpus = had.flatMap((some, cpu) => (trace.shape.cpus <= FEW_CPUS || some ? [cpu] : [])).slice(0, MOST_STRIPS);
  let top = PERIODS_PX;
  return cpus.map((cpu) => {
    const height = had[cpu] ? STRIP_PX : EMPTY_PX, place = { cpu, top, height };
    top += height;
    return place;
  });
}
const peak = (trace: Trace): number => Math.max(1, ...trace.series.rcu.callbacks.queues.map((q) => peakOf(q.count)));
const lengthOf = (trace: Trace, spans: Spans, i: number): number => (spans.to.data[i] === OPEN ? trace.endNs : trace.timeOfEvent(spans.to.data[i] + 1)) - trace.timeAt(spans.from.data[i]);

/** Where the mask of those who have not reported has this CPU's bit. */
function holdsOf(trace: Trace, cpu: number, c: PixelColumns): [number, number][] {
  const series = trace.series.gauges.get(trace.tables.stringIndex('rcu_qsmask')), out: [number, number][] = [];
  if (series === undefined) return out;
  const rows = series.rows.data, values = series.pyramid.values.data;
  for (let i = Math.max(0, series.indexAt(c.edges[0])); i < series.length && rows[i] < c.edges[c.width]; i++) {
    if (((values[i] >>> cpu) & 1) === 0) continue;
    const x0 = Math.max(0, xOfRow(trace, c, rows[i])), x1 = i + 1 < series.length ? xOfRow(trace, c, rows[i + 1]) : c.known, last = out[out.length - 1];
    if (last !== undefined && x0 - last[1] < 1) last[1] = x1; else out.push([x0, x1]);
  }
  return out;
}
function stripOf(trace: Trace, { cpu, top, height }: ReturnType<typeof places>[number], c: PixelColumns): Strip {
  const { callbacks, batches } = trace.series.rcu, waiting = callbacks.queues[cpu].count.extent(c), lazy = trace.series.gauges.get(trace.tables.stringIndex(`rcu_cbs cpu${cpu} lazy`))?.extent(c).last, own = batches[cpu], picture = spansOf(trace, own, c);
  const batch = (k: number): string => {
    const i = picture.kind === 'dense' ? k : picture.index[k];
    return own.to.data[i] === OPEN ? `a batch since ${duration(lengthOf(trace, own, i))}` : `a batch: ${plural(own.detail.data[i], 'callback')} invoked in ${duration(lengthOf(trace, own, i))}`;
  };
  return { cpu, top, height, waiting, lazy: Array.from(waiting.last, (n, x) => Math.min(n, lazy?.[x] ?? 0)), holds: holdsOf(trace, cpu, c), batches: picture, batch };
}
function drawPeriods(g: Pen, p: RcuPicture, { theme, width }: Scale): void {
  const y = 4, h = PERIODS_PX - 7;
  if (p.periods.kind === 'dense') { bars(g, coveredBars(p.periods.covered, p.columns.known, y, h), theme.ink3, 0.6); return; }
  const { x0, x1, length } = p.periods;
  for (let i = 0; i < length; i++) {
    const w = Math.max(2, x1[i] - x0[i]), left = Math.max(0, x0[i]), room = Math.min(width, x1[i]) - left - 8, word = room > 6 ? fitting(g, theme, p.words(i), room) : null;
    rect(g, x0[i], y, w, h, theme.s3);
    box(g, x0[i], y, w, h, theme.ink3);
    if (word !== null) text(g, theme, word, left + 4, y + h / 2, theme.ink);
  }
}
function drawStrip(g: Pen, s: Strip, p: RcuPicture, { theme, width }: Scale): void {
  const base = s.top + s.height - HOLD_PX - 3, rise = straight(base, s.top + 4, p.most), known = p.columns.known;
  hline(g, s.top, 0, width, theme.line);
  hline(g, base, 0, width, theme.line);
  drawSteps(g, s.waiting, known, rise, { line: theme.ink2, fill: theme.run, alpha: 0.3 });
  drawSteps(g, { min: s.lazy, max: s.lazy, last: s.lazy }, known, rise, { line: theme.ink3, fill: theme.ink3, alpha: 0.45 });
  if (s.batches.kind === 'dense') bars(g, coveredBars(s.batches.covered, known, s.top + 2, base - s.top - 2), theme.ok, 0.7);
  else { const { x0, x1 } = s.batches; rects(g, x0.flatMap((x, i) => [x, s.top + 2, Math.max(2, x1[i] - x), base - s.top - 2]), theme.ok, 0.8); }
  rects(g, s.holds.flatMap(([x0, x1]) => [x0, base + 1, Math.max(1, x1 - x0), HOLD_PX]), theme.ink2);
}
const under = (s: SpanPicture, x: number): number => {
  if (s.kind === 'dense') return -1;
  for (let i = s.length - 1; i >= 0; i--) if (x >= s.x0[i] - 1 && x <= Math.max(s.x1[i], s.x0[i] + 2) + 1) return i;
  return -1;
};
const lazyWords = (waiting: number, lazy: number): string => (waiting === 0 ? '0' : lazy === 0 ? count(waiting) : lazy === waiting ? `${count(waiting)}, all lazy` : `${count(waiting)}, ${count(lazy)} lazy`);

export const rcu: Lane<RcuPicture> = {
  id: 'rcu',
  title: 'RCU',
  exists: (trace) => trace.series.rcu.some,
  height: (trace) => places(trace).reduce((sum, p) => sum + p.height, PERIODS_PX),
  picture(trace, { columns }) {
    const { periods } = trace.series.rcu, picture = spansOf(trace, periods, columns);
    const words = (k: number): readonly [string, string, string] => {
      const i = picture.kind === 'dense' ? 0 : picture.index[k], n = periods.who.data[i], length = duration(lengthOf(trace, periods, i));
      return [`grace period ${n}, ${length}`, `${n}  ${length}`, String(n)];
    };
    return { columns, periods: picture, words, most: peak(trace), strips: places(trace).map((place) => stripOf(trace, place, columns)) };
  },
  draw(g, p, scale) {
    drawPeriods(g, p, scale);
    for (const s of p.strips) drawStrip(g, s, p, scale);
  },
  hit(p, x, y) {
    const at = Math.floor(x), time = seconds(timeOf(p.columns, x)), s = p.strips.find((one) => y >= one.top && y < one.top + one.height);
    if (at < 0 || at >= p.columns.known) return null;
    if (y < PERIODS_PX) {
      const i = under(p.periods, x);
      return { lines: [i >= 0 ? p.words(i)[0] : p.periods.kind === 'dense' ? 'many grace periods here, zoom in' : 'no grace period is under way', time] };
    }
    if (s === undefined) return null;
    const i = under(s.batches, x), held = s.holds.some(([x0, x1]) => x >= x0 && x <= x1);
    return { lines: [`cpu ${s.cpu}: ${lazyWords(s.waiting.last[at], s.lazy[at])} ${s.waiting.last[at] === 1 ? 'callback waits' : 'callbacks wait'}`, ...(held ? ['it has not reported: the grace period waits for it'] : []), ...(i >= 0 ? [s.batch(i)] : []), time] };
  },
  labels(trace, cursor) {
    const at = rcuAt(trace, cursor), period = periodAt(trace, cursor);
    const rows: LabelRow[] = [{ y: 3, name: 'RCU', bold: true, value: period === null ? 'no grace period yet' : period.toNs === null ? `period ${period.number} under way` : `${plural(period.number, 'period')} over` }];
    for (const { cpu, top, height } of places(trace)) {
      const c = at?.cpus[cpu], held = c?.holdsUp === true;
      if (c === undefined) continue;
      rows.push({ y: top + 1, name: `cpu ${cpu}${held && height < STRIP_PX ? ', not reported' : ''}`, value: lazyWords(c.waiting, c.lazy) });
      if (height === STRIP_PX) rows.push({ y: top + 17, name: held ? 'not reported' : '', value: c.oldestNs === null ? '' : `${duration(c.oldestNs)} old`, tone: 'dim' });
    }
    return rows;
  },
  short: (trace, cursor) => plural(trace.series.rcu.callbacks.queues.reduce((sum, _, cpu) => sum + waitingAt(trace.series.rcu, cpu, cursor), 0), 'callback'),
  silhouette(trace, columns) {
    const all = trace.series.rcu.callbacks.queues.map((q) => q.count.extent(columns).last), values = Array.from({ length: columns.width }, (_, x) => all.reduce((sum, one) => sum + one[x], 0));
    return { values, most: Math.max(1, maxOf(values, columns.known)) };
  },
};
