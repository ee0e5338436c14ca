/** A million RCU callbacks in flight: what they weigh in the worker's heap, and how fast rows come while they are queued and while they are called. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { inBrowser, runInWorker, workerScript } from './in_browser.mjs';
import { inThread, LIBRARY, library } from './library.mjs';
import { at } from './setup.mjs';

const IN_FLIGHT = 1_000_000, ROUNDS = 3;
/** @typedef {import('./bench_run.mjs').Row} Row */
/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** In a thread: one run whose columns are used again, as the worker's are. @param {boolean} weigh  stop at the most callbacks and collect garbage there, which costs time */
export async function runCallbacks(weigh) {
  /** @type {typeof import('./entry.ts')} */
  const { callbacks1M, Run } = await import(LIBRARY);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc'), used = () => { collect(); const m = process.memoryUsage(); return m.heapUsed + m.arrayBuffers; };
  /** @type {InstanceType<typeof Run>} */
  const run = new Run(callbacks1M, (c) => { run.k.recorder.recycle(c); }), { k } = run, before = weigh ? used() : 0, start = performance.now();
  let bytes = Number.NaN, most = 0, queuedMs = 0, queuedRows = 0;
  for (let ended = false; !ended;) {
    ended = run.slice();
    const inFlight = k.rcu?.queued ?? 0;
    if (inFlight >= IN_FLIGHT && queuedRows === 0) {
      queuedRows = k.recorder.rows;
      queuedMs = performance.now() - start;
      if (weigh) bytes = used() - before;
    }
    most = Math.max(most, inFlight);
  }
  return { bytes, most, queuedMs, queuedRows, rows: k.recorder.rows, ms: performance.now() - start, called: k.rcu?.invoked ?? 0 };
}
/** @returns {Promise<Row[]>} */
async function inNode() {
  const ran = async (/** @type {boolean} */ weigh) => /** @type {Awaited<ReturnType<typeof runCallbacks>>} */ (await inThread(import.meta.url, 'runCallbacks', weigh));
  const weighed = await ran(true), timed = [];
  for (let i = 0; i < ROUNDS; i++) timed.push(await ran(false));
  if (weighed.most < IN_FLIGHT || weighed.called < IN_FLIGHT) throw new Error(`${weighed.most} callbacks in flight, ${weighed.called} called: there is nothing to measure`);
  return [
    { figure: `${IN_FLIGHT / 1e6} M callbacks in flight weigh`, value: weighed.bytes / 1e6, unit: 'MB', digits: 0, goal: '< 200', alarm: (x) => x > 200 },
    { figure: 'rows while they are queued', value: median(timed.map((r) => r.queuedRows / r.queuedMs / 1000)), unit: 'M rows/s', digits: 2, goal: '>= 1', alarm: (x) => x < 0.3 },
    { figure: `rows while they wait and are called (${weighed.rows} in all)`, value: median(timed.map((r) => (r.rows - r.queuedRows) / (r.ms - r.queuedMs) / 1000)), unit: 'M rows/s', digits: 2, goal: '>= 1', alarm: (x) => x < 0.3 },
  ];
}
/** @returns {Promise<Row[]>} */
export async function callbacks() {
  const rows = await inNode(), { callbacks1M } = await library(), script = workerScript(at('dist'));
  const inPage = await inBrowser('chromium', 'none', async (page, _browser, base) => {
    const ran = [];
    for (let i = 0; i < ROUNDS; i++) ran.push(await runInWorker(page, base + script, callbacks1M));
    return { figure: 'all of it in the worker, in Chromium', value: median(ran.map((r) => r.events / (r.wallMs - r.bootMs) / 1000)), unit: 'M rows/s', digits: 2, goal: '>= 1', alarm: (/** @type {number} */ x) => x < 0.3 };
  });
  return inPage === null ? rows : [...rows, inPage];
}
