/** Paints the lanes of a window, one under the other, and keeps the answers to "what is here". */
import type { Trace } from '../../analysis/trace.ts';
import { axisOf } from '../../ui/axis.ts';
import { bars, type Pen, rect, type Scale, text, textWidth, vline } from '../../ui/draw.ts';
import { seconds } from '../../ui/format.ts';
import type { Fold } from './folds.ts';
import { type AnyLane, COLLAPSED_PX, type Hit, type View } from './lane.ts';
import { oomHolds } from './locks.ts';
import { unknown } from './overview.ts';

export interface Place {
  readonly lane: AnyLane;
  readonly top: number;
  readonly height: number;
  readonly collapsed: boolean;
}
/** A lane that may grow takes no more than this much more. */
const MOST_EXTRA_PX = 120;
/**
 * Where each lane stands that this run has; a line of 1 px lies below each. What is left of `room` goes to those that can use it; where there is too little of it,
 * or `tight`, they go without what they can do without.
 * @param unfolded  rows that a lane folds into one, and that are shown
 */
export function layOut(all: readonly AnyLane[], trace: Trace, collapsed: readonly string[], room = 0, tight = false, unfolded: readonly Fold[] = []): { readonly places: readonly Place[]; readonly height: number } {
  const lanes = all.filter((lane) => lane.exists(trace)), shut = (lane: AnyLane): boolean => collapsed.includes(lane.id), whole = lanes.map((lane) => (shut(lane) ? COLLAPSED_PX : lane.height(trace, unfolded)));
  const short = tight || (room > 0 && whole.reduce((sum, h) => sum + h + 1, 0) > room), least = lanes.map((lane, i) => (short && !shut(lane) ? whole[i] - lane.spares : whole[i]));
  const left = Math.max(0, room - least.reduce((sum, h) => sum + h + 1, 0)), shares = lanes.reduce((sum, lane) => sum + (shut(lane) ? 0 : lane.grows), 0);
  let top = 0;
  const places = lanes.map((lane, i) => {
    const extra = shut(lane) || shares === 0 ? 0 : Math.min(MOST_EXTRA_PX * lane.grows, Math.floor((left * lane.grows) / shares)), place = { lane, top, height: least[i] + extra, collapsed: shut(lane) };
    top += place.height + 1;
    return place;
  });
  return { places, height: top };
}
export type HitTest = (x: number, y: number) => Hit | null;
interface Answer {
  readonly place: Place;
  readonly hit: HitTest;
}

/** Draws what is visible of the lanes from `scroll` on. */
export function paintLanes(g: Pen, trace: Trace, view: View, cursor: number, places: readonly Place[], scroll: number, scale: Scale): HitTest {
  const { theme, width, height } = scale, c = view.columns, answers: Answer[] = [];
  const last = places[places.length - 1], start = Math.max(0, (places[0]?.top ?? 0) - scroll), bottom = Math.min(height, last === undefined ? 0 : last.top + last.height - scroll);
  for (const t of axisOf(c.fromNs, c.toNs, width).ticks) if (t.label !== null) vline(g, t.x, start, bottom, theme.line);
  for (const { x0, x1 } of oomHolds(trace, c)) rect(g, x0, start, x1 - x0, bottom - start, theme.oom, 0.055);
  for (const place of places) {
    const top = place.top - scroll;
    if (top + place.height < 0 || top > height) continue;
    g.save();
    g.beginPath();
    g.rect(0, top, width, place.height);
    g.clip();
    g.translate(0, top);
    const own = { ...scale, height: place.height };
    answers.push({ place, hit: place.collapsed ? silhouette(g, trace, view, place, own) : place.lane.render(g, trace, { ...view, height: place.height }, cursor, own) });
    g.restore();
    rect(g, 0, top + place.height, width, 1, theme.line);
  }
  if (c.known < width) unknown(g, c.known, width, bottom, scale, start, view.over, view.quiet);
  return (x, y) => {
    const at = y + scroll, found = answers.find(({ place }) => at >= place.top && at < place.top + place.height);
    return found === undefined ? null : found.hit(x, at - found.place.top);
  };
}
function silhouette(g: Pen, trace: Trace, view: View, place: Place, { theme }: Scale): HitTest {
  const { values, most } = place.lane.silhouette(trace, view.columns);
  const tall = (x: number): number => Math.ceil((values[x] / most) * (COLLAPSED_PX - 4)), places: number[] = [];
  for (let x = 0; x < view.columns.known;) {
    const h = tall(x), from = x;
    do x++; while (x < view.columns.known && tall(x) === h);
    if (h > 0) places.push(from, COLLAPSED_PX - 2 - h, x - from, h);
  }
  bars(g, places, theme.ink3, 0.6);
  return () => ({ lines: [`${place.lane.title}, collapsed`] });
}

export const AXIS_PX = 22;
/** The axis with its ticks, and the cursor's time on a plate. */
export function drawAxis(g: Pen, view: { readonly fromNs: number; readonly toNs: number }, cursorNs: number, scale: Scale): void {
  const { theme, width, height } = scale, span = view.toNs - view.fromNs, cx = ((cursorNs - view.fromNs) / span) * width;
  const words = seconds(cursorNs, span < 1e5 ? 9 : 6), w = textWidth(g, theme, words, { bold: true }) + 10, left = Math.max(0, Math.min(width - w, cx - w / 2));
  const seen = cx >= -1 && cx <= width + 1;
  for (const t of axisOf(view.fromNs, view.toNs, width).ticks) {
    vline(g, t.x, height - (t.label === null ? 3 : 7), height, theme.mark);
    if (t.label === null) continue;
    const label = `${t.label} s`, half = textWidth(g, theme, label) / 2;
    if (t.x - half < 0 || t.x + half > width || (seen && t.x + half > left - 4 && t.x - half < left + w + 4)) continue;
    text(g, theme, label, t.x, 8, theme.ink3, { align: 'center' });
  }
  if (!seen) return;
  rect(g, left, 1, w, 14, theme.ink);
  text(g, theme, words, left + w / 2, 8, theme.bg, { align: 'center', bold: true });
  vline(g, Math.min(width - 1, cx), 14, height, theme.ink);
}
