/** The overview: the whole run in one strip, with the window that the lanes show as a brush. */
import type { Extent, PixelColumns } from '../../analysis/series.ts';
import type { Trace } from '../../analysis/trace.ts';
import { axisOf } from '../../ui/axis.ts';
import { box, type Glyph, glyph, hatch, hline, type Pen, rect, type Scale, text, vline } from '../../ui/draw.ts';
import { duration } from '../../ui/format.ts';
import { drawSteps, maxOf, peakOf, pointsByColumn, straight, xOf } from './pixels.ts';

export const OVERVIEW_PX = 60;
const ROUNDS_PX = 13, KILLS_PX = 13;
/** The brush is never narrower on the screen, so that it can be held. */
const LEAST_BRUSH_PX = 8;
export const EDGE_PX = 5;

export interface OverviewPicture {
  readonly columns: PixelColumns;
  readonly free: Extent;
  readonly peak: number;
  /** Rounds of direct reclaim that began in each group of columns. */
  readonly rounds: readonly { readonly x: number; readonly count: number }[];
  readonly kills: readonly { readonly x: number; readonly by: Glyph }[];
  readonly over: boolean;
}
const GROUP_PX = 3;

/** `beside`: a run that is drawn on the same scale. */
export function overviewPicture(trace: Trace, columns: PixelColumns, beside: Trace | null = null, over = false): OverviewPicture {
  const { marks, free } = trace.series, rounds: { x: number; count: number }[] = [];
  const starts = marks.rounds.from.data, n = marks.rounds.length;
  for (let x = 0, i = 0; x < columns.known; x += GROUP_PX) {
    const end = columns.edges[Math.min(columns.width, x + GROUP_PX)], first = i;
    while (i < n && starts[i] < end) i++;
    if (i > first) rounds.push({ x, count: i - first });
  }
  const kills = ([[marks.userKills, 'user-kill'], [marks.kills, 'kill']] as const).flatMap(([points, by]) => pointsByColumn(points, columns).map(({ x }) => ({ x, by })));
  return { columns, free: free.extent(columns), peak: Math.max(1, peakOf(free), beside === null ? 0 : peakOf(beside.series.free)), rounds, kills, over };
}
export interface Brush {
  readonly x0: number;
  readonly x1: number;
}
export function brushOf(c: PixelColumns, fromNs: number, toNs: number): Brush {
  const a = xOf(c, fromNs), b = xOf(c, toNs), middle = (a + b) / 2, half = Math.max(b - a, LEAST_BRUSH_PX) / 2;
  return { x0: Math.max(0, middle - half), x1: Math.min(c.width, middle + half) };
}
export type BrushPart = 'left' | 'right' | 'inside' | 'outside';
export function brushPart(brush: Brush, x: number): BrushPart {
  if (Math.abs(x - brush.x0) <= EDGE_PX) return 'left';
  if (Math.abs(x - brush.x1) <= EDGE_PX) return 'right';
  return x > brush.x0 && x < brush.x1 ? 'inside' : 'outside';
}

function axisWords(g: Pen, ticks: ReturnType<typeof axisOf>['ticks'], { theme, width }: Scale): void {
  for (const t of ticks) if (t.label !== null && t.x > 2 && t.x < width - 40) text(g, theme, `${t.label} s`, t.x + 4, KILLS_PX + 7, theme.ink3, { plate: theme.bg });
}
export function drawOverview(g: Pen, p: OverviewPicture, view: { readonly fromNs: number; readonly toNs: number }, cursorNs: number, scale: Scale): void {
  const { theme, width, height } = scale, c = p.columns, base = height - ROUNDS_PX, top = KILLS_PX;
  drawSteps(g, p.free, c.known, straight(base, top, p.peak), { line: theme.ink2, fill: theme.ink3, alpha: 0.22 });
  const most = maxOf(p.rounds.map((r) => r.count), p.rounds.length);
  for (const r of p.rounds) {
    const h = 2 + 9 * Math.sqrt(r.count / most);
    rect(g, r.x, height - 1 - h, GROUP_PX - 1, h, theme.direct);
  }
  hline(g, base, 0, width, theme.line);
  const axis = axisOf(c.fromNs, c.toNs, width, 90);
  for (const t of axis.ticks) if (t.label !== null && t.x > 2) vline(g, t.x, top, base, theme.line);
  if (c.known < width) unknown(g, c.known, width, height, scale, 0, p.over);
  const brush = brushOf(c, view.fromNs, view.toNs), whole = brush.x1 - brush.x0 > width - 4;
  if (!whole) {
    rect(g, 0, 0, brush.x0, height, theme.bg, 0.55);
    rect(g, brush.x1, 0, width - brush.x1, height, theme.bg, 0.45);
  }
  axisWords(g, axis.ticks, scale);
  for (const { x, by } of p.kills) glyph(g, by, x, 7, by === 'kill' ? theme.oom : theme.ink, 3.5);
  if (!whole) drawBrush(g, brush, duration(view.toNs - view.fromNs), scale);
  vline(g, xOf(c, cursorNs), 0, height, theme.ink);
}
/** The second run over the first: its free pages dashed, and where the two differ first. */
export function drawBeside(g: Pen, p: OverviewPicture, b: Trace, first: number | null, scale: Scale): void {
  const { theme, width, height } = scale, c = p.columns, columns = b.columns(c.fromNs, c.toNs, width), top = KILLS_PX;
  drawSteps(g, b.series.free.extent(columns), columns.known, straight(height - ROUNDS_PX, top, p.peak), { line: theme.ink, dash: [4, 3] });
  axisWords(g, axisOf(c.fromNs, c.toNs, width, 90).ticks, scale); // its line must not strike them out
  if (first === null) return;
  const x = xOf(c, b.timeOfEvent(first)), right = x + 90 > width;
  vline(g, Math.min(width - 1, x), 12, height, theme.ink2, [2, 2]);
  const at = Math.max(4, x);
  glyph(g, 'direct', at, 7, theme.ink, 3.5);
  text(g, theme, 'first difference', right ? at - 8 : at + 8, 7, theme.ink, { align: right ? 'right' : 'left', plate: theme.bg });
}
function drawBrush(g: Pen, { x0, x1 }: Brush, words: string, { theme, width, height }: Scale): void {
  box(g, x0, 0, x1 - x0, height, theme.ink);
  rect(g, x0 - 1, height / 2 - 7, 3, 14, theme.ink);
  rect(g, x1 - 2, height / 2 - 7, 3, 14, theme.ink);
  const right = x1 + 70 < width;
  text(g, theme, words, right ? x1 + 6 : x0 - 6, height - ROUNDS_PX - 7, theme.ink, { bold: true, align: right ? 'left' : 'right', plate: theme.bg });
}
/** What has not been simulated is hatched and says so. */
export function unknown(g: Pen, from: number, width: number, bottom: number, { theme }: Scale, top = 0, over = false, quiet = false): void {
  const w = width - from;
  if (w < 2 || bottom <= top) return;
  g.globalAlpha = 0.7;
  hatch(g, from, top, w, bottom - top, theme.line, 6);
  g.globalAlpha = 1;
  vline(g, from, top, bottom, theme.mark, [2, 2]);
  if (w > 110 && !quiet) text(g, theme, over ? 'the run has ended' : 'not simulated yet', from + w / 2, (top + bottom) / 2, theme.ink3, { align: 'center', plate: theme.bg });
}
