/**
 * `npm test`: everything that is checked before a commit lands, on a fresh checkout too. A check that fails stops nothing that can
 * still run; the last line is the sum, and the exit status says the same.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { findBrowser, findFirefox } from './find_browser.mjs';
import { at, BIN, ensureInstalled, node } from './setup.mjs';

const UNIT = '.cache/unit.json';
const E2E = '.cache/e2e.json';
/** @typedef {{passed: number, failed: number, output?: string}} Count */

/** A check without tests of its own counts only where it fails. @param {string[]} args @param {boolean} quiet @returns {Promise<Count>} */
async function check(args, quiet = true) {
  const { status, output } = await node(args, { quiet });
  return { passed: 0, failed: status === 0 ? 0 : 1, output };
}

/** @param {string} file @returns {any} */
const report = (file) => (existsSync(at(file)) ? JSON.parse(readFileSync(at(file), 'utf8')) : null);

/** Nothing ran, or something broke that no test is blamed for: that is one failure. @param {Count} count @param {number} status @returns {Count} */
const honest = ({ passed, failed }, status) => ({ passed, failed: failed === 0 && (status !== 0 || passed === 0) ? 1 : failed });

/** @returns {Promise<Count>} */
async function unit() {
  rmSync(at(UNIT), { force: true });
  const { status } = await node([BIN.vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${UNIT}`]);
  const found = report(UNIT);
  if (found === null) return { passed: 0, failed: 1 };
  // A file that could not even be loaded has no tests in it.
  const unloaded = found.testResults.filter((/** @type {{status: string, assertionResults: {status: string}[]}} */ file) => file.status === 'failed' && !file.assertionResults.some((t) => t.status === 'failed'));
  return honest({ passed: found.numPassedTests, failed: found.numFailedTests + unloaded.length }, status);
}

/** @returns {Promise<Count>} */
async function e2e() {
  if (!existsSync(at('dist/index.html'))) return { passed: 0, failed: 1, output: 'there is no built page to open\n' };
  await findBrowser({ install: true });
  if (findFirefox({ install: true }) === undefined) console.log('no Firefox of version 150 or later: Chromium alone');
  rmSync(at(E2E), { force: true });
  const { status } = await node([BIN.playwright, 'test']);
  const found = report(E2E);
  if (found === null) return { passed: 0, failed: 1 };
  return honest({ passed: found.stats.expected, failed: found.stats.unexpected + found.stats.flaky }, status);
}

const sum = { passed: 0, failed: 0 };
/** @param {string} name @param {() => Promise<Count>} run */
async function step(name, run) {
  const start = performance.now();
  /** @type {Count} */
  let count;
  try {
    count = await run();
  } catch (error) {
    count = { passed: 0, failed: 1, output: `${error instanceof Error ? error.message : String(error)}\n` };
  }
  if (count.failed > 0 && count.output) process.stdout.write(count.output);
  const tests = count.passed + count.failed > 0 && count.passed > 0 ? `, ${count.passed} passed` : '';
  console.log(`${count.failed === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${((performance.now() - start) / 1000).toFixed(1)} s${tests}${count.failed > 0 ? `, ${count.failed} failed` : ''}`);
  sum.passed += count.passed;
  sum.failed += count.failed;
}

const start = performance.now();
try {
  ensureInstalled();
  mkdirSync(at('.cache'), { recursive: true });
  // Those that read the source alone, side by side; then one after the other, for each of the rest takes all processors.
  await Promise.all([
    step('typecheck', () => check([at('scripts/typecheck.mjs')])),
    step('tidy', () => check([at('scripts/tidy.mjs')])),
    step('lint', () => check([BIN.biome, 'lint', '--diagnostic-level=error'])),
  ]);
  await step('unit', unit);
  await step('build', () => check([at('scripts/build.mjs')]));
  await step('e2e', e2e);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  sum.failed += 1;
}
console.log(`all of it took ${((performance.now() - start) / 1000).toFixed(1)} s`);
console.log(`tests: ${sum.passed} passed, ${sum.failed} failed`);
process.exitCode = sum.failed === 0 && sum.passed > 0 ? 0 : 1;
