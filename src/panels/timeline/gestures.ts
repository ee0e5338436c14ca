/** What hands do: wheel, drag, click, on the lanes, the axis and the overview. */
import { domainOf, store } from '../../store/store.ts';
import type { Drag, PointerAt } from '../../ui/canvas.tsx';
import { type Brush, brushPart } from './overview.ts';

const ZOOM_A_PIXEL = 1.0025;
/** Nearer to the cursor's line than this a drag takes the cursor along. */
const GRAB_PX = 5;

export function timeAtX(at: PointerAt): number {
  const { view } = store.getState();
  return view.fromNs + (at.x / at.width) * (view.toNs - view.fromNs);
}
export function cursorX(width: number): number {
  const { view, trace, cursor } = store.getState();
  return trace === null ? 0 : ((trace.timeOfEvent(cursor) - view.fromNs) / (view.toNs - view.fromNs)) * width;
}
/** Puts the cursor on the last event at or before the place. */
export function cursorTo(at: PointerAt): void {
  const { trace, setCursor } = store.getState();
  if (trace === null) return;
  const inside = { ...at, x: Math.min(Math.max(at.x, 0), at.width) };
  setCursor(trace.eventAt(timeAtX(inside)));
}
/** The wheel zooms where the pointer is; sideways, or with Shift, it pans. */
export function wheelOnLanes(at: PointerAt, dx: number, dy: number): boolean {
  const { zoom, pan } = store.getState(), sideways = at.shift ? dx + dy : dx;
  if (Math.abs(sideways) > Math.abs(at.shift ? 0 : dy)) pan(sideways / at.width);
  else if (dy !== 0) zoom(ZOOM_A_PIXEL ** dy, timeAtX(at));
  return true;
}
const scrub: Drag = { move: cursorTo, end: cursorTo };

export function pressOnAxis(at: PointerAt): Drag {
  cursorTo(at);
  return scrub;
}
/** A drag pans; a drag of the cursor's line scrubs. */
export function pressOnLanes(at: PointerAt, click: (at: PointerAt) => void): Drag {
  if (Math.abs(cursorX(at.width) - at.x) <= GRAB_PX) return scrub;
  const { view } = store.getState(), span = view.toNs - view.fromNs;
  return {
    move(now) {
      const by = ((at.x - now.x) / at.width) * span;
      store.getState().setView(view.fromNs + by, view.toNs + by);
    },
    end(now, moved) {
      if (!moved) click(now);
    },
  };
}
/** The brush: its edges resize, its inside moves, a drag beside it draws a new one, a click beside it brings it there. */
export function pressOnOverview(at: PointerAt, brush: Brush): Drag {
  const state = store.getState(), { view } = state, domain = domainOf(state), part = brushPart(brush, at.x);
  const time = (p: PointerAt): number => domain.fromNs + (Math.min(Math.max(p.x, 0), p.width) / p.width) * (domain.toNs - domain.fromNs);
  const start = time(at), { setView } = store.getState();
  const span = (a: number, b: number): void => { setView(Math.min(a, b), Math.max(a, b)); };
  return {
    move(now) {
      const t = time(now);
      if (part === 'left') span(t, view.toNs);
      else if (part === 'right') span(view.fromNs, t);
      else if (part === 'inside') setView(view.fromNs + t - start, view.toNs + t - start);
      else span(start, t);
    },
    end(now, moved) {
      if (moved || part === 'left' || part === 'right') return;
      const t = time(now), half = (view.toNs - view.fromNs) / 2;
      if (part === 'outside') setView(t - half, t + half);
      const { trace, setCursor } = store.getState();
      if (trace !== null) setCursor(trace.eventAt(t));
    },
  };
}
