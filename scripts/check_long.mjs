/** `npm run check:long [SECTION...]`: the long counts that `npm test` has no time for, by the command line that a person uses. */
import { at, ensureInstalled, node } from './setup.mjs';

const SEEDS = 20;
const EXPERIMENT_SEEDS = '1..200';

/** @param {string[]} args */
async function oomscope(...args) {
  const { status, output, stdout } = await node([at('dist-cli/oomscope.js'), ...args, '--json'], { quiet: true });
  if (status === 2) throw new Error(output.trim());
  return { status, json: JSON.parse(stdout) };
}

/** Every story, many seeds, twice each: the same hash, no broken invariant. */
async function repeat() {
  const { json } = await oomscope('list');
  let bad = 0;
  for (const { id } of json.stories) {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const [a, b] = await Promise.all([0, 1].map(() => oomscope('run', id, '--seed', String(seed))));
      const broken = a?.json.invariants.broken ?? [];
      if (a?.json.hash === b?.json.hash && broken.length === 0) continue;
      bad += 1;
      console.log(`${id}, seed ${seed}: hashes ${a?.json.hash} and ${b?.json.hash}, broken: ${broken.join(', ') || 'nothing'}`);
    }
  }
  return { runs: json.stories.length * SEEDS, bad };
}

/** Every claim with its controls, over many seeds. */
async function experiments() {
  const { json } = await oomscope('experiments', '--seeds', EXPERIMENT_SEEDS);
  const bad = json.filter((/** @type {{failed: number[]}} */ e) => e.failed.length > 0);
  for (const { id, failed } of bad) console.log(`${id}: seeds ${failed.join(', ')} disagree with the verdict`);
  return { runs: json.length, bad: bad.length };
}

/** @type {Record<string, () => Promise<{runs: number, bad: number}>>} */
const SECTIONS = { repeat, experiments };

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in SECTIONS));
if (unknown.length > 0) {
  console.error(`oomscope: check:long: expected a section (${Object.keys(SECTIONS).join(', ')}), found '${unknown[0]}'`);
  process.exit(2);
}
ensureInstalled();
const built = await node([at('scripts/build.mjs'), '--cli'], { quiet: true });
if (built.status !== 0) {
  console.error(built.output);
  process.exit(1);
}
let failed = 0;
for (const [name, run] of Object.entries(SECTIONS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const start = performance.now();
  try {
    const { runs, bad } = await run();
    if (bad > 0 || runs === 0) failed += 1;
    console.log(`${name}: ${runs} checked, ${bad} bad, ${((performance.now() - start) / 1000).toFixed(1)} s`);
  } catch (error) {
    failed += 1;
    console.log(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;
