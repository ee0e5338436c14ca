import { describe, expect, test } from 'vitest';
import { must } from '../base/units.ts';
import { FRAME, MT, NO_CPU, packBlock, ROW, TASK_STATE } from '../format/rows.ts';
import { TASK_CELLS } from '../format/state.ts';
import { type Gate, ladderAt } from './path.ts';
import { drawnShape, drawnState, RowWriter } from './testing/drawn_trace.ts';
import { Trace } from './trace.ts';
import { whyAt } from './why.ts';

/** hog faults; both looks at DMA32 fail; two rounds of direct reclaim give nothing; the third look succeeds. */
function slowAllocation(): { trace: Trace; events: { round1: number; reclaim2: number; done: number } } {
  const shape = drawnShape(['DMA32']), initial = drawnState(shape, [100]), w = new RowWriter(), hog = w.task('hog');
  const fault = ['handle_mm_fault'], alloc = [...fault, '__alloc_pages'], slow = [...alloc, '__alloc_pages_slowpath'];
  const look = (path: readonly string[], mark: string, needs: number, free: number): void => w.decide(hog, w.stack(...path, 'get_page_from_freelist'), 'zone_watermark_fast(DMA32)', free > needs ? 1 : 0, { [mark]: needs, lowmem_reserve: 0 }, free);
  const reclaim = [...slow, '__alloc_pages_direct_reclaim', 'try_to_free_pages'];
  w.row(ROW.pageUse, hog, w.stack(...alloc), 0, packBlock(0, 0, MT.movable, 0, NO_CPU), FRAME.anon); // the allocation before
  look(alloc, 'low', 30, 25);
  look(slow, 'min', 20, 15);
  for (let round = 0; round < 2; round++) {
    w.timeNs += 1e6;
    look(slow, 'min', 20, 15);
    w.decide(hog, w.stack(...slow), 'may reclaim directly (__GFP_DIRECT_RECLAIM)', 1);
    w.mark(hog, w.stack(...reclaim), 'mm_vmscan_direct_reclaim_begin');
    w.decide(hog, w.stack(...reclaim, 'shrink_node'), 'again', 0);
    w.decide(hog, w.stack(...reclaim, 'shrink_node'), 'again', 0);
    w.mark(hog, w.stack(...reclaim), 'mm_vmscan_direct_reclaim_end', 3);
    w.decide(hog, w.stack(...slow, 'should_reclaim_retry'), 'enough in DMA32 if all of it were reclaimed', 1, { min: 20 }, 50);
  }
  look(slow, 'min', 20, 40);
  w.row(ROW.pageUse, hog, w.stack(...slow, 'get_page_from_freelist', 'rmqueue'), 1, packBlock(0, 0, MT.movable, 0, NO_CPU), FRAME.anon);
  w.decide(hog, w.stack(...fault), 'the fault is done', 1);
  initial.tasks = new Int32Array(TASK_CELLS.size).fill(-1);
  initial.tasks.set([TASK_STATE.running, 0]);
  const trace = new Trace(shape, initial, 1e9);
  trace.append(w.columns, w.growth());
  const rowOf = (name: string, nth: number): number => {
    const rows = Array.from({ length: trace.rows }, (_, row) => row).filter((row) => (trace.kindAt(row) === ROW.decide || trace.kindAt(row) === ROW.mark) && trace.tables.strings[trace.aAt(row)] === name);
    return must(rows[nth], name) + 1;
  };
  return { trace, events: { round1: rowOf('may reclaim directly (__GFP_DIRECT_RECLAIM)', 0), reclaim2: rowOf('mm_vmscan_direct_reclaim_begin', 1), done: rowOf('the fault is done', 0) } };
}
const { trace, events } = slowAllocation();
const ladder = (event: number) => must(ladderAt(trace, event, 0), 'hog is allocating');

describe('the ladder of an allocation', () => {
  test('begins behind the page that the allocation before it got', () => {
    expect(ladder(events.round1).fromEvent).toBe(2);
  });
  test('has the operands of each question: what was free, the mark, the reserve', () => {
    const first = ladder(events.round1).rounds[0].steps[0] as Gate;
    expect([first.question, first.answer, first.fn]).toEqual(['zone_watermark_fast(DMA32)', 0, 'get_page_from_freelist']);
    expect(first.operands).toEqual([{ name: 'free', value: 25 }, { name: 'low', value: 30 }, { name: 'lowmem_reserve', value: 0 }]);
  });
  test('tells the rounds of the slow path apart, each with its look at the free lists first', () => {
    const { rounds, current } = ladder(events.reclaim2);
    expect(rounds.map((r) => r.steps.map((s) => (s.kind === 'gate' ? s.fn : `inside ${s.fn}`)))).toEqual([
      ['get_page_from_freelist', 'get_page_from_freelist', '__alloc_pages_slowpath', 'inside try_to_free_pages', 'should_reclaim_retry'],
      ['get_page_from_freelist', '__alloc_pages_slowpath', 'inside try_to_free_pages', 'should_reclaim_retry', 'get_page_from_freelist'],
    ]);
    expect(current).toBe(1);
  });
  test('counts what reclaim asks instead of listing it', () => {
    expect(ladder(events.done - 1).rounds[1].steps[2]).toMatchObject({ kind: 'inside', fn: 'try_to_free_pages', questions: 2 });
  });
  test('greys what lies behind the cursor, and ends with the page', () => {
    const at = ladder(events.round1), steps = at.rounds.flatMap((r) => r.steps);
    expect(steps.filter((s) => s.later).length).toBe(steps.length - 3);
    expect(at.toEvent).toBe(events.done - 1);
  });
  test('is not there when the task does not allocate', () => {
    expect(ladderAt(trace, events.done, 0)).toBe(null);
  });
});

describe('why', () => {
  test('an allocation waits is said with the zone, the two numbers and what is done about it', () => {
    expect(whyAt(trace, events.reclaim2)).toBe('hog waits for a page: DMA32 has 15 pages free and needs more than min 20: short by 6. Now it reclaims for itself, round 2. 1 round of reclaim before gave 3 pages.');
  });
  test('nothing is asked at the start', () => {
    expect(whyAt(trace, 0)).toBe('Nothing has happened yet: this is the machine before its first event.');
  });
  test('a task that does not allocate is told by what it does', () => {
    expect(whyAt(trace, events.done)).toBe('hog runs in handle_mm_fault().');
  });
});
