/** Every story with many seeds: each keeps all invariants, its fold is the machine at the end, and it comes to the same hash with nothing recorded. */
import { inThread, library, LIBRARY } from './library.mjs';

const SEEDS = 50;
const THREADS = 2;
/** A thread takes this many seeds of a story: its code is compiled by then. */
const BATCH = 10;
/** @typedef {{seed: number, rows: number, faults: string[]}} Found */

/** In a thread. @param {number} index of the story @param {number[]} seeds @returns {Promise<Found[]>} */
export async function checkBatch(index, seeds) {
  /** @type {typeof import('./entry.ts')} */
  const library = await import(LIBRARY), story = library.stories[index];
  if (story === undefined) throw new Error(`no story ${index}`);
  return seeds.map((seed) => {
    try {
      return { seed, ...checkOne(library, { ...story, seed }) };
    } catch (error) {
      return { seed, rows: 0, faults: [error instanceof Error ? error.message : String(error)] };
    }
  });
}
/** @param {typeof import('./entry.ts')} library @param {import('../src/format/scenario.ts').Scenario} scenario */
function checkOne({ applyColumns, compareLive, copyState, judge, Run, runScenario }, scenario) {
  /** @type {import('../src/format/rows.ts').Columns[]} */
  const chunks = [];
  const run = new Run(scenario, (c) => { chunks.push(c); });
  while (!run.slice());
  const { shape, initial } = run.booted, state = copyState(initial);
  for (const c of chunks) applyColumns(state, shape.cpus, c, c.first + c.length);
  const { broken } = judge({ shape, initial, tables: run.k.recorder.takeGrowth(), chunks });
  const again = runScenario(scenario, { record: 'none' }).outcome, first = run.outcome();
  return {
    rows: first.events,
    faults: [
      ...broken.map((b) => `${b.invariant} at row ${b.row}: ${b.what}`),
      ...compareLive(run.k, state).map((d) => `${d.where}: live ${d.live}, folded ${d.folded}`),
      ...(again.hash === first.hash ? [] : [`hash ${first.hash}, and ${again.hash} the second time`]),
      ...(first.ending === scenario.ends ? [] : [`ended ${first.ending}, expected ${scenario.ends}`]),
    ],
  };
}

/** @returns {Promise<{runs: number, bad: number, figure: string}>} */
export async function seeds() {
  const { stories } = await library();
  const jobs = stories.flatMap((story, index) => Array.from({ length: Math.ceil(SEEDS / BATCH) }, (_, i) => ({ id: story.id, index, seeds: Array.from({ length: Math.min(BATCH, SEEDS - i * BATCH) }, (_, n) => i * BATCH + n + 1) })));
  let bad = 0, rows = 0, next = 0;
  const work = async () => {
    for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) {
      for (const found of /** @type {Found[]} */ (await inThread(import.meta.url, 'checkBatch', job.index, job.seeds))) {
        rows += found.rows;
        if (found.faults.length === 0) continue;
        bad++;
        console.log(`${job.id}, seed ${found.seed}: ${found.faults.slice(0, 3).join('; ')}`);
      }
    }
  };
  await Promise.all(Array.from({ length: THREADS }, work));
  return { runs: stories.length * SEEDS, bad, figure: `${stories.length} stories with ${SEEDS} seeds, ${rows} rows judged` };
}
