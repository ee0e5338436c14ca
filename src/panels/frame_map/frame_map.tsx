/** Every frame of the machine at the cursor, by what it is. Small in the inspector; given room it shows scale, zones and counts beside it. */
import { type KeyboardEvent, type ReactElement, useCallback, useEffect, useRef, useState } from 'react';
import type { Trace } from '../../analysis/trace.ts';
import { useStore } from '../../store/store.ts';
import { CanvasFrame, type PointerAt } from '../../ui/canvas.tsx';
import { box, hline, type Pen, rect, type Scale, text } from '../../ui/draw.ts';
import { count, hex, mib } from '../../ui/format.ts';
import type { Theme } from '../../ui/theme.ts';
import { mixOf } from '../../ui/uses.ts';
import css from './frame_map.module.css';
import { drawLoupe, LOUPE_FRAMES, loupeStart } from './loupe.ts';
import { CLASSES, countClasses, type FrameClass, frameAt, mapLayout, type MapLayout, mapPicture, type Owners, placeOf } from './map.ts';
import { frameWords, singledOut } from './words.ts';

/** From this width on the scale is written beside the map. */
const WIDE_PX = 560, SCALE_PX = 84, PAGES_A_MIB = 256;
/** Above so many frames (8 GiB) the map waits until the cursor rests: reading all of them takes longer than a frame of the screen. */
const LARGE_FRAMES = 1 << 21, REST_MS = 150;

/** The cursor, or on a large machine where it came to rest. */
function useRestingCursor(frames: number): number {
  const cursor = useStore((s) => s.cursor), [rested, setRested] = useState(cursor);
  useEffect(() => {
    const wait = setTimeout(() => { setRested(cursor); }, REST_MS);
    return () => { clearTimeout(wait); };
  }, [cursor]);
  return frames > LARGE_FRAMES ? rested : cursor;
}
interface At {
  readonly trace: Trace;
  readonly event: number;
  readonly selected: number | null;
}
interface Counted {
  readonly event: number;
  readonly selected: number | null;
  readonly owners: Owners;
  readonly counts: Int32Array;
}
const counted = new WeakMap<Trace, Counted>();
/** Frames by class at an event: the map, its table and the loupe ask for the same. */
function countsAt({ trace, event, selected }: At): Counted {
  const known = counted.get(trace);
  if (known !== undefined && known.event === event && known.selected === selected) return known;
  const owners = singledOut(trace, event, selected), now = { event, selected, owners, counts: countClasses(trace.stateAt(event - 1).frames, owners) };
  counted.set(trace, now);
  return now;
}
const channels = (colour: string): readonly number[] => {
  const n = /^#[0-9a-f]{6}$/i.test(colour) ? Number.parseInt(colour.slice(1), 16) : 0x808080;
  return [n >> 16, (n >> 8) & 255, n & 255];
};
/** The colour of a class on the background, as an ABGR word; 0 for what is not drawn. */
function abgr({ colour, share }: FrameClass, theme: Theme): number {
  if (colour === null) return 0;
  const back = channels(theme.bg), [r, g, b] = channels(theme[colour]).map((c, i) => Math.round(c * share + back[i] * (1 - share)));
  return (0xff000000 | (b << 16) | (g << 8) | r) >>> 0;
}
const swatch = ({ colour, share }: FrameClass): { background?: string } => (colour === null ? {} : { background: mixOf([colour, share]) });
function paintPixels(g: CanvasRenderingContext2D, picture: Uint8Array, l: MapLayout, theme: Theme): void {
  const colours = Uint32Array.from(CLASSES, (one) => abgr(one, theme));
  const image = new ImageData(l.width, l.rows), words = new Uint32Array(image.data.buffer);
  for (let i = 0; i < picture.length; i++) words[i] = colours[picture[i]];
  const own = new OffscreenCanvas(l.width, l.rows), pen = own.getContext('2d');
  if (pen === null) return;
  pen.putImageData(image, 0, 0);
  g.imageSmoothingEnabled = false;
  g.drawImage(own, 0, 0, l.width, l.rows * l.rowPx);
}
function drawScale(g: Pen, trace: Trace, l: MapLayout, { theme }: Scale): void {
  const rows = Math.max(1, Math.ceil(l.rows / 10)), step = 2 ** Math.ceil(Math.log2(rows * l.perRow)), y = (pfn: number): number => Math.floor(pfn / l.perRow) * l.rowPx;
  const starts = trace.shape.zones.map((z) => y(z.startPfn));
  for (let pfn = step; pfn < l.frames; pfn += step) {
    rect(g, l.width, y(pfn), 5, 1, theme.mark);
    if (starts.every((at) => Math.abs(at + 8 - y(pfn)) > 15)) text(g, theme, `${count(pfn / PAGES_A_MIB)} MiB`, l.width + 9, y(pfn), theme.ink3);
  }
  trace.shape.zones.forEach((z, i) => {
    if (i > 0) hline(g, starts[i], 0, l.width + 5, theme.ink);
    text(g, theme, z.name, l.width + 9, starts[i] + 8, theme.ink, { bold: true });
  });
}
function layoutFor(trace: Trace, scale: { readonly width: number; readonly height: number }): MapLayout {
  return mapLayout(trace.shape.frames, Math.max(16, Math.floor(scale.width - (scale.width >= WIDE_PX ? SCALE_PX : 0))), scale.height);
}

function Counts(at: At): ReactElement {
  const { counts } = countsAt(at);
  return (
    <table className={css.counts} aria-label="Page frames">
      <thead><tr><th scope="col">state</th><th scope="col" className={css.n}>frames</th><th scope="col" className={css.n}>size</th></tr></thead>
      <tbody>
        {CLASSES.map((one, c) => (counts[c] === 0 ? null : (
          <tr key={one.name}>
            <th scope="row"><i className={css.swatch} style={swatch(one)} aria-hidden="true" />{one.name}</th>
            <td className={css.n}>{count(counts[c])}</td>
            <td className={css.n}>{mib(counts[c])}</td>
          </tr>
        )))}
      </tbody>
    </table>
  );
}

/** The frames around one, large enough for a sign each. Seen when there is room. */
function Loupe({ trace, event, selected, pfn }: At & { readonly pfn: number }): ReactElement {
  const draw = useCallback((g: CanvasRenderingContext2D, scale: Scale) => {
    const { owners } = countsAt({ trace, event, selected });
    drawLoupe(g, trace.stateAt(event - 1).frames, owners, pfn, scale);
  }, [trace, event, selected, pfn]);
  const first = loupeStart(pfn);
  return (
    <div className={css.loupe}>
      <p className={css.words}>frames {hex(first)} to {hex(Math.min(trace.shape.frames, first + LOUPE_FRAMES) - 1)}</p>
      <CanvasFrame className={css.lens} draw={draw} />
    </div>
  );
}

/** Frames that a key moves by, in frames and rows. */
const KEYS: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], PageUp: [0, -8], PageDown: [0, 8] };

function Frames({ trace, event, selected, at, setAt }: At & { readonly at: number | null; readonly setAt: (pfn: number) => void }): ReactElement {
  const layout = useRef<MapLayout | null>(null), last = trace.shape.frames - 1;
  const pfn = Math.min(at ?? 0, last), words = frameWords(trace, trace.stateAt(event - 1), pfn);
  const pixels = useRef<{ readonly of: Counted; readonly layout: MapLayout; readonly picture: Uint8Array } | null>(null);
  const draw = useCallback((g: CanvasRenderingContext2D, scale: Scale) => {
    const of = countsAt({ trace, event, selected }), l = (layout.current = layoutFor(trace, scale)), before = pixels.current;
    const same = before !== null && before.of === of && before.layout.width === l.width && before.layout.perRow === l.perRow && before.layout.rows === l.rows;
    const picture = same ? before.picture : mapPicture(trace.stateAt(event - 1).frames, of.owners, l, of.counts);
    pixels.current = { of, layout: l, picture };
    paintPixels(g, picture, l, scale.theme);
    if (scale.width >= WIDE_PX) drawScale(g, trace, l, scale);
    if (at === null) return;
    const p = placeOf(l, at);
    box(g, p.x - 2, p.y - 2, Math.max(5, p.w + 4), Math.max(5, p.h + 4), scale.theme.ink);
  }, [trace, event, selected, at]);
  const hit = (where: PointerAt | null): void => {
    const l = layout.current, found = l === null || where === null ? -1 : frameAt(l, where.x, where.y);
    if (found >= 0) setAt(found);
  };
  const key = (e: KeyboardEvent): void => {
    const step = KEYS[e.key], perRow = layout.current?.perRow ?? 1;
    const to = e.key === 'Home' ? 0 : e.key === 'End' ? last : step === undefined ? null : pfn + step[0] + step[1] * perRow;
    if (to === null) return;
    e.preventDefault();
    e.stopPropagation();
    setAt(Math.min(last, Math.max(0, to)));
  };
  return (
    <div className={css.map}>
      <div className={css.plate} role="slider" tabIndex={0} aria-label="Page frame" aria-valuemin={0} aria-valuemax={last} aria-valuenow={pfn} aria-valuetext={words} onKeyDown={key}>
        <CanvasFrame className={css.canvas} cursor="crosshair" draw={draw} hit={hit} />
      </div>
      <p className={css.words}>{at === null ? `frames 0 to ${hex(last)}: point at one` : words}</p>
    </div>
  );
}

function Whole({ trace }: { readonly trace: Trace }): ReactElement {
  const event = useRestingCursor(trace.shape.frames), selected = useStore((s) => s.selectedTask), [at, setAt] = useState<number | null>(null);
  const where = { trace, event: Math.min(event, trace.rows), selected };
  return (
    <div className={css.frame}>
      <div className={css.grid}>
        <Frames {...where} at={at} setAt={setAt} />
        <div><Counts {...where} /><Loupe {...where} pfn={Math.min(at ?? 0, trace.shape.frames - 1)} /></div>
      </div>
    </div>
  );
}
export function FrameMap(): ReactElement | null {
  const trace = useStore((s) => s.trace);
  return trace === null ? null : <Whole trace={trace} />;
}
