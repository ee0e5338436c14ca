import type { KeyboardEvent, PointerEvent, ReactElement } from 'react';
import { store, timeOf, useStore } from '../../store/store.ts';
import { stepEvent } from '../../store/stepping.ts';

/** Keys that move along the run: by one event, by a hundredth of them, to an end. */
function target(key: string, cursor: number, rows: number): number | null {
  const page = Math.max(1, Math.round(rows / 100));
  switch (key) {
    case 'PageUp': return cursor + page;
    case 'PageDown': return cursor - page;
    case 'Home': return 0;
    case 'End': return rows;
    default: return null;
  }
}
function onKey(e: KeyboardEvent): void {
  const { trace, cursor, setCursor } = store.getState();
  if (trace === null || e.ctrlKey || e.metaKey || e.altKey) return;
  const by = e.key === 'ArrowRight' || e.key === 'ArrowUp' ? 1 : e.key === 'ArrowLeft' || e.key === 'ArrowDown' ? -1 : 0;
  const to = target(e.key, cursor, trace.rows);
  if (by !== 0) stepEvent(by);
  else if (to !== null) setCursor(to);
  else return;
  e.preventDefault();
}
/** The track is time, as the timeline above it: the event nearest before the pointer. */
function seek(e: PointerEvent<HTMLElement>): void {
  const { trace, setCursor } = store.getState();
  if (trace === null) return;
  const box = e.currentTarget.getBoundingClientRect();
  const share = Math.min(1, Math.max(0, (e.clientX - box.left) / box.width));
  setCursor(share <= 0 ? 0 : trace.rowAt(share * trace.endNs) + 1);
}

export function TimeSlider(): ReactElement {
  const trace = useStore((s) => s.trace);
  const cursor = useStore((s) => s.cursor);
  useStore((s) => s.version);
  const rows = trace?.rows ?? 0, timeNs = timeOf(trace, cursor);
  const share = trace === null || trace.endNs <= 0 ? 0 : timeNs / trace.endNs;
  return (
    <div
      className="slider" role="slider" tabIndex={0} aria-label="Time" aria-valuemin={0} aria-valuemax={rows} aria-valuenow={cursor}
      aria-valuetext={`${(timeNs / 1e9).toFixed(9)} s, event ${cursor} of ${rows}`} onKeyDown={onKey}
      onPointerDown={(e) => { e.currentTarget.setPointerCapture(e.pointerId); seek(e); }}
      onPointerMove={(e) => { if (e.buttons & 1) seek(e); }}
    >
      <svg className="slider-track" aria-hidden="true"><rect y="11" width="100%" height="2" /><rect className="slider-thumb" x={`${share * 100}%`} y="4" width="2" height="16" /></svg>
    </div>
  );
}
