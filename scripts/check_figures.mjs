/** What real kernels answered about the OOM notifiers, block by block, about lazy RCU, and about kvfree_rcu(), case by case, beside the model: the tables of docs/fidelity.md. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { library } from './library.mjs';
import { at } from './setup.mjs';

/** So many figures are known to be further off than is allowed (docs/fidelity.md says why); one more is a fault. Of one CPU that counts its instructions none is. */
const KNOWN_OFF = 10, KNOWN_OFF_ONE = 0, KNOWN_OFF_TOLD = 0, KNOWN_OFF_LAZY = 0, KNOWN_OFF_KVFREE = 0, KNOWN_OFF_PCP = 0;
/** @typedef {{runs: number, off: number}} Counted  figures, and how many are off */
/** Blocks whose callback does nothing: only their kills are counted. */
const QUIET = /^count_/;

/** An idle machine of 256 MiB, as a capture found it. @param {string} capture */
async function machineOf(capture) {
  const { scenarioFromCapture } = await library();
  /** @param {string} name */
  const text = (name) => { const file = at(`fixtures/captures/${capture}/${name}`); return existsSync(file) ? readFileSync(file, 'utf8') : gunzipSync(readFileSync(`${file}.gz`)).toString('utf8'); };
  const read = scenarioFromCapture({
    zoneinfo: text('zoneinfo.txt'), buddyinfo: text('buddyinfo.txt'), pagetypeinfo: text('pagetypeinfo.txt'), meminfo: text('meminfo.txt'), vmstat: text('vmstat.txt'), meta: text('meta.json'), slabinfo: text('slabinfo.txt'), sysctl: text('sysctl_vm.txt'),
  });
  if (!read.ok) throw new Error(`${capture}: ${read.file}: ${read.problem.message}`);
  return read.value.scenario;
}
/** @param {readonly number[]} values */
const span = (values) => [...new Set([Math.min(...values), Math.max(...values)].map((n) => Math.round(n * 10) / 10))].join('..');
/** Lazy RCU. @returns {Promise<Counted>} */
async function lazyFigures() {
  const { askLazy, compareLazy, readLazyRows } = await library();
  let runs = 0, off = 0;
  console.log('\n| kernel | load | figure | kernel / model |\n|---|---|---|---|');
  for (const row of readLazyRows(readFileSync(at('fixtures/probe/lazyrcu.csv'), 'utf8'))) {
    const base = await machineOf(`${row.profile.slice(1)}-256M-1-hog`);
    for (const cell of compareLazy(row, askLazy(row, base))) {
      runs++;
      off += cell.near ? 0 : 1;
      console.log(`| ${row.profile} | ${row.capture} | ${cell.name} | ${[...new Set(cell.kernel)].join('..')} / ${cell.model.length === 0 ? 'none' : span(cell.model)}${cell.near ? '' : ' *'} |`);
    }
  }
  return { runs, off };
}
/** kvfree_rcu(). @returns {Promise<Counted>} */
async function kvfreeFigures() {
  const { KVFREE_612, kvfreeRows, kvfreeTable, readKvfreeCases } = await library();
  const rows = kvfreeRows([...readKvfreeCases(readFileSync(at('fixtures/probe/kvfree_v6.1.csv'), 'utf8'), readFileSync(at('fixtures/probe/kvfree_others_v6.1.csv'), 'utf8')), ...KVFREE_612]), cells = rows.flatMap((r) => r.cells);
  console.log(`\n${kvfreeTable(rows)}\n`);
  return { runs: cells.length, off: cells.filter((c) => !c.near).length };
}
/** The per-CPU lists, page by page. @returns {Promise<Counted>} */
async function listFigures() {
  const { comparePcp, pcpTable, readPcpBlocks } = await library();
  const lists = comparePcp(readPcpBlocks(readFileSync(at('fixtures/probe/pcp_lists.csv'), 'utf8'))), all = lists.flatMap((l) => l.cells);
  console.log(`${pcpTable(lists)}\n`);
  return { runs: all.length, off: all.filter((c) => !c.same).length };
}
/** @returns {Promise<{runs: number, bad: number, figure: string}>} */
export async function figures() {
  const { blocksOf, compareBlock, furtherKills, kindOf, readKernelFigures, sentenceTable, tableOf, tell } = await library();
  /** @param {string} name */
  const read = (name) => readKernelFigures(readFileSync(at(`fixtures/probe/${name}`), 'utf8'));
  const rows = read('notifier_v6.1.csv'), more = read('notifier_again_v6.1.csv'), one = { runs: 0, off: 0 }, two = { runs: 0, off: 0 };
  let again = 0;
  /** @type {string[]} */
  const kills = [];
  /** @type {import('../src/run/testing/probe_figures.ts').Row[]} */
  const all = [];
  for (const capture of new Set(rows.map((r) => r.capture))) {
    const compared = [...blocksOf(rows, capture)].map(([name, kernel]) => compareBlock(capture, name, kernel, blocksOf(more, capture).get(name))), { high } = kindOf(capture), shown = compared.filter((r) => !QUIET.test(r.name));
    all.push(...compared);
    const counted = kindOf(capture).icount ? one : two;
    for (const c of shown.flatMap((r) => r.cells)) { counted.runs++; counted.off += c.near ? 0 : 1; again += c.again ? 1 : 0; }
    console.log(`\n${tableOf(capture, shown)}`);
    const [k, m] = [compared.flatMap((r) => r.kernelFree), compared.flatMap((r) => r.modelFree)].map((free) => furtherKills(free, high));
    if (k === undefined || m === undefined) throw new Error('two sums');
    kills.push(`| ${capture} | ${compared.length * 2} | ${k.further} / ${m.further} | ${k.needless} / ${m.needless} |`);
  }
  console.log(`\n| capture | blocks of both runs | further kills | with more than HIGH free |\n|---|---|---|---|\n${kills.join('\n')}\n`);
  console.log(`${again} figures of two CPUs are near only by what further boots of the same kernel said (~)\n`);
  const told = tell(all, undefined, more);
  console.log(`${sentenceTable(told)}\n`);
  /** @type {[name: string, counted: Counted, mayBeOff: number][]} */
  const parts = [['that the README tells of notifiers and starvation', { runs: told.length, off: told.filter((t) => !t.near).length }, KNOWN_OFF_TOLD], ['of starvation on one CPU', one, KNOWN_OFF_ONE], ['of notifiers and starvation on two CPUs', two, KNOWN_OFF], ['of lazy RCU', await lazyFigures(), KNOWN_OFF_LAZY], ['of kvfree_rcu()', await kvfreeFigures(), KNOWN_OFF_KVFREE], ['of the per-CPU lists', await listFigures(), KNOWN_OFF_PCP]];
  return {
    runs: parts.reduce((n, [, c]) => n + c.runs, 0), bad: parts.reduce((n, [, c, may]) => n + Math.max(0, c.off - may), 0),
    figure: `as near as docs/fidelity.md asks: ${parts.map(([name, c, may]) => `${name} ${c.runs - c.off} of ${c.runs} (${may} may be off)`).join('; ')}`,
  };
}
