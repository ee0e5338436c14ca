/** Comparing two runs in Node: how long it takes to find the first event that differs, a long way into both. */
import { inThread, LIBRARY } from './library.mjs';
import { percentile } from './bench_run.mjs';

const ROUNDS = 15;
/** More than the first story keeps free: the runs are the same until the hog comes to the watermarks. */
const MIN_FREE_KB = 4096;

/** In a thread: the first story, and the same with another vm.min_free_kbytes, compared several times from the start. @param {number} rounds @param {number} kb */
export async function timeComparison(rounds, kb) {
  /** @type {typeof import('./entry.ts')} */
  const { copyState, Pair, Run, stories, Trace, withSysctl } = await import(LIBRARY), [story] = stories;
  if (story === undefined) throw new Error('there is no story to run');
  const [a, b] = [story, withSysctl(story, 'vm.min_free_kbytes', kb)].map((scenario) => {
    /** @type {import('../src/format/rows.ts').Columns[]} */
    const ready = [];
    const run = new Run(scenario, (c) => { ready.push(c); }), { shape, initial } = run.booted, trace = new Trace(shape, copyState(initial), scenario.untilNs);
    for (let ended = false; !ended;) {
      ended = run.slice();
      for (const c of ready.splice(0)) trace.append(c, run.k.recorder.takeGrowth());
    }
    return trace;
  });
  if (a === undefined || b === undefined) throw new Error('there are no two runs');
  /** @type {number[]} */
  const times = [];
  let same = 0, differs = false;
  for (let i = 0; i < rounds; i++) {
    const from = performance.now(), pair = new Pair(a, b);
    pair.advance();
    times.push(performance.now() - from);
    ({ same, differs } = pair);
  }
  return { same, differs, rows: [a.rows, b.rows], times };
}

/** @returns {Promise<import('./bench_run.mjs').Row[]>} */
export async function comparison() {
  const { same, differs, rows, times } = /** @type {Awaited<ReturnType<typeof timeComparison>>} */ (await inThread(import.meta.url, 'timeComparison', ROUNDS, MIN_FREE_KB));
  if (!differs) throw new Error('the two runs do not differ: there is nothing to measure');
  const figure = `first difference of ${rows.join(' and ')} events (event ${same + 1})`;
  return [
    { figure: `${figure}, first time`, value: times[0] ?? Number.NaN, unit: 'ms', digits: 1, goal: '< 100', alarm: (/** @type {number} */ ms) => ms > 100 },
    { figure: 'the same, p50', value: percentile(times, 0.5), unit: 'ms', digits: 1 },
  ];
}
