import { describe, expect, test } from 'vitest';
import { must } from '../base/units.ts';
import { FRAME, MT, NO_CPU, packBlock, ROW, TASK_STATE } from '../format/rows.ts';
import { TASK_CELLS } from '../format/state.ts';
import { type Gate, ladderAt, lastRequest } from './path.ts';
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

/** grower has a page in hand and charges it: its group is full, reclaim gives 1 page, then nothing; after the second round it takes oom_lock. Then its fault goes on. */
function fullGroup(): { trace: Trace; eventOf: (name: string, nth?: number) => number } {
  const shape = drawnShape(['DMA32']), initial = drawnState(shape, [100]), w = new RowWriter(), grower = w.task('grower'), fault = ['handle_mm_fault'];
  const charge = w.stack(...fault, '__mem_cgroup_charge', 'try_charge_memcg'), reclaim = w.stack(...fault, '__mem_cgroup_charge', 'try_charge_memcg', 'try_to_free_mem_cgroup_pages');
  w.row(ROW.gauge, grower, 0, w.string('memory.max /box'), 1536);
  w.row(ROW.gauge, grower, 0, w.string('memory.current /box'), 1536);
  w.row(ROW.pageUse, grower, w.stack(...fault, '__alloc_pages', 'get_page_from_freelist', 'rmqueue'), 0, packBlock(0, 0, MT.movable, 0, NO_CPU), FRAME.anon);
  for (let round = 0; round < 2; round++) {
    w.timeNs += 1e6;
    w.decide(grower, charge, 'the charge fits below memory.max', 0, {}, round);
    w.decide(grower, charge, 'may reclaim (__GFP_DIRECT_RECLAIM)', 1);
    w.mark(grower, reclaim, 'mm_vmscan_memcg_reclaim_begin');
    w.decide(grower, w.stack(...fault, '__mem_cgroup_charge', 'try_charge_memcg', 'try_to_free_mem_cgroup_pages', '__alloc_pages', 'get_page_from_freelist'), 'zone_watermark_fast(DMA32)', 1, { min: 20 }, 100);
    w.mark(grower, reclaim, 'mm_vmscan_memcg_reclaim_end', 1 - round);
    w.decide(grower, charge, '__GFP_NORETRY', 0);
  }
  w.decide(grower, charge, 'retries are left', 0, {}, 0);
  w.decide(grower, w.stack(...fault, '__mem_cgroup_charge', 'try_charge_memcg', 'mem_cgroup_oom', 'mem_cgroup_out_of_memory'), 'there is room in the group by now', 1, {}, 12);
  w.decide(grower, w.stack(...fault), 'the fault is done', 1);
  initial.tasks = new Int32Array(TASK_CELLS.size).fill(-1);
  initial.tasks.set([TASK_STATE.running, 0]);
  const made = new Trace(shape, initial, 1e9);
  made.append(w.columns, w.growth());
  const eventOf = (name: string, nth = 0): number => must(Array.from({ length: made.rows }, (_, row) => row).filter((row) => made.tables.strings[made.aAt(row)] === name && made.kindAt(row) !== ROW.operand)[nth], name) + 1;
  return { trace: made, eventOf };
}
describe('the ladder of a charge to a memory cgroup', () => {
  const { trace: full, eventOf } = fullGroup(), at = (event: number) => must(ladderAt(full, event, 0), 'grower charges');
  test('begins in try_charge_memcg, behind the page that it is for, and ends with it', () => {
    const whole = at(eventOf('retries are left'));
    expect([whole.kind, whole.fn, whole.fromEvent, whole.toEvent]).toEqual(['charge', 'try_charge_memcg', eventOf('the charge fits below memory.max'), eventOf('the fault is done') - 1]);
    expect(ladderAt(full, eventOf('the fault is done'), 0)).toBe(null);
    expect([lastRequest(full, eventOf('the fault is done'), 0), lastRequest(full, 2, 0)]).toEqual([eventOf('the fault is done') - 1, 0]); // rows 1 and 2 are counters, outside of any call
  });
  test('has each look at the limit as a round, with its numbers; what its reclaim asks and allocates is one step', () => {
    const { rounds, current } = at(eventOf('mm_vmscan_memcg_reclaim_begin', 1));
    expect(rounds.map((r) => r.steps.map((s) => (s.kind === 'gate' ? [s.question, s.answer, ...s.operands.map((o) => o.value)] : [`inside ${s.fn}`, s.questions])))).toEqual([
      [['the charge fits below memory.max', 0, 0], ['may reclaim (__GFP_DIRECT_RECLAIM)', 1], ['inside try_to_free_mem_cgroup_pages', 1], ['__GFP_NORETRY', 0]],
      [['the charge fits below memory.max', 0, 1], ['may reclaim (__GFP_DIRECT_RECLAIM)', 1], ['inside try_to_free_mem_cgroup_pages', 1], ['__GFP_NORETRY', 0], ['retries are left', 0, 0], ['there is room in the group by now', 1, 12]],
    ]);
    expect(current).toBe(1);
  });
  test('says the same as the sentence, wherever the cursor is: also where its reclaim allocates', () => {
    const where = 'grower waits for room in its memory cgroup: /box has 1536 pages, all that memory.max allows. Now ';
    const asked = eventOf('zone_watermark_fast(DMA32)');
    expect([asked, eventOf('retries are left'), eventOf('there is room in the group by now')].map((event) => [at(event).kind, whyAt(full, event)])).toEqual([
      ['charge', `${where}it reclaims from the group alone, round 1.`], ['charge', `${where}no retry is left: unless it may fail, somebody in the group is to be killed. 2 rounds of reclaim before gave 1 page.`],
      ['charge', `${where}there is room in the group by now, so nobody is killed and it tries again. 2 rounds of reclaim before gave 1 page.`],
    ]);
  });
});
test('a place that asks before it waits has a ladder too, but an allocation inside it is its own', () => {
  const shape = drawnShape(['DMA32']), initial = drawnState(shape, [100]), w = new RowWriter(), hog = w.task('hog'), pool = w.stack('submit_bio', 'mempool_alloc');
  w.decide(hog, w.stack('submit_bio', 'mempool_alloc', 'mempool_alloc_pages', '__alloc_pages', 'get_page_from_freelist'), 'zone_watermark_fast(DMA32)', 0, { min: 20 }, 15);
  w.decide(hog, pool, 'the reserve has an element', 0, {}, 0);
  const made = new Trace(shape, initial, 1e9);
  made.append(w.columns, w.growth());
  expect([ladderAt(made, 1, 0), ladderAt(made, 3, 0)].map((l) => [l?.kind, l?.fn, l?.fromEvent])).toEqual([['allocation', '__alloc_pages', 1], ['wait', 'mempool_alloc', 3]]);
});
