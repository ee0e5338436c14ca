/** `node scripts/engine_runs.mjs`: writes fixtures/engine.json, the hashes that runs of this engine come to. Asked for by src/run/engine.test.ts where they are others than those of the number it has. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { library } from './library.mjs';
import { at, ensureInstalled } from './setup.mjs';

/** Runs beyond take more time than a test has. */
const MOST_EVENTS = 70_000;

ensureInstalled();
const { ENGINE, runScenario, stories } = await library(), file = at('fixtures/engine.json');
/** @type {{engine: string, hashes: Record<string, string>}} */
const old = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { engine: '', hashes: {} };
const outcomes = stories.map((s) => runScenario(s, { record: 'none' }).outcome), hashes = Object.fromEntries(outcomes.flatMap((o, i) => (o.events <= MOST_EVENTS ? [[stories[i].id, o.hash]] : [])));
const others = Object.keys(hashes).filter((id) => id in old.hashes && hashes[id] !== old.hashes[id]);
if (others.length > 0 && old.engine === ENGINE) {
  console.error(`oomscope: engine_runs: ${others.length} runs (${others.slice(0, 3).join(', ')} ..) come to other hashes than those of engine ${ENGINE}: raise ENGINE in src/run/catalog.ts first`);
  process.exit(1);
}
writeFileSync(file, `${JSON.stringify({ engine: ENGINE, hashes }, null, 2)}\n`);
console.log(`fixtures/engine.json: engine ${ENGINE}, ${Object.keys(hashes).length} runs, ${others.length} of them otherwise than engine ${old.engine || 'none'}'s`);
