import { expect, test } from 'vitest';
import { bars, hline, rects, vline } from './draw.ts';
import { drawLog } from './testing/draw_log.ts';

/** Bars of 1 to 5 columns, each one column from the next. */
const PLACES = [0, 2, 1, 10, 2, 3, 2, 4, 5, 0, 3, 9, 9, 2, 4, 10, 14, 1, 5, 6];
/** For each pixel column the stretch that is filled in it. */
function filled(log: ReturnType<typeof drawLog>): readonly string[] {
  const ofRects = log.rects().flatMap((r) => Array.from({ length: r.w }, (_, k) => `${r.x + k}: ${r.y} to ${r.y + r.h}, ${r.colour}`));
  // a line of 1 px on the middle of a column is the column
  return [...ofRects, ...log.lines().map((l) => `${Math.min(l.x0, l.x1) - 0.5}: ${l.y0} to ${l.y1}, ${l.colour}`)].sort();
}

test('bars fill the same pixel columns as rectangles of the same places', () => {
  const one = drawLog(), other = drawLog();
  bars(one.pen, PLACES, 'run', 0.5);
  rects(other.pen, PLACES, 'run', 0.5);
  expect(filled(one)).toEqual(filled(other));
  expect([one.pen.globalAlpha, one.pen.lineWidth, one.lines().length > 0]).toEqual([1, 1, true]);
});
test('a line without dashes is a row or a column of pixels', () => {
  const log = drawLog();
  vline(log.pen, 7.4, 0, 20, 'line');
  hline(log.pen, 3.6, 5, 9, 'mark');
  expect(log.rects()).toEqual([{ x: 7, y: 0, w: 1, h: 20, colour: 'line' }, { x: 5, y: 4, w: 4, h: 1, colour: 'mark' }]);
});
