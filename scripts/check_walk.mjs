/** A random walk of 10,000 steps forward and back through a run, by the page's way of looking back, against one straight fold. */
import { library } from './library.mjs';

const STEPS = 10_000;

/** @returns {Promise<{runs: number, bad: number, figure: string}>} */
export async function randomWalk() {
  const { copyState, runScenario, stories, Trace, walk } = await library(), story = stories[0];
  if (story === undefined) throw new Error('there is no story to walk through');
  const run = runScenario(story).trace, page = new Trace(run.shape, copyState(run.initial), story.untilNs);
  page.addTables(run.tables);
  for (const c of run.chunks) page.append(c, { strings: [], stackParent: [], stackFn: [], tasks: [], locks: [], log: [] });
  const bad = walk(run, page, page.rows, STEPS, 1);
  if (bad.length > 0) console.log(`the state differs at events ${bad.slice(0, 10).join(', ')}`);
  return { runs: STEPS, bad: bad.length, figure: `${STEPS} steps through the ${page.rows} events of ${story.id}` };
}
