/** Every story with many seeds: each keeps all invariants, its fold is the machine at the end, and it comes to the same hash with nothing recorded. */
import { inThread, library, LIBRARY } from './library.mjs';

const SEEDS = 50;
const THREADS = 2;

/** In a thread. @param {number} index of the story @param {number} seed */
export async function checkOne(index, seed) {
  /** @type {typeof import('./entry.ts')} */
  const { applyColumns, compareLive, copyState, judge, Run, runScenario, stories } = await import(LIBRARY);
  const story = stories[index];
  if (story === undefined) throw new Error(`no story ${index}`);
  /** @type {import('../src/format/rows.ts').Columns[]} */
  const chunks = [];
  const scenario = { ...story, seed }, run = new Run(scenario, (c) => { chunks.push(c); });
  while (!run.slice());
  const { shape, initial } = run.booted, state = copyState(initial);
  for (const c of chunks) applyColumns(state, shape.cpus, c, c.first + c.length);
  const { broken } = judge({ shape, initial, tables: run.k.recorder.takeGrowth(), chunks });
  const again = runScenario(scenario, { record: 'none' }).outcome, first = run.outcome();
  return {
    rows: first.events, ending: first.ending,
    faults: [
      ...broken.map((b) => `${b.invariant} at row ${b.row}: ${b.what}`),
      ...compareLive(run.k, state).map((d) => `${d.where}: live ${d.live}, folded ${d.folded}`),
      ...(again.hash === first.hash ? [] : [`hash ${first.hash}, and ${again.hash} the second time`]),
      ...(first.ending === story.ends ? [] : [`ended ${first.ending}, expected ${story.ends}`]),
    ],
  };
}

/** @returns {Promise<{runs: number, bad: number, figure: string}>} */
export async function seeds() {
  const { stories } = await library(), jobs = stories.flatMap((story, index) => Array.from({ length: SEEDS }, (_, i) => ({ story, index, seed: i + 1 })));
  let bad = 0, rows = 0, next = 0;
  const work = async () => {
    for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) {
      const found = await inThread(import.meta.url, 'checkOne', job.index, job.seed);
      rows += found.rows;
      if (found.faults.length === 0) continue;
      bad++;
      console.log(`${job.story.id}, seed ${job.seed}: ${found.faults.slice(0, 3).join('; ')}`);
    }
  };
  await Promise.all(Array.from({ length: THREADS }, work));
  return { runs: jobs.length, bad, figure: `${stories.length} stories with ${SEEDS} seeds, ${rows} rows judged` };
}
