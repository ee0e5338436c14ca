/** The page of the timeline's benchmark: a real run of many events, its lanes drawn on a real canvas, frame by frame. */
import { Trace } from '../src/analysis/trace.ts';
import type { Columns } from '../src/format/rows.ts';
import { copyState } from '../src/format/state.ts';
import { journey } from '../src/panels/timeline/bench.ts';
import { lanes } from '../src/panels/timeline/index.ts';
import { Run } from '../src/run/run.ts';
import { hogs4G } from '../src/scenarios/bench_machines.ts';
import { theme } from '../src/ui/theme.ts';
import '../src/ui/tokens.css';

const WIDTH = 1200;

/** The first `most` events of a run, as the page holds them. */
function firstEvents(most: number): Trace {
  const ready: Columns[] = [], run = new Run(hogs4G, (c) => { ready.push(c); }), { shape, initial } = run.booted, trace = new Trace(shape, copyState(initial), hogs4G.untilNs);
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
async function timeline(events: number, count: number, frames: number): Promise<{ readonly events: number; readonly script: readonly number[]; readonly gaps: readonly number[] }> {
  const trace = firstEvents(events), canvas = document.createElement('canvas'), script: number[] = [], gaps: number[] = [];
  document.body.append(canvas);
  canvas.width = WIDTH;
  canvas.height = lanes.reduce((sum, lane) => sum + lane.height(trace) + 1, 0) * Math.ceil(count / lanes.length);
  const pen = canvas.getContext('2d');
  if (pen === null) throw new Error('this browser has no canvas');
  const draw = journey(trace, lanes, count, frames, pen, { width: WIDTH, height: canvas.height, theme: theme() }, () => performance.now());
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
  return { events: trace.rows, script, gaps };
}
Object.assign(globalThis, { timeline });
