import { expect, test } from 'vitest';
import { marksTrace } from '../../analysis/testing/marks_trace.ts';
import { drawLog } from '../../ui/testing/draw_log.ts';
import { marks } from './marks.ts';

const WIDTH = 1000;
/** kswapd of node 0 sleeps 0.1 ms after each of these wakes; that of node 1 is awake from 1 ms on. */
const WAKES = [10, 10.2, 10.4, 10.9, 11, 50, 80, 80.3];
const trace = marksTrace(['1 1 kswapd_wake 1 0', ...WAKES.flatMap((ms) => [`${ms} 0 kswapd_wake 0 0`, `${ms + 0.1} 0 kswapd_sleep 0 0`]), '100 0 other 0 0'].join('\n'));
function drawn(fromMs: number, toMs: number) {
  const log = drawLog(), height = marks.height(trace), picture = marks.picture(trace, { columns: trace.columns(fromMs * 1e6, toMs * 1e6, WIDTH), notes: [], selectedTask: null, height }, trace.rows);
  marks.draw(log.pen, picture, { width: WIDTH, height, theme: log.theme });
  return { words: picture.marks.map((m) => m.words), texts: log.texts(), hit: (x: number) => Array.from({ length: height }, (_, y) => marks.hit(picture, x, y)?.lines[0]).filter((line) => line !== undefined) };
}

test('marks that would lie on each other are one with their number: of 100 ms a mark takes 1 ms', () => {
  const { words, texts, hit } = drawn(0, 100);
  // the wake at 11 ms is 10 px from that at 10 ms: a mark of its own
  expect(words).toEqual(['kswapd wake', 'kswapd wake ×4', 'kswapd wake', 'kswapd wake', 'kswapd wake ×2', 'kswapd sleep ×4', 'kswapd sleep', 'kswapd sleep', 'kswapd sleep ×2']);
  expect(texts).toEqual(expect.arrayContaining(['kswapd wake ×4', 'kswapd sleep ×2']));
  expect(hit(100)).toContain('kswapd wake ×4');
});
test('a window counts the marks that lie in it, and is nearer where they lie apart', () => {
  expect(drawn(10.15, 10.95).words).toEqual(['kswapd wake', 'kswapd wake', 'kswapd wake', 'kswapd sleep', 'kswapd sleep']);
  expect(drawn(20, 40).words).toEqual([]);
});
