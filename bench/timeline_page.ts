/** The page of the timeline's benchmark: a real run of many events, its lanes drawn on a real canvas, frame by frame. */
import { Trace } from '../src/analysis/trace.ts';
import type { Columns } from '../src/format/rows.ts';
import { copyState } from '../src/format/state.ts';
import { journey, manyLanes, wholeRun } from '../src/panels/timeline/bench.ts';
import { layOut } from '../src/panels/timeline/paint.ts';
import '../src/run/all_parts.ts';
import { Run } from '../src/run/run.ts';
import type { Scenario } from '../src/format/scenario.ts';
import { hogs4G, machine4G } from '../src/scenarios/bench_machines.ts';
import { theme } from '../src/ui/theme.ts';
import '../src/ui/tokens.css';

const WIDTH = 1200, MOST_PX = 900;
/** Eight CPUs with eight hogs at once and more to come: each CPU's list and twelve tasks change all the time. */
const hogs8: Scenario = {
  ...hogs4G, id: 'bench-4g-8-hogs', machine: { ...machine4G, name: '4 GiB, 8 CPUs', cpus: 8 },
  workloads: Array.from({ length: 64 }, (_, i) => ({ type: 'anon', name: 'hog', mb: 8192, rate: 100, start: 250 * i + (i < 16 ? 0 : 30_000) })),
};

const nextFrame = (): Promise<number> => new Promise((done) => { requestAnimationFrame(done); });
/** How often the lanes are drawn while a run arrives. */
const ARRIVING_FRAMES = 60;
/** The first `most` events of a run, as the page holds them. `draw` is called in a frame every so often while they come, as the page does. */
async function firstEvents(most: number, draw: (trace: Trace) => void): Promise<Trace> {
  const ready: Columns[] = [], run = new Run(hogs8, (c) => { ready.push(c); }), { shape, initial } = run.booted, trace = new Trace(shape, copyState(initial), hogs8.untilNs);
  for (let ended = false, due = 0; !ended && trace.rows < most;) {
    ended = run.slice();
    for (const c of ready.splice(0)) {
      trace.append(c, run.k.recorder.takeGrowth());
      run.k.recorder.recycle(c);
    }
    if (trace.rows < due) continue;
    due = trace.rows + most / ARRIVING_FRAMES;
    await nextFrame();
    draw(trace);
  }
  return trace;
}
function penOf(height: number): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas'), pen = canvas.getContext('2d');
  document.body.append(canvas);
  canvas.width = WIDTH;
  canvas.height = height;
  if (pen === null) throw new Error('this browser has no canvas');
  return pen;
}
/** Milliseconds from a frame's beginning to the next one's, all of them; of script within each frame, the least of its rounds, as what other programs of the machine take is none of ours; before them, of the first picture that was ever drawn. */
interface Drawn {
  readonly events: number;
  readonly words: string;
  readonly first: number;
  readonly script: readonly number[];
  readonly gaps: readonly number[];
}
async function timeline(events: number, wanted: number, frames: number, rounds: number): Promise<Drawn> {
  const before = penOf(MOST_PX), script = new Array<number>(frames).fill(Number.POSITIVE_INFINITY), gaps: number[] = [], arriving: number[] = [], colours = theme();
  const trace = await firstEvents(events, (t) => {
    before.clearRect(0, 0, WIDTH, MOST_PX);
    arriving.push(wholeRun(t, before, { width: WIDTH, height: MOST_PX, theme: colours }, () => performance.now()));
  });
  before.canvas.remove();
  const { list, words } = manyLanes(trace, wanted), pen = penOf(layOut(list, trace, []).height), { height } = pen.canvas;
  const draw = journey(trace, list, frames, pen, { width: WIDTH, height, theme: colours }, () => performance.now());
  for (let f = 0, last = 0; f < frames * rounds; f++) {
    const now = await nextFrame();
    if (f > 0) gaps.push(now - last);
    last = now;
    pen.clearRect(0, 0, WIDTH, height);
    script[f % frames] = Math.min(script[f % frames], draw(f % frames));
  }
  pen.canvas.remove();
  return { events: trace.rows, words, first: arriving[0], script, gaps };
}
Object.assign(globalThis, { timeline });
