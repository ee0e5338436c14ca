/** `npm run bench [SECTION...]`: builds, measures, and prints each figure beside its goal. Status 1 where a figure is beyond its alarm. */
import { ensureInstalled, node, at } from './setup.mjs';

/** @typedef {{figure: string, value: number, unit: string, digits: number, goal?: string, alarm?: (value: number) => boolean}} Row */
/** Name -> what it measures, loaded only after the packages are there. @type {Record<string, () => Promise<Row[]>>} */
const SECTIONS = {
  size: async () => (await import('./bench_size.mjs')).firstLoad(),
  engine: async () => (await import('../bench/engine.mjs')).engine(),
  simulation: async () => (await import('./bench_run.mjs')).simulation(),
  memory: async () => (await import('./bench_run.mjs')).lookingBack(),
  worker: async () => (await import('./bench_browser.mjs')).largeMachines(),
  timeline: async () => (await import('./bench_timeline.mjs')).timeline(),
};

/** @param {Row} row */
function print({ figure, value, unit, digits, goal, alarm }) {
  const bad = alarm?.(value) === true;
  console.log(`${figure.padEnd(60)} ${value.toFixed(digits).padStart(12)} ${unit.padEnd(12)} ${goal === undefined ? '' : `goal ${goal}`}${bad ? '  ALARM' : ''}`.trimEnd());
  return bad;
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in SECTIONS));
if (unknown.length > 0) {
  console.error(`oomscope: bench: expected a section (${Object.keys(SECTIONS).join(', ')}), found '${unknown[0]}'`);
  process.exit(2);
}
ensureInstalled();
const built = await node([at('scripts/build.mjs')], { quiet: true });
if (built.status !== 0) {
  console.error(built.output);
  process.exit(1);
}
let alarms = 0;
for (const [name, run] of Object.entries(SECTIONS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n${name}`);
  for (const row of await run()) if (print(row)) alarms += 1;
}
process.exit(alarms === 0 ? 0 : 1); // the server of the built page still listens
