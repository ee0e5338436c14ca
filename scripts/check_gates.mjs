/** Every request of the matrix of gates, put to every place of the notifier chain in every profile. */
import { inThread, library, LIBRARY } from './library.mjs';

const THREADS = 2;
/** A thread takes so many questions of a variant. */
const BATCH = 1000;

/** In a thread. @param {number} profile @param {number} place @param {number} from @returns {Promise<string[]>} */
export async function checkGates(profile, place, from) {
  /** @type {typeof import('./entry.ts')} */
  const { askModel, faultsOf, nameOf, PLACES, PROFILES, questions } = await import(LIBRARY), p = PROFILES[profile], at = PLACES[place];
  if (p === undefined || at === undefined) throw new Error('no such variant');
  return questions(p, at).slice(from, from + BATCH).flatMap((q) => {
    const faults = faultsOf(q, askModel(q));
    return faults.length === 0 ? [] : [`${nameOf(q)}: ${faults.join('; ')}`];
  });
}

/** @returns {Promise<{runs: number, bad: number, figure: string}>} */
export async function gates() {
  const { PLACES, PROFILES, questions } = await library();
  const jobs = PROFILES.flatMap((p, profile) => PLACES.flatMap((place, i) => Array.from({ length: Math.ceil(questions(p, place).length / BATCH) }, (_, n) => ({ profile, place: i, from: n * BATCH }))));
  let bad = 0, next = 0;
  const work = async () => {
    for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) {
      for (const line of /** @type {string[]} */ (await inThread(import.meta.url, 'checkGates', job.profile, job.place, job.from))) { bad++; console.log(line); }
    }
  };
  await Promise.all(Array.from({ length: THREADS }, work));
  const each = questions(PROFILES[0] ?? 'v6.1', 'inside').length, variants = PROFILES.length * PLACES.length;
  return { runs: each * variants, bad, figure: `${each} requests to each of ${variants} variants` };
}
