/** The same hash in Node, Chromium and Firefox: every story with three seeds, in the browsers by the built page's own worker. */
import { inBrowser, runInWorker, workerScript } from './in_browser.mjs';
import { library } from './library.mjs';
import { at } from './setup.mjs';

const SEEDS = [1, 2, 3];

/** @param {string} dir of the built page @returns {Promise<{runs: number, bad: number, figure: string}>} */
export async function engines(dir = at('dist')) {
  const { runScenario, stories } = await library(), script = workerScript(dir);
  const runs = stories.flatMap((story) => SEEDS.map((seed) => ({ ...story, seed }))).map((scenario) => ({ scenario, hash: runScenario(scenario, { record: 'none' }).outcome.hash }));
  const seen = ['Node'];
  let bad = 0;
  for (const name of ['chromium', 'firefox']) {
    const done = await inBrowser(name, '', async (page, browser, base) => {
      for (const { scenario, hash } of runs) {
        const found = await runInWorker(page, base + script, scenario);
        if (found.hash === hash) continue;
        bad++;
        console.log(`${scenario.id}, seed ${scenario.seed}: ${hash} in Node, ${found.hash} in ${name} ${browser.version()}`);
      }
      return `${name} ${browser.version()}`;
    }, dir);
    if (done === null) console.log(`no ${name} on this machine`);
    else seen.push(done);
  }
  return { runs: runs.length * (seen.length - 1), bad, figure: `${runs.length} runs compared in ${seen.join(', ')}` };
}
