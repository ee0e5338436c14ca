/**
 * What every script stands on: where the project is, how a command is run, and that the installed packages are those of the lock.
 * Imports nothing that is installed, because it runs on a fresh checkout.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** @param {string[]} parts */
export const at = (...parts) => join(ROOT, ...parts);
/** Programs of the installed packages, started by Node itself: the links in node_modules/.bin differ between systems. */
export const BIN = {
  tsc: at('node_modules/typescript7/bin/tsc'),
  biome: at('node_modules/@biomejs/biome/bin/biome'),
  vitest: at('node_modules/vitest/vitest.mjs'),
  playwright: at('node_modules/@playwright/test/cli.js'),
};
const MARK = at('node_modules/.oomscope-lock');

/**
 * The packages that npm says it installed are those of the lock. Those for other systems are left out by npm, so only what is
 * required counts, and every version that is there must agree.
 * @param {string} lock
 */
function agreesWithLock(lock) {
  const hidden = at('node_modules/.package-lock.json');
  if (!existsSync(hidden)) return false;
  /** @typedef {{version?: string, optional?: boolean}} Entry */
  /** @type {Record<string, Entry>} */
  const wanted = JSON.parse(lock).packages;
  /** @type {Record<string, Entry>} */
  const there = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, optional }]) => path === '' || (there[path] ? there[path].version === version : optional === true));
}

/** Installs by the lock when the packages are missing or of another lock; quick when nothing is to be done. */
export function ensureInstalled() {
  const lock = readFileSync(at('package-lock.json'), 'utf8');
  const hash = createHash('sha256').update(lock).digest('hex');
  if (existsSync(MARK) && readFileSync(MARK, 'utf8') === hash) return;
  if (!agreesWithLock(lock)) {
    console.error('installing the packages of package-lock.json (npm ci)');
    // A shell, because npm is a .cmd file on Windows.
    const { status } = spawnSync('npm ci --no-audit --no-fund --loglevel=error', { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], shell: true });
    if (status !== 0) throw new Error(`npm ci failed with status ${status}`);
  }
  writeFileSync(MARK, hash);
}

/**
 * Runs Node on a script; resolves with its status and, where `quiet`, with what it printed: all of it, and standard output alone.
 * @param {string[]} args
 * @param {{quiet?: boolean, env?: Record<string, string>}} [options]
 * @returns {Promise<{status: number, output: string, stdout: string}>}
 */
export function node(args, { quiet = false, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'] });
    let output = '';
    let stdout = '';
    child.stdout?.setEncoding('utf8').on('data', (/** @type {string} */ text) => { output += text; stdout += text; });
    child.stderr?.setEncoding('utf8').on('data', (/** @type {string} */ text) => { output += text; });
    child.on('error', reject);
    child.on('close', (code, signal) => { resolve({ status: code ?? 1, output: signal === null ? output : `${output}ended by ${signal}\n`, stdout }); });
  });
}

/** True where `url` is the file that Node was asked to run. @param {string} url */
export const isMain = (url) => process.argv[1] !== undefined && fileURLToPath(url) === process.argv[1];
