/** Stretches of the timeline, one under the other: the lanes of the one run; or those of A, what differs, and those of B. */
import type { Trace } from '../../analysis/trace.ts';
import { partOf, type Side } from '../../store/sides.ts';
import { statusText } from '../../store/status.ts';
import type { AppState } from '../../store/store.ts';
import { type Pen, rect, type Scale, text } from '../../ui/draw.ts';
import { plural } from '../../ui/format.ts';
import { differenceHeight, differencePicture, drawDifference, shownZones } from './difference.ts';
import { lanes } from './index.ts';
import type { Hit } from './lane.ts';
import { layOut, paintLanes, type Place } from './paint.ts';

export const BAND_HEAD_PX = 22;
/** Under the head of a run that has not been started. */
const EMPTY_PX = 40;

export interface RunBand {
  /** Null = the only run. */
  readonly side: Side | null;
  readonly trace: Trace | null;
  readonly top: number;
  readonly height: number;
  readonly places: readonly Place[];
}
export interface Bands {
  readonly runs: readonly RunBand[];
  readonly difference: { readonly top: number; readonly height: number; readonly a: Trace; readonly b: Trace } | null;
  readonly height: number;
}
const moved = (places: readonly Place[], by: number): readonly Place[] => places.map((p) => ({ ...p, top: p.top + by }));

/** Where everything stands. Two runs share the room, and their lanes are as low as they can be read. */
export function layOutBands(a: Trace, b: Trace | null, comparing: boolean, collapsed: readonly string[], room: number): Bands {
  if (!comparing) {
    const { places, height } = layOut(lanes, a, collapsed, room);
    return { runs: [{ side: null, trace: a, top: 0, height, places }], difference: null, height };
  }
  const zones = b === null ? 0 : shownZones(a, b).length, between = zones === 0 ? 0 : differenceHeight(zones) + 1;
  const left = room - 2 * BAND_HEAD_PX - between, each = b === null ? left - EMPTY_PX : left / 2;
  const ofA = layOut(lanes, a, collapsed, each, b !== null), ofB = b === null ? { places: [], height: EMPTY_PX } : layOut(lanes, b, collapsed, each, true);
  const topB = BAND_HEAD_PX + ofA.height + between;
  return {
    runs: [
      { side: 'A', trace: a, top: 0, height: BAND_HEAD_PX + ofA.height, places: moved(ofA.places, BAND_HEAD_PX) },
      { side: 'B', trace: b, top: topB, height: BAND_HEAD_PX + ofB.height, places: moved(ofB.places, topB + BAND_HEAD_PX) },
    ],
    difference: b === null || zones === 0 ? null : { top: BAND_HEAD_PX + ofA.height, height: differenceHeight(zones), a, b },
    height: topB + BAND_HEAD_PX + ofB.height,
  };
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

function paintRun(g: Pen, band: RunBand, state: AppState, scroll: number, scale: Scale): BandHitTest {
  const { side, trace } = band, part = partOf(state, side ?? 'A'), top = band.top - scroll, { theme, width } = scale;
  // B lies on another ground than A, besides its letter
  const own = side === 'B' ? { ...scale, theme: { ...theme, bg: theme.s1 } } : scale;
  if (side === 'B') rect(g, 0, top, width, band.height, own.theme.bg);
  let hit: BandHitTest = () => null;
  if (trace !== null && part !== null) {
    const { selectedTask, notes, cursor, running } = part, columns = trace.columns(state.view.fromNs, state.view.toNs, width), found = paintLanes(g, trace, { columns, notes, selectedTask, over: !running }, cursor, band.places, scroll, own);
    hit = (x, y) => { const h = found(x, y); return h === null ? null : { ...h, side, lines: side === null ? h.lines : h.lines.map((line, i) => (i === 0 ? `${side}: ${line}` : line)) }; };
  }
  if (side === null || part === null) return hit;
  rect(g, 0, top, width, BAND_HEAD_PX, theme.s2);
  const stands = part.phase.kind === 'idle' ? 'no run yet' : statusText(part.phase);
  text(g, theme, trace === null ? stands : `of ${plural(trace.rows, 'event')}; ${stands}`, 8, top + BAND_HEAD_PX / 2, theme.ink2);
  rect(g, 0, top + BAND_HEAD_PX - 1, width, 1, theme.line);
  if (trace === null) text(g, theme, 'Change a value on the left: B runs with it.', 8, top + BAND_HEAD_PX + EMPTY_PX / 2, theme.ink2);
  return hit;
}
/** Draws what is visible from `scroll` on, and answers what is at a place. */
export function paintBands(g: Pen, bands: Bands, state: AppState, scroll: number, scale: Scale): BandHitTest {
  const hits = bands.runs.map((band) => paintRun(g, band, state, scroll, scale)), d = bands.difference;
  if (d !== null) {
    const { fromNs, toNs } = state.view, picture = differencePicture(d.a, d.b, fromNs, toNs, scale.width), top = d.top - scroll;
    let inside: (x: number, y: number) => Hit | null = () => null;
    clipped(g, top, d.height, scale.width, () => { inside = drawDifference(g, picture, { ...scale, height: d.height }); });
    rect(g, 0, top + d.height, scale.width, 1, scale.theme.line);
    hits.push((x, y) => { const h = y >= top && y < top + d.height ? inside(x, y - top) : null; return h === null ? null : { ...h, side: null }; });
  }
  return (x, y) => hits.reduce<BandHit | null>((found, hit) => found ?? hit(x, y), null);
}
/** The run whose stretch is at `y`, counted from the top of all. */
export const sideAt = (bands: Bands, y: number): Side | null => bands.runs.find((band) => y >= band.top && y < band.top + band.height)?.side ?? null;
