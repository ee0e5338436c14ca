/** From series to pixels: places in a window, segments of codes and spans, and drawing steps from the columns' minimum and maximum. */
import { lowerBound, zeros } from '../../analysis/pyramid.ts';
import type { CodeSeries, Extent, PixelColumns, Points, Spans, StepSeries } from '../../analysis/series.ts';
import type { Trace } from '../../analysis/trace.ts';
import type { Pen } from '../../ui/draw.ts';

export const xOf = (c: PixelColumns, timeNs: number): number => ((timeNs - c.fromNs) / (c.toNs - c.fromNs)) * c.width;
export const timeOf = (c: PixelColumns, x: number): number => c.fromNs + (x / c.width) * (c.toNs - c.fromNs);
/** Place of a row; the start of the run for row -1, the end of what is known for a row that has not come. */
export function xOfRow(trace: Trace, c: PixelColumns, row: number): number {
  return row < 0 ? xOf(c, 0) : xOf(c, row < trace.rows ? trace.timeAt(row) : trace.endNs);
}
/** More entries than this a pixel are not drawn one by one: they would lie on each other. */
const DENSE = 0.4;

/** Codes in the window: one by one as segments with places, or too many of them: then the codes of each pixel column as bits. */
export type Segments =
  | { readonly kind: 'apart'; readonly x: readonly number[]; readonly code: readonly number[]; readonly row: readonly number[]; readonly length: number }
  | { readonly kind: 'dense'; readonly masks: readonly number[] };

export function segmentsOf(trace: Trace, series: CodeSeries, c: PixelColumns): Segments {
  const { edges, width } = c, rows = series.rows.data, first = series.indexAt(edges[0]);
  const end = lowerBound(rows, edges[width], first, series.length), n = end - first;
  if (n > DENSE * width) return { kind: 'dense', masks: series.masks(c) };
  const x = zeros(n + 1), code = zeros(n), row = zeros(n);
  for (let i = 0; i < n; i++) {
    x[i] = Math.max(-4, xOfRow(trace, c, rows[first + i]));
    code[i] = series.codeOf(first + i);
    row[i] = rows[first + i];
  }
  x[n] = c.known;
  return { kind: 'apart', x, code, row, length: n };
}

export type SpanPicture =
  | { readonly kind: 'apart'; readonly x0: readonly number[]; readonly x1: readonly number[]; readonly index: readonly number[]; readonly length: number }
  | { readonly kind: 'dense'; readonly covered: readonly number[] };
/** How far back a span that is still open at the left edge is looked for. */
const LOOK_BACK = 64;

export function spansOf(trace: Trace, spans: Spans, c: PixelColumns): SpanPicture {
  const { edges, width } = c, from = spans.from.data, to = spans.to.data;
  const start = lowerBound(from, edges[0], 0, spans.length), end = lowerBound(from, edges[width], start, spans.length);
  if (end - start > DENSE * width) return { kind: 'dense', covered: coveredColumns(spans, c, start) };
  const picked: number[] = [];
  for (let i = Math.max(0, start - LOOK_BACK); i < end; i++) if (i >= start || to[i] >= edges[0]) picked.push(i);
  const x0 = zeros(picked.length), x1 = zeros(picked.length);
  picked.forEach((i, k) => {
    x0[k] = Math.max(-4, xOfRow(trace, c, from[i]));
    x1[k] = Math.min(width + 4, xOfRow(trace, c, to[i]));
  });
  return { kind: 'apart', x0, x1, index: picked, length: picked.length };
}
/** 1 for each pixel column that a span lies in. */
export const coverOf = (spans: Spans, c: PixelColumns): number[] => coveredColumns(spans, c, lowerBound(spans.from.data, c.edges[0], 0, spans.length));
function coveredColumns(spans: Spans, c: PixelColumns, start: number): number[] {
  const covered = zeros(c.width), from = spans.from.data, to = spans.to.data;
  for (let x = 0, i = start; x < c.width; x++) {
    const next = lowerBound(from, c.edges[x + 1], i, spans.length);
    if (next > i || (i > 0 && to[i - 1] >= c.edges[x])) covered[x] = 1;
    i = next;
  }
  return covered;
}
/** Pixel columns in which a point falls, with how many. */
export function pointsByColumn(points: Points, c: PixelColumns): { readonly x: number; readonly first: number; readonly count: number }[] {
  const out: { x: number; first: number; count: number }[] = [], rows = points.row.data;
  let i = lowerBound(rows, c.edges[0], 0, points.length);
  for (let x = 0; x < c.width && i < points.length; x++) {
    const next = rows[i] < c.edges[x + 1] ? lowerBound(rows, c.edges[x + 1], i, points.length) : i;
    if (next > i) out.push({ x, first: i, count: next - i });
    i = next;
  }
  return out;
}
/** Stretches of equal value over the columns. */
export function runsOf(values: ArrayLike<number>, end: number): { readonly x0: number; readonly x1: number; readonly value: number }[] {
  const runs: { readonly x0: number; readonly x1: number; readonly value: number }[] = [];
  for (let x = 0; x < end;) {
    const x0 = x, value = values[x];
    do x++; while (x < end && values[x] === value);
    runs.push({ x0, x1: x, value });
  }
  return runs;
}
/** Columns with a 1, as places of bars at `y`, `h` tall: four numbers each. */
export function coveredBars(covered: readonly number[], end: number, y: number, h: number): number[] {
  const places: number[] = [];
  for (let x = 0; x < end; x++) {
    const from = x;
    while (x < end && covered[x] === 1) x++;
    if (x > from) places.push(from, y, x - from, h);
  }
  return places;
}
export const maxOf = (values: ArrayLike<number>, end: number): number => {
  let most = 0;
  for (let i = 0; i < end; i++) if (values[i] > most) most = values[i];
  return most;
};
/** The largest value that a series ever had. */
export function peakOf(series: StepSeries): number {
  series.pyramid.range(0, series.length);
  return series.pyramid.max;
}

/** Where a value lies: `base` less `unit` for each of the value up to `knee`, and `above` for each beyond it. Numbers, not a function: it is asked for each pixel column. */
export interface Rise {
  readonly base: number;
  readonly unit: number;
  readonly knee: number;
  readonly above: number;
}
/** `most` lies at `top`. */
export const straight = (base: number, top: number, most: number): Rise => ({ base, unit: (base - top) / most, knee: Number.POSITIVE_INFINITY, above: 0 });
export const yOf = (r: Rise, v: number): number => (v <= r.knee ? r.base - v * r.unit : r.base - r.knee * r.unit - (v - r.knee) * r.above);

/** Steps of less height (in pixels) wait until they have added up to as much: nobody would see them. */
const STEP_PX = 0.2;
/**
 * The line of the steps, in lines of their own: where nothing moves one lies; a column in which something does is one that stands, from the column's
 * maximum to its minimum and to where the one before it ended. Browsers draw such lines several times faster than a path through all of them.
 */
function outline(g: Pen, { min, max, last }: Extent, end: number, rise: Rise): void {
  let at = yOf(rise, last[0]), from = 0;
  for (let x = 0; x < end; x++) {
    const before = x > 0 ? last[x - 1] : last[0];
    if (min[x] === max[x] && last[x] === before) continue;
    const top = yOf(rise, max[x] > before ? max[x] : before), bottom = yOf(rise, min[x] < before ? min[x] : before);
    if (at - top < STEP_PX && bottom - at < STEP_PX) continue;
    if (x > from) {
      g.moveTo(from, at);
      g.lineTo(x, at);
    }
    // never shorter than a lying line is thick
    const more = Math.max(0, (1 - (bottom - top)) / 2);
    g.moveTo(x + 0.5, top - more);
    g.lineTo(x + 0.5, bottom + more);
    at = yOf(rise, last[x]);
    from = x + 1;
  }
  if (end > from) {
    g.moveTo(from, at);
    g.lineTo(end, at);
  }
}
/** The area between the steps and the base. Its edge needs a corner only where it would come out from under the line. */
function area(g: Pen, { min, max, last }: Extent, end: number, rise: Rise): void {
  let at = yOf(rise, last[0]);
  g.moveTo(0, rise.base);
  g.lineTo(0, at);
  for (let x = 1; x < end; x++) {
    const before = last[x - 1], top = yOf(rise, max[x] > before ? max[x] : before), bottom = yOf(rise, min[x] < before ? min[x] : before);
    if (top - at < STEP_PX && at - bottom < STEP_PX) continue;
    g.lineTo(x, at);
    at = (top + bottom) / 2;
    g.lineTo(x, at);
  }
  g.lineTo(end, at);
  g.lineTo(end, rise.base);
  g.closePath();
}
export interface StepStyle {
  readonly line: string;
  readonly dash?: readonly number[];
  readonly fill?: string;
  readonly alpha?: number;
  /** Colour below the area: what lies behind does not shine through. */
  readonly paper?: string;
}
/** Draws steps down to the base; nothing is interpolated. */
export function drawSteps(g: Pen, e: Extent, end: number, rise: Rise, style: StepStyle): void {
  if (end <= 0) return;
  if (style.fill !== undefined) {
    g.beginPath();
    area(g, e, end, rise);
    if (style.paper !== undefined) {
      g.fillStyle = style.paper;
      g.fill();
    }
    g.globalAlpha = style.alpha ?? 0.2;
    g.fillStyle = style.fill;
    g.fill();
    g.globalAlpha = 1;
  }
  g.strokeStyle = style.line;
  g.lineWidth = 1;
  if (style.dash !== undefined) g.setLineDash([...style.dash]);
  g.beginPath();
  outline(g, e, end, rise);
  g.stroke();
  if (style.dash !== undefined) g.setLineDash([]);
}
