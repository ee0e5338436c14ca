/** Locks: for each contended one who holds it, who waits, and each failed trylock. */
import type { LockTrack } from '../../analysis/lock_tracks.ts';
import { zeros } from '../../analysis/pyramid.ts';
import { OPEN, type PixelColumns, type Spans } from '../../analysis/series.ts';
import type { Trace } from '../../analysis/trace.ts';
import { bars, fitting, frames, hatches, hline, type Pen, rects, type Scale, text } from '../../ui/draw.ts';
import { count, DASH, duration, plural, seconds } from '../../ui/format.ts';
import type { LabelRow, Lane } from './lane.ts';
import { coveredBars, coverOf, maxOf, pointsByColumn, spansOf, type SpanPicture, timeOf } from './pixels.ts';

const MOST_LOCKS = 4, HOLD_PX = 19, WAIT_ROW_PX = 5, WAIT_ROWS = 3, MISS_PX = 8, FREE_PX = 22;
/** A lock that nobody waited for is worth a row if it was held this long. */
const LONG_HOLD_NS = 1e6;
/** So many letters of a lock's name fit beside the lane's. */
const HEAD_LETTERS = 16;

interface LockPicture {
  readonly name: string;
  readonly top: number;
  readonly height: number;
  readonly contended: boolean;
  readonly oom: boolean;
  readonly holds: SpanPicture;
  /** Of a hold: its holder, and how long; the longest words first. */
  readonly words: (hold: number) => readonly [string, string, string];
  readonly waits: SpanPicture;
  readonly waitRows: readonly number[];
  readonly waiter: (wait: number) => string;
  readonly misses: readonly { readonly x: number; readonly count: number }[];
}
interface LocksPicture {
  readonly columns: PixelColumns;
  readonly locks: readonly LockPicture[];
}
const contention = (t: LockTrack): number => t.waits.length + t.misses.length;
/** oom_lock first, then by how often somebody found it taken, then by the longest hold. */
export function shownLocks(trace: Trace): readonly number[] {
  const { list } = trace.series.locks, worth = (id: number): number => (trace.tables.lockName(id) === 'oom_lock' ? Number.MAX_SAFE_INTEGER : contention(list[id]));
  const ids = list.map((_, id) => id).filter((id) => list[id] !== undefined && (contention(list[id]) > 0 || list[id].longestNs >= LONG_HOLD_NS));
  return ids.sort((a, b) => worth(b) - worth(a) || list[b].longestNs - list[a].longestNs || a - b).slice(0, MOST_LOCKS);
}
const isContended = (trace: Trace, id: number): boolean => contention(trace.series.locks.list[id]) > 0;
const heightOf = (trace: Trace, id: number): number => (isContended(trace, id) ? HOLD_PX + WAIT_ROWS * WAIT_ROW_PX + MISS_PX + 8 : FREE_PX);

/** Index of the span that covers the cursor, -1 if none does. */
export function spanAt(spans: Spans, event: number): number {
  let lo = 0, hi = spans.length;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if (spans.from.data[mid] < event) lo = mid + 1;
    else hi = mid;
  }
  for (let i = lo - 1; i >= Math.max(0, lo - 64); i--) if (spans.coversEvent(i, event)) return i;
  return -1;
}
const waitersAt = (spans: Spans, event: number): number => {
  let n = 0;
  for (let i = 0; i < spans.length && spans.from.data[i] < event; i++) if (spans.coversEvent(i, event)) n++;
  return n;
};
const spanNs = (trace: Trace, spans: Spans, i: number): number => (spans.to.data[i] === OPEN ? trace.endNs : trace.timeOfEvent(spans.to.data[i] + 1)) - trace.timeOfEvent(spans.from.data[i] + 1);

/** Puts waits that overlap on different rows; the last row takes the rest. */
function stack(waits: SpanPicture): number[] {
  const ends: number[] = [], rows: number[] = [];
  if (waits.kind === 'dense') return rows;
  for (let i = 0; i < waits.length; i++) {
    const free = ends.findIndex((end) => end <= waits.x0[i]), row = Math.min(free < 0 ? ends.length : free, WAIT_ROWS - 1);
    ends[row] = waits.x1[i];
    rows.push(row);
  }
  return rows;
}
function pictureOf(trace: Trace, id: number, top: number, c: PixelColumns): LockPicture {
  const t = trace.series.locks.list[id], holds = spansOf(trace, t.holds, c), waits = spansOf(trace, t.waits, c);
  const words = (hold: number): readonly [string, string, string] => {
    const i = holds.kind === 'dense' ? 0 : holds.index[hold], who = trace.tables.taskName(t.holds.who.data[i]), how = duration(spanNs(trace, t.holds, i));
    return [`${who}  ${how}`, who, how];
  };
  const waiter = (wait: number): string => {
    const i = waits.kind === 'dense' ? 0 : waits.index[wait];
    return `${trace.tables.taskName(t.waits.who.data[i])} waits ${duration(spanNs(trace, t.waits, i))}`;
  };
  const name = trace.tables.lockName(id);
  return { name, top, height: heightOf(trace, id), contended: contention(t) > 0, oom: name === 'oom_lock', holds, words, waits, waitRows: stack(waits), waiter, misses: pointsByColumn(t.misses, c) };
}
function drawHolds(g: Pen, l: LockPicture, end: number, { theme, width }: Scale): void {
  const y = l.top + 4, h = 14, colour = l.oom ? theme.oom : theme.run;
  if (l.holds.kind === 'dense') {
    bars(g, coveredBars(l.holds.covered, end, y, h), colour, 0.8);
    return;
  }
  const { x0, x1 } = l.holds, places: number[] = [];
  for (let i = 0; i < l.holds.length; i++) places.push(x0[i], y, Math.max(1, x1[i] - x0[i]), h);
  rects(g, places, colour);
  for (let i = 0; i < l.holds.length; i++) {
    const left = Math.max(0, x0[i]), room = Math.min(width, x1[i]) - left - 8, word = room > 20 ? fitting(g, theme, l.words(i), room, { bold: true }) : null;
    if (word !== null) text(g, theme, word, left + 4, y + h / 2, theme.onfill, { bold: true });
  }
}
function drawWaits(g: Pen, l: LockPicture, end: number, { theme }: Scale): void {
  const top = l.top + HOLD_PX + 2;
  if (l.waits.kind === 'dense') {
    hatches(g, coveredBars(l.waits.covered, end, top, WAIT_ROWS * WAIT_ROW_PX - 1), theme.ink2, 3);
  } else {
    const places: number[] = [];
    for (let i = 0; i < l.waits.length; i++) places.push(l.waits.x0[i], top + l.waitRows[i] * WAIT_ROW_PX, Math.max(3, l.waits.x1[i] - l.waits.x0[i]), WAIT_ROW_PX - 1);
    hatches(g, places, theme.ink, 3);
    frames(g, places, theme.ink3);
  }
  const y = top + WAIT_ROWS * WAIT_ROW_PX + 1;
  bars(g, l.misses.flatMap((m) => [m.x, y, 1, MISS_PX]), theme.ink2);
}

export const locks: Lane<LocksPicture> = {
  id: 'locks',
  title: 'Locks',
  height: (trace) => Math.max(24, shownLocks(trace).reduce((sum, id) => sum + heightOf(trace, id), 0)),
  picture(trace, { columns }) {
    let top = 0;
    const list = shownLocks(trace).map((id) => {
      const one = pictureOf(trace, id, top, columns);
      top += one.height;
      return one;
    });
    return { columns, locks: list };
  },
  draw(g, p, scale) {
    const { theme, width, height } = scale;
    if (p.locks.length === 0) text(g, theme, 'no lock was waited for or missed', 8, height / 2, theme.ink3);
    for (const l of p.locks) {
      if (l.top > 0) hline(g, l.top, 0, width, theme.line);
      drawHolds(g, l, p.columns.known, scale);
      if (l.contended) drawWaits(g, l, p.columns.known, scale);
    }
  },
  hit(p, x, y) {
    const l = p.locks.find((one) => y >= one.top && y < one.top + one.height);
    if (l === undefined || x >= p.columns.known) return null;
    const time = seconds(timeOf(p.columns, x));
    if (y >= l.top + HOLD_PX && l.waits.kind === 'apart') {
      const row = Math.floor((y - l.top - HOLD_PX - 2) / WAIT_ROW_PX), { x0, x1 } = l.waits, i = l.waitRows.findIndex((r, k) => r === row && x >= x0[k] - 1 && x <= x1[k] + 3);
      if (i >= 0) return { lines: [`${l.name}: ${l.waiter(i)}`, time] };
      const miss = l.misses.find((m) => Math.abs(m.x - x) <= 2);
      if (miss !== undefined) return { lines: [`${l.name}: ${plural(miss.count, 'trylock')} missed`, time] };
    }
    if (l.holds.kind === 'dense') return { lines: [`${l.name}: many holds here, zoom in`, time] };
    for (let i = l.holds.length - 1; i >= 0; i--) if (x >= l.holds.x0[i] - 1 && x <= l.holds.x1[i] + 1) return { lines: [`${l.name} held by ${l.words(i)[0]}`, time] };
    return { lines: [`${l.name} is free`, time] };
  },
  labels(trace, cursor) {
    const rows: LabelRow[] = [];
    let top = 0;
    for (const id of shownLocks(trace)) {
      const t = trace.series.locks.list[id], holder = spanAt(t.holds, cursor), who = holder < 0 ? DASH : trace.tables.taskName(t.holds.who.data[holder]);
      // a long name stands in the line below, where there is one
      const name = trace.tables.lockName(id), first = top === 0, long = name.length > HEAD_LETTERS && isContended(trace, id), below = first && long;
      rows.push({ y: top + 3, name: first ? 'Locks' : name, value: long ? '' : first ? name : who, bold: first, mono: !long });
      if (isContended(trace, id)) {
        if (first || long) rows.push({ y: top + 18, name: below ? name : 'holder', value: who, tone: below ? 'plain' : 'dim', mono: !below });
        const waiting = waitersAt(t.waits, cursor), misses = t.misses.countAt(cursor);
        rows.push({ y: top + (first || long ? 33 : 20), name: 'waiting / missed', value: `${count(waiting)} / ${count(misses)}`, tone: 'dim' });
      }
      top += heightOf(trace, id);
    }
    return rows.length > 0 ? rows : [{ y: 3, name: 'Locks', value: 'none contended', bold: true, valueTone: 'dim' }];
  },
  short(trace, cursor) {
    const id = shownLocks(trace)[0];
    if (id === undefined) return 'none contended';
    const holder = spanAt(trace.series.locks.list[id].holds, cursor);
    return `${trace.tables.lockName(id)} ${holder < 0 ? 'free' : trace.tables.taskName(trace.series.locks.list[id].holds.who.data[holder])}`;
  },
  silhouette(trace, columns) {
    const id = shownLocks(trace)[0], values = id === undefined ? zeros(columns.width) : coverOf(trace.series.locks.list[id].holds, columns);
    return { values, most: Math.max(1, maxOf(values, columns.known)) };
  },
};
/** Narrower holds are left to the lane of the lock. */
const LEAST_WASH_PX = 3;
/** Stretches of the window in which oom_lock was held: a wash through all lanes. */
export function oomHolds(trace: Trace, c: PixelColumns): readonly { readonly x0: number; readonly x1: number }[] {
  const id = trace.tables.locks.findIndex((l) => l?.name === 'oom_lock'), track = id < 0 ? undefined : trace.series.locks.list[id];
  if (track === undefined) return [];
  const spans = spansOf(trace, track.holds, c);
  if (spans.kind === 'dense') return [];
  return Array.from(spans.index, (_, i) => ({ x0: Math.max(0, spans.x0[i]), x1: spans.x1[i] })).filter(({ x0, x1 }) => x1 - x0 >= LEAST_WASH_PX);
}
