/** Stretches of the timeline, one under the other: the lanes of the one run; or of two, lane by lane, A above B, and what differs in the zones between those two. */
import type { Trace } from '../../analysis/trace.ts';
import { partOf, type Side } from '../../store/sides.ts';
import { statusText } from '../../store/status.ts';
import type { AppState } from '../../store/store.ts';
import { type Pen, rect, type Scale, text } from '../../ui/draw.ts';
import { plural } from '../../ui/format.ts';
import { differenceHeight, differencePicture, drawDifference, shownZones } from './difference.ts';
import { type Fold, folds } from './folds.ts';
import { arranged } from './index.ts';
import type { Hit } from './lane.ts';
import { layOut, paintLanes, type Place } from './paint.ts';

export const BAND_HEAD_PX = 20;
/** Under the head of a run that has not been started. */
const EMPTY_PX = 40;
/** These stand first where two runs are compared: what not every run has is what a comparison is about. */
const FIRST = ['zones', 'rcu', 'pools', 'pace'];
/** A lane of which less is seen is out of sight. */
const SEEN_PX = 14;
/** So little missing at its foot is its margin. */
export const CUT_PX = 2;
/** The line that tells of what is out of sight takes so much of the foot. */
export const HINT_PX = 24;

/** Lanes of one run that stand together. */
export interface RunBand {
  /** Null = the only run. */
  readonly side: Side | null;
  readonly trace: Trace;
  readonly top: number;
  readonly height: number;
  readonly places: readonly Place[];
}
/** The line that says which run it is, and how it stands. */
export interface BandHead {
  readonly side: Side;
  readonly trace: Trace | null;
  readonly top: number;
}
export interface Bands {
  readonly heads: readonly BandHead[];
  readonly runs: readonly RunBand[];
  readonly difference: { readonly top: number; readonly height: number; readonly a: Trace; readonly b: Trace } | null;
  readonly height: number;
}

/** Where everything stands. Two runs share the room: their lanes are as low as they can be read, and those that are collapsed stand last, unless somebody has put the lanes in an order. */
export function layOutBands(a: Trace, b: Trace | null, comparing: boolean, { collapsed, hidden, order: asked, unfolded = [] }: Pick<AppState, 'collapsed' | 'hidden' | 'order'> & { readonly unfolded?: readonly Fold[] }, room: number): Bands {
  const lanes = arranged(asked, hidden);
  if (!comparing) {
    const { places, height } = layOut(lanes, a, collapsed, room, false, unfolded);
    return { heads: [], runs: [{ side: null, trace: a, top: 0, height, places }], difference: null, height };
  }
  const zones = b === null || hidden.includes('zones') ? 0 : shownZones(a, b).length, between = zones === 0 ? 0 : differenceHeight(zones) + 1, topB = BAND_HEAD_PX, above = 2 * BAND_HEAD_PX + (b === null ? EMPTY_PX : 0);
  const rank = (id: string): number => (asked.length > 0 ? 0 : collapsed.includes(id) ? FIRST.length + 1 : FIRST.includes(id) ? FIRST.indexOf(id) : FIRST.length), order = [...lanes].sort((x, y) => rank(x.id) - rank(y.id)), left = room - above - between;
  const sides = ([['A', a], ['B', b]] as const).map(([side, trace]) => ({ side, trace, places: trace === null ? [] : layOut(order, trace, collapsed, b === null ? left : left / 2, b !== null).places }));
  const runs: RunBand[] = [];
  let top = above, difference: Bands['difference'] = null;
  for (const lane of order) for (const { side, trace, places } of sides) {
    const place = places.find((p) => p.lane === lane);
    if (trace === null || place === undefined) continue;
    runs.push({ side, trace, top, height: place.height + 1, places: [{ ...place, top }] });
    top += place.height + 1;
    if (side === 'B' || lane.id !== 'zones' || b === null || zones === 0) continue;
    difference = { top, height: between - 1, a, b };
    top += between;
  }
  return { heads: [{ side: 'A', trace: a, top: 0 }, { side: 'B', trace: b, top: topB }], runs, difference, height: top };
}
/** Lanes that cannot be seen where the window begins at `scroll`: those above it, and those below; and the one that its lower edge cuts. */
export function outOfSight({ runs }: Bands, scroll: number, room: number): { readonly above: readonly string[]; readonly below: readonly string[]; readonly cut: string | null } {
  const names = (is: (p: Place) => boolean): string[] => runs.flatMap(({ side, places }) => places.filter(is).map(({ lane }) => (side === null ? lane.title : `${lane.title} of ${side}`)));
  return { above: names((p) => p.top + p.height < scroll + SEEN_PX), below: names((p) => p.top > scroll + room - SEEN_PX), cut: names((p) => p.top <= scroll + room - SEEN_PX && p.top + p.height > scroll + room + CUT_PX)[0] ?? null };
}

export interface BandHit extends Hit {
  readonly side: Side | null;
}
export type BandHitTest = (x: number, y: number) => BandHit | null;
const clipped = (g: Pen, top: number, height: number, width: number, draw: () => void): void => {
  g.save();
  g.beginPath();
  g.rect(0, top, width, height);
  g.clip();
  g.translate(0, top);
  draw();
  g.restore();
};

function paintHead(g: Pen, { side, trace, top: at }: BandHead, state: AppState, scroll: number, { theme, width }: Scale): void {
  const part = partOf(state, side), top = at - scroll;
  if (part === null) return;
  rect(g, 0, top, width, BAND_HEAD_PX, theme.s2);
  const stands = part.phase.kind === 'idle' ? 'no run yet' : statusText(part.phase);
  text(g, theme, trace === null ? stands : `of ${plural(trace.rows, 'event')}; ${stands}`, 8, top + BAND_HEAD_PX / 2, theme.ink2);
  rect(g, 0, top + BAND_HEAD_PX - 1, width, 1, theme.line);
  if (trace === null) text(g, theme, 'Change a knob: B runs with it.', 8, top + BAND_HEAD_PX + EMPTY_PX / 2, theme.ink2);
}
/** `tells`: it is the first of its run, and says why nothing is drawn where the run has ended. */
function paintRun(g: Pen, band: RunBand, state: AppState, scroll: number, scale: Scale, tells: boolean): BandHitTest {
  const { side, trace } = band, part = partOf(state, side ?? 'A'), top = band.top - scroll, { theme, width, height } = scale;
  if (part === null || top > height || top + band.height < 0) return () => null;
  // B lies on another ground than A, besides its letter
  const own = side === 'B' ? { ...scale, theme: { ...theme, bg: theme.s1 } } : scale;
  if (side === 'B') rect(g, 0, top, width, band.height, own.theme.bg);
  const { selectedTask, notes, cursor, running } = part, columns = trace.columns(state.view.fromNs, state.view.toNs, width);
  const found = paintLanes(g, trace, { columns, notes, selectedTask, over: !running, quiet: !tells, unfolded: folds.getState().open }, cursor, band.places, scroll, own);
  return (x, y) => { const h = found(x, y); return h === null ? null : { ...h, side, lines: side === null ? h.lines : h.lines.map((line, i) => (i === 0 ? `${side}: ${line}` : line)) }; };
}
/** Draws what is visible from `scroll` on, and answers what is at a place. */
export function paintBands(g: Pen, bands: Bands, state: AppState, scroll: number, scale: Scale): BandHitTest {
  const hits = bands.runs.map((band) => paintRun(g, band, state, scroll, scale, bands.runs.find(({ side }) => side === band.side) === band)), d = bands.difference;
  for (const head of bands.heads) paintHead(g, head, state, scroll, scale);
  if (d !== null) {
    const { fromNs, toNs } = state.view, picture = differencePicture(d.a, d.b, fromNs, toNs, scale.width), top = d.top - scroll;
    let inside: (x: number, y: number) => Hit | null = () => null;
    clipped(g, top, d.height, scale.width, () => { inside = drawDifference(g, picture, { ...scale, height: d.height }); });
    rect(g, 0, top + d.height, scale.width, 1, scale.theme.line);
    hits.push((x, y) => { const h = y >= top && y < top + d.height ? inside(x, y - top) : null; return h === null ? null : { ...h, side: null }; });
  }
  return (x, y) => hits.reduce<BandHit | null>((found, hit) => found ?? hit(x, y), null);
}
/** The run whose lane or head is at `y`, counted from the top of all. */
export const sideAt = ({ runs, heads }: Bands, y: number): Side | null =>
  runs.find((band) => y >= band.top && y < band.top + band.height)?.side ?? heads.find(({ top }) => y >= top && y < top + BAND_HEAD_PX)?.side ?? null;
