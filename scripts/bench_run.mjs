/** The whole simulation in Node: events a second, what ten million events weigh, and how long it takes to look back. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { inThread, LIBRARY } from './library.mjs';

const ROUNDS = 5;
const MANY = 10_000_000;
const LOOKS = 2000;
/** @typedef {{figure: string, value: number, unit: string, digits: number, goal?: string, alarm?: (value: number) => boolean}} Row */
/** @param {number[]} values @param {number} share */
export const percentile = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
/** @param {number[]} values */
const median = (values) => percentile(values, 0.5);

/** In a thread: one run with the recorder on, whose columns are used again as the worker's are. `rounds` runs one after the other; the last one counts. @param {'story' | 'hog'} which @param {number} rounds */
export async function timeRun(which, rounds) {
  /** @type {typeof import('./entry.ts')} */
  const { hog4G, Run, stories } = await import(LIBRARY), scenario = which === 'hog' ? hog4G : stories[0];
  if (scenario === undefined) throw new Error('there is no story to run');
  let told = { rows: 0, resumptions: 0, faults: 0, bootMs: 0, runMs: 0 };
  for (let i = 0; i < rounds; i++) {
    const start = performance.now();
    /** @type {InstanceType<typeof Run>} */
    const run = new Run(scenario, (c) => { run.k.recorder.recycle(c); });
    const booted = performance.now();
    while (!run.slice());
    const { k } = run;
    told = { rows: k.recorder.rows, resumptions: k.events, faults: k.mm.pgfault, bootMs: booted - start, runMs: performance.now() - booted };
  }
  return told;
}

/** @returns {Promise<Row[]>} */
export async function simulation() {
  /** @type {Row[]} */
  const rows = [];
  for (const [name, which, rounds] of /** @type {const} */ ([['one-hog, first run in a fresh thread', 'story', 1], ['one-hog, sixth run', 'story', 6], ['4 GiB hog', 'hog', 1]])) {
    /** @type {Awaited<ReturnType<typeof timeRun>>[]} */
    const runs = [];
    for (let i = 0; i < (which === 'hog' ? 3 : ROUNDS); i++) runs.push(/** @type {Awaited<ReturnType<typeof timeRun>>} */ (await inThread(import.meta.url, 'timeRun', which, rounds)));
    const rate = (/** @type {(r: (typeof runs)[number]) => number} */ of) => median(runs.map((r) => of(r) / r.runMs / 1000));
    const counted = runs[0] ?? { rows: 0, faults: 0 };
    rows.push(
      { figure: `${name}: rows (${counted.rows})`, value: rate((r) => r.rows), unit: 'M rows/s', digits: 2, goal: '>= 1', alarm: (x) => x < 0.3 },
      { figure: `${name}: resumptions`, value: rate((r) => r.resumptions), unit: 'M/s', digits: 2 },
      { figure: `${name}: page faults (${counted.faults}), each with its way back`, value: median(runs.map((r) => (r.runMs * 1000) / r.faults)), unit: 'us/fault', digits: 2, goal: 'about 1' },
    );
  }
  return rows;
}

/** In a thread: ten million events as the page holds them, and states at random events. @param {number} many @param {number} looks */
export async function holdMany(many, looks) {
  /** @type {typeof import('./entry.ts')} */
  const { copyState, hogs4G, Run, Trace, xorshift } = await import(LIBRARY);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc'), used = () => { collect(); const m = process.memoryUsage(); return m.heapUsed + m.arrayBuffers; };
  /** @type {import('../src/format/rows.ts').Columns[]} */
  const ready = [];
  const run = new Run(hogs4G, (c) => { ready.push(c); }), { shape, initial } = run.booted, machine = used();
  const page = new Trace(shape, copyState(initial), hogs4G.untilNs);
  let addMs = 0;
  for (let ended = false; !ended && page.rows < many;) {
    ended = run.slice();
    for (const c of ready.splice(0)) {
      const from = performance.now(), growth = run.k.recorder.takeGrowth();
      page.append(c, growth);
      addMs += performance.now() - from;
      run.k.recorder.recycle(c);
    }
  }
  const bytes = used() - machine, random = xorshift(1);
  /** @type {number[]} */
  const times = [], near = [];
  for (let i = 0; i < looks; i++) {
    const event = random() % (page.rows + 1), from = performance.now();
    page.stateAt(event - 1);
    const then = performance.now();
    times.push(then - from);
    page.stateAt(Math.max(-1, event - 2));
    near.push(performance.now() - then);
  }
  return { rows: page.rows, bytes, addMs, times, near };
}
/** @returns {Promise<Row[]>} */
export async function lookingBack() {
  const held = /** @type {Awaited<ReturnType<typeof holdMany>>} */ (await inThread(import.meta.url, 'holdMany', MANY, LOOKS));
  return [
    { figure: `${(held.rows / 1e6).toFixed(1)} M events as the page holds them`, value: held.bytes / 1e6, unit: 'MB', digits: 0 },
    { figure: 'the same, by event', value: held.bytes / held.rows, unit: 'bytes', digits: 1 },
    { figure: 'taking events in, by event', value: (held.addMs * 1e6) / held.rows, unit: 'ns', digits: 0 },
    { figure: 'state at a random event of these, p50', value: percentile(held.times, 0.5), unit: 'ms', digits: 2 },
    { figure: 'state at a random event of these, p95', value: percentile(held.times, 0.95), unit: 'ms', digits: 2 },
    { figure: 'one step back from there, p95', value: percentile(held.near, 0.95), unit: 'ms', digits: 2 },
  ];
}
