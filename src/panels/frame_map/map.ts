/** The map of frames: which frames stand where, and what a pixel shows when it stands for many. No DOM. */
import { FRAME, FRAME_NAMES, FRAME_TYPE_MASK, FRAME_UNEVICTABLE, frameOwner } from '../../format/rows.ts';
import type { ColourName } from '../../ui/theme.ts';
import { USES } from '../../ui/uses.ts';

/** A kind of frame as the map tells them apart: the types of the trace, then those it singles out. */
export interface FrameClass {
  readonly name: string;
  readonly colour: ColourName | null;
  /** How much of the colour there is, the rest is background: kinds that belong together share a colour. */
  readonly share: number;
  readonly sign: Sign;
}
/** How a single frame is drawn when there is room for it: also without colour each kind is told apart. */
export type Sign = 'nothing' | 'hatch' | 'outline' | 'dot' | 'filled' | 'bar' | 'cross' | 'lines' | 'tee';
const LOOK: readonly (readonly [ColourName | null, number, Sign])[] = [
  [null, 1, 'nothing'], [...USES.reserved, 'hatch'], [...USES.free, 'outline'], [...USES.pcp, 'dot'], [...USES.anon, 'filled'], [...USES.file, 'bar'], [...USES.shmem, 'bar'], [...USES.slab, 'lines'],
  [...USES.slabUnreclaimable, 'lines'], [...USES.table, 'tee'], [...USES.stack, 'tee'], [...USES.kernel, 'hatch'], [...USES.zram, 'lines'], [...USES.swapcache, 'bar'],
];
const SINGLED: readonly FrameClass[] = [
  { name: 'unevictable', colour: 'run', share: 1, sign: 'bar' }, { name: "victim's", colour: 'oom', share: 1, sign: 'cross' }, { name: "selected task's", colour: 'ink', share: 1, sign: 'filled' },
];
export const CLASSES: readonly FrameClass[] = [...FRAME_NAMES.map((name, type) => ({ name, colour: LOOK[type][0], share: LOOK[type][1], sign: LOOK[type][2] })), ...SINGLED];
export const UNEVICTABLE = FRAME_NAMES.length, VICTIM = UNEVICTABLE + 1, SELECTED = UNEVICTABLE + 2;

/** Owners (frameOwner) that are singled out: 0 not at all, 1 a victim, 2 the selected task. */
export type Owners = Uint8Array;
export const noOwners = (): Owners => new Uint8Array(256);

export function classOf(word: number, owners: Owners): number {
  const type = word & FRAME_TYPE_MASK;
  if (type < FRAME.anon) return type;
  const single = owners[frameOwner(word)];
  if (single !== 0) return single === 2 ? SELECTED : VICTIM;
  return (word & FRAME_UNEVICTABLE) !== 0 && type <= FRAME.shmem ? UNEVICTABLE : type;
}
export function countClasses(frames: Uint16Array, owners: Owners): Int32Array {
  const counts = new Int32Array(CLASSES.length);
  for (let pfn = 0; pfn < frames.length; pfn++) counts[classOf(frames[pfn], owners)]++;
  return counts;
}

/** A row is a power of two of frames, a page block (2 MiB) at least, so that rows line up with what the buddy allocator knows. */
export interface MapLayout {
  readonly frames: number;
  readonly width: number;
  readonly perRow: number;
  readonly rows: number;
  /** Height of a row in pixels. */
  readonly rowPx: number;
}
const BLOCK = 512;
export function mapLayout(frames: number, width: number, height: number): MapLayout {
  let perRow = BLOCK;
  while (Math.ceil(frames / perRow) > height) perRow *= 2;
  const rows = Math.max(1, Math.ceil(frames / perRow));
  return { frames, width, perRow, rows, rowPx: Math.max(1, Math.floor(height / rows)) };
}
/** The first frame of the pixel; -1 outside. */
export function frameAt(l: MapLayout, x: number, y: number): number {
  const row = Math.floor(y / l.rowPx), pfn = row * l.perRow + Math.floor((x * l.perRow) / l.width);
  return x < 0 || x >= l.width || row < 0 || row >= l.rows || pfn >= l.frames ? -1 : pfn;
}
export const placeOf = (l: MapLayout, pfn: number): { readonly x: number; readonly y: number; readonly w: number; readonly h: number } => ({
  x: ((pfn % l.perRow) / l.perRow) * l.width, y: Math.floor(pfn / l.perRow) * l.rowPx, w: Math.max(1, l.width / l.perRow), h: l.rowPx,
});

/**
 * One class for each pixel of a row. Where a pixel stands for many frames, that class wins which is most over-represented in
 * it: its count there over the root of its count in the machine, so the few free frames in a full machine stay visible.
 */
export function mapPicture(frames: Uint16Array, owners: Owners, l: MapLayout, counts: Int32Array): Uint8Array {
  const out = new Uint8Array(l.width * l.rows), here = new Int32Array(CLASSES.length), weight = Float64Array.from(counts, (n) => (n > 0 ? 1 / Math.sqrt(n) : 0));
  for (let row = 0; row < l.rows; row++) {
    for (let x = 0; x < l.width; x++) {
      const from = row * l.perRow + Math.floor((x * l.perRow) / l.width), to = Math.min(frames.length, Math.max(from + 1, row * l.perRow + Math.floor(((x + 1) * l.perRow) / l.width)));
      if (from >= frames.length) break;
      out[row * l.width + x] = to - from === 1 ? classOf(frames[from], owners) : strongest(frames, owners, from, to, here, weight);
    }
  }
  return out;
}
function strongest(frames: Uint16Array, owners: Owners, from: number, to: number, here: Int32Array, weight: Float64Array): number {
  here.fill(0);
  for (let pfn = from; pfn < to; pfn++) here[classOf(frames[pfn], owners)]++;
  let best = 0, most = -1;
  for (let c = 0; c < here.length; c++) {
    const score = here[c] * weight[c];
    if (score > most) { most = score; best = c; }
  }
  return best;
}
