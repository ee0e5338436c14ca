/** A whole run as JSON: what it follows from, what came of it, its tables and its columns. The importer of scenarios takes it back. */
import type { Columns } from '../format/rows.ts';
import { type Exporter, KIND_NAMES } from './run_data.ts';

/** What the file says of itself in its field `format`. */
export const RUN_FORMAT = 'oomscope-run';
const COLUMNS = ['time', 'cpu', 'kind', 'task', 'stack', 'a', 'b', 'c'] as const;

function* columnOf(chunks: readonly Columns[], name: (typeof COLUMNS)[number]): Generator<string> {
  yield `"${name}":[`;
  let comma = '';
  for (const c of chunks) {
    if (c.length === 0) continue;
    yield comma + c[name].subarray(0, c.length).join();
    comma = ',';
  }
  yield ']';
}
export const json: Exporter = {
  id: 'json',
  doc: 'the whole run: scenario, outcome, tables and columns',
  fileName: (s) => `${s.id}.json`,
  *write({ engine, scenario, outcome, shape, tables, chunks }) {
    const head = JSON.stringify({ format: RUN_FORMAT, version: 1, engine, scenario, outcome, shape, kinds: KIND_NAMES, tables });
    yield `${head.slice(0, -1)},"columns":{`;
    for (const [i, name] of COLUMNS.entries()) {
      if (i > 0) yield ',\n';
      yield* columnOf(chunks, name);
    }
    yield '}}\n';
  },
};
