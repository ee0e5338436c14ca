/** The run on screen as a file for other programs. */
import { exporters } from '../exporters/index.ts';
import type { RunData } from '../exporters/run_data.ts';
import { SEGMENT_ROWS } from '../analysis/row_store.ts';
import type { Trace } from '../analysis/trace.ts';
import { bad, good, type Result } from '../base/result.ts';
import type { Columns } from '../format/rows.ts';
import { store } from './store.ts';

export const formats: readonly { readonly id: string; readonly doc: string }[] = exporters;

function columnsOf(trace: Trace): Columns[] {
  const chunks: Columns[] = [];
  for (let first = 0; first < trace.rows; first += SEGMENT_ROWS) {
    const { time, cpu, kind, task, stack, a, b, c } = trace.store.segment(first), length = Math.min(SEGMENT_ROWS, trace.rows - first);
    chunks.push({
      first, length, time: time.slice(0, length), cpu: cpu.slice(0, length), kind: kind.slice(0, length), task: task.slice(0, length), stack: stack.slice(0, length),
      a: a.slice(0, length), b: b.slice(0, length), c: c.slice(0, length),
    });
  }
  return chunks;
}
function runData(trace: Trace): RunData {
  const { catalog, scenario, phase } = store.getState();
  return { engine: catalog?.engine ?? '', scenario, outcome: phase.kind === 'ended' ? phase.outcome : null, shape: trace.shape, tables: trace.tables, chunks: columnsOf(trace) };
}

/** Offers the run as a file to save. */
export function saveRun(format: string): Result<string> {
  const { trace } = store.getState(), exporter = exporters.find((e) => e.id === format);
  if (trace === null || exporter === undefined) return bad(trace === null ? 'there is no run yet' : `expected one of ${exporters.map((e) => e.id).join(', ')}, found ${format}`);
  const run = runData(trace), name = exporter.fileName(run.scenario);
  const address = URL.createObjectURL(new Blob([...exporter.write(run)], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // the browser has begun to read it by then
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return good(name);
}
