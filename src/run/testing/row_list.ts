/** A recorded run as a list of rows that a test may edit, and back into columns. */
import { CHUNK_ROWS, type Columns, newColumns } from '../../format/rows.ts';
import { copyState } from '../../format/state.ts';
import type { RunTrace } from '../run.ts';

export interface Row { time: number; cpu: number; kind: number; task: number; stack: number; a: number; b: number; c: number }

export function rowsOf(chunks: readonly Columns[]): Row[] {
  const rows: Row[] = [];
  for (const c of chunks) {
    for (let i = 0; i < c.length; i++) rows.push({ time: c.time[i], cpu: c.cpu[i], kind: c.kind[i], task: c.task[i], stack: c.stack[i], a: c.a[i], b: c.b[i], c: c.c[i] });
  }
  return rows;
}
export function chunksOf(rows: readonly Row[]): Columns[] {
  const chunks: Columns[] = [];
  for (let first = 0; first < rows.length; first += CHUNK_ROWS) {
    const c = newColumns(first), end = Math.min(rows.length - first, CHUNK_ROWS);
    for (let i = 0; i < end; i++) {
      const r = rows[first + i];
      c.time[i] = r.time; c.cpu[i] = r.cpu; c.kind[i] = r.kind; c.task[i] = r.task; c.stack[i] = r.stack; c.a[i] = r.a; c.b[i] = r.b; c.c[i] = r.c;
    }
    c.length = end;
    chunks.push(c);
  }
  return chunks;
}
/** The same run with its rows edited. */
export const withRows = (trace: RunTrace, rows: readonly Row[]): RunTrace => ({ ...trace, initial: copyState(trace.initial), chunks: chunksOf(rows) });
