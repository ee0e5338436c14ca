/**
 * A trace from lines, one row each: `ms cpu what`. What is a tracepoint with its arguments (`rcu_callback 0 1`), a gauge (`rcu_cbs cpu1 NEXT = 1`), or a page
 * (`pcpFree pfn`, `buddyTake pfn` onto a list, `buddyFree pfn order`, `buddyFree pfn order from-list`, `pageUse pfn`), or `wmark-low pages`. A line may end in `@outer>inner`, its stack. Each CPU has a task `task0`, `task1` …
 */
import { FRAME, MT, NO_CPU, packBlock, ROW, WMARK_CELL } from '../../format/rows.ts';
import { TASK_CELLS } from '../../format/state.ts';
import { Trace } from '../trace.ts';
import { drawnShape, drawnState, RowWriter } from './drawn_trace.ts';

const MS = 1e6;
function page(w: RowWriter, cpu: number, stack: number, [name, pfn, order = '0', list]: readonly string[]): boolean {
  const block = packBlock(Number(order), Number(order), MT.movable, 0, name === 'buddyFree' && list === undefined ? NO_CPU : cpu);
  if (name === 'pcpFree') w.row(ROW.pcpFree, cpu, stack, Number(pfn), block, 0, cpu);
  else if (name === 'buddyFree') w.row(ROW.buddyFree, cpu, stack, Number(pfn), block, 0, cpu);
  else if (name === 'buddyTake') w.row(ROW.buddyTake, cpu, stack, Number(pfn), block, 0, cpu);
  else if (name === 'wmark-low') w.row(ROW.wmark, cpu, stack, WMARK_CELL.low, Number(pfn), 0, cpu);
  else if (name === 'pageUse') w.row(ROW.pageUse, cpu, stack, Number(pfn), block, FRAME.kernel, cpu);
  else return false;
  return true;
}
export function marksTrace(text: string, cpus = 2): Trace {
  const shape = drawnShape(['DMA32'], cpus), initial = drawnState(shape, [100]), w = new RowWriter(1 << 12);
  for (let cpu = 0; cpu < cpus; cpu++) w.task(`task${cpu}`);
  for (const line of text.split('\n').map((l) => l.trim()).filter((l) => l !== '')) {
    const [what, frames] = line.split('@'), [ms, cpuText, ...words] = what.trim().split(/\s+/), cpu = Number(cpuText), equal = words.indexOf('='), stack = frames === undefined ? 0 : w.stack(...frames.split('>'));
    w.timeNs = Number(ms) * MS;
    if (equal > 0) w.row(ROW.gauge, cpu, stack, w.string(words.slice(0, equal).join(' ')), Number(words[equal + 1]), 0, cpu);
    else if (!page(w, cpu, stack, words)) w.row(ROW.mark, cpu, stack, w.string(words[0]), Number(words[1] ?? 0), Number(words[2] ?? 0), cpu);
  }
  initial.tasks = new Int32Array(TASK_CELLS.size * cpus).fill(-1);
  const trace = new Trace(shape, initial, w.timeNs);
  trace.append(w.columns, w.growth());
  return trace;
}
/**
 * Three callbacks of CPU 1, two of them lazy, on their way through one grace period, which CPU 1 holds up; the last is queued too late for it. The
 * rows come in the order in which the kernel writes them: a callback's tracepoint before the gauge, and of gauges the segment nearer to the end first.
 */
export const ONE_PERIOD = `
  1   0  kswapd_wake 0 0
  2   1  rcu_kfree_callback 0 1  @kfree_call_rcu
  2   1  rcu_cbs cpu1 NEXT = 1
  2   1  rcu_cbs cpu1 lazy = 1
  3   1  rcu_callback 1 2
  3   1  rcu_cbs cpu1 NEXT = 2
  4   1  rcu_cbs cpu1 WAIT = 2
  4   1  rcu_cbs cpu1 NEXT = 0
  5   0  rcu_grace_period_start 7 2  @rcu_gp_kthread>rcu_gp_init
  5   0  rcu_gpnum = 7
  5   0  rcu_qsmask = 3
  6   0  rcu_qsmask = 2
  7   1  rcu_kfree_callback 2 3
  7   1  rcu_cbs cpu1 NEXT = 1
  7   1  rcu_cbs cpu1 lazy = 2
  9   1  rcu_qsmask = 0
  10  0  rcu_grace_period_end 7 1
  10  0  rcu_completed = 7
  12  1  rcu_cbs cpu1 DONE = 2
  12  1  rcu_cbs cpu1 WAIT = 0
  13  1  rcu_batch_start 3 10
  13  1  rcu_cbs cpu1 DONE = 0
  13  1  rcu_cbs cpu1 invoking = 2
  14  1  rcu_invoke_kfree_callback 0 1  @rcu_do_batch>__rcu_reclaim
  15  1  pcpFree 300
  16  1  rcu_invoke_callback 1 0
  17  1  rcu_cbs cpu1 invoking = 0
  17  1  rcu_batch_end 2 1
  17  1  rcu_cbs cpu1 lazy = 1
  20  1  buddyFree 300 0 from-list
  21  1  mark_victim 1 101`;
