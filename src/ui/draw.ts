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
export type Glyph = 'kill' | 'wake' | 'sleep' | 'direct' | 'oom' | 'back' | 'note';

export function rect(g: Pen, x: number, y: number, w: number, h: number, colour: string, alpha = 1): void {
  if (alpha !== 1) g.globalAlpha = alpha;
  g.fillStyle = colour;
  g.fillRect(x, y, w, h);
  if (alpha !== 1) g.globalAlpha = 1;
}
/** A frame of 1 px on the pixel. */
export function box(g: Pen, x: number, y: number, w: number, h: number, colour: string): void {
  g.strokeStyle = colour;
  g.lineWidth = 1;
  g.strokeRect(Math.round(x) + 0.5, Math.round(y) + 0.5, Math.max(1, Math.round(w) - 1), Math.max(1, Math.round(h) - 1));
}
function stroke(g: Pen, x0: number, y0: number, x1: number, y1: number, colour: string, dash: readonly number[]): void {
  g.strokeStyle = colour;
  g.lineWidth = 1;
  if (dash.length > 0) g.setLineDash([...dash]);
  g.beginPath();
  g.moveTo(x0, y0);
  g.lineTo(x1, y1);
  g.stroke();
  if (dash.length > 0) g.setLineDash([]);
}
const SOLID: readonly number[] = [];
export const vline = (g: Pen, x: number, y0: number, y1: number, colour: string, dash = SOLID): void => { stroke(g, Math.round(x) + 0.5, y0, Math.round(x) + 0.5, y1, colour, dash); };
export const hline = (g: Pen, y: number, x0: number, x1: number, colour: string, dash = SOLID): void => { stroke(g, x0, Math.round(y) + 0.5, x1, Math.round(y) + 0.5, colour, dash); };

/** Slanted lines within a box; they keep their place while the box grows. */
export function hatch(g: Pen, x: number, y: number, w: number, h: number, colour: string, gap = 5): void {
  if (w <= 0 || h <= 0) return;
  g.save();
  g.beginPath();
  g.rect(x, y, w, h);
  g.clip();
  g.strokeStyle = colour;
  g.lineWidth = 1;
  g.beginPath();
  for (let i = Math.floor((x - h) / gap) * gap; i < x + w; i += gap) {
    g.moveTo(i, y + h);
    g.lineTo(i + h, y);
  }
  g.stroke();
  g.restore();
}
export function fontOf(theme: Theme, style: TextStyle): string {
  return `${style.bold === true ? 600 : 400} ${style.size ?? 11}px ${style.mono === true ? theme.mono : theme.font}`;
}
export function textWidth(g: Pen, theme: Theme, s: string, style: TextStyle = {}): number {
  g.font = fontOf(theme, style);
  return g.measureText(s).width;
}
/** Writes `s` around the line y; gives its width. */
export function text(g: Pen, theme: Theme, s: string, x: number, y: number, colour: string, style: TextStyle = {}): number {
  g.font = fontOf(theme, style);
  g.textAlign = 'left';
  g.textBaseline = 'middle';
  const w = g.measureText(s).width, align = style.align ?? 'left', left = align === 'right' ? x - w : align === 'center' ? x - w / 2 : x;
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
    case 'note': g.rect(x - r + 0.5, y - r + 0.5, 2 * r - 1, 2 * r - 1); break;
  }
  g.stroke();
}
