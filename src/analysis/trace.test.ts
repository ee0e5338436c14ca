import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FRAME, MT, NO_CPU, ownerBits, packBlock, ROW } from '../format/rows.ts';
import { applyRow, copyState, type MachineState, ZONE_CELLS } from '../format/state.ts';
import { CODE, isRunning } from './task_tracks.ts';
import { drawnShape, drawnState, RowWriter, traceFromText } from './testing/drawn_trace.ts';
import { Trace } from './trace.ts';

/** A long run of pages taken and given back, at places that a small generator picks. */
function longRun(rows: number): { trace: Trace; at: (count: number) => MachineState } {
  const shape = drawnShape(['DMA32'], 1, 16_384), initial = drawnState(shape, [16_384]), w = new RowWriter(rows);
  const me = w.task('hog'), stack = w.stack('handle_mm_fault', '__alloc_pages');
  let seed = 12345;
  const used = new Set<number>();
  while (w.columns.length + 2 < rows) {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    w.timeNs += seed % 700;
    const pfn = (seed >>> 8) % 16_384, block = packBlock(0, 0, MT.movable, 0, NO_CPU);
    if (used.delete(pfn)) w.row(ROW.buddyFree, me, stack, pfn, block);
    else {
      used.add(pfn);
      w.row(ROW.buddyTake, me, stack, pfn, block);
      w.row(ROW.pageUse, me, stack, pfn, block, FRAME.anon | ownerBits(1));
    }
  }
  const trace = new Trace(shape, initial, w.timeNs), { columns: q } = w;
  trace.append(q, w.growth());
  return {
    trace,
    at(count) {
      const s = copyState(initial);
      for (let i = 0; i < count; i++) applyRow(s, 1, q.kind[i], q.cpu[i], q.task[i], q.stack[i], q.a[i], q.b[i], q.c[i]);
      return s;
    },
  };
}
const run = longRun(60_000);

describe('a trace', () => {
  test('gives the state that folding from the start gives, at any event and in any order', () => {
    const total = run.trace.rows;
    fc.assert(fc.property(fc.array(fc.oneof(fc.nat(total), fc.constantFrom(0, 1, total - 1, total)), { minLength: 1, maxLength: 4 }), (events) => {
      for (const event of events) {
        const got = run.trace.stateAt(event - 1), want = run.at(event);
        expect(got.row).toBe(event);
        expect(Buffer.compare(Buffer.from(got.frames.buffer), Buffer.from(want.frames.buffer))).toBe(0);
        expect(Array.from(got.zones)).toEqual(Array.from(want.zones));
        expect(Array.from(got.buddy)).toEqual(Array.from(want.buddy));
      }
    }), { numRuns: 25 });
  });
  test('steps back by one from anywhere', () => {
    for (const event of [59_000, 30_000, 4097, 4096, 1]) {
      run.trace.stateAt(event - 1);
      expect(run.trace.stateAt(event - 2).zones[ZONE_CELLS.free]).toBe(run.at(event - 1).zones[ZONE_CELLS.free]);
    }
  });
  test('finds the last row at or before a time', () => {
    const { trace } = run;
    fc.assert(fc.property(fc.integer({ min: -5, max: Math.ceil(trace.endNs) + 5 }), (timeNs) => {
      const row = trace.rowAt(timeNs);
      if (row >= 0) expect(trace.timeAt(row)).toBeLessThanOrEqual(timeNs);
      if (row + 1 < trace.rows) expect(trace.timeAt(row + 1)).toBeGreaterThan(timeNs);
    }), { numRuns: 300 });
  });
  test('keeps every series equal to the state it was collected from', () => {
    const { trace } = run;
    for (const event of [0, 1, 2, 777, 30_001, trace.rows]) {
      const state = trace.stateAt(event - 1);
      expect(trace.series.zones[0].free.at(event)).toBe(state.zones[ZONE_CELLS.free]);
      expect(trace.series.free.at(event)).toBe(state.zones[ZONE_CELLS.free]);
      expect(trace.series.types[FRAME.anon].at(event)).toBe(state.zones[ZONE_CELLS.types + FRAME.anon]);
    }
  });
  test('gives each pixel column the least, most and last of its rows', () => {
    // so few rows a column that its borders are exact
    const { trace } = run, columns = trace.columns(0, trace.endNs, 20_000), { free } = trace.series, got = free.extent(columns);
    for (let x = 0; x < 20_000; x += 77) {
      const inside = [free.at(columns.edges[x])];
      for (let row = columns.edges[x]; row < columns.edges[x + 1]; row++) inside.push(free.at(row + 1));
      expect([got.min[x], got.max[x], got.last[x]]).toEqual([Math.min(...inside), Math.max(...inside), inside[inside.length - 1]]);
    }
  });
});

describe('a drawn run', () => {
  const trace = traceFromText(`
    ms       0     1                    2          3          4
    hog      run   run@try_to_free_pages oom_lock* queue      -
    other    sleep .                    .          oom_lock!  oom_lock*
    DMA32    100   35                   15         .          60
    mark     .     kswapd_wake          kill:hog   .          kswapd_sleep`);
  const task = (name: string) => trace.tables.tasks.findIndex((t) => t.comm === name), code = (name: string, ms: number) => trace.series.tasks.codes[task(name)].at(trace.eventAt(ms * 1e6));
  test('has a code for each task at each moment, with the hue of its stack', () => {
    expect([0, 1, 2, 3, 4].map((ms) => code('hog', ms))).toEqual([CODE.running, CODE.running + 1, CODE.running, CODE.queued, CODE.gone]);
    expect(code('other', 1)).toBe(CODE.asleep);
    expect(isRunning(code('other', 3))).toBe(true);
  });
  test('has the spell of kswapd, the kill, and the lock from hold to hold', () => {
    const { marks, locks } = trace.series;
    expect([trace.timeAt(marks.kswapd.from.data[0]), trace.timeAt(marks.kswapd.to.data[0])]).toEqual([1e6, 4e6]);
    expect([marks.kills.length, marks.kills.a.data[0]]).toEqual([1, task('hog')]);
    expect([locks.list[0].holds.length, locks.list[0].misses.length, locks.list[0].heldNs]).toEqual([2, 1, 1e6]);
  });
  test('notes each watermark that was crossed: down below low, below min, and back up above high', () => {
    const { crossings } = trace.series, list = Array.from({ length: crossings.length }, (_, i) => [crossings.b.data[i], crossings.c.data[i]]);
    expect(list).toEqual([[3, 2], [2, 1], [1, 0], [0, 1], [1, 2], [2, 3]]);
  });
});
