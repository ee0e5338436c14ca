/** The only place that knows device pixels, resizing, animation frames and pointers: panels draw in CSS pixels when they are told to. */
import { type CSSProperties, useEffect, useLayoutEffect, useRef } from 'react';
import type { Scale } from './draw.ts';
import { onThemeChange, theme } from './theme.ts';

export interface PointerAt {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly shift: boolean;
}
/** What a drag does after it began; the pointer is captured until it ends. */
export interface Drag {
  move(at: PointerAt): void;
  end?(at: PointerAt, moved: boolean): void;
}
export interface CanvasFrameProps {
  /** Draws everything; called at most once an animation frame. */
  readonly draw: (g: CanvasRenderingContext2D, scale: Scale) => void;
  /** Calls back when the picture has changed; gives a way to stop listening. Asked once, when the canvas appears. */
  readonly subscribe?: (changed: () => void) => () => void;
  readonly hit?: (at: PointerAt | null) => void;
  readonly press?: (at: PointerAt) => Drag | null;
  readonly wheel?: (at: PointerAt, dx: number, dy: number) => boolean;
  readonly className?: string | undefined;
  readonly style?: CSSProperties;
  readonly cursor?: string;
}
/** Moves of fewer pixels are a click. */
const CLICK_SLACK = 3;

function sizeCanvas(canvas: HTMLCanvasElement): { width: number; height: number; ratio: number } {
  const width = Math.floor(canvas.clientWidth), height = Math.floor(canvas.clientHeight), ratio = window.devicePixelRatio || 1;
  const w = Math.round(width * ratio), h = Math.round(height * ratio);
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  return { width, height, ratio };
}
function placeOf(canvas: HTMLCanvasElement, e: MouseEvent): PointerAt {
  const r = canvas.getBoundingClientRect();
  return { x: e.clientX - r.left, y: e.clientY - r.top, width: r.width, height: r.height, shift: e.shiftKey };
}
/** Calls `paint` in the next animation frame, once however often it was asked for. */
function onceAFrame(paint: () => void): { ask: () => void; stop: () => void } {
  let id = 0;
  return {
    ask: () => { if (id === 0) id = requestAnimationFrame(() => { id = 0; paint(); }); },
    stop: () => { if (id !== 0) cancelAnimationFrame(id); },
  };
}
function listen(canvas: HTMLCanvasElement, props: { readonly current: CanvasFrameProps }): () => void {
  const over = new AbortController(), { signal } = over;
  canvas.addEventListener('pointermove', (e) => { props.current.hit?.(placeOf(canvas, e)); }, { signal });
  canvas.addEventListener('pointerleave', () => { props.current.hit?.(null); }, { signal });
  canvas.addEventListener('wheel', (e) => {
    const unit = e.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    if (props.current.wheel?.(placeOf(canvas, e), e.deltaX * unit, e.deltaY * unit) === true) e.preventDefault();
  }, { signal, passive: false });
  canvas.addEventListener('pointerdown', (e) => {
    if (e.button !== 0) return;
    const drag = props.current.press?.(placeOf(canvas, e)) ?? null;
    if (drag === null) return;
    canvas.setPointerCapture(e.pointerId);
    const x0 = e.clientX, y0 = e.clientY, done = new AbortController(), both = { signal: AbortSignal.any([signal, done.signal]) };
    let moved = false;
    canvas.addEventListener('pointermove', (m) => {
      moved ||= Math.abs(m.clientX - x0) > CLICK_SLACK || Math.abs(m.clientY - y0) > CLICK_SLACK;
      if (moved) drag.move(placeOf(canvas, m));
    }, both);
    const finish = (u: PointerEvent): void => { done.abort(); drag.end?.(placeOf(canvas, u), moved); };
    canvas.addEventListener('pointerup', finish, both);
    canvas.addEventListener('pointercancel', finish, both);
  }, { signal });
  return () => { over.abort(); };
}

export function CanvasFrame(props: CanvasFrameProps) {
  const ref = useRef<HTMLCanvasElement>(null), latest = useRef(props), ask = useRef<() => void>(() => {});
  useLayoutEffect(() => {
    latest.current = props;
    ask.current();
  });
  useEffect(() => {
    const canvas = ref.current, g = canvas?.getContext('2d') ?? null;
    if (canvas === null || g === null) return;
    const frame = onceAFrame(() => {
      const { width, height, ratio } = sizeCanvas(canvas);
      if (width === 0 || height === 0) return;
      g.setTransform(ratio, 0, 0, ratio, 0, 0);
      g.clearRect(0, 0, width, height);
      latest.current.draw(g, { width, height, theme: theme() });
    });
    ask.current = frame.ask;
    const sizes = new ResizeObserver(frame.ask);
    sizes.observe(canvas);
    const quiet = [onThemeChange(frame.ask), latest.current.subscribe?.(frame.ask), listen(canvas, latest), () => { sizes.disconnect(); }, frame.stop];
    frame.ask();
    return () => { for (const stop of quiet) stop?.(); };
  }, []);
  return <canvas ref={ref} aria-hidden="true" className={props.className} style={{ ...props.style, cursor: props.cursor }} />;
}
