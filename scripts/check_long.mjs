/** `npm run check:long [SECTION...]`: the long counts that `npm test` has no time for, each in its section. */
import { existsSync } from 'node:fs';
import { at, ensureInstalled, node } from './setup.mjs';

const EXPERIMENT_SEEDS = '1..200';
/** @typedef {{runs: number, bad: number, figure: string}} Checked */

/** The claims come with the command of their name. */
const hasExperiments = () => existsSync(at('src/cli/commands/experiments.ts'));

/** @param {string[]} args */
async function oomscope(...args) {
  const { status, output, stdout } = await node([at('dist-cli/oomscope.js'), ...args, '--json'], { quiet: true });
  if (status === 2) throw new Error(output.trim());
  return { status, json: JSON.parse(stdout) };
}

/** Every claim with its controls, over many seeds. */
async function experiments() {
  const { json } = await oomscope('experiments', '--seeds', EXPERIMENT_SEEDS);
  const bad = json.filter((/** @type {{failed: number[]}} */ e) => e.failed.length > 0);
  for (const { id, failed } of bad) console.log(`${id}: seeds ${failed.join(', ')} disagree with the verdict`);
  return { runs: json.length, bad: bad.length, figure: `${json.length} claims` };
}

/** Name -> what it checks, loaded only after the packages are there. @type {Record<string, () => Promise<Checked>>} */
const SECTIONS = {
  walk: async () => (await import('./check_walk.mjs')).randomWalk(),
  links: async () => (await import('./check_links.mjs')).mutatedLinks(),
  engines: async () => (await import('./check_engines.mjs')).engines(),
  seeds: async () => (await import('./check_seeds.mjs')).seeds(),
  ...(hasExperiments() ? { experiments } : {}),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in SECTIONS));
if (unknown.length > 0) {
  console.error(`oomscope: check:long: expected a section (${Object.keys(SECTIONS).join(', ')}), found '${unknown[0]}'`);
  process.exit(2);
}
ensureInstalled();
const built = await node([at('scripts/build.mjs')], { quiet: true });
if (built.status !== 0) {
  console.error(built.output);
  process.exit(1);
}
let failed = 0;
for (const [name, run] of Object.entries(SECTIONS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
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
