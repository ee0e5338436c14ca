/** What a real 6.1 did with a victim that has an mmu notifier (four callbacks, each asked twice), and profile v6.1 beside it. */
import { readFileSync } from 'node:fs';
import { library } from './library.mjs';
import { at } from './setup.mjs';

const COLUMNS = /** @type {const} */ (['startMs', 'doneMs', 'rounds', 'calls', 'roundMs', 'nextKillMs']);
/** @param {number | null} x */
const figure = (x) => (x === null ? '-' : String(Math.round(x)));

/** @returns {Promise<{runs: number, bad: number, figure: string}>} */
export async function mmun() {
  const { CALLBACKS, differences, mmunTable, runMmun } = await library();
  const table = mmunTable(readFileSync(at('fixtures/probe/mmun_v6.1.csv'), 'utf8'));
  let bad = 0;
  console.log(`callback, ms after mark_victim: ${COLUMNS.join(', ')}`);
  for (const callback of Object.keys(CALLBACKS)) {
    const model = runMmun(callback);
    console.log(`${callback}: the model ${COLUMNS.map((c) => figure(model[c])).join(', ')}`);
    for (const row of table.filter((r) => r.callback === callback)) {
      const found = differences(model, row.kernel);
      if (found.length > 0) bad++;
      console.log(`  the kernel, run ${row.run}: ${COLUMNS.map((c) => figure(row.kernel[c])).join(', ')}${found.length > 0 ? `; ${found.join('; ')}` : ''}`);
    }
  }
  return { runs: table.length, bad, figure: 'counts equal, times within a quarter' };
}
