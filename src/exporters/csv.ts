/** The rows of a run, one a line, with their names. RFC 4180. */
import { type Exporter, KIND_NAMES, rowText, stackNames } from './run_data.ts';

const HEADER = 'row,time_ns,cpu,task,comm,kind,a,b,c,text,stack\n';
const PIECE_ROWS = 1000;

/** A cell in quotes where it needs them; a sign that a table program would take for a formula is kept from it. */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const csv: Exporter = {
  id: 'csv',
  doc: 'every event, a row each, with its names',
  fileName: (s) => `${s.id}.csv`,
  *write({ tables, chunks }) {
    const comm = new Map(tables.tasks.map((t) => [t.id, csvCell(t.comm)]));
    const stack = stackNames(tables);
    let lines = [HEADER];
    for (const c of chunks) {
      for (let i = 0; i < c.length; i++) {
        const text = rowText(tables, c.kind[i], c.a[i], c.b[i], c.c[i]);
        lines.push(`${c.first + i},${c.time[i]},${c.cpu[i]},${c.task[i]},${comm.get(c.task[i]) ?? ''},${KIND_NAMES[c.kind[i]]},${c.a[i]},${c.b[i]},${c.c[i]},${csvCell(text)},${csvCell(stack(c.stack[i]))}\n`);
        if (lines.length >= PIECE_ROWS) { yield lines.join(''); lines = []; }
      }
    }
    yield lines.join('');
  },
};
