import { describe, expect, test } from 'vitest';
import { MT, packBlock, NO_CPU, FRAME, ROW, TASK_STATE } from '../format/rows.ts';
import { TASK_CELLS } from '../format/state.ts';
import { drawnShape, drawnState, RowWriter, traceFromText } from './testing/drawn_trace.ts';
import { Trace } from './trace.ts';
import { exitAt, whyAt } from './why.ts';

const ALLOC = ['handle_mm_fault', '__alloc_pages'], SLOW = [...ALLOC, '__alloc_pages_slowpath'];
/** Rows of one task, `hog`, who runs: each line is said to a writer. 100 frames are free; watermarks 20, 30, 40. */
function told(say: (w: RowWriter, hog: number) => void): Trace {
  const shape = drawnShape(['DMA32']), initial = drawnState(shape, [100]), w = new RowWriter(), hog = w.task('hog');
  say(w, hog);
  initial.tasks = new Int32Array(TASK_CELLS.size).fill(-1);
  initial.tasks.set([TASK_STATE.running, 0]);
  const trace = new Trace(shape, initial, w.timeNs + 1);
  trace.append(w.columns, w.growth());
  return trace;
}
const refuse = (w: RowWriter, hog: number): void => w.decide(hog, w.stack(...SLOW, 'get_page_from_freelist'), 'zone_watermark_fast(DMA32)', 0, { min: 20, lowmem_reserve: 0 }, 15);
const DMA32 = 'DMA32 has 15 pages free and needs more than min 20: short by 6';

describe('why an allocation fails', () => {
  const trace = told((w, hog) => {
    refuse(w, hog);
    w.decide(hog, w.stack(...SLOW), 'may reclaim directly (__GFP_DIRECT_RECLAIM)', 0);
    w.mark(hog, w.stack('ask_for_pages'), 'ask_for_pages', 0, -1);
    w.mark(hog, w.stack('ask_for_pages'), 'later');
  });
  test('is said at the question that ended it, and right after its end', () => {
    expect(whyAt(trace, 4)).toBe(`hog gets no page: ${DMA32}. It is not tried again: it may not wait for reclaim (no __GFP_DIRECT_RECLAIM).`); // events 2 and 3 are the operands of the first
    expect(whyAt(trace, 5)).toBe(`hog got no page: ${DMA32}. It was not tried again: it may not wait for reclaim (no __GFP_DIRECT_RECLAIM).`);
    expect(whyAt(trace, 6)).toBe('hog runs in ask_for_pages().');
  });
  test('is not said of one that may not fail and looks at the zones again, nor of one that got its page', () => {
    const nofail = told((w, hog) => { refuse(w, hog); w.decide(hog, w.stack(...SLOW, '__alloc_pages_may_oom'), 'PF_DUMPCORE', 1); refuse(w, hog); });
    expect([whyAt(nofail, 4), whyAt(nofail, 5)].map((words) => words.slice(0, 12))).toEqual(['hog gets no ', 'hog waits fo']);
    const served = told((w, hog) => {
      refuse(w, hog);
      w.row(ROW.pageUse, hog, w.stack(...SLOW, 'get_page_from_freelist', 'rmqueue'), 1, packBlock(0, 0, MT.movable, 0, NO_CPU), FRAME.anon);
      w.mark(hog, w.stack('handle_mm_fault'), 'later');
    });
    expect(whyAt(served, 5)).toBe('hog runs in handle_mm_fault().');
  });
});
test('an answer that opens a way out says so: taken, and why, or passed by', () => {
  const exit = (question: string, answer: number) => exitAt({ question, answer });
  expect([exit('PF_DUMPCORE', 0), exit('PF_DUMPCORE', 1), exit('may reclaim directly (__GFP_DIRECT_RECLAIM)', 1), exit('zone_watermark_fast(DMA32)', 0)]).toEqual([{ taken: false }, { taken: true, words: 'nobody is killed for a core dump (PF_DUMPCORE)' }, { taken: false }, null]);
});
describe('why an allocation waits', () => {
  test('names what an answer came to, and who holds oom_lock', () => {
    const nofs = told((w, hog) => { refuse(w, hog); w.decide(hog, w.stack(...SLOW, '__alloc_pages_may_oom', 'out_of_memory'), 'no __GFP_FS: do not kill, say that there was progress', 1); });
    expect(whyAt(nofs, 4)).toBe(`hog waits for a page: ${DMA32}. Now nobody is killed for it, since it may not enter the file system (no __GFP_FS): that counts as progress, and it goes round again.`);
    const missed = told((w, hog) => {
      const other = w.task('other'), lock = w.lock('oom_lock');
      w.row(ROW.lockGot, other, w.stack('out_of_memory'), lock, other);
      refuse(w, hog);
      w.decide(hog, w.stack(...SLOW, '__alloc_pages_may_oom'), 'mutex_trylock(&oom_lock)', 0);
    });
    expect(whyAt(missed, 5, 0)).toContain('Now other holds oom_lock, so it sleeps one jiffy and tries again.');
  });
  test('says what it sleeps for in the midst of it, or that it has no CPU', () => {
    const sleeps = told((w, hog) => {
      refuse(w, hog);
      const stack = w.stack(...SLOW, 'try_to_free_pages', 'reclaim_throttle', 'schedule_timeout', 'schedule');
      w.row(ROW.block, hog, stack, hog, TASK_STATE.uninterruptible);
      w.row(ROW.switch_, hog, stack, hog, w.task('swapper/0'));
    });
    expect(whyAt(sleeps, 5, 0)).toBe(`hog waits for a page: ${DMA32}. Now it reclaims for itself, round 1, and sleeps in reclaim_throttle() because reclaim gets nowhere, or too much is isolated or being written, until others get on or its time is up.`);
  });
  test('of a memory cgroup says which one is full, and that reclaim is of the group alone', () => {
    const CHARGE = ['handle_mm_fault', '__mem_cgroup_charge', 'try_charge_memcg'], trace = told((w, hog) => {
      const gauge = (name: string, value: number): void => w.row(ROW.gauge, hog, 0, w.string(name), value), reclaim = w.stack(...CHARGE, 'try_to_free_mem_cgroup_pages');
      gauge('memory.max /box', 1536);
      gauge('memory.current /box', 1536);
      gauge('memory.current /other', 9000);
      w.decide(hog, w.stack(...CHARGE), 'the charge fits below memory.max', 0, {}, 0);
      w.mark(hog, reclaim, 'mm_vmscan_memcg_reclaim_begin');
      w.mark(hog, reclaim, 'mm_vmscan_memcg_reclaim_end', 2);
      w.mark(hog, w.stack(...CHARGE, 'mem_cgroup_oom', 'out_of_memory', '__oom_kill_process'), 'mark_victim', hog, 100);
    });
    const full = 'hog waits for room in its memory cgroup: /box has 1536 pages, all that memory.max allows. Now';
    expect(whyAt(trace, 5)).toBe(`${full} it reclaims from the group alone, round 1.`);
    expect(whyAt(trace, 7)).toBe(`${full} it has chosen itself to be killed. 1 round of reclaim before gave 2 pages.`);
  });
});
describe('a task that does not allocate', () => {
  const trace = traceFromText(`
    ms       0     10               20                                          30                       40
    hog      run   .                sleep@do_exit>exit_mmap>schedule            -                        -
    kswapd0  sleep .                .                                           run@kswapd>balance_pgdat .
    other    -     -                -                                           -                        run
    DMA32    100   35               .                                           .                        .`);
  const id = (comm: string): number => trace.tables.tasks.findIndex((t) => t.comm === comm), at = (ms: number, comm: string): string => whyAt(trace, trace.eventAt(ms * 1e6), id(comm));
  test('has not started yet, or is gone', () => {
    expect([at(5, 'other'), at(45, 'hog')]).toEqual(['other has not started yet.', 'hog is gone.']);
  });
  test('is exiting, or is kswapd, who works against a mark', () => {
    expect(at(25, 'hog')).toBe('hog is exiting and gives its memory back, and sleeps in exit_mmap().');
    expect(at(35, 'kswapd0')).toBe('kswapd0 reclaims until a zone is above high: DMA32 has 35 pages free, high is 40, in balance_pgdat().');
  });
});
