/** Large machines in the worker of the built page, in Chromium: how fast a hog on 4 GiB runs, and how 64 GiB boot. */
import { readdirSync, readFileSync } from 'node:fs';
import { inBrowser, runInWorker, workerScript } from './in_browser.mjs';
import { library } from './library.mjs';
import { at } from './setup.mjs';

const ROUNDS = 3;
/** @typedef {import('./bench_run.mjs').Row} Row */
/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Resident memory of a process in bytes; null where the system does not say. @param {number} pid */
function residentBytes(pid) {
  try {
    const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kb === undefined ? null : Number(kb) * 1024;
  } catch {
    return null;
  }
}
/** The process that draws the page: the largest of the browser's renderers. @param {import('@playwright/test').Browser} browser */
async function rendererBytes(browser) {
  const session = await browser.newBrowserCDPSession(), { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const sizes = processInfo.filter((p) => p.type === 'renderer').map((p) => residentBytes(p.id) ?? Number.NaN);
  return sizes.length === 0 || !readdirSync('/').includes('proc') ? Number.NaN : Math.max(...sizes);
}

/** @param {string} dir of the built page @returns {Promise<Row[]>} */
export async function largeMachines(dir = at('dist')) {
  const { hog4G, idle64G } = await library(), script = workerScript(dir);
  // An address without a page: nothing of its own runs beside the worker.
  const rows = await inBrowser('chromium', 'none', async (page, browser, base) => {
    const hog = [], boots = [];
    for (let i = 0; i < ROUNDS; i++) hog.push(await runInWorker(page, base + script, hog4G));
    await page.reload();
    const before = await rendererBytes(browser);
    let bytes = Number.NaN;
    for (let i = 0; i < ROUNDS; i++) {
      boots.push(await runInWorker(page, base + script, idle64G, i === 0));
      if (i > 0) continue;
      bytes = (await rendererBytes(browser)) - before;
      await page.reload();
    }
    const [first] = hog, simMs = (first?.endNs ?? 0) / 1e6, wall = median(hog.map((r) => r.wallMs));
    return [
      { figure: `4 GiB hog at 100 MiB/s, ${first?.events} events: simulated`, value: simMs / 1000, unit: 's', digits: 2 },
      { figure: 'the same: wall, in the worker', value: wall / 1000, unit: 's', digits: 2 },
      { figure: 'the same: simulated by wall', value: simMs / wall, unit: 'x', digits: 2, goal: '>= 10', alarm: (/** @type {number} */ x) => x < 5 },
      { figure: 'the same: events', value: (first?.events ?? 0) / wall / 1000, unit: 'M rows/s', digits: 2, goal: '>= 1' },
      { figure: '64 GiB machine: boot, in the worker', value: median(boots.map((r) => r.bootMs)) / 1000, unit: 's', digits: 2, goal: '< 2', alarm: (/** @type {number} */ x) => x > 4 },
      { figure: '64 GiB machine: memory of the page, grown by', value: bytes / 1e6, unit: 'MB', digits: 0, goal: '< 400', alarm: (/** @type {number} */ x) => x > 600 },
    ];
  }, dir);
  if (rows === null) throw new Error('no Chromium on this machine');
  return rows;
}
