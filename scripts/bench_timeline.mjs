/** Drawing the timeline in Chromium: milliseconds of script a frame, while the window pans and zooms over a run of many events. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { inBrowser } from './in_browser.mjs';
import { percentile } from './bench_run.mjs';
import { at } from './setup.mjs';

const OUT = at('.cache/bench_timeline');
/** A lane is a strip with a curve or blocks of its own: a zone, a CPU's list, a task, a lock. */
const LANES = 64;
const FRAMES = 240;
/** Journeys over the same run; of each frame the least counts. */
const ROUNDS = 5;
/** @typedef {{events: number, words: string, first: number, script: number[], gaps: number[]}} Drawn */

async function buildPage() {
  const { build } = await import('vite');
  await build({
    root: at(), configFile: false, publicDir: false, logLevel: 'warn',
    build: { outDir: OUT, emptyOutDir: true, target: 'es2023', assetsInlineLimit: 0, rolldownOptions: { input: at('bench/timeline_page.ts'), output: { entryFileNames: 'timeline.js', assetFileNames: 'timeline[extname]' } } },
  });
  mkdirSync(OUT, { recursive: true });
  const style = readdirSync(OUT).includes('timeline.css') ? '<link rel="stylesheet" href="./timeline.css">' : '';
  writeFileSync(`${OUT}/index.html`, `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>timeline</title>${style}<script type="module" src="./timeline.js"></script></head><body></body></html>\n`);
}

/** @returns {Promise<import('./bench_run.mjs').Row[]>} */
export async function timeline() {
  await buildPage();
  const rows = await inBrowser('chromium', '', async (page) => {
    /** @type {import('./bench_run.mjs').Row[]} */
    const found = [];
    await page.waitForFunction('typeof timeline === "function"');
    for (const events of [1_000_000, 10_000_000]) {
      const drawn = /** @type {Drawn} */ (await page.evaluate(`timeline(${events}, ${LANES}, ${FRAMES}, ${ROUNDS})`)), name = `${(drawn.events / 1e6).toFixed(1)} M events, ${LANES} lanes`;
      console.log(`the lanes of ${name.split(',')[0]}: ${drawn.words}; of each frame the least of ${ROUNDS} rounds`);
      // the page is new: nothing of its script has been compiled yet
      if (found.length === 0) found.push({ figure: 'the first picture of all, as rows begin to come: script', value: drawn.first, unit: 'ms', digits: 1 });
      found.push(
        { figure: `${name}: script a frame, p50`, value: percentile(drawn.script, 0.5), unit: 'ms', digits: 1 },
        { figure: `${name}: script a frame, p95`, value: percentile(drawn.script, 0.95), unit: 'ms', digits: 1, goal: events > 1e6 ? '<= 1.3 x that of 1 M' : '<= 8' },
        { figure: `${name}: from frame to frame, p95`, value: percentile(drawn.gaps, 0.95), unit: 'ms', digits: 1 },
      );
    }
    return found;
  }, OUT);
  if (rows === null) throw new Error('no Chromium on this machine');
  return rows;
}
