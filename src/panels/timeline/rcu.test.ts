import { describe, expect, test } from 'vitest';
import { marksTrace, ONE_PERIOD } from '../../analysis/testing/marks_trace.ts';
import { traceFromText } from '../../analysis/testing/drawn_trace.ts';
import type { Trace } from '../../analysis/trace.ts';
import { drawLog } from '../../ui/testing/draw_log.ts';
import { allLanes, lanes } from './index.ts';
import { layOut, paintLanes } from './paint.ts';
import { shownTasks } from './task_order.ts';

await allLanes();
const WIDTH = 1000, drawn = marksTrace(ONE_PERIOD);
const pooled = marksTrace(`
  1   0  pool bio set target = 4
  1   0  pool bio set free = 4
  5   0  pool bio set free = 1
  6   1  kvfree_call 0 0
  6   1  kvfree_call 1 1
  7   1  kvfree_call 2 2
  8   1  kvfree cpu1 pages = 1
  8   1  kvfree cpu1 cache = 3
  20  0  pool bio set free = 4`);
function paint(trace: Trace, toMs: number) {
  const log = drawLog(), { places } = layOut(lanes, trace, []), columns = trace.columns(0, toMs * 1e6, WIDTH);
  const hit = paintLanes(log.pen, trace, { columns, notes: [], selectedTask: null }, trace.rows, places, 0, { width: WIDTH, height: 1200, theme: log.theme });
  return { log, hit, top: (id: string): number => places.find((p) => p.lane.id === id)?.top ?? Number.NaN };
}
const labels = (trace: Trace, id: string, ms: number): string[] => {
  const lane = lanes.find((l) => l.id === id);
  return (lane?.labels(trace, trace.eventAt(ms * 1e6), null, lane.height(trace)) ?? []).map((row) => `${row.name}: ${row.value}`);
};

describe('the RCU lane', () => {
  test('is there only in a run that comes to RCU, as the lane of pools is only where there are pools', () => {
    const ids = (trace: Trace) => layOut(lanes, trace, []).places.map((p) => p.lane.id);
    expect(ids(drawn)).toContain('rcu');
    expect(ids(drawn)).not.toContain('pools');
    expect(ids(pooled)).toContain('pools');
    expect(ids(pooled)).not.toContain('rcu');
    const plain = traceFromText('ms 0 1\nhog run run');
    expect(ids(plain).filter((id) => id === 'rcu' || id === 'pools')).toEqual([]);
  });
  test('has its text twin: the grace period, callbacks of each CPU, how old the oldest is, and who has not reported', () => {
    expect(labels(drawn, 'rcu', 7)).toEqual(['RCU: period 7 under way', 'cpu 0: 0', 'cpu 1: 3, 2 lazy', 'not reported: 5.00 ms old']);
    expect(labels(drawn, 'rcu', 12)[3]).toBe(': 10.0 ms old');
    expect(labels(drawn, 'rcu', 2)).toEqual(['RCU: no grace period yet', 'cpu 0: 0', 'cpu 1: 1, all lazy', ': 0 ns old']);
  });
  test('draws grace periods with their numbers, the longest words that fit', () => {
    expect(paint(drawn, 25).log.texts()).toContain('grace period 7, 5.00 ms');
    expect(paint(drawn, 250).log.texts()).toContain('7');
  });
  test('answers in words what is under the pointer', () => {
    const { hit, top } = paint(drawn, 25), y = top('rcu'), x = (ms: number): number => (ms / 25) * WIDTH; // cpu 0 never has one and is 18 px high, below 20 px of grace periods
    expect(hit(x(7), y + 8)?.lines[0]).toBe('grace period 7, 5.00 ms');
    expect(hit(x(15), y + 8)?.lines[0]).toBe('no grace period is under way');
    expect(hit(x(8), y + 50)?.lines.slice(0, 2)).toEqual(['cpu 1: 3, 2 lazy callbacks wait', 'it has not reported: the grace period waits for it']);
    expect(hit(x(15), y + 50)?.lines).toContain('a batch: 2 callbacks invoked in 4.00 ms');
    expect(hit(x(5.5), y + 28)?.lines).toContain('it has not reported: the grace period waits for it'); // cpu 0, until 6
    expect(hit(x(8), y + 28)?.lines).not.toContain('it has not reported: the grace period waits for it');
  });
  test('leaves the tasks less room', () => {
    const many = marksTrace(ONE_PERIOD, 8);
    expect(shownTasks(many, null).length).toBe(5);
  });
});
describe('the lane of pools', () => {
  test('has its text twin', () => {
    expect(labels(pooled, 'pools', 5).slice(1, 2)).toEqual(['bio set: 1 of 4']);
    expect(labels(pooled, 'pools', 9).slice(2)).toEqual(['kvfree cpu 1: 3', '1 linked: 1 used, 3 spare']);
  });
  test('answers in words what is under the pointer, with the least of a column', () => {
    const { hit, top } = paint(pooled, 25), y = top('pools'), x = (ms: number): number => (ms / 25) * WIDTH;
    expect(hit(x(10), y + 18 + 10)?.lines[0]).toBe('bio set: 1 free of 4, at least 1 here');
    expect(hit(x(10), y + 38 + 10)?.lines[0]).toBe('kvfree cpu 1: 3 gather, 0 wait, 0 are being freed; 1 linked without a page');
    expect(hit(x(10), y + 60 + 8)?.lines[0]).toBe('kvfree cpu 1: 3 spare pages, 1 page in use for pointers');
  });
});
