/** The built worker in a real browser: started from a page, given a scenario, listened to until it ends. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBrowser, findFirefox } from './find_browser.mjs';
import { serve } from './serve.mjs';
import { at } from './setup.mjs';

/** Address of the worker's script below the page's, as the built page names it. @param {string} dir */
export function workerScript(dir = at('dist')) {
  for (const file of readdirSync(join(dir, 'assets')).filter((name) => name.endsWith('.js'))) {
    const start = /new Worker\(.{0,40}?([\w.-]+\.js)/.exec(readFileSync(join(dir, 'assets', file), 'utf8'));
    if (start?.[1]) return `assets/${start[1]}`;
  }
  throw new Error('no script of the built page starts a worker');
}

/** @type {Record<string, () => Promise<import('@playwright/test').Browser | null>>} */
const LAUNCH = {
  async chromium() {
    const { chromium } = await import('@playwright/test'), { executablePath, args, env } = await findBrowser({ install: true });
    return chromium.launch({ executablePath, args, ...(env === undefined ? {} : { env: { ...process.env, ...env } }) });
  },
  async firefox() {
    const { firefox } = await import('@playwright/test'), executablePath = findFirefox({ install: true });
    return executablePath === undefined ? null : firefox.launch({ channel: 'moz-firefox', executablePath });
  },
};

/**
 * Opens a page of the built site in `name` and gives it to `use`; null where this machine has no such browser.
 * @template T
 * @param {string} name @param {string} path of the page: one that does not exist is as good, and runs nothing of its own
 * @param {(page: import('@playwright/test').Page, browser: import('@playwright/test').Browser, base: string) => Promise<T>} use
 * @param {string} [dir]
 * @returns {Promise<T | null>}
 */
export async function inBrowser(name, path, use, dir = at('dist')) {
  const browser = (await LAUNCH[name]?.()) ?? null;
  if (browser === null) return null;
  try {
    const base = await serve(dir, 4290, false), page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(base + path);
    return await use(page, browser, base);
  } finally {
    await browser.close();
  }
}

/**
 * What of the page's globals is used in it: this file is checked as one of Node's.
 * @typedef {{data: {kind: string, message: string, columns: {first: number, length: number} & Record<string, {buffer: ArrayBuffer}>, outcome: {hash: string, events: number, endNs: number, ending: string}}, message?: string}} Told
 * @typedef {{onmessage: (e: Told) => void, onerror: (e: Told) => void, postMessage(m: unknown, transfer?: ArrayBuffer[]): void, terminate(): void}} PageWorker
 * @typedef {{Worker: new (url: URL, options: {type: 'module'}) => PageWorker, location: {href: string}, keptWorker?: PageWorker}} PageGlobals
 */
/** @typedef {{hash: string, events: number, endNs: number, bootMs: number, wallMs: number, ending: string}} Ran */
/**
 * Runs a scenario in a worker of the page. Times are the page's own clock: from the start of the worker to `booted`, and to `end`.
 * @param {import('@playwright/test').Page} page @param {string} script @param {unknown} scenario @param {boolean | 'again'} [keep]  leave the worker alive; 'again': and run in the one that was left
 * @returns {Promise<Ran>}
 */
export async function runInWorker(page, script, scenario, keep = false) {
  const ran = await page.evaluate(({ script, scenario, keep }) => new Promise((/** @type {(r: {ran?: Ran, failed?: string}) => void} */ resolve) => {
    const globals = /** @type {PageGlobals} */ (/** @type {unknown} */ (globalThis)), worker = (keep === 'again' ? globals.keptWorker : undefined) ?? new globals.Worker(new URL(script, globals.location.href), { type: 'module' });
    const start = performance.now();
    let bootMs = 0;
    worker.onerror = (e) => { resolve({ failed: e.message ?? 'the worker could not be started' }); };
    worker.onmessage = ({ data }) => {
      if (data.kind === 'booted') bootMs = performance.now() - start;
      else if (data.kind === 'chunk') { // copied by the page, and given back
        const { first, length, ...arrays } = data.columns;
        worker.postMessage({ kind: 'spent', run: 1, columns: data.columns }, Object.values(arrays).map((array) => array.buffer));
      } else if (data.kind === 'failed') resolve({ failed: data.message });
      else if (data.kind === 'end') {
        const { hash, events, endNs, ending } = data.outcome;
        if (keep) globals.keptWorker = worker; else worker.terminate();
        resolve({ ran: { hash, events, endNs, ending, bootMs, wallMs: performance.now() - start } });
      }
    };
    worker.postMessage({ kind: 'run', run: 1, scenario });
  }), { script, scenario, keep });
  if (ran.ran === undefined) throw new Error(`the worker failed: ${ran.failed}`);
  return ran.ran;
}
