/**
 * The engine on the lock workload against C and against simjs: `npm run bench engine`, or `node bench/engine.mjs` for this table alone.
 * The three are measured in turns, in the same minutes: only the ratios mean anything on a machine that does other things too.
 * C and simjs simulate 16 processes and a lock; the engine simulates 8 tasks with six calls each on 2 CPUs, with interrupts,
 * a scheduler, exact stacks, a hash over every row and, where it says so, the rows themselves.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { at } from '../scripts/setup.mjs';
import { simjsLocks } from './lock_simjs.mjs';

const ROUNDS = 5;
const EVENTS = 1_500_000;
const SIMJS_UNITS = 4000;
const OUT = at('.cache/bench');

/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** @returns {string | null} the compiled C program, or null where this machine has no C compiler */
function compileC() {
  const program = `${OUT}/lock`;
  try {
    execFileSync(process.env['CC'] ?? 'cc', ['-O2', '-o', program, at('bench/lock.c')], { stdio: 'ignore' });
    return program;
  } catch {
    return null;
  }
}
async function buildEngine() {
  const { build } = await import('vite');
  await build({
    root: at(), configFile: false, publicDir: false, logLevel: 'warn', ssr: { noExternal: true, target: 'node' },
    build: { ssr: at('src/run/bench_engine.ts'), outDir: OUT, emptyOutDir: false, target: 'node20', minify: false, rolldownOptions: { output: { entryFileNames: 'engine.js' } } },
  });
  writeFileSync(`${OUT}/package.json`, '{ "type": "module" }\n');
}
/** One world in a worker of its own, as the page has it: code that was compiled for another world would be slower.
 * @param {Partial<import('../src/run/bench_engine.ts').LockWorkload>} options  @returns {Promise<number>} events per second */
function inWorker(options) {
  const source = `
    const { parentPort, workerData } = require('node:worker_threads');
    import(workerData.module).then(({ benchLocks }) => parentPort.postMessage(benchLocks(() => performance.now(), workerData.events, workerData.options).eventsPerS));`;
  return new Promise((done, failed) => {
    const worker = new Worker(source, { eval: true, workerData: { module: pathToFileURL(`${OUT}/engine.js`).href, events: EVENTS, options } });
    worker.once('message', done);
    worker.once('error', failed);
  });
}

/** @returns {Promise<{figure: string, value: number, unit: string, digits: number, goal?: string, alarm?: (value: number) => boolean}[]>} */
export async function engine() {
  mkdirSync(OUT, { recursive: true });
  const c = compileC();
  if (c === null) console.log('no C compiler here (cc, or CC=...): compared with simjs only');
  await buildEngine();
  /** @type {Record<string, () => number | Promise<number>>} */
  const sides = {
    ...(c === null ? {} : { c: () => Number(execFileSync(c, { encoding: 'utf8' })) }),
    simjs: () => simjsLocks(SIMJS_UNITS),
    bare: () => inWorker({ record: false }),
    recorded: () => inWorker({}),
    decided: () => inWorker({ decide: true }),
    cpus: () => inWorker({ cpus: 8, lock: 'spinlock' }),
    preempted: () => inWorker({ scale: 1000, hz: 1000 }),
  };
  /** @type {Record<string, number[]>} */
  const rounds = {};
  for (let round = 0; round < ROUNDS; round++) for (const [name, run] of Object.entries(sides)) (rounds[name] ??= []).push(await run());
  /** @param {string} name */
  const rate = (name) => median(rounds[name] ?? []);
  /** The median of the ratios, round by round. @param {string} a @param {string} b */
  const ratio = (a, b) => median((rounds[a] ?? []).map((x, i) => x / (rounds[b]?.[i] ?? Number.NaN)));
  /** @param {string} figure @param {string} name */
  const perSecond = (figure, name) => ({ figure, value: rate(name) / 1e6, unit: 'M events/s', digits: 2 });
  return [
    ...(c === null ? [] : [perSecond('C, a heap and a lock', 'c')]),
    perSecond('simjs, processes and a facility', 'simjs'),
    perSecond('engine, counted and hashed', 'bare'),
    perSecond('engine, recorded', 'recorded'),
    perSecond('engine, recorded, a branch noted at every level', 'decided'),
    perSecond('engine, recorded, a spinlock and 8 CPUs', 'cpus'),
    perSecond('engine, recorded, ticks that preempt (HZ=1000)', 'preempted'),
    ...(c === null ? [] : [{ figure: 'engine, recorded, as a part of C', value: ratio('recorded', 'c'), unit: 'x', digits: 3, goal: '>= 0.05', alarm: (/** @type {number} */ x) => x < 0.04 }]),
    { figure: 'engine, recorded, against simjs', value: ratio('recorded', 'simjs'), unit: 'x', digits: 2, goal: '>= 2', alarm: (/** @type {number} */ x) => x < 1.5 },
  ];
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const { figure, value, unit, digits, goal } of await engine()) console.log(`${figure.padEnd(56)} ${value.toFixed(digits).padStart(9)} ${unit}${goal === undefined ? '' : `   goal ${goal}`}`);
}
