/**
 * The same hash in Node, Chromium and Firefox: every story with three seeds, in the browsers by the built page's own worker. All three go through the stories
 * at the same time, each with one worker for all of its runs, as code that is compiled anew for each run is most of a short one; a story is told as soon as all have run it.
 */
import { inBrowser, runInWorker, workerScript } from './in_browser.mjs';
import { chosenStories, inThread, library, LIBRARY } from './library.mjs';
import { at } from './setup.mjs';

const SEEDS = [1, 2, 3];
/** A thread of Node's takes this many stories. */
const BATCH = 3;
/** @typedef {import('../src/format/scenario.ts').Scenario} Scenario */
/** @typedef {{hash: string, events: number}} Ran */

/** In a thread. @param {readonly string[]} ids @returns {Promise<Ran[][]>} of each story, by seed */
export async function runStories(ids) {
  /** @type {typeof import('./entry.ts')} */
  const { runScenario, stories } = await import(LIBRARY);
  return ids.map((id) => stories.filter((s) => s.id === id).flatMap((story) => SEEDS.map((seed) => {
    const { hash, events } = runScenario({ ...story, seed }, { record: 'none' }).outcome;
    return { hash, events };
  })));
}

/** What each engine came to, told story by story. */
class Table {
  /** @param {readonly Scenario[]} stories */
  constructor(stories) {
    this.stories = stories;
    /** By engine: what it ran, by story. @type {Map<string, Ran[][]>} */
    this.ran = new Map();
    this.told = this.bad = 0;
    this.start = performance.now();
  }
  /** @param {string} engine @param {Ran[]} runs of the next story */
  put(engine, runs) {
    this.ran.get(engine)?.push(runs);
    this.tell();
  }
  /** @param {string} engine */
  without(engine) {
    console.log(`no ${engine} on this machine`);
    this.ran.delete(engine);
    this.tell();
  }
  tell() {
    for (const all = [...this.ran]; this.told < this.stories.length && all.every(([, ran]) => ran.length > this.told); this.told++) {
      const here = all.map(([engine, ran]) => ({ engine, runs: ran[this.told] ?? [] })), [first] = here, id = this.stories[this.told]?.id;
      const others = here.flatMap(({ engine, runs }) => runs.flatMap(({ hash }, i) => (hash === first?.runs[i]?.hash ? [] : [`seed ${SEEDS[i]}: ${first?.runs[i]?.hash} in ${first?.engine}, ${hash} in ${engine}`])));
      this.bad += others.length;
      const events = (first?.runs ?? []).reduce((sum, r) => sum + r.events, 0);
      console.log(`  ${this.told + 1} of ${this.stories.length}, ${((performance.now() - this.start) / 1000).toFixed(1)} s: ${id}, ${events} events ${others.length === 0 ? `the same in ${here.map((h) => h.engine).join(', ')}` : `DIFFER: ${others.join('; ')}`}`);
    }
  }
}

/** @param {string} [only]  ids of stories with commas between them; all of them if absent @param {string} [dir]  of the built page @returns {Promise<{runs: number, bad: number, figure: string}>} */
export async function engines(only, dir = at('dist')) {
  const { stories } = await library(), list = chosenStories(stories, only), script = workerScript(dir), table = new Table(list);
  for (const engine of ['Node', 'Chromium', 'Firefox']) table.ran.set(engine, []);
  const inNode = async () => {
    for (let i = 0; i < list.length; i += BATCH) for (const runs of /** @type {Ran[][]} */ (await inThread(import.meta.url, 'runStories', list.slice(i, i + BATCH).map((s) => s.id)))) table.put('Node', runs);
  };
  /** @param {string} engine */
  const inEngine = async (engine) => {
    const done = await inBrowser(engine.toLowerCase(), '', async (page, browser, base) => {
      for (const story of list) {
        /** @type {Ran[]} */
        const runs = [];
        for (const seed of SEEDS) runs.push(await runInWorker(page, base + script, { ...story, seed }, 'again'));
        table.put(engine, runs);
      }
      return browser.version();
    }, dir);
    if (done === null) table.without(engine);
    return done === null ? [] : [`${engine} ${done}`];
  };
  const [, ...seen] = await Promise.all([inNode(), inEngine('Chromium'), inEngine('Firefox')]);
  const runs = list.length * SEEDS.length, compared = ['Node', ...seen.flat()];
  return { runs: runs * (compared.length - 1), bad: table.bad, figure: `${runs} runs compared in ${compared.join(', ')}` };
}
