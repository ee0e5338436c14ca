import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lowerBound, lowerBoundNear, MaskPyramid, Pyramid } from './pyramid.ts';

const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 3000 });
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
      expect(p.walk(rows, from + 1, from + 1, edge, edge)).toBe(to);
      const part = list.slice(from, to);
      expect([p.min, p.max]).toEqual([Math.min(...part), Math.max(...part)]);
    }), { numRuns: 200 });
  });
  test('tells what each column sees; where entries are many, its borders lie at most a quarter of the column early', () => {
    const gaps = fc.array(fc.oneof(fc.constant(1), fc.nat(3), fc.nat(400)), { minLength: 2, maxLength: 6000 });
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
        expect(exact - next).toBeGreaterThanOrEqual(0);
        expect(exact - next).toBeLessThanOrEqual((next - border) / 4);
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
  test('tells which codes occur in a range', () => {
    fc.assert(fc.property(fc.array(fc.nat(31), { minLength: 1, maxLength: 2000 }).chain((list) => fc.tuple(fc.constant(list), range(list.length))), ([list, [from, to]]) => {
      const p = new MaskPyramid();
      for (const v of list) p.push(v);
      expect(p.range(from, to)).toBe(list.slice(from, to).reduce((mask, code) => mask | (1 << code), 0));
    }), { numRuns: 200 });
  });
});

test('a lower bound is the first place whose entry is not less, wherever the search starts', () => {
  fc.assert(fc.property(fc.array(fc.nat(50), { maxLength: 200 }), fc.nat(60), (list, value) => {
    const sorted = [...list].sort((a, b) => a - b), want = sorted.findIndex((v) => v >= value);
    expect(lowerBound(sorted, value, 0, sorted.length)).toBe(want < 0 ? sorted.length : want);
  }), { numRuns: 300 });
});
test('a lower bound is the same wherever it is guessed to be', () => {
  fc.assert(fc.property(fc.array(fc.nat(50), { maxLength: 200 }), fc.nat(60), fc.nat(250), (list, value, guess) => {
    const sorted = [...list].sort((a, b) => a - b);
    expect(lowerBoundNear(sorted, value, 0, sorted.length, guess)).toBe(lowerBound(sorted, value, 0, sorted.length));
  }), { numRuns: 500 });
});
