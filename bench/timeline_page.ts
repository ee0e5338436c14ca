/** The page of the timeline's benchmark: a real run of many events, its lanes drawn on a real canvas, frame by frame. */
import { Trace } from '../src/analysis/trace.ts';
import type { Columns } from '../src/format/rows.ts';
import { copyState } from '../src/format/state.ts';
import { journey, manyLanes } from '../src/panels/timeline/bench.ts';
import { layOut } from '../src/panels/timeline/paint.ts';
import { Run } from '../src/run/run.ts';
import type { Scenario } from '../src/format/scenario.ts';
import { hogs4G, machine4G } from '../src/scenarios/bench_machines.ts';
import { theme } from '../src/ui/theme.ts';
import '../src/ui/tokens.css';

const WIDTH = 1200;
/** Eight CPUs with eight hogs at once and more to come: each CPU's list and twelve tasks change all the time. */
const hogs8: Scenario = {
  ...hogs4G, id: 'bench-4g-8-hogs', machine: { ...machine4G, name: '4 GiB, 8 CPUs', cpus: 8 },
  workloads: Array.from({ length: 64 }, (_, i) => ({ type: 'anon', name: 'hog', mb: 8192, rate: 100, start: 250 * i + (i < 16 ? 0 : 30_000) })),
};

/** The first `most` events of a run, as the page holds them. */
function firstEvents(most: number): Trace {
  const ready: Columns[] = [], run = new Run(hogs8, (c) => { ready.push(c); }), { shape, initial } = run.booted, trace = new Trace(shape, copyState(initial), hogs8.untilNs);
  for (let ended = false; !ended && trace.rows < most;) {
    ended = run.slice();
    for (const c of ready.splice(0)) {
      trace.append(c, run.k.recorder.takeGrowth());
      run.k.recorder.recycle(c);
    }
  }
  return trace;
}
/** Script milliseconds of each frame, and milliseconds from frame to frame. */
async function timeline(events: number, wanted: number, frames: number): Promise<{ readonly events: number; readonly words: string; readonly script: readonly number[]; readonly gaps: readonly number[] }> {
  const trace = firstEvents(events), { list, words } = manyLanes(trace, wanted), canvas = document.createElement('canvas'), script: number[] = [], gaps: number[] = [];
  document.body.append(canvas);
  canvas.width = WIDTH;
  canvas.height = layOut(list, trace, []).height;
  const pen = canvas.getContext('2d');
  if (pen === null) throw new Error('this browser has no canvas');
  const draw = journey(trace, list, frames, pen, { width: WIDTH, height: canvas.height, theme: theme() }, () => performance.now());
  await new Promise<void>((done) => {
    let f = 0, last = 0;
    const frame = (now: number): void => {
      if (f > 0) gaps.push(now - last);
      last = now;
      pen.clearRect(0, 0, canvas.width, canvas.height);
      script.push(draw(f));
      if (++f < frames) requestAnimationFrame(frame); else done();
    };
    requestAnimationFrame(frame);
  });
  canvas.remove();
  return { events: trace.rows, words, script, gaps };
}
Object.assign(globalThis, { timeline });
