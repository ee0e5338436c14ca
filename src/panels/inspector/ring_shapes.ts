/** Where arrows between boxes begin and end. In CSS pixels; a place is a middle and a size. */

export interface Point { readonly x: number; readonly y: number }
export interface Place extends Point { readonly w: number; readonly h: number }
/** `curve`: three points, the middle one pulls. `mid`: on the line, for its words. `toward`: where its head points. */
export interface Stroke { readonly points: readonly Point[]; readonly curve: boolean; readonly mid: Point; readonly toward: Point }

const CLEAR_PX = 5;
/** Where the way from the middle of a place to `to` leaves it, and a little further. */
export function boundary(p: Place, to: Point, clear = 0): Point {
  const dx = to.x - p.x, dy = to.y - p.y, length = Math.sqrt(dx * dx + dy * dy) || 1;
  const t = Math.min(p.w / 2 / Math.max(1e-6, Math.abs(dx)), p.h / 2 / Math.max(1e-6, Math.abs(dy))), far = t * length + clear;
  return { x: p.x + (dx / length) * far, y: p.y + (dy / length) * far };
}
const unit = (from: Point, to: Point): Point => {
  const dx = to.x - from.x, dy = to.y - from.y, length = Math.sqrt(dx * dx + dy * dy) || 1;
  return { x: dx / length, y: dy / length };
};
export function line(from: Place, to: Place): Stroke {
  const a = boundary(from, to), b = boundary(to, from, CLEAR_PX);
  return { points: [a, b], curve: false, mid: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, toward: unit(a, b) };
}
/** Bent by `bend` to the left of the way, which is outwards on a ring that goes clockwise. */
export function arc(from: Place, to: Place, bend: number): Stroke {
  const u = unit(from, to), pull = { x: (from.x + to.x) / 2 + u.y * bend, y: (from.y + to.y) / 2 - u.x * bend }, a = boundary(from, pull), b = boundary(to, pull, CLEAR_PX);
  return { points: [a, pull, b], curve: true, mid: { x: (a.x + 2 * pull.x + b.x) / 4, y: (a.y + 2 * pull.y + b.y) / 4 }, toward: unit(pull, b) };
}
const at = ({ x, y }: Point): string => `${x.toFixed(1)} ${y.toFixed(1)}`;
export const pathOf = ({ points, curve }: Stroke): string => (curve ? `M${at(points[0])}Q${at(points[1])} ${at(points[2])}` : `M${points.map(at).join('L')}`);
/** The head: three points, of which the second is the tip. */
export function headOf({ points, toward: { x, y } }: Stroke): string {
  const tip = points[points.length - 1], long = 8, half = 4.5;
  const wing = (side: number): Point => ({ x: tip.x - long * x + side * half * y, y: tip.y - long * y - side * half * x });
  return `M${at(wing(1))}L${at(tip)}L${at(wing(-1))}`;
}
/** A hexagon with points at its left and right, as wide as its words need. */
export function hexagonOf({ x, y, w, h }: Place): string {
  const nose = 14, l = x - w / 2, r = x + w / 2, t = y - h / 2, b = y + h / 2;
  return `M${at({ x: l, y })}L${at({ x: l + nose, y: t })}L${at({ x: r - nose, y: t })}L${at({ x: r, y })}L${at({ x: r - nose, y: b })}L${at({ x: l + nose, y: b })}Z`;
}
