/** A run small enough to be read: one zone of 16 frames, one process that is killed. For tests. */
import { must } from '../../base/units.ts';
import type { MachineShape, TableGrowth } from '../../format/machine.ts';
import { type Columns, FRAME, MT, newColumns, NO_CPU, NO_OPERAND, packBlock, ROW } from '../../format/rows.ts';
import { buddyCell, countFrames, emptyState, type MachineState, ZONE_CELLS } from '../../format/state.ts';
import { stories } from '../../scenarios/index.ts';
import type { RunData } from '../run_data.ts';

export const tinyShape: MachineShape = {
  profile: 'v6.1', kernel: '6.1', cpus: 1, hz: 250, preempt: 'none', frames: 16, swapPages: 0, zones: [{ name: 'DMA32', node: 0, startPfn: 0, spanned: 16, present: 16, managed: 16, reserve: [0] }],
};
/** All 16 frames free, as one block of order 4. */
export function tinyInitial(): MachineState {
  const s = emptyState(tinyShape);
  s.frames.fill(FRAME.buddy);
  s.zones[ZONE_CELLS.free] = 16;
  s.buddy[buddyCell(0, 4, MT.movable)] = 1;
  countFrames(s, tinyShape);
  return s;
}
export const tinyTables: TableGrowth = {
  strings: ['mm_vmscan_wakeup_kswapd', 'mm_vmscan_kswapd_wake', 'mark_victim', 'free > min?', 'do_exit', 'say "x", y', '=cmd'],
  stackParent: [0, 0, 1], stackFn: [0, 4, 5], locks: [],
  tasks: [
    { id: 0, pid: 0, tgid: 0, comm: 'swapper/0', kthread: true, idle: true, mm: -1, oomScoreAdj: 0, policy: 'idle', row: 0 },
    { id: 1, pid: 37, tgid: 37, comm: 'kswapd0', kthread: true, idle: false, mm: -1, oomScoreAdj: 0, policy: 'normal', row: 0 },
    { id: 2, pid: 79, tgid: 79, comm: '=hog', kthread: false, idle: false, mm: 0, oomScoreAdj: 0, policy: 'normal', row: 0 },
  ],
  log: [{ timeNs: 2_366_483_000, level: 3, text: 'Out of memory: Killed process 79 (hog)' }, { timeNs: 12_345_000_000_999, level: 6, text: 'later' }],
};
/** [time in ms, task, kind, a, b, c, stack] */
type Row = readonly [number, number, number, number, number, number, number?];
const block = (order: number, from: number): number => packBlock(order, from, MT.movable, 0, NO_CPU);
/** The buddies of orders 0 to 3 stand on movable lists: 3 bits an order. */
const BUDDY_TYPES = 0o1111 * MT.movable;
const anonPage = packBlock(0, 0, 0, 0, NO_CPU);
const ROWS: readonly Row[] = [
  [10, 2, ROW.buddyTake, 0, block(0, 4), 0, 2], [10, 2, ROW.pageUse, 0, anonPage, FRAME.anon], [15, 2, ROW.mark, 0, 0, 1], [20, 2, ROW.mark, 0, 0, 0], [20, 1, ROW.mark, 1, 0, 0], [30, 2, ROW.decide, 3, 0, NO_OPERAND],
  [35, 2, ROW.mark, 2, 2, 0], [35, 2, ROW.log, 0, 0, 0], [40, 2, ROW.rss, 0, 3, 7], [45, 2, ROW.buddyFree, 0, block(0, 4), BUDDY_TYPES],
];
/** The rows in chunks of four. */
export function tinyChunks(): Columns[] {
  const out: Columns[] = [];
  for (let first = 0; first < ROWS.length; first += 4) {
    const rows = ROWS.slice(first, first + 4), c = { ...newColumns(first, 8), length: rows.length };
    rows.forEach(([ms, task, kind, a, b, third, stack], i) => { c.time[i] = ms * 1e6; c.task[i] = task; c.kind[i] = kind; c.a[i] = a; c.b[i] = b; c.c[i] = third; c.stack[i] = stack ?? 0; });
    out.push(c);
  }
  return out;
}
export const tinyRun = (): RunData => ({ engine: 'test', scenario: must(stories[0], 'there is a story'), outcome: null, shape: tinyShape, tables: tinyTables, chunks: tinyChunks() });
