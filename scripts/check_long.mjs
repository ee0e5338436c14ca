/** `npm run check:long [SECTION...] [-- --captures-probe DIR] [-- --stories ID,ID]`: the long counts that `npm test` has no time for, each in its section. */
import { chosen } from './sections.mjs';

/** @typedef {{runs: number, bad: number, figure: string}} Checked */

const asked = process.argv.slice(2);
/** The value after an option, which is taken out of what was asked for. @param {string} name */
function option(name) {
  const place = asked.indexOf(name);
  return place < 0 ? undefined : asked.splice(place, 2)[1];
}
/** Captures made by a module, whole: more than the fixtures have. Stories for `engines` and `seeds`. */
const capturesProbe = option('--captures-probe'), stories = option('--stories');

/** Name -> what it checks, loaded only after the packages are there. @type {Record<string, () => Promise<Checked>>} */
const SECTIONS = {
  walk: async () => (await import('./check_walk.mjs')).randomWalk(),
  links: async () => (await import('./check_links.mjs')).mutatedLinks(),
  engines: async () => (await import('./check_engines.mjs')).engines(stories),
  explore: async () => (await import('./check_explore.mjs')).schedules(),
  mmun: async () => (await import('./check_mmun.mjs')).mmun(),
  figures: async () => (await import('./check_figures.mjs')).figures(),
  gates: async () => (await import('./check_gates.mjs')).gates(),
  rcu: async () => (await import('./check_rcu.mjs')).rcuWorlds(),
  shrinker: async () => (await import('./check_shrinker.mjs')).shrinkTables(capturesProbe),
  seeds: async () => (await import('./check_seeds.mjs')).seeds(stories),
};

let failed = 0;
for (const [name, run] of await chosen('check:long', SECTIONS, asked)) {
  const start = performance.now();
  try {
    const { runs, bad, figure } = await run();
    if (bad > 0 || runs === 0) failed += 1;
    console.log(`${name}: ${runs} checked, ${bad} bad (${figure}), ${((performance.now() - start) / 1000).toFixed(1)} s`);
  } catch (error) {
    failed += 1;
    console.log(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
process.exit(failed === 0 ? 0 : 1); // the server of the built page still listens
