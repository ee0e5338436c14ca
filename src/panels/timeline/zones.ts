/** Zones: free pages against the watermarks, the largest zone tall and with a break in its scale, the others below it. */
import type { Extent, PixelColumns } from '../../analysis/series.ts';
import type { ZoneSeries } from '../../analysis/collect.ts';
import type { Trace } from '../../analysis/trace.ts';
import { WMARK_CELL } from '../../format/rows.ts';
import { hatch, hline, type Pen, rect, type Scale, text } from '../../ui/draw.ts';
import { count, duration, pageCount, seconds, signed } from '../../ui/format.ts';
import type { Hit, LabelRow, Lane } from './lane.ts';
import { drawSteps, peakOf, type Rise, runsOf, timeOf, yOf } from './pixels.ts';

const TALL_PX = 118, LOW_PX = 44;
/** The lower part of the scale goes a little above the high mark and takes this share of the height. */
const LOWER_SHARE = 0.72, ABOVE_HIGH = 1.2;
const MARKS = ['min', 'low', 'high'] as const;

interface Mark {
  readonly name: (typeof MARKS)[number];
  readonly runs: readonly { readonly x0: number; readonly x1: number; readonly value: number }[];
  /** What is written at its left and its right end. */
  readonly labels: readonly [string, string];
}
interface ZonePicture {
  readonly name: string;
  readonly top: number;
  readonly height: number;
  readonly free: Extent;
  readonly marks: readonly Mark[];
  /** lowmem_reserve of a request that may use every zone. */
  readonly reserve: number;
  readonly lower: number;
  readonly upper: number;
}
interface ZonesPicture {
  readonly zones: readonly ZonePicture[];
  readonly columns: PixelColumns;
}

/** Zone indices from the tallest lane to the lowest. */
export function zoneOrder(trace: Trace): readonly number[] {
  const { zones } = trace.shape;
  return zones.map((_, i) => i).sort((a, b) => zones[b].managed - zones[a].managed || a - b);
}
export const reserveOf = (trace: Trace, zone: number): number => Math.max(0, ...trace.shape.zones[zone].reserve);
/** `DMA32`; with several nodes `node 1 Normal`. */
export function zoneName(trace: Trace, zone: number): string {
  const z = trace.shape.zones[zone];
  return trace.shape.zones.some((other) => other.node !== z.node) ? `node ${z.node} ${z.name}` : z.name;
}
/** The first zone takes what the others leave. */
const tallOf = (zoneCount: number, height: number): number => height - (zoneCount - 1) * LOW_PX;
const topOf = (place: number, tall: number): number => (place === 0 ? 0 : tall + (place - 1) * LOW_PX);

/** `whole`: there is room to say what the line is the sum of. */
function markOf(s: ZoneSeries, name: (typeof MARKS)[number], boost: readonly number[], c: PixelColumns, reserve: number, whole: boolean): Mark {
  const values = s.wmark[WMARK_CELL[name]].extent(c).last.slice();
  for (let x = 0; x < c.width; x++) values[x] += boost[x] + reserve;
  const label = (x: number): string => {
    const value = values[x] - reserve, words = reserve === 0 ? `${name} ${count(value)}` : whole ? `${name} ${count(value)} + reserve ${count(reserve)} = ${count(value + reserve)}` : `${name} + reserve ${count(value + reserve)}`;
    return name === 'min' && boost[x] > 0 ? `${words} (boost ${count(boost[x])})` : words;
  };
  return { name, runs: runsOf(values, c.known), labels: [label(0), label(Math.max(0, c.known - 1))] };
}
function pictureOf(trace: Trace, zone: number, place: number, c: PixelColumns, tall: number): ZonePicture {
  const s = trace.series.zones[zone], boost = s.wmark[WMARK_CELL.boost].extent(c).last, reserve = reserveOf(trace, zone);
  const high = peakOf(s.wmark[WMARK_CELL.high]) + peakOf(s.wmark[WMARK_CELL.boost]) + reserve;
  const lower = Math.max(16, Math.ceil(high * ABOVE_HIGH));
  return {
    name: zoneName(trace, zone), top: topOf(place, tall), height: (place === 0 ? tall : LOW_PX) - 1, free: s.free.extent(c), reserve, lower,
    marks: MARKS.map((name) => markOf(s, name, boost, c, reserve, place > 0)), upper: Math.max(lower + 1, peakOf(s.free)),
  };
}

/** Height of a value above the bottom: linear up to `lower`, and linear but flatter above. */
function scaleOf(z: ZonePicture): { rise: Rise; y: (v: number) => number; breakY: number; base: number } {
  const base = z.top + z.height - 3, top = z.top + 6, split = z.upper > z.lower * 1.5 ? LOWER_SHARE : z.lower / z.upper;
  const breakY = base - (base - top) * split;
  const rise: Rise = { base, unit: (base - breakY) / z.lower, knee: z.lower, above: (breakY - top) / (z.upper - z.lower) };
  return { rise, base, breakY, y: (v) => yOf(rise, v) };
}
function drawShortage(g: Pen, z: ZonePicture, { y, base }: ReturnType<typeof scaleOf>, scale: Scale): void {
  const { oom } = scale.theme;
  const { min } = z.free, short: { readonly x0: number; readonly x1: number }[] = [];
  for (const run of z.marks[0].runs) {
    const line = y(run.value);
    for (let x = run.x0; x < run.x1; x++) {
      if (min[x] > run.value) continue;
      const x0 = x;
      while (x < run.x1 && min[x] <= run.value) x++;
      rect(g, x0, line, x - x0, base - line, oom, 0.12);
      short.push({ x0, x1: x });
    }
  }
  if (short.length > 0) hatchUnder(g, min, short, y, base, oom);
}
/** Hatches what is left under the curve, in all stretches at once. */
function hatchUnder(g: Pen, min: readonly number[], stretches: readonly { readonly x0: number; readonly x1: number }[], y: (v: number) => number, base: number, colour: string): void {
  const left = stretches[0].x0, right = stretches[stretches.length - 1].x1;
  let most = min[left];
  g.save();
  g.beginPath();
  for (const { x0, x1 } of stretches) {
    g.moveTo(x0, base);
    for (let x = x0; x < x1;) {
      const value = min[x], at = y(value);
      if (value > most) most = value;
      g.lineTo(x, at);
      while (x < x1 && min[x] === value) x++;
      g.lineTo(x, at);
    }
    g.lineTo(x1, base);
    g.closePath();
  }
  g.clip();
  g.globalAlpha = 0.75;
  hatch(g, left, y(most), right - left, base - y(most), colour, 6);
  g.globalAlpha = 1;
  g.restore();
}
/** A low lane has room for one name, and min is what decides. */
const namedMarks = (z: ZonePicture): readonly Mark[] => (z.height > LOW_PX ? z.marks : z.marks.slice(0, 1));
const DASHES: Readonly<Record<string, readonly number[]>> = { min: [], low: [3, 3], high: [6, 3] };
function drawMarks(g: Pen, z: ZonePicture, { y }: ReturnType<typeof scaleOf>, scale: Scale): void {
  const { theme } = scale;
  for (const m of [...z.marks].reverse()) for (const run of m.runs) hline(g, y(run.value), run.x0, run.x1, m.name === 'min' ? theme.oom : theme.mark, DASHES[m.name]);
}
const NAME_PX = 150, APART_PX = 13;
/** The side on which the names hide less of the curve: the right one if it is all the same. */
function namesRight(z: ZonePicture, y: (v: number) => number, end: number): boolean {
  const lines = namedMarks(z).flatMap((m) => m.runs.map((run) => y(run.value))), top = Math.min(...lines) - APART_PX, bottom = Math.max(...lines) + APART_PX;
  const hidden = (from: number): number => {
    let n = 0;
    for (let x = Math.max(0, from); x < Math.min(end, from + NAME_PX); x++) if (y(z.free.max[x]) < bottom && y(z.free.min[x]) > top) n++;
    return n;
  };
  return hidden(end - NAME_PX) <= hidden(0);
}
function drawNames(g: Pen, z: ZonePicture, { y }: ReturnType<typeof scaleOf>, end: number, scale: Scale): void {
  const { theme } = scale, right = namesRight(z, y, end);
  // the names stand at their lines, from the lowest up
  let above = Number.POSITIVE_INFINITY;
  for (const m of namedMarks(z)) {
    const run = right ? m.runs[m.runs.length - 1] : m.runs[0];
    if (run === undefined) continue;
    const at = Math.max(z.top + 8, Math.min(y(run.value), above - APART_PX));
    text(g, theme, m.labels[right ? 1 : 0], right ? end - 6 : 8, at, m.name === 'min' ? theme.oom : theme.ink2, { align: right ? 'right' : 'left', plate: theme.bg, bold: m.name === 'min' });
    above = at;
  }
}

export const zones: Lane<ZonesPicture> = {
  id: 'zones',
  title: 'Zones',
  height: (trace) => TALL_PX + (trace.shape.zones.length - 1) * LOW_PX,
  grows: 1,
  spares: 44,
  picture(trace, { columns, height }) {
    const order = zoneOrder(trace);
    return { columns, zones: order.map((zone, place) => pictureOf(trace, zone, place, columns, tallOf(order.length, height))) };
  },
  draw(g, picture, scale) {
    const { theme, width } = scale, end = picture.columns.known;
    for (const z of picture.zones) {
      const s = scaleOf(z);
      if (z.top > 0) hline(g, z.top - 1, 0, width, theme.line);
      drawSteps(g, z.free, end, s.rise, { line: theme.ink, fill: theme.ink3, alpha: 0.16 });
      if (end > 0) drawShortage(g, z, s, scale);
      drawMarks(g, z, s, scale);
      const flatter = ((z.upper - z.lower) / (s.breakY - z.top - 6)) * ((s.base - s.breakY) / z.lower);
      if (z.height > LOW_PX && flatter > 1.5) {
        hline(g, s.breakY, 0, width, theme.mark, [2, 3]);
        // a low lane has no room for it above the names
        const aside = z.height < TALL_PX - 12 && end > 0 && !namesRight(z, s.y, end);
        text(g, theme, `above this line: scale ÷ ${Math.round(flatter)}`, aside ? width - 6 : 8, s.breakY - 9, theme.ink3, { plate: theme.bg, align: aside ? 'right' : 'left' });
      }
      if (end > 0) drawNames(g, z, s, end, scale);
    }
  },
  hit(picture, x, y): Hit | null {
    const z = picture.zones.find((one) => y >= one.top && y < one.top + one.height), at = Math.floor(x);
    if (z === undefined || at < 0 || at >= picture.columns.known) return null;
    const { min, max, last } = z.free, range = min[at] === max[at] ? pageCount(last[at]) : `${count(min[at])} to ${pageCount(max[at])} within ${duration((picture.columns.toNs - picture.columns.fromNs) / picture.columns.width)}`;
    return { lines: [`${z.name} free: ${range}`, seconds(timeOf(picture.columns, x))] };
  },
  labels(trace, cursor, _, height) {
    const rows: LabelRow[] = [], order = zoneOrder(trace), tall = tallOf(order.length, height);
    order.forEach((zone, place) => {
      const s = trace.series.zones[zone], top = topOf(place, tall), reserve = reserveOf(trace, zone), boost = s.wmark[WMARK_CELL.boost].at(cursor);
      const free = s.free.at(cursor), min = s.wmark[WMARK_CELL.min].at(cursor) + boost, short = free - min - reserve;
      const distance = { name: reserve > 0 ? 'to min + rsv.' : 'to min', value: signed(short), tone: 'dim', valueTone: short <= 0 ? 'oom' : 'plain' } as const;
      if (place > 0) {
        rows.push({ y: top + 4, name: `${zoneName(trace, zone)} free`, value: count(free) }, { ...distance, y: top + 20 });
        return;
      }
      rows.push({ y: 3, name: 'Zones', value: 'in pages', bold: true, valueTone: 'dim' }, { y: 22, name: `${zoneName(trace, zone)} free`, value: count(free) }, { ...distance, y: 38 });
      rows.push({ y: 54, name: 'boost', value: count(boost), tone: 'dim' });
      if (tall >= TALL_PX - 12) rows.push({ y: 70, name: 'managed', value: count(trace.shape.zones[zone].managed), tone: 'dim' }, { y: 86, name: 'kswapd stops at', value: count(s.wmark[WMARK_CELL.high].at(cursor) + boost), tone: 'dim' });
    });
    return rows;
  },
  short: (trace, cursor) => `${count(trace.series.free.at(cursor))} pages free`,
  silhouette: (trace, columns) => ({ values: trace.series.free.extent(columns).last, most: peakOf(trace.series.free) }),
};
