/** A pen that draws nothing and remembers: what a lane's test looks at instead of pixels. Places are those of the whole canvas. */
import type { Pen } from '../draw.ts';
import { COLOUR_NAMES, type Theme } from '../theme.ts';

interface Rect {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly colour: string;
}
/** A straight stroke, or a corner after a corner of a filled shape: where it starts, where it ends. */
interface Line {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly colour: string;
}
export interface DrawLog {
  readonly pen: Pen;
  readonly theme: Theme;
  texts(): readonly string[];
  rects(): readonly Rect[];
  /** What was stroked along `moveTo` and `lineTo`. */
  lines(): readonly Line[];
  /** The edges of what was filled between them. */
  edges(): readonly Line[];
  clips(): number;
  /** save() less restore(). */
  depth(): number;
}
/** A letter is 6 px wide. */
const LETTER_PX = 6;

export function drawLog(): DrawLog {
  const texts: string[] = [], rects: Rect[] = [], lines: Line[] = [], edges: Line[] = [], stack: { x: number; y: number }[] = [];
  let at = { x: 0, y: 0 }, end = at, clips = 0, path: Omit<Rect, 'colour'>[] = [], steps: Omit<Line, 'colour'>[] = [];
  const pen: Pen = {
    fillStyle: '', strokeStyle: '', lineWidth: 1, globalAlpha: 1, font: '', textAlign: 'left', textBaseline: 'alphabetic',
    fillRect(x, y, w, h) { rects.push({ x: x + at.x, y: y + at.y, w, h, colour: String(pen.fillStyle) }); },
    strokeRect() {}, clearRect() {}, closePath() {}, setLineDash() {},
    beginPath() { path = []; steps = []; },
    moveTo(x, y) { end = { x: x + at.x, y: y + at.y }; },
    lineTo(x, y) { const to = { x: x + at.x, y: y + at.y }; steps.push({ x0: end.x, y0: end.y, x1: to.x, y1: to.y }); end = to; },
    stroke() { for (const one of steps) lines.push({ ...one, colour: String(pen.strokeStyle) }); },
    rect(x, y, w, h) { path.push({ x: x + at.x, y: y + at.y, w, h }); },
    fill() {
      for (const one of path) rects.push({ ...one, colour: String(pen.fillStyle) });
      for (const one of steps) edges.push({ ...one, colour: String(pen.fillStyle) });
    },
    clip() { clips++; },
    fillText(s) { texts.push(s); },
    save() { stack.push({ ...at }); },
    restore() { at = stack.pop() ?? at; },
    translate(x, y) { at = { x: at.x + x, y: at.y + y }; },
    measureText: (s) => ({ width: s.length * LETTER_PX }),
  };
  const theme = { ...Object.fromEntries(COLOUR_NAMES.map((name) => [name, name])), font: 'sans', mono: 'mono' } as Theme;
  return { pen, theme, texts: () => texts, rects: () => rects, lines: () => lines, edges: () => edges, clips: () => clips, depth: () => stack.length };
}
