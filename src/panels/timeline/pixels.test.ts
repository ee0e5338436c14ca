import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Extent } from '../../analysis/series.ts';
import { drawLog } from '../../ui/testing/draw_log.ts';
import { drawSteps, type Rise, runsOf, straight, yOf } from './pixels.ts';

const BASE = 60, MOST = 100, rise = straight(BASE, 4, MOST);
/** What a column may lack at an end: less than anybody sees, and than a line is thick. */
const SLACK_PX = 0.2;

/** Columns as a series gives them: each has seen at least the value that it began with, and the one that it ends with. */
const columns = fc.array(fc.record({ seen: fc.array(fc.integer({ min: 0, max: MOST }), { maxLength: 3 }), width: fc.integer({ min: 1, max: 4 }) }), { minLength: 1, maxLength: 30 }).map((list): Extent => {
  const min: number[] = [], max: number[] = [], last: number[] = [];
  let value = MOST / 2;
  for (const { seen, width } of list) for (let i = 0; i < width; i++) {
    const all = i === 0 ? [value, ...seen] : [value];
    min.push(Math.min(...all));
    max.push(Math.max(...all));
    last.push((value = all[all.length - 1]));
  }
  return { min, max, last };
});
function strokesOf(e: Extent) {
  const log = drawLog();
  drawSteps(log.pen, e, e.last.length, rise, { line: 'ink', fill: 'ink3' });
  return log;
}
/** The columns in which what was stroked does not reach from the minimum to the maximum. A standing line covers its column, a lying one half a pixel above and below. */
function lacking(log: ReturnType<typeof drawLog>, { min, max }: Extent, r: Rise): number[] {
  return min.map((_, x) => x).filter((x) => {
    const here = log.lines().filter((l) => (l.x0 === l.x1 ? l.x0 === x + 0.5 : l.x0 <= x && l.x1 >= x + 1)).map((l) => (l.x0 === l.x1 ? [l.y0, l.y1] : [l.y0 - 0.5, l.y1 + 0.5]));
    return Math.min(...here.flat()) > yOf(r, max[x]) + SLACK_PX || Math.max(...here.flat()) < yOf(r, min[x]) - SLACK_PX || here.length !== 1;
  });
}
/** Height of the area's edge in each column. */
const edgeAt = (log: ReturnType<typeof drawLog>, x: number): number | undefined => log.edges().find((l) => l.y0 === l.y1 && l.x0 <= x && l.x1 >= x + 1)?.y0;

describe('steps', () => {
  test('reach in every pixel column from its minimum to its maximum, by one line', () => {
    fc.assert(fc.property(columns, (e) => { expect(lacking(strokesOf(e), e, rise)).toEqual([]); }));
  });
  test('that had lost one dip would be found by that', () => {
    const level = [80, 80, 80, 80, 80], dipped = { min: [80, 80, 3, 80, 80], max: level, last: level };
    expect(lacking(strokesOf(dipped), dipped, rise)).toEqual([]);
    expect(lacking(strokesOf({ min: level, max: level, last: level }), dipped, rise)).toEqual([2]);
  });
  test('have no gap between a column and the next', () => {
    fc.assert(fc.property(columns, (e) => {
      const spans = strokesOf(e).lines().map((l) => (l.x0 === l.x1 ? [Math.min(l.y0, l.y1), Math.max(l.y0, l.y1)] : [l.y0 - 0.5, l.y0 + 0.5]));
      for (let i = 1; i < spans.length; i++) {
        expect(spans[i][0]).toBeLessThanOrEqual(spans[i - 1][1] + SLACK_PX);
        expect(spans[i][1]).toBeGreaterThanOrEqual(spans[i - 1][0] - SLACK_PX);
      }
    }));
  });
  test('have an area whose edge lies under their line', () => {
    fc.assert(fc.property(columns, (e) => {
      const log = strokesOf(e);
      e.last.forEach((_, x) => {
        const before = x > 0 ? e.last[x - 1] : e.last[0], edge = edgeAt(log, x);
        expect(edge).toBeGreaterThan(yOf(rise, Math.max(e.max[x], before)) - SLACK_PX - 1e-9);
        expect(edge).toBeLessThan(yOf(rise, Math.min(e.min[x], before)) + SLACK_PX + 1e-9);
      });
    }));
  });
  test('that nothing moves are one line', () => {
    const level = new Array<number>(50).fill(30);
    expect(strokesOf({ min: level, max: level, last: level }).lines()).toEqual([{ x0: 0, y0: yOf(rise, 30), x1: 50, y1: yOf(rise, 30), colour: 'ink' }]);
  });
});

test('stretches of equal value follow each other up to the end, and no further', () => {
  expect(runsOf([4, 4, 7, 7, 7, 4, 9], 6)).toEqual([{ x0: 0, x1: 2, value: 4 }, { x0: 2, x1: 5, value: 7 }, { x0: 5, x1: 6, value: 4 }]);
  expect(runsOf([1], 0)).toEqual([]);
});
