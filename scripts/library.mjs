/** The source as one module that Node can import, in a thread of its own too. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { isMainThread, Worker } from 'node:worker_threads';
import { at } from './setup.mjs';

/** Of this process alone: two long checks may run at once. */
const OUT = at(`.cache/library/${process.pid}`);
export const LIBRARY = pathToFileURL(`${OUT}/library.js`).href;

/** Bundles entry.ts; once in a process. @type {Promise<void> | undefined} */
let bundled;
async function bundle() {
  const { build } = await import('vite');
  mkdirSync(OUT, { recursive: true });
  if (isMainThread) process.once('exit', () => rmSync(OUT, { recursive: true, force: true }));
  await build({
    root: at(), configFile: false, publicDir: false, logLevel: 'warn', ssr: { noExternal: true, target: 'node' },
    build: { ssr: at('scripts/entry.ts'), outDir: OUT, emptyOutDir: true, target: 'node20', minify: false, rolldownOptions: { output: { entryFileNames: 'library.js' } } },
  });
  writeFileSync(`${OUT}/package.json`, '{ "type": "module" }\n');
  if (!existsSync(`${OUT}/library.js`)) throw new Error('the source was bundled and is not there');
}
/** @returns {Promise<typeof import('./entry.ts')>} */
export async function library() {
  await (bundled ??= bundle());
  return import(LIBRARY);
}
/**
 * Calls a function of a script in a thread of its own, as the page's worker is: code that was compiled for another run would be slower, and
 * two threads use two processors.
 * @param {string} script  address of the module @param {string} name  of its export @param {unknown[]} args
 * @returns {Promise<unknown>}
 */
export async function inThread(script, name, ...args) {
  await library();
  const source = `
    const { parentPort, workerData: { script, name, args } } = require('node:worker_threads');
    import(script).then((m) => m[name](...args)).then((value) => parentPort.postMessage({ value }), (error) => parentPort.postMessage({ error: String(error?.stack ?? error) }));`;
  return new Promise((resolve, reject) => {
    const worker = new Worker(source, { eval: true, workerData: { script, name, args } });
    worker.once('message', (/** @type {{value?: unknown, error?: string}} */ m) => { if (m.error === undefined) resolve(m.value); else reject(new Error(m.error)); });
    worker.once('error', reject);
  });
}

/** The stories that `--stories` names. @param {readonly import('../src/format/scenario.ts').Scenario[]} stories @param {string} [only]  ids with commas between them; all of them if absent */
export function chosenStories(stories, only) {
  const wanted = only?.split(','), unknown = wanted?.find((id) => !stories.some((s) => s.id === id));
  if (unknown !== undefined) throw new Error(`expected ids of stories after --stories, found '${unknown}'`);
  return stories.filter((s) => wanted?.includes(s.id) ?? true);
}
