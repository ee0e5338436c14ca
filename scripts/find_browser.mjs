/**
 * Finds the browsers of the end-to-end tests. Chromium: OOMSCOPE_BROWSER, one that the system has, Playwright's own, and where `install` is
 * set from Debian's packages (root alone can) or, without root, from the npm registry. Firefox, which may be absent: OOMSCOPE_FIREFOX, the
 * system's, Debian's packages.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { at, isMain } from './setup.mjs';

/** @typedef {{executablePath: string, args: string[], env?: Record<string, string>}} Browser */

const CHROMIUMS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome', 'microsoft-edge'];
const FIREFOXES = ['firefox-esr', 'firefox'];
const FIXED = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium', '/opt/google/chrome/chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
const ARGS = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
/** Playwright drives a stock Firefox over BiDi; 140 is known not to work, 153 is known to. */
const FIREFOX_MIN = 150;
const NPM_CHROMIUM = '@sparticuz/chromium@153.0.0';
/** Root, because apt needs it, and because Chromium refuses its sandbox then. */
const root = process.getuid?.() === 0;

/** What `--version` prints; empty where the program does not start. @param {string} path @param {Record<string, string>} [env] */
function versionOf(path, env = {}) {
  const r = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 30_000, env: { ...process.env, ...env } });
  return r.status === 0 ? r.stdout.trim() : '';
}

/** @param {readonly string[]} names */
function onPath(names) {
  const places = (process.env.PATH ?? '').split(delimiter).flatMap((dir) => names.map((name) => join(dir, name)));
  return [...places, ...(names === CHROMIUMS ? FIXED : [])].find((path) => existsSync(path) && versionOf(path) !== '');
}

/** True where Debian's package was installed. @param {string} name */
function apt(name) {
  if (!root || !existsSync('/etc/debian_version')) return false;
  console.error(`no ${name} found: apt-get install -y ${name}`);
  // Another apt may hold the lock: wait for it.
  const run = (/** @type {string[]} */ ...args) => spawnSync('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }).status === 0;
  run('update'); // lists of an image are old: they would bring a browser of long ago, which Playwright may not know. Without a network the install may still do.
  return run('install', '-y', '--no-install-recommends', name);
}

/** @param {string} executablePath @param {Record<string, string>} [env] @returns {Browser} */
const browser = (executablePath, env) => ({ executablePath, args: root ? [...ARGS, '--no-sandbox'] : ARGS, ...(env === undefined ? {} : { env }) });

/**
 * A Chromium out of the npm registry, with the libraries that it needs beside it, for a Linux without root or apt. It is fetched only
 * here, not with the other packages, for its 68 MB.
 * @param {boolean} install
 * @returns {Promise<Browser | undefined>}
 */
async function fromNpm(install) {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const home = at('.cache/browser');
  const folder = join(home, 'node_modules/@sparticuz/chromium');
  if (!existsSync(folder)) {
    if (!install) return undefined;
    console.error(`no browser found: fetching ${NPM_CHROMIUM}`);
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'package.json'), '{ "private": true }\n');
    if (spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', '--engine-strict=false', NPM_CHROMIUM], { cwd: home, stdio: ['ignore', 'ignore', 'inherit'] }).status !== 0) return undefined;
  }
  const { default: chromium } = await import(pathToFileURL(join(folder, 'build/index.js')).href);
  const path = await chromium.executablePath();
  const libraries = join(tmpdir(), 'oomscope-browser-libraries');
  if (!existsSync(join(libraries, 'lib'))) {
    mkdirSync(libraries, { recursive: true });
    spawnSync('tar', ['-x', '-C', libraries], { input: brotliDecompressSync(readFileSync(join(folder, 'bin/al2023.tar.br'))) });
  }
  const env = { LD_LIBRARY_PATH: join(libraries, 'lib') };
  return versionOf(path, env) === '' ? undefined : browser(path, env);
}

/** @param {{install?: boolean}} [options] @returns {Promise<Browser>} */
export async function findBrowser({ install = false } = {}) {
  const chosen = process.env.OOMSCOPE_BROWSER;
  if (chosen) {
    if (versionOf(chosen) === '') throw new Error(`OOMSCOPE_BROWSER=${chosen} does not start`);
    return browser(chosen);
  }
  const there = onPath(CHROMIUMS);
  if (there) return browser(there);
  const { chromium } = await import('@playwright/test');
  const own = chromium.executablePath();
  if (own !== '' && existsSync(own)) return browser(own);
  const installed = install && apt('chromium') ? onPath(CHROMIUMS) : undefined;
  if (installed) return browser(installed);
  const fetched = await fromNpm(install);
  if (fetched) return fetched;
  throw new Error('No Chromium or Chrome found. Install one (Debian: apt-get install chromium; elsewhere: npx playwright install chromium) or set OOMSCOPE_BROWSER to its path.');
}

/** @param {string} firefox */
const isNew = (firefox) => Number(/(\d+)\./.exec(versionOf(firefox))?.[1] ?? 0) >= FIREFOX_MIN;
/** The path of a Firefox that Playwright can drive, if there is one. @param {{install?: boolean}} [options] @returns {string | undefined} */
export function findFirefox({ install = false } = {}) {
  const chosen = process.env.OOMSCOPE_FIREFOX;
  // Set but empty: none is wanted.
  if (chosen === '' || process.platform === 'win32') return undefined;
  const path = chosen ?? onPath(FIREFOXES);
  if (path !== undefined && isNew(path)) return path;
  const fresh = chosen === undefined && install && apt('firefox-esr') ? onPath(FIREFOXES) : undefined;
  return fresh !== undefined && isNew(fresh) ? fresh : undefined;
}

if (isMain(import.meta.url)) {
  const install = process.argv.includes('--install');
  console.log(JSON.stringify({ chromium: await findBrowser({ install }), firefox: findFirefox({ install }) ?? null }, null, 2));
}
