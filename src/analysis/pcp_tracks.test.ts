import { describe, expect, test } from 'vitest';
import { FRAME, MT, packBlock, ROW, WMARK_CELL } from '../format/rows.ts';
import { copyState, TASK_CELLS } from '../format/state.ts';
import type { Scenario } from '../format/scenario.ts';
import { Run } from '../run/run.ts';
import { kswapdSlowed } from '../scenarios/kswapd_slowed.ts';
import { oneHog } from '../scenarios/one_hog.ts';
import { pcpMonopoly } from '../scenarios/pcp_monopoly.ts';
import { pcpBooksAt } from './pcp_books.ts';
import { LOW_TAKE } from './pcp_tracks.ts';
import type { Points } from './series.ts';
import { drawnShape, drawnState, RowWriter } from './testing/drawn_trace.ts';
import { Trace } from './trace.ts';

function traceOf(s: Scenario): Trace {
  const trace: { it?: Trace } = {}, run: Run = new Run(s, (c) => { trace.it?.append(c, run.k.recorder.takeGrowth()); }), it = (trace.it = new Trace(run.booted.shape, copyState(run.booted.initial), s.untilNs));
  while (!run.slice());
  return it;
}
const sum = (points: Points, is: (i: number) => boolean): number => Array.from({ length: points.length }, (_, i) => (is(i) ? points.b.data[i] : 0)).reduce((a, b) => a + b, 0);

describe('what happens on the lists', () => {
  // 100 frames are free; MIN 20, LOW 30. The lists of the one CPU are empty
  const w = new RowWriter(), shape = drawnShape(), initial = drawnState(shape, [33]), app = w.task('app'), other = w.task('other'), block = packBlock(0, 0, MT.movable, 0, 0);
  initial.tasks = new Int32Array(TASK_CELLS.size * 2).fill(-1);
  const at = (ns: number): void => { w.timeNs = ns; }, slow = w.stack('__alloc_pages', '__alloc_pages_slowpath');
  let next = 0;
  const take = (task: number, pages: number): void => { for (let i = 0; i < pages; i++) w.row(ROW.buddyTake, task, 0, next++, block); };
  let used = 0;
  const use = (task: number, stack = 0): void => w.row(ROW.pageUse, task, stack, used++, block, FRAME.kernel);
  at(10); take(app, 5); use(app); //                   33 free before the refill: enough, whatever is left after it
  at(20); use(app); //                                 28 free: below LOW, and nobody was woken
  at(30); use(other, slow); //                         the same in the slow path, which wakes kswapd
  at(40); take(other, 4); take(app, 4); use(other); // two refills of one instant; `other` was let by at 28
  at(50); w.row(ROW.wmark, app, 0, WMARK_CELL.boost, 5); use(app); // 20 free and MIN at 25
  const trace = new Trace(shape, initial, 100);
  trace.append(w.columns, w.growth());
  const { refills, low } = trace.series.lists;
  const listed = (p: Points): number[][] => Array.from({ length: p.length }, (_, i) => [trace.timeAt(p.row.data[i]), p.a.data[i], p.b.data[i], p.c.data[i]]);
  test('a refill is one, however many blocks come with it, and tells who took the lock', () => {
    expect(listed(refills[0])).toEqual([[10, app, 5, 0], [40, other, 4, 0], [40, app, 4, 0]]);
  });
  test('a take is told of where its zone was below LOW and nobody was woken, or below MIN; the boost raises both', () => {
    const { belowMin, wokeNobody } = LOW_TAKE;
    expect(listed(low[0])).toEqual([[20, app, 1, wokeNobody], [40, other, 1, wokeNobody], [50, app, 1, belowMin | wokeNobody]]);
    const { lists } = trace.series, told = (ns: number): number[] => [belowMin, wokeNobody].map((bit) => lists.lowAt(trace.eventAt(ns), bit));
    expect([told(30), told(45), told(50), lists.wokeNobody]).toEqual([[0, 1], [0, 2], [1, 3], 3]);
  });
});

describe('of a run', () => {
  for (const story of [pcpMonopoly, kswapdSlowed, oneHog]) {
    test(`${story.id}, refills and takes are those of the books, which are kept otherwise`, () => {
      const trace = traceOf(story), { uses } = pcpBooksAt(trace, trace.rows), { refills, low } = trace.series.lists, name = (p: Points, i: number): string => trace.tables.taskName(p.a.data[i]);
      expect(uses).not.toEqual([]);
      for (const u of uses) {
        const own = (p: Points) => (i: number): boolean => name(p, i) === u.comm, r = refills[u.cpu], l = low[u.cpu];
        expect([u.comm, r.row.data.subarray(0, r.length).filter((_, i) => own(r)(i)).length, sum(r, own(r))]).toEqual([u.comm, u.refills, u.refilled]);
        expect([u.comm, sum(l, (i) => own(l)(i) && (l.c.data[i] & LOW_TAKE.belowMin) !== 0), sum(l, (i) => own(l)(i) && (l.c.data[i] & LOW_TAKE.wokeNobody) !== 0)]).toEqual([u.comm, u.belowMin, u.missedWakes]);
      }
    });
  }
});
