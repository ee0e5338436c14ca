/** `npm run bench [SECTION...]`: builds, measures, and prints each figure beside its goal. Status 1 where a figure is beyond its alarm. */
import { chosen } from './sections.mjs';

/** @typedef {{figure: string, value: number, unit: string, digits: number, goal?: string, alarm?: (value: number) => boolean}} Row */
/** Name -> what it measures, loaded only after the packages are there. @type {Record<string, () => Promise<Row[]>>} */
const SECTIONS = {
  size: async () => (await import('./bench_size.mjs')).firstLoad(),
  engine: async () => (await import('../bench/engine.mjs')).engine(),
  simulation: async () => (await import('./bench_run.mjs')).simulation(),
  memory: async () => (await import('./bench_run.mjs')).lookingBack(),
  compare: async () => (await import('./bench_compare.mjs')).comparison(),
  worker: async () => (await import('./bench_browser.mjs')).largeMachines(),
  callbacks: async () => (await import('./bench_callbacks.mjs')).callbacks(),
  explore: async () => (await import('./bench_explore.mjs')).explorations(),
  timeline: async () => (await import('./bench_timeline.mjs')).timeline(),
};

/** @param {Row} row */
function print({ figure, value, unit, digits, goal, alarm }) {
  const bad = alarm?.(value) === true;
  console.log(`${figure.padEnd(60)} ${value.toFixed(digits).padStart(12)} ${unit.padEnd(12)} ${goal === undefined ? '' : `goal ${goal}`}${bad ? '  ALARM' : ''}`.trimEnd());
  return bad;
}

let alarms = 0;
for (const [name, run] of await chosen('bench', SECTIONS, process.argv.slice(2))) {
  console.log(`\n${name}`);
  for (const row of await run()) if (print(row)) alarms += 1;
}
process.exit(alarms === 0 ? 0 : 1); // the server of the built page still listens
