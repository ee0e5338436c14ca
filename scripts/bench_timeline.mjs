/** Drawing the timeline in Chromium: milliseconds of script a frame, while the window pans and zooms over a run of many events. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { inBrowser } from './in_browser.mjs';
import { percentile } from './bench_run.mjs';
import { at } from './setup.mjs';

const OUT = at('.cache/bench_timeline');
/** A lane is a strip with a curve or blocks of its own: a zone, a CPU's list, a task, a lock. */
const LANES = 64;
const FRAMES = 240;
const RUNS = 3;
/** @typedef {{events: number, words: string, first: number, script: number[], gaps: number[]}} Drawn */
/** The median over the runs. @param {Drawn[]} drawn @param {'script' | 'gaps'} times @param {number} share */
const middle = (drawn, times, share) => percentile(drawn.map((d) => percentile(d[times], share)), 0.5);

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
      /** @type {Drawn[]} */
      const drawn = [];
      for (let run = 0; run < RUNS; run++) drawn.push(/** @type {Drawn} */ (await page.evaluate(`timeline(${events}, ${LANES}, ${FRAMES})`)));
      const name = `${(drawn[0].events / 1e6).toFixed(1)} M events, ${LANES} lanes`;
      console.log(`the lanes of ${name.split(',')[0]}: ${drawn[0].words}; medians of ${RUNS} runs`);
      // the page is new: nothing of its script has been compiled yet
      if (found.length === 0) found.push({ figure: 'the first picture of all, as rows begin to come: script', value: drawn[0].first, unit: 'ms', digits: 1 });
      found.push(
        { figure: `${name}: script a frame, p50`, value: middle(drawn, 'script', 0.5), unit: 'ms', digits: 1 },
        { figure: `${name}: script a frame, p95`, value: middle(drawn, 'script', 0.95), unit: 'ms', digits: 1, goal: events > 1e6 ? '<= 1.3 x that of 1 M' : '<= 8' },
        { figure: `${name}: from frame to frame, p95`, value: middle(drawn, 'gaps', 0.95), unit: 'ms', digits: 1 },
      );
    }
    return found;
  }, OUT);
  if (rows === null) throw new Error('no Chromium on this machine');
  return rows;
}
