/** A small drawing kit over a 2D context: crisp lines, hatches, glyphs, steps from pixel columns, text that never runs out of its box. */
import type { Theme } from './theme.ts';

/** What drawing needs of a context: tests give one that writes a log. */
export type Pen = Pick<CanvasRenderingContext2D,
  'fillStyle' | 'strokeStyle' | 'lineWidth' | 'globalAlpha' | 'font' | 'textAlign' | 'textBaseline' | 'fillRect' | 'strokeRect' | 'clearRect' | 'beginPath' | 'closePath' | 'moveTo' | 'lineTo' | 'rect'
  | 'stroke' | 'fill' | 'fillText' | 'setLineDash' | 'save' | 'restore' | 'clip' | 'translate'> & { measureText(text: string): { readonly width: number } };

/** The place a picture is drawn in, in CSS pixels, and its colours. */
export interface Scale {
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
}
export interface TextStyle {
  readonly size?: number;
  readonly bold?: boolean;
  readonly mono?: boolean;
  readonly align?: 'left' | 'right' | 'center';
  /** Colour of a plate behind the text. */
  readonly plate?: string;
}
export type Glyph = 'kill' | 'wake' | 'sleep' | 'direct' | 'oom' | 'back' | 'note' | 'user-kill';

export function rect(g: Pen, x: number, y: number, w: number, h: number, colour: string, alpha = 1): void {
  if (alpha !== 1) g.globalAlpha = alpha;
  g.fillStyle = colour;
  g.fillRect(x, y, w, h);
  if (alpha !== 1) g.globalAlpha = 1;
}
/** Frames of 1 px on the pixel, each four numbers x, y, w, h. */
export function frames(g: Pen, places: readonly number[], colour: string): void {
  if (places.length === 0) return;
  g.strokeStyle = colour;
  g.lineWidth = 1;
  g.beginPath();
  for (let i = 0; i < places.length; i += 4) {
    const x = Math.round(places[i]) + 0.5, y = Math.round(places[i + 1]) + 0.5, x1 = x + Math.max(1, Math.round(places[i + 2]) - 1), y1 = y + Math.max(1, Math.round(places[i + 3]) - 1);
    g.moveTo(x, y);
    g.lineTo(x1, y);
    g.lineTo(x1, y1);
    g.lineTo(x, y1);
    g.closePath();
  }
  g.stroke();
}
/** Many rectangles of one colour at once: each four numbers x, y, w, h. */
export function rects(g: Pen, places: readonly number[], colour: string, alpha = 1): void {
  if (places.length === 0) return;
  g.beginPath();
  for (let i = 0; i < places.length; i += 4) g.rect(places[i], places[i + 1], places[i + 2], places[i + 3]);
  if (alpha !== 1) g.globalAlpha = alpha;
  g.fillStyle = colour;
  g.fill();
  if (alpha !== 1) g.globalAlpha = 1;
}
/** Wider bars are dearer as lines than as a rectangle. */
const BAR_PX = 3;
/** The same for bars that fill whole pixel columns and do not overlap: a narrow one is as many standing lines of 1 px, which browsers draw several times faster than rectangles. */
export function bars(g: Pen, places: readonly number[], colour: string, alpha = 1): void {
  if (places.length === 0) return;
  const wide: number[] = [];
  g.strokeStyle = colour;
  g.lineWidth = 1;
  g.beginPath();
  for (let i = 0; i < places.length; i += 4) {
    const x = places[i], y = places[i + 1], w = places[i + 2], h = places[i + 3];
    if (w > BAR_PX) wide.push(x, y, w, h);
    else for (let k = 0; k < w; k++) {
      g.moveTo(x + k + 0.5, y);
      g.lineTo(x + k + 0.5, y + h);
    }
  }
  g.globalAlpha = alpha;
  g.stroke();
  g.globalAlpha = 1;
  rects(g, wide, colour, alpha);
}
/** A frame of 1 px on the pixel. */
export function box(g: Pen, x: number, y: number, w: number, h: number, colour: string): void {
  g.strokeStyle = colour;
  g.lineWidth = 1;
  g.strokeRect(Math.round(x) + 0.5, Math.round(y) + 0.5, Math.max(1, Math.round(w) - 1), Math.max(1, Math.round(h) - 1));
}
function dashed(g: Pen, x0: number, y0: number, x1: number, y1: number, colour: string, dash: readonly number[]): void {
  g.strokeStyle = colour;
  g.lineWidth = 1;
  g.setLineDash([...dash]);
  g.beginPath();
  g.moveTo(x0, y0);
  g.lineTo(x1, y1);
  g.stroke();
  g.setLineDash([]);
}
const SOLID: readonly number[] = [];
export function vline(g: Pen, x: number, y0: number, y1: number, colour: string, dash = SOLID): void {
  if (dash.length === 0) rect(g, Math.round(x), y0, 1, y1 - y0, colour);
  else dashed(g, Math.round(x) + 0.5, y0, Math.round(x) + 0.5, y1, colour, dash);
}
export function hline(g: Pen, y: number, x0: number, x1: number, colour: string, dash = SOLID): void {
  if (dash.length === 0) rect(g, x0, Math.round(y), x1 - x0, 1, colour);
  else dashed(g, x0, Math.round(y) + 0.5, x1, Math.round(y) + 0.5, colour, dash);
}

/** Slanted lines within boxes, each four numbers x, y, w, h; they keep their place while a box grows. */
export function hatches(g: Pen, boxes: readonly number[], colour: string, gap = 5): void {
  if (boxes.length === 0) return;
  g.strokeStyle = colour;
  g.lineWidth = 1;
  g.beginPath();
  for (let b = 0; b < boxes.length; b += 4) {
    const x = boxes[b], y = boxes[b + 1], w = boxes[b + 2], h = boxes[b + 3], right = x + w, bottom = y + h;
    if (w <= 0 || h <= 0) continue;
    for (let i = Math.floor((x - h) / gap) * gap + gap; i < right; i += gap) {
      const from = Math.max(i, x), to = Math.min(i + h, right);
      g.moveTo(from, bottom - (from - i));
      g.lineTo(to, bottom - (to - i));
    }
  }
  g.stroke();
}
export const hatch = (g: Pen, x: number, y: number, w: number, h: number, colour: string, gap = 5): void => { hatches(g, [x, y, w, h], colour, gap); };
export function fontOf(theme: Theme, style: TextStyle): string {
  return `${style.bold === true ? 600 : 400} ${style.size ?? 11}px ${style.mono === true ? theme.mono : theme.font}`;
}
/** Widths that were measured, by font and text: measuring is dear, and most words come again in the next frame. */
const widths = new WeakMap<Pen, Map<string, Map<string, number>>>();
const MOST_WIDTHS = 2000;
function widthIn(g: Pen, font: string, s: string): number {
  let fonts = widths.get(g);
  if (fonts === undefined) widths.set(g, (fonts = new Map()));
  let known = fonts.get(font);
  if (known === undefined) fonts.set(font, (known = new Map()));
  let width = known.get(s);
  if (width === undefined) {
    if (known.size >= MOST_WIDTHS) known.clear();
    g.font = font;
    known.set(s, (width = g.measureText(s).width));
  }
  return width;
}
export const textWidth = (g: Pen, theme: Theme, s: string, style: TextStyle = {}): number => widthIn(g, fontOf(theme, style), s);
/** Writes `s` around the line y; gives its width. */
export function text(g: Pen, theme: Theme, s: string, x: number, y: number, colour: string, style: TextStyle = {}): number {
  const font = fontOf(theme, style), w = widthIn(g, font, s);
  g.font = font;
  g.textAlign = 'left';
  g.textBaseline = 'middle';
  const align = style.align ?? 'left', left = align === 'right' ? x - w : align === 'center' ? x - w / 2 : x;
  if (style.plate !== undefined) {
    g.fillStyle = style.plate;
    g.fillRect(left - 3, y - 7, w + 6, 14);
  }
  g.fillStyle = colour;
  g.fillText(s, left, y + 0.5);
  return w;
}
/** The first of the texts that fits into `room` pixels; null if none does. */
export function fitting(g: Pen, theme: Theme, texts: readonly string[], room: number, style: TextStyle = {}): string | null {
  return texts.find((s) => textWidth(g, theme, s, style) <= room) ?? null;
}
function path(g: Pen, points: readonly (readonly [number, number])[]): void {
  points.forEach(([x, y], i) => { if (i === 0) g.moveTo(x, y); else g.lineTo(x, y); });
  g.closePath();
}
/** Each kind of event has its own shape. */
export function glyph(g: Pen, kind: Glyph, x: number, y: number, colour: string, r = 4): void {
  g.fillStyle = colour;
  g.strokeStyle = colour;
  g.lineWidth = 1.25;
  g.beginPath();
  switch (kind) {
    case 'kill': path(g, [[x - r, y - r], [x + r, y - r], [x, y + r]]); g.fill(); return;
    case 'wake': path(g, [[x - r, y + r], [x + r, y + r], [x, y - r]]); break;
    case 'sleep': path(g, [[x - r, y - r], [x + r, y - r], [x, y + r]]); break;
    case 'direct': path(g, [[x, y - r], [x + r, y], [x, y + r], [x - r, y]]); break;
    case 'oom': path(g, [[x, y - r], [x + r, y], [x, y + r], [x - r, y]]); g.fill(); return;
    case 'back': g.moveTo(x - r, y); g.lineTo(x + r, y); g.moveTo(x, y - r); g.lineTo(x, y + r); break;
    case 'user-kill': path(g, [[x - r, y], [x + r, y], [x, y + r]]); g.fill(); rect(g, x - 1, y - r, 2, r, colour); return;
    case 'note': g.rect(x - r + 0.5, y - r + 0.5, 2 * r - 1, 2 * r - 1); break;
  }
  g.stroke();
}
