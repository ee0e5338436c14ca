/** What real kernels answered about the OOM notifiers, block by block, beside the model: the tables of docs/fidelity.md. */
import { readFileSync } from 'node:fs';
import { library } from './library.mjs';
import { at } from './setup.mjs';

/** So many figures are known to be further off than is allowed (docs/fidelity.md says why); one more is a fault. */
const KNOWN_OFF = 58;
/** Blocks whose callback does nothing: only their kills are counted. */
const QUIET = /^count_/;

/** @returns {Promise<{runs: number, bad: number, figure: string}>} */
export async function figures() {
  const { blocksOf, compareBlock, furtherKills, kindOf, readKernelFigures, tableOf } = await library();
  const rows = readKernelFigures(readFileSync(at('fixtures/probe/notifier_v6.1.csv'), 'utf8'));
  let cells = 0, near = 0;
  /** @type {string[]} */
  const kills = [];
  for (const capture of new Set(rows.map((r) => r.capture))) {
    const compared = [...blocksOf(rows, capture)].map(([name, kernel]) => compareBlock(capture, name, kernel)), { high } = kindOf(capture), shown = compared.filter((r) => !QUIET.test(r.name));
    for (const c of shown.flatMap((r) => r.cells)) { cells++; near += c.near ? 1 : 0; }
    console.log(`\n${tableOf(capture, shown)}`);
    const [k, m] = [compared.flatMap((r) => r.kernelFree), compared.flatMap((r) => r.modelFree)].map((free) => furtherKills(free, high));
    if (k === undefined || m === undefined) throw new Error('two sums');
    kills.push(`| ${capture} | ${compared.length * 2} | ${k.further} / ${m.further} | ${k.needless} / ${m.needless} |`);
  }
  console.log(`\n| capture | blocks of both runs | further kills | with more than HIGH free |\n|---|---|---|---|\n${kills.join('\n')}\n`);
  return { runs: cells, bad: Math.max(0, cells - near - KNOWN_OFF), figure: `${near} of ${cells} figures as near as docs/fidelity.md asks, ${KNOWN_OFF} may be off` };
}
