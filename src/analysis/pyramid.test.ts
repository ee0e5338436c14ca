import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lowerBound, MaskPyramid, Pyramid } from './pyramid.ts';

const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 3000, size: 'max' });
const range = (n: number) => fc.tuple(fc.nat(n - 1), fc.nat(n - 1)).map(([a, b]) => [Math.min(a, b), Math.max(a, b) + 1] as const);

describe('a pyramid', () => {
  test('knows the minimum and maximum of any range, as a plain scan does', () => {
    fc.assert(fc.property(values.chain((list) => fc.tuple(fc.constant(list), range(list.length))), ([list, [from, to]]) => {
      const p = new Pyramid();
      for (const v of list) p.push(v);
      p.range(from, to);
      const part = list.slice(from, to);
      expect([p.min, p.max]).toEqual([Math.min(...part), Math.max(...part)]);
    }), { numRuns: 200 });
  });
  test('walks to an edge and knows the minimum and maximum on the way', () => {
    fc.assert(fc.property(values.chain((list) => fc.tuple(fc.constant(list), range(list.length), fc.nat(2))), ([list, [from, to], gap]) => {
      const p = new Pyramid();
      // entry i lies at row (gap + 1) × i
      list.forEach((v, i) => { p.push(v, i * (gap + 1)); });
      const rows = Int32Array.from(list, (_, i) => i * (gap + 1));
      p.min = p.max = list[from];
      const edge = rows[to - 1] + 1;
      expect(p.walk(rows, from + 1, edge, edge, edge)).toBe(to);
      const part = list.slice(from, to);
      expect([p.min, p.max]).toEqual([Math.min(...part), Math.max(...part)]);
    }), { numRuns: 200 });
  });
  test('tells what each column sees; where entries are many, its borders lie at most a quarter of the column early', () => {
    const gaps = fc.array(fc.oneof(fc.constant(1), fc.nat(3), fc.nat(400)), { minLength: 2, maxLength: 6000, size: 'max' });
    fc.assert(fc.property(gaps, fc.integer({ min: 1, max: 40 }), fc.nat(), (list, width, shuffle) => {
      // every value occurs once, so that a column's last value tells where it ended; neighbours differ much
      const p = new Pyramid(), rows = new Int32Array(list.length), values = list.map((_, i) => ((i * 7919 + shuffle) % 10_007) * list.length + i);
      list.forEach((gap, i) => {
        rows[i] = i === 0 ? -1 : rows[i - 1] + 1 + gap;
        p.push(values[i], rows[i]);
      });
      const end = rows[rows.length - 1] + 2, edges = Int32Array.from({ length: width + 1 }, (_, x) => Math.round((end * x) / width));
      const got = p.extent(rows, edges, 0, list.length - 1);
      for (let x = 0, border = 1; x < width; x++) {
        const exact = lowerBound(rows, edges[x + 1], 0, rows.length), next = values.indexOf(got.last[x]) + 1, seen = values.slice(border - 1, next);
        expect([got.min[x], got.max[x]]).toEqual([Math.min(...seen), Math.max(...seen)]);
        expect(exact).toBeGreaterThanOrEqual(next);
        // what is left to the next column lies in the last quarter of this one
        if (exact > next) expect(rows[next]).toBeGreaterThan(edges[x + 1] - (edges[x + 1] - edges[x]) / 4);
        if (x === width - 1) expect(next).toBe(exact);
        border = next;
      }
    }), { numRuns: 100 });
  });
  test('never loses a dip of one entry among many', () => {
    const p = new Pyramid();
    for (let i = 0; i < 100_000; i++) p.push(i === 70_001 ? -5 : 100);
    p.range(3, 99_000);
    expect(p.min).toBe(-5);
    p.range(70_002, 99_000);
    expect(p.min).toBe(100);
  });
  test('tells which codes each column sees; where entries are many, its borders lie at most a quarter of the column early', () => {
    const entries = fc.array(fc.tuple(fc.oneof(fc.constant(1), fc.nat(3), fc.nat(400)), fc.oneof(fc.constant(0), fc.nat(31))), { minLength: 2, maxLength: 6000, size: 'max' });
    fc.assert(fc.property(entries, fc.integer({ min: 1, max: 40 }), fc.nat(20), (list, width, left) => {
      const p = new MaskPyramid(), rows = new Int32Array(list.length), codes = list.map(([, code]) => code);
      list.forEach(([gap, code], i) => {
        rows[i] = i === 0 ? -1 : rows[i - 1] + 1 + gap;
        p.push(code, rows[i]);
      });
      const last = rows[rows.length - 1] + 2, first = Math.floor((last * left) / 40), edges = Int32Array.from({ length: width + 1 }, (_, x) => first + Math.round(((last - first) * x) / width));
      const from = lowerBound(rows, edges[0], 0, rows.length) - 1, got = p.columns(rows, edges, from, list.length - 1);
      /** Codes that held in rows `a` .. `b` - 1. */
      const between = (a: number, b: number): number => codes.slice(Math.max(0, lowerBound(rows, a, 0, rows.length) - 1), lowerBound(rows, b, 0, rows.length)).reduce((mask, code) => mask | (1 << code), 0);
      const early = (x: number): number => (x === 0 || x === width ? edges[x] : Math.ceil(edges[x] - (edges[x] - edges[x - 1]) / 4));
      for (let x = 0; x < width; x++) {
        expect(between(edges[x], early(x + 1)) & ~got[x], 'nothing is lost').toBe(0);
        expect(got[x] & ~between(early(x), edges[x + 1]), 'nothing is seen too early').toBe(0);
      }
      expect(got.reduce((all, mask) => all | mask, 0)).toBe(between(edges[0], edges[width]));
    }), { numRuns: 100 });
  });
});

test('a lower bound is the first place whose entry is not less, wherever the search starts', () => {
  fc.assert(fc.property(fc.array(fc.nat(50), { maxLength: 200 }), fc.nat(60), (list, value) => {
    const sorted = [...list].sort((a, b) => a - b), want = sorted.findIndex((v) => v >= value);
    expect(lowerBound(sorted, value, 0, sorted.length)).toBe(want < 0 ? sorted.length : want);
  }), { numRuns: 300 });
});
