/** A finished run, as exporters take it: the page and the command line both have these parts. */
import { must } from '../base/units.ts';
import type { MachineShape, TableGrowth } from '../format/machine.ts';
import { type Columns, ROW } from '../format/rows.ts';
import type { Outcome, Scenario } from '../format/scenario.ts';

export interface RunData {
  readonly engine: string;
  readonly scenario: Scenario;
  readonly outcome: Outcome | null;
  readonly shape: MachineShape;
  /** All tables, from the first row on. */
  readonly tables: TableGrowth;
  readonly chunks: readonly Columns[];
}
/** An exporter gives its text in pieces: a long run does not fit into one string. */
export interface Exporter {
  readonly id: string;
  readonly doc: string;
  readonly fileName: (scenario: Scenario) => string;
  readonly write: (run: RunData) => Generator<string>;
}

/** Names of rows by kind, in the words of the format: `switch_` is `switch`. */
export const KIND_NAMES: readonly string[] = (() => {
  const names: string[] = [];
  for (const [name, kind] of Object.entries(ROW)) names[kind] = name.replace(/_$/, '');
  return names;
})();
/** Kinds whose `a` is a string's index. */
const NAMED: readonly number[] = [ROW.decide, ROW.operand, ROW.mark, ROW.gauge];

/** The words that belong to a row: a question, a name, a line of the log. */
export function rowText(tables: TableGrowth, kind: number, a: number, b: number, c: number): string {
  if (NAMED.includes(kind)) return tables.strings[a] ?? '';
  if (kind === ROW.enter) return tables.strings[b] ?? '';
  if (kind === ROW.charge) return tables.strings[c] ?? '';
  if (kind === ROW.log) return tables.log[a]?.text ?? '';
  return '';
}
/** Names of a stack's functions, the outermost first; by number, remembered. */
export function stackNames(tables: TableGrowth): (stack: number) => string {
  const known = [''];
  return (stack) => {
    const path: number[] = [];
    let s = stack;
    while (known[s] === undefined) { path.push(s); s = must(tables.stackParent[s], 'a stack has a parent'); }
    for (const child of path.reverse()) {
      const parent = known[must(tables.stackParent[child], 'a stack has a parent')];
      known[child] = `${parent}${parent === '' ? '' : ';'}${tables.strings[tables.stackFn[child]] ?? ''}`;
    }
    return known[stack];
  };
}
