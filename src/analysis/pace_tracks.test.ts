import { describe, expect, test } from 'vitest';
import { viewOf } from '../experiments/view.ts';
import { ROW } from '../format/rows.ts';
import { copyState } from '../format/state.ts';
import type { Scenario } from '../format/scenario.ts';
import { runScenario } from '../run/run.ts';
import { cacheSlowHog } from '../scenarios/cache_slow_hog.ts';
import { kswapdSlowed } from '../scenarios/kswapd_slowed.ts';
import { PACE_WINDOW_NS, type Pace, pagesPerMs } from './pace_tracks.ts';
import { drawnShape, drawnState, RowWriter } from './testing/drawn_trace.ts';
import { Trace } from './trace.ts';

const MS = 1e6, SHRINK = 'mm_vmscan_lru_shrink_inactive';

describe('pages and CPU time', () => {
  const w = new RowWriter(), shape = drawnShape(['DMA32'], 2), idle = w.task('swapper/0'), kswapd = w.task('kswapd0'), app = w.task('app'), other = w.task('other');
  const go = (ms: number, cpu: number, task: number): void => { w.timeNs = ms * MS; w.row(ROW.switch_, task, 0, idle, task, 0, cpu); };
  const mark = (ms: number, cpu: number, task: number, name: string, c = 0): void => { w.timeNs = ms * MS; w.row(ROW.mark, task, 0, w.string(name), 32, c, cpu); };
  const handler = (ms: number, kind: number): void => { w.timeNs = ms * MS; w.row(kind, kswapd, 0, 2, w.string('timer')); };
  go(1, 0, kswapd);
  mark(2, 0, kswapd, SHRINK, 30); //        after 1 ms of CPU
  handler(2.5, ROW.enter);
  handler(3, ROW.leave);
  mark(4, 0, kswapd, SHRINK, 10); //        after 1.5 ms more
  go(5, 0, app);
  go(6, 1, other);
  mark(6, 1, other, SHRINK, 99); //         outside a round: nobody's
  mark(7, 0, app, 'mm_vmscan_direct_reclaim_begin');
  mark(8, 1, other, 'mm_vmscan_direct_reclaim_begin');
  mark(9, 0, app, SHRINK, 12); //           two CPUs for 1 ms, one for another
  mark(10, 0, app, 'mm_vmscan_direct_reclaim_end');
  go(11, 1, idle);
  go(30, 0, kswapd);
  mark(31, 0, kswapd, SHRINK, 5);
  const trace = new Trace(shape, drawnState(shape, [100]), 40 * MS);
  trace.append(w.columns, w.growth());
  const { kswapd: nodes, direct } = trace.series.paces, node = nodes.get(0) as Pace, at = (p: Pace, ms: number): number[] => [p.told(0, trace.eventAt(ms * MS)).pages, p.cpuNs(ms * MS) / MS];
  test('are those of kswapd while it has a CPU, without the handlers that came in between', () => {
    expect([1, 2, 2.75, 3.5, 4, 20, 31].map((ms) => at(node, ms))).toEqual([[0, 0], [30, 1], [30, 1.5], [30, 2], [40, 2.5], [40, 3.5], [45, 4.5]]);
  });
  test('are those of all who are in a round of direct reclaim together', () => {
    expect([7, 8, 9, 10, 11, 20].map((ms) => at(direct, ms))).toEqual([[0, 0], [0, 1], [12, 3], [12, 5], [12, 6], [12, 6]]);
  });
  test('of a window are those of the calls that returned in it, with all CPU time since the call before', () => {
    const told = (from: number, to: number): unknown => node.told(trace.eventAt(from * MS), trace.eventAt(to * MS));
    expect(told(0, 3)).toEqual({ calls: 1, pages: 30, cpuNs: MS });
    expect(told(3, 13)).toEqual({ calls: 1, pages: 10, cpuNs: 1.5 * MS });
    expect(told(20, 35)).toEqual({ calls: 1, pages: 5, cpuNs: 2 * MS }); // from 4 to 5 ms and from 30 to 31
    expect(told(10, 30)).toEqual({ calls: 0, pages: 0, cpuNs: 0 });
  });
  test('have a largest quotient of a window of 10 ms', () => {
    expect(node.most).toBe(30); // 30 pages in 1 ms, then 40 in 2.5; 5 in 2 ms at 31 ms
    expect(direct.most).toBe(4);
  });
});

/** The same by brute force: pages and CPU time of `task` after `fromNs` and until `toNs`, from every row, each time anew. */
function brute(s: { readonly chunks: readonly { readonly length: number; readonly time: ArrayLike<number>; readonly cpu: ArrayLike<number>; readonly kind: ArrayLike<number>; readonly task: ArrayLike<number>; readonly a: ArrayLike<number>; readonly b: ArrayLike<number>; readonly c: ArrayLike<number> }[] }, task: number, shrink: number, fromNs: number, toNs: number): [number, number] {
  const on: { task: number; handlers: number; sinceNs: number }[] = [];
  let pages = 0, ns = 0;
  const until = (cpu: number, t: number): void => {
    const o = (on[cpu] ??= { task: -1, handlers: 0, sinceNs: 0 });
    if (o.task === task && o.handlers === 0) ns += Math.max(0, Math.min(t, toNs) - Math.max(o.sinceNs, fromNs));
    o.sinceNs = t;
  };
  for (const c of s.chunks) for (let i = 0; i < c.length; i++) {
    const cpu = c.cpu[i];
    if (c.kind[i] === ROW.switch_) { until(cpu, c.time[i]); on[cpu].task = c.b[i]; }
    else if (c.kind[i] === ROW.enter || c.kind[i] === ROW.leave) { until(cpu, c.time[i]); on[cpu].handlers += c.kind[i] === ROW.enter ? 1 : -1; }
    else if (c.kind[i] === ROW.mark && c.a[i] === shrink && c.task[i] === task && c.time[i] > fromNs && c.time[i] <= toNs) pages += c.c[i];
  }
  on.forEach((_, cpu) => { until(cpu, toNs); });
  return [pages, ns];
}
describe('of a run', () => {
  for (const story of [kswapdSlowed, cacheSlowHog] satisfies Scenario[]) {
    test(`${story.id}, they are those that its experiment would have, and in any window those of its rows`, () => {
      const { outcome, trace: recorded } = runScenario(story), v = viewOf(outcome, recorded), trace = new Trace(recorded.shape, copyState(recorded.initial), story.untilNs);
      recorded.chunks.forEach((c, i) => { trace.append(c, i === 0 ? recorded.tables : { strings: [], stackParent: [], stackFn: [], tasks: [], locks: [], log: [] }); });
      const pace = trace.series.paces.kswapd.get(0) as Pace, task = trace.tables.tasks.findIndex((t) => t.comm === 'kswapd0'), shrink = trace.tables.stringIndex(SHRINK);
      const steals = v.marks(SHRINK).reduce((n, m) => n + (m.task.startsWith('kswapd0/') ? m.c : 0), 0);
      expect(steals).toBeGreaterThan(1000);
      expect([pace.told(0, trace.rows).pages, pace.cpuNs(outcome.endNs)]).toEqual([steals, v.cpuNs('kswapd0')]);
      const busiest = v.marks(SHRINK).filter((m) => m.task.startsWith('kswapd0/')), some = [0.1, 0.35, 0.6, 0.85].map((share) => busiest[Math.floor(busiest.length * share)].timeNs + 123);
      for (const toNs of some) {
        const inside = busiest.filter((m) => m.timeNs > toNs - PACE_WINDOW_NS && m.timeNs <= toNs), before = busiest.filter((m) => m.timeNs <= toNs - PACE_WINDOW_NS).at(-1)?.timeNs ?? 0, last = inside.at(-1)?.timeNs ?? before;
        const [pages, cpuNs] = brute(recorded, task, shrink, before, last), told = pace.told(trace.eventAt(toNs - PACE_WINDOW_NS), trace.eventAt(toNs));
        expect(told).toEqual({ calls: inside.length, pages, cpuNs });
        expect(pagesPerMs(told)).toBeLessThanOrEqual(pace.most);
      }
    });
  }
});
