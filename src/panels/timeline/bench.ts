/** How long drawing takes: pans and zooms over a run and counts the milliseconds of script of each frame. */
import type { Trace } from '../../analysis/trace.ts';
import type { Pen, Scale } from '../../ui/draw.ts';
import type { AnyLane } from './lane.ts';
import { layOut, paintLanes } from './paint.ts';

/**
 * A journey over a run, to be drawn frame by frame: pans to and fro while the window narrows to a fiftieth and widens again.
 * Call it from an animation frame: in a tight loop the canvas would rasterise within the script's time.
 *
 * @param list    the lanes to draw, again and again until there are `count`
 * @param frames  frames of the whole journey
 * @param now     milliseconds of a clock
 * @returns       draws frame `f` and gives its script milliseconds
 */
export function journey(trace: Trace, list: readonly AnyLane[], count: number, frames: number, pen: Pen, scale: Scale, now: () => number): (f: number) => number {
  const many = Array.from({ length: count }, (_, i) => list[i % list.length]), { places, height } = layOut(many, trace, []), tall = { ...scale, height }, end = trace.endNs;
  return (f) => {
    const turn = Math.abs(((2 * f) / frames) % 2 - 1), span = end * (0.02 + 0.98 * turn), from = (end - span) * ((f % 40) / 40), before = now();
    paintLanes(pen, trace, { columns: trace.columns(from, from + span, scale.width), notes: [], selectedTask: null }, trace.rows, places, 0, tall);
    return now() - before;
  };
}
export const percentile = (times: readonly number[], share: number): number => [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
