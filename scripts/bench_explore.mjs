/** Explorations: how soon the bad schedule of a story is found, in Node and in the worker of the built page, and what the reduced search saves on the small models. */
import { inBrowser, workerScript } from './in_browser.mjs';
import { inThread, LIBRARY, library } from './library.mjs';
import { at } from './setup.mjs';

const ROUNDS = 3;
/** Orders of a model that are tried at most for the comparison. */
const MOST = 700;
/** Story and the knobs with which it has a bad schedule. @type {readonly (readonly [string, Record<string, string>])[]} */
const STORIES = [['reaper-check-race', { 'oomReaper.check': 'before' }], ['oom-lock-abba', {}], ['oom-lock-abba-race', {}]];
/** @typedef {import('./bench_run.mjs').Row} Row */
/** @typedef {import('../src/format/exploration.ts').Explored} Explored */
/** @typedef {{explored: Explored, ms: number}} Timed */
/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** @param {typeof import('./entry.ts')} lib @param {string} id @param {Record<string, string>} knobs */
function scenarioOf({ stories }, id, knobs) {
  const story = stories.find((s) => s.id === id);
  if (story === undefined) throw new Error(`there is no story ${id}`);
  return { ...story, knobs: { ...story.knobs, ...knobs } };
}
/** In a thread, which is fresh: as somebody meets it who explores once. @param {string} id @param {Record<string, string>} knobs @returns {Promise<Timed>} */
export async function timeExploration(id, knobs) {
  /** @type {typeof import('./entry.ts')} */
  const lib = await import(LIBRARY), start = performance.now(), explored = lib.exploreWhole(scenarioOf(lib, id, knobs));
  return { explored, ms: performance.now() - start };
}
/** In a thread: both searches on every model that is small enough. @param {number} most */
export async function compareSearches(most) {
  /** @type {typeof import('./entry.ts')} */
  const { agreement, models } = await import(LIBRARY), start = performance.now();
  const all = models.flatMap((m) => [false, true].flatMap((mended) => agreement(m, most, { mended }) ?? []));
  return { all, ms: performance.now() - start };
}

/** In a fresh worker of the page. @param {import('@playwright/test').Page} page @param {string} script @param {unknown} scenario @returns {Promise<Timed>} */
async function exploreInWorker(page, script, scenario) {
  const told = await page.evaluate(({ script, scenario }) => new Promise((/** @type {(r: {timed?: Timed, failed?: string}) => void} */ resolve) => {
    const globals = /** @type {import('./in_browser.mjs').PageGlobals} */ (/** @type {unknown} */ (globalThis)), worker = new globals.Worker(new URL(script, globals.location.href), { type: 'module' });
    const start = performance.now();
    worker.onerror = (e) => { resolve({ failed: e.message ?? 'the worker could not be started' }); };
    worker.onmessage = ({ data }) => {
      if (data.kind === 'failed') resolve({ failed: data.message });
      else if (data.kind === 'explored') {
        worker.terminate();
        resolve({ timed: { explored: /** @type {{explored: Explored}} */ (/** @type {unknown} */ (data)).explored, ms: performance.now() - start } });
      }
    };
    worker.postMessage({ kind: 'explore', run: 1, scenario, bound: null });
  }), { script, scenario });
  if (told.timed === undefined) throw new Error(`the worker failed: ${told.failed}`);
  return told.timed;
}

/** @param {string} where @param {string} id @param {Timed[]} runs @returns {Row[]} */
function rowsOf(where, id, runs) {
  const ms = median(runs.map((r) => r.ms)), { bad, covered } = /** @type {Timed} */ (runs[0]).explored;
  if (bad === null) throw new Error(`${id}: no bad schedule was found`);
  return [
    { figure: `${id}: bad after ${bad.steps} steps, ${bad.deviations} deviations; found ${where} in`, value: ms / 1000, unit: 's', digits: 2, goal: '< 5', alarm: (x) => x > 5 },
    { figure: `the same: ${covered.schedules} schedules, each from boot`, value: (covered.schedules * 1000) / ms, unit: 'schedules/s', digits: 0 },
  ];
}

/** @param {string} dir of the built page @returns {Promise<Row[]>} */
export async function explorations(dir = at('dist')) {
  const lib = await library(), script = workerScript(dir);
  /** @type {Row[]} */
  const rows = [];
  for (const [id, knobs] of STORIES) {
    /** @type {Timed[]} */
    const runs = [];
    for (let i = 0; i < ROUNDS; i++) runs.push(/** @type {Timed} */ (await inThread(import.meta.url, 'timeExploration', id, knobs)));
    rows.push(...rowsOf('in Node', id, runs));
  }
  const inPage = await inBrowser('chromium', 'none', async (page, _browser, base) => {
    /** @type {Row[]} */
    const found = [];
    for (const [id, knobs] of STORIES) {
      /** @type {Timed[]} */
      const runs = [];
      for (let i = 0; i < ROUNDS; i++) runs.push(await exploreInWorker(page, base + script, scenarioOf(lib, id, knobs)));
      found.push(...rowsOf('in the worker', id, runs));
    }
    return found;
  }, dir);
  if (inPage === null) throw new Error('no Chromium on this machine');
  const { all, ms } = /** @type {Awaited<ReturnType<typeof compareSearches>>} */ (await inThread(import.meta.url, 'compareSearches', MOST));
  const sum = (/** @type {(a: (typeof all)[number]) => number} */ of) => all.reduce((n, a) => n + of(a), 0), every = sum((a) => a.every), reduced = sum((a) => a.reduced);
  return [
    ...rows, ...inPage,
    { figure: 'small models on which both searches come to the same ends', value: all.filter((a) => a.same).length, unit: `of ${all.length}`, digits: 0, goal: '>= 20, all', alarm: (x) => x < all.length || x < 20 },
    { figure: `their orders: ${every}; with sleep sets`, value: (reduced * 100) / every, unit: '%', digits: 1 },
    { figure: 'schedules of small models', value: ((every + reduced) * 1000) / ms, unit: 'schedules/s', digits: 0 },
  ];
}
