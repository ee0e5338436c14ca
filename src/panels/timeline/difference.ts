/** How many free pages B has more than A, zone by zone, between the lanes of the two. */
import { type CommonZone, commonZones } from '../../analysis/compare.ts';
import { Extremes } from '../../analysis/extremes.ts';
import { zeros } from '../../analysis/pyramid.ts';
import type { PixelColumns } from '../../analysis/series.ts';
import type { Trace } from '../../analysis/trace.ts';
import { behind } from '../../store/sides.ts';
import { store } from '../../store/store.ts';
import { hline, type Pen, rects, type Scale, text } from '../../ui/draw.ts';
import { DASH, pageCount, seconds, signed } from '../../ui/format.ts';
import type { Hit, LabelRow } from './lane.ts';
import { timeOf } from './pixels.ts';

const FIRST_PX = 44, NEXT_PX = 22, EDGE_PX = 3;

interface DifferenceStrip {
  readonly name: string;
  readonly top: number;
  readonly height: number;
  /** B less A at the end of each pixel column; what lies between two ends is not drawn. */
  readonly values: readonly number[];
  /** Of both runs as far as they have come, whatever the window is: the scale too. */
  readonly least: number;
  readonly most: number;
}
export interface DifferencePicture {
  readonly columns: PixelColumns;
  /** Columns that both runs have come to. */
  readonly known: number;
  readonly strips: readonly DifferenceStrip[];
}
/** Zones of both machines, the largest first. */
export const shownZones = (a: Trace, b: Trace): readonly CommonZone[] => [...commonZones(a, b)].sort((x, y) => a.shape.zones[y.a].managed - a.shape.zones[x.a].managed || x.a - y.a);
export const differenceHeight = (zones: number): number => (zones === 0 ? 0 : FIRST_PX + (zones - 1) * NEXT_PX);
const topOf = (place: number): number => (place === 0 ? 0 : FIRST_PX + (place - 1) * NEXT_PX);
const nameOf = (trace: Trace, z: CommonZone): string => (trace.shape.zones.some((other) => other.node !== z.node) ? `node ${z.node} ${z.name}` : z.name);

const followed = new WeakMap<Trace, { readonly b: Trace; readonly zones: Map<number, Extremes> }>();
function extremesOf(a: Trace, b: Trace, z: CommonZone): Extremes {
  let known = followed.get(a);
  if (known === undefined || known.b !== b) followed.set(a, (known = { b, zones: new Map() }));
  let one = known.zones.get(z.a);
  if (one === undefined) known.zones.set(z.a, (one = new Extremes(a, a.series.zones[z.a].free, b, b.series.zones[z.b].free)));
  return one.follow();
}
export function differencePicture(a: Trace, b: Trace, fromNs: number, toNs: number, width: number): DifferencePicture {
  const ca = a.columns(fromNs, toNs, width), cb = b.columns(fromNs, toNs, width), known = Math.min(ca.known, cb.known);
  const strips = shownZones(a, b).map((z, place): DifferenceStrip => {
    const inA = a.series.zones[z.a].free.extent(ca).last, inB = b.series.zones[z.b].free.extent(cb).last, values = zeros(width);
    let { least, most } = extremesOf(a, b, z);
    least = Math.min(0, least);
    most = Math.max(0, most);
    for (let x = 0; x < known; x++) {
      const d = (values[x] = inB[x] - inA[x]);
      if (d < least) least = d;
      if (d > most) most = d;
    }
    return { name: nameOf(a, z), top: topOf(place), height: place === 0 ? FIRST_PX : NEXT_PX, values, least, most };
  });
  return { columns: ca, known, strips };
}

function drawStrip(g: Pen, s: DifferenceStrip, known: number, { theme, width }: Scale): void {
  const room = s.height - 2 * EDGE_PX, span = Math.max(1, s.most - s.least), zero = s.top + EDGE_PX + (s.most / span) * room, places: number[] = [];
  const base = s.least === 0 && s.most === 0 ? s.top + s.height / 2 : zero;
  for (let x = 0; x < known;) {
    const from = x, value = s.values[x];
    do x++; while (x < known && s.values[x] === value);
    if (value === 0) continue;
    const tall = Math.max(1, (Math.abs(value) / span) * room);
    places.push(from, value > 0 ? base - tall : base, x - from, tall);
  }
  rects(g, places, theme.ink3, 0.75);
  hline(g, base, 0, width, theme.mark);
  if (known < 60) return;
  const said = (words: string, y: number): void => { text(g, theme, words, 8, y, theme.ink2, { plate: theme.bg }); };
  const { top, height, most, least } = s;
  // the scale is the whole run's, whatever the window is
  const range = `whole run: ${signed(least)} to ${signed(most)} pages`;
  if (most > 0 && -least < most) said(range, Math.min(top + height - 8, base - 9 > top + 8 ? base - 9 : top + 9));
  else if (least < 0) said(range, Math.max(top + 9, base + 10 < top + height - 7 ? base + 10 : top + height - 9));
  else said('the same in both', base);
}
export function drawDifference(g: Pen, p: DifferencePicture, scale: Scale): (x: number, y: number) => Hit | null {
  for (const s of p.strips) {
    if (s.top > 0) hline(g, s.top, 0, scale.width, scale.theme.line);
    drawStrip(g, s, p.known, scale);
  }
  return (x, y) => {
    const s = p.strips.find((one) => y >= one.top && y < one.top + one.height), at = Math.floor(x);
    if (s === undefined || at < 0 || at >= p.known) return null;
    const d = s.values[at];
    return { lines: [d === 0 ? `${s.name} free: the same in both` : `${s.name} free: B has ${pageCount(Math.abs(d))} ${d > 0 ? 'more' : 'less'}`, seconds(timeOf(p.columns, x))] };
  };
}
/** The text twin: what the difference is at the cursors of both, once both have been simulated so far. */
export function differenceLabels(a: Trace, b: Trace, eventA: number, eventB: number): readonly LabelRow[] {
  const late = behind(store.getState()), rows: LabelRow[] = [{ y: 3, name: 'Difference', value: late === null ? 'B − A, pages' : `${late}: not simulated yet`, bold: true, valueTone: 'dim' }];
  shownZones(a, b).forEach((z, place) => {
    const d = b.series.zones[z.b].free.at(eventB) - a.series.zones[z.a].free.at(eventA);
    rows.push({ y: place === 0 ? 22 : topOf(place) + 3, name: `${nameOf(a, z)} free`, value: late === null ? signed(d) : DASH });
  });
  return rows;
}
