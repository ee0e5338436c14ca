import { expect, test } from 'vitest';
import { marksTrace } from '../../analysis/testing/marks_trace.ts';
import { traceFromText } from '../../analysis/testing/drawn_trace.ts';
import { drawLog } from '../../ui/testing/draw_log.ts';
import { allLanes, lanes } from './index.ts';
import { layOut, paintLanes } from './paint.ts';

await allLanes();
const WIDTH = 400, TO_MS = 40;
/** kswapd has a CPU from 2 to 10 ms and gives 32 pages at 4 ms and 8 at 6; hog reclaims for itself from 10 to 14 ms and gets 5 at 12. */
const trace = traceFromText(`
  ms       0     2     4                                6                               10                     12                              14                   40
  hog      sleep .     .                                sleep                           run                    .                               .                    sleep
  kswapd0  sleep run   .                                .                               sleep                  .                               .                    .
  mark     .     .     mm_vmscan_lru_shrink_inactive:32:32 mm_vmscan_lru_shrink_inactive:16:8 direct_reclaim_begin mm_vmscan_lru_shrink_inactive:9:5 direct_reclaim_end:5 .`);
const lane = lanes.find((l) => l.id === 'pace');
const log = drawLog(), { places } = layOut(lanes, trace, []), top = places.find((p) => p.lane.id === 'pace')?.top ?? Number.NaN;
const hit = paintLanes(log.pen, trace, { columns: trace.columns(0, TO_MS * 1e6, WIDTH), notes: [], selectedTask: null }, trace.rows, places, 0, { width: WIDTH, height: 900, theme: log.theme });
const x = (ms: number): number => (ms / TO_MS) * WIDTH, KSWAPD = top + 17 + 9, DIRECT = KSWAPD + 19;
const told = (ms: number): readonly string[] => (lane?.labels(trace, trace.eventAt(ms * 1e6), null, 60) ?? []).map((row) => `${row.name}: ${row.value}`);

test('the lane of the pace is there only where somebody reclaims from lists', () => {
  expect(places.map((p) => p.lane.id).filter((id) => id === 'pace' || id === 'tasks')).toEqual(['pace', 'tasks']);
  expect(layOut(lanes, traceFromText('ms 0 1\nhog run run'), []).places.map((p) => p.lane.id)).not.toContain('pace');
  expect(layOut(lanes, marksTrace('1 0 mm_vmscan_lru_shrink_inactive 32 32'), []).places.map((p) => p.lane.id)).not.toContain('pace'); // task0, in no round
});
test('its text twin has pages a ms of CPU in the 10 ms until the cursor, or a dash', () => {
  // 32 pages in 2 ms; then 40 in 4; 5 in 2
  expect(told(2)).toEqual(['Reclaim pace: of CPU time', 'kswapd0: –', 'direct reclaim: –']);
  expect(told(4)).toEqual(['Reclaim pace: of CPU time', 'kswapd0: 16.0 pages/ms', 'direct reclaim: –']);
  expect(told(9)[1]).toBe('kswapd0: 10.0 pages/ms');
  expect(told(13)[2]).toBe('direct reclaim: 2.5 pages/ms');
  expect(told(40).slice(1)).toEqual(['kswapd0: –', 'direct reclaim: –']);
  expect(lane?.short(trace, trace.eventAt(4e6))).toBe('kswapd0 16.0 pages/ms');
});
test('it is drawn where somebody had a CPU for it, on one scale', () => {
  const bars = log.rects().filter((r) => r.y >= top && r.y < top + 55 && (r.colour === 'kswapd' || r.colour === 'direct'));
  const of = (colour: string): { x0: number; x1: number; tallest: number } => {
    const own = [...bars, ...log.lines().filter((l) => l.y0 >= top && l.y0 < top + 55).map((l) => ({ x: l.x0, y: Math.min(l.y0, l.y1), w: 1, h: Math.abs(l.y1 - l.y0), colour: l.colour }))].filter((r) => r.colour === colour);
    return { x0: Math.min(...own.map((r) => Math.floor(r.x))), x1: Math.max(...own.map((r) => Math.floor(r.x + r.w))), tallest: Math.max(...own.map((r) => r.h)) };
  };
  // within a pixel column of 0.1 ms
  expect(of('kswapd')).toEqual({ x0: x(2), x1: x(10), tallest: 16 });
  expect(of('direct')).toMatchObject({ x0: x(10), x1: x(14), tallest: 3 });
  expect(log.texts()).toContain('most 16.0 pages per ms of CPU');
});
test('it answers in words what is under the pointer', () => {
  expect(hit(x(4) + 0.5, KSWAPD)?.lines.slice(0, 2)).toEqual(['kswapd0: 16.0 pages per ms of CPU', '32 pages in 2.00 ms of CPU, 1 call in the 10.0 ms before']);
  expect(hit(x(20) + 0.5, KSWAPD)?.lines.slice(0, 2)).toEqual(['kswapd0 has no CPU here', 'no call returned in the 10.0 ms before']);
  expect(hit(x(3) + 0.5, KSWAPD)?.lines[0]).toBe('kswapd0 works'); // and nothing has come of it so far
  expect(hit(x(12) + 0.5, DIRECT)?.lines[0]).toBe('direct reclaim: 2.5 pages per ms of CPU');
});
