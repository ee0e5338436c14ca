/** On worlds drawn by chance, and on the models that are too large for every test run: the reduced search ends in exactly the states in which every order ends. */
import { inThread, LIBRARY } from './library.mjs';

const WORLDS = 1000;
const BATCH = 50;
const THREADS = 2;
/** Orders of a world that are tried at most: the others are left out, and not counted. */
const MOST = 5000;
const MOST_OF_MODEL = 40_000;
/** @typedef {import('../src/explore/random_models.ts').Agreement} Agreement */

/** In a thread. @param {number[]} seeds @param {number} most @returns {Promise<Agreement[]>} */
export async function compareWorlds(seeds, most) {
  /** @type {typeof import('./entry.ts')} */
  const { agreement, randomModel } = await import(LIBRARY);
  return seeds.flatMap((seed) => agreement(randomModel(seed), most) ?? []).map((a, i) => ({ ...a, name: `${seeds[i]}: ${a.name}` }));
}
/** In a thread: one of the models, as it is or mended. @param {number} index @param {boolean} mended @param {number} most @returns {Promise<Agreement[]>} */
export async function compareModel(index, mended, most) {
  /** @type {typeof import('./entry.ts')} */
  const { agreement, models } = await import(LIBRARY), model = models[index];
  if (model === undefined) throw new Error(`there is no model ${index}`);
  const a = agreement(model, most, { mended });
  return a === null ? [] : [{ ...a, name: `${a.name}${mended ? ', mended' : ''}` }];
}
/** How many models there are. */
export async function countModels() {
  /** @type {typeof import('./entry.ts')} */
  const { models } = await import(LIBRARY);
  return models.length;
}

/** @returns {Promise<{runs: number, bad: number, figure: string}>} */
export async function schedules() {
  /** @type {unknown[][]} */
  const jobs = [];
  for (let seed = 1; seed <= WORLDS; seed += BATCH) jobs.push(['compareWorlds', Array.from({ length: BATCH }, (_, i) => seed + i), MOST]);
  const models = /** @type {number} */ (await inThread(import.meta.url, 'countModels'));
  for (let i = 0; i < models; i++) for (const mended of [false, true]) jobs.push(['compareModel', i, mended, MOST_OF_MODEL]);
  /** @type {Agreement[]} */
  const all = [];
  let next = 0;
  const work = async () => {
    for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) all.push(.../** @type {Agreement[]} */ (await inThread(import.meta.url, String(job[0]), ...job.slice(1))));
  };
  await Promise.all(Array.from({ length: THREADS }, work));
  const bad = all.filter((a) => !a.same), sum = (/** @type {(a: Agreement) => number} */ of) => all.reduce((n, a) => n + of(a), 0);
  for (const b of bad) console.log(`${b.name}: the searches come to other ends`);
  return { runs: all.length, bad: bad.length, figure: `${WORLDS} worlds by chance and ${models} models, as they are and mended: those with few enough orders; ${sum((a) => a.every)} orders, ${sum((a) => a.reduced)} with sleep sets` };
}
