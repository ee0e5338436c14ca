/** Every story with many seeds: each keeps all invariants, its fold is the machine at the end, and it comes to the same hash with nothing recorded. */
import { chosenStories, inThread, library, LIBRARY } from './library.mjs';

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

/** @param {string} [only]  ids of stories with commas between them; all of them if absent @returns {Promise<{runs: number, bad: number, figure: string}>} */
export async function seeds(only) {
  const { stories } = await library(), list = chosenStories(stories, only), start = performance.now();
  const jobs = list.flatMap((story) => Array.from({ length: Math.ceil(SEEDS / BATCH) }, (_, i) => ({ id: story.id, index: stories.indexOf(story), seeds: Array.from({ length: Math.min(BATCH, SEEDS - i * BATCH) }, (_, n) => i * BATCH + n + 1) })));
  /** By story: seeds still to come, rows and faults so far. */
  const told = new Map(list.map((s) => [s.id, { left: SEEDS, rows: 0, bad: 0 }]));
  let next = 0, done = 0;
  const work = async () => {
    for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) {
      const of = told.get(job.id) ?? { left: 0, rows: 0, bad: 0 };
      for (const found of /** @type {Found[]} */ (await inThread(import.meta.url, 'checkBatch', job.index, job.seeds))) {
        of.rows += found.rows;
        of.left--;
        if (found.faults.length === 0) continue;
        of.bad++;
        console.log(`${job.id}, seed ${found.seed}: ${found.faults.slice(0, 3).join('; ')}`);
      }
      if (of.left === 0) console.log(`  ${++done} of ${list.length}, ${((performance.now() - start) / 1000).toFixed(1)} s: ${job.id}, ${SEEDS} seeds, ${of.rows} rows, ${of.bad} bad`);
    }
  };
  await Promise.all(Array.from({ length: THREADS }, work));
  const sums = [...told.values()];
  return { runs: list.length * SEEDS, bad: sums.reduce((n, s) => n + s.bad, 0), figure: `${list.length} stories with ${SEEDS} seeds, ${sums.reduce((n, s) => n + s.rows, 0)} rows judged` };
}
