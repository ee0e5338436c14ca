/** Playing: the cursor follows the clock on the wall, `speed` simulated ns to each real one. Never eased: a frame shows the state at its time. */
import { store, timeOf } from './store.ts';

export const SPEEDS = [
  { value: 10, label: '10 : 1' },
  { value: 1, label: '1 : 1' },
  { value: 0.1, label: '1 : 10' },
  { value: 0.01, label: '1 : 100' },
  { value: 0.001, label: '1 : 1 000' },
  { value: 0.0001, label: '1 : 10 000' },
  { value: 0.00001, label: '1 : 100 000' },
] as const;

let lastMs = 0;
let simNs = 0;
/** Where playing has put the cursor: elsewhere, somebody has stepped or dragged, and the clock starts again from there. */
let shown = 0;

export function togglePlay(): void {
  if (store.getState().playing) {
    store.setState({ playing: false });
    return;
  }
  const { trace, cursor, setCursor, running } = store.getState();
  if (trace === null || trace.rows === 0) return;
  if (cursor >= trace.rows && !running) setCursor(0); // at the end: once more from the beginning
  shown = store.getState().cursor;
  simNs = timeOf(trace, shown);
  lastMs = performance.now();
  store.setState({ playing: true });
  requestAnimationFrame(advance);
}

function advance(nowMs: number): void {
  const { trace, playing, speed, running, cursor, setCursor } = store.getState();
  if (!playing || trace === null) return;
  if (cursor !== shown) simNs = timeOf(trace, cursor);
  simNs = Math.min(simNs + Math.max(0, nowMs - lastMs) * 1e6 * speed, trace.endNs);
  lastMs = nowMs;
  shown = trace.eventAt(simNs);
  if (shown !== cursor) setCursor(shown);
  if (shown >= trace.rows && !running) store.setState({ playing: false });
  else requestAnimationFrame(advance);
}
