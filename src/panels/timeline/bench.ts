/** How long drawing takes: pans and zooms over a run and counts the milliseconds of script of each frame. */
import { must } from '../../base/units.ts';
import type { Trace } from '../../analysis/trace.ts';
import type { Pen, Scale } from '../../ui/draw.ts';
import { lanes } from './index.ts';
import type { AnyLane } from './lane.ts';
import { shownLocks } from './locks.ts';
import { layOut, paintLanes } from './paint.ts';
import { shownCpus } from './pcp.ts';
import { shownTasks } from './task_order.ts';

/** What each lane of the page consists of: strips with a curve or blocks of their own. They are counted, not the groups. */
function stripsOf(trace: Trace): Readonly<Record<string, number | undefined>> {
  const nodes = new Set(trace.shape.zones.map((z) => z.node)).size, ids = shownTasks(trace, null);
  return { zones: trace.shape.zones.length, pcp: shownCpus(trace), memory: 1, reclaim: nodes + 1, tasks: ids.length + 1, locks: Math.max(1, shownLocks(trace).length), marks: 1 };
}
/** The page's own lanes, one after the other and again from the first, until there are `wanted` strips; one with more strips than are still wanted is passed over. */
export function manyLanes(trace: Trace, wanted: number): { readonly list: readonly AnyLane[]; readonly words: string } {
  const each = stripsOf(trace), there = lanes.filter((lane) => lane.exists(trace)), list: AnyLane[] = [], counts: Record<string, number> = {};
  let strips = 0;
  for (let i = 0; strips < wanted; i++) {
    const lane = there[i % there.length], n = must(each[lane.id], `the strips of lane ${lane.id} are counted`);
    if (strips + n > wanted) continue;
    list.push(lane);
    strips += n;
    counts[lane.id] = (counts[lane.id] ?? 0) + n;
  }
  return { list, words: Object.entries(counts).map(([id, n]) => `${n} ${id}`).join(', ') };
}
/** Draws the page's lanes over all of a run, as the page does while it arrives; gives the script milliseconds. */
export function wholeRun(trace: Trace, pen: Pen, scale: Scale, now: () => number): number {
  const before = now(), { places } = layOut(lanes, trace, []);
  paintLanes(pen, trace, { columns: trace.columns(0, trace.untilNs, scale.width), notes: [], selectedTask: null }, trace.rows, places, 0, scale);
  return now() - before;
}
/**
 * A journey over a run, to be drawn frame by frame: pans to and fro while the window narrows to a fiftieth and widens again.
 * Call it from an animation frame: in a tight loop the canvas would rasterise within the script's time.
 *
 * @param list    the lanes to draw, all of them within `scale`
 * @param frames  frames of the whole journey
 * @param now     milliseconds of a clock
 * @returns       draws frame `f` and gives its script milliseconds
 */
export function journey(trace: Trace, list: readonly AnyLane[], frames: number, pen: Pen, scale: Scale, now: () => number): (f: number) => number {
  const { places, height } = layOut(list, trace, []), tall = { ...scale, height }, end = trace.endNs;
  return (f) => {
    const turn = Math.abs(((2 * f) / frames) % 2 - 1), span = end * (0.02 + 0.98 * turn), from = (end - span) * ((f % 40) / 40), before = now();
    paintLanes(pen, trace, { columns: trace.columns(from, from + span, scale.width), notes: [], selectedTask: null }, trace.rows, places, 0, tall);
    return now() - before;
  };
}
