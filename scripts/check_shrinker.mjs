/** Each call of do_shrink_slab() that real kernels were seen to make, beside the model: the fixture of 6.1, and whole tables of a folder of captures. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { library } from './library.mjs';
import { at } from './setup.mjs';

/** In so many rows of a capture the kernel prints a sum that two reclaimers share (captures-probe, section 5). */
const SHARED = 14;
/** Kernels that were asked; a capture's name begins with its kernel's. */
const VERSIONS = ['6.1', '6.12'];
/** @param {string} file */
const text = (file) => (file.endsWith('.gz') ? gunzipSync(readFileSync(file)).toString('utf8') : readFileSync(file, 'utf8'));

/** @param {string | undefined} folder  of captures, with shrink_slab.csv or shrink_slab.csv.gz in *mod_shrinker* @returns {Promise<{runs: number, bad: number, figure: string}>} */
export async function shrinkTables(folder) {
  const { askShrinker, readShrinkTable } = await library();
  const files = [at('fixtures/probe/shrink_slab_v6.1.csv.gz')], seen = new Set();
  if (folder !== undefined) {
    for (const capture of readdirSync(folder).filter((name) => name.includes('mod_shrinker'))) {
      const file = ['shrink_slab.csv', 'shrink_slab.csv.gz'].map((name) => join(folder, capture, name)).find((name) => existsSync(name));
      if (file === undefined) console.log(`${capture}: has no shrink_slab.csv, not checked`);
      else { files.push(file); seen.add(capture.split('-')[0]); }
    }
    for (const version of VERSIONS.filter((v) => !seen.has(v))) console.log(`missing: the folder has no table of ${version}, whose calls are not checked`);
  }
  let runs = 0, bad = 0, shared = 0;
  for (const file of files) {
    const told = askShrinker(readShrinkTable(text(file)));
    console.log(`${file}: ${told.calls} calls, ${told.differing.length} differ in delta, total or remainder, ${told.shared} sums shared with another reclaimer`);
    for (const line of told.differing.slice(0, 10)) console.log(`  ${line}`);
    runs += told.calls;
    bad += told.differing.length + Math.max(0, told.shared - SHARED);
    shared += told.shared;
  }
  return { runs, bad, figure: `${files.length} tables, ${shared} shared sums` };
}
