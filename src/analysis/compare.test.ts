import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ROW } from '../format/rows.ts';
import { comparable, counterpart, Pair, partingOf } from './compare.ts';
import { drawnShape, drawnState, RowWriter } from './testing/drawn_trace.ts';
import { Trace } from './trace.ts';

/** A row as two machines may write it: by names. */
interface Told {
  readonly gapNs: number;
  readonly kind: 'mark' | 'decide' | 'gauge' | 'lock' | 'wake';
  readonly task: string;
  readonly stack: readonly string[];
  readonly name: string;
  readonly value: number;
}
const names = fc.constantFrom('kswapd', 'try_to_free_pages', 'shrink_node', '__alloc_pages', 'free_unref_page');
const told: fc.Arbitrary<Told> = fc.record({
  gapNs: fc.constantFrom(0, 0, 1, 30, 900), kind: fc.constantFrom('mark', 'decide', 'gauge', 'lock', 'wake'), task: fc.constantFrom('hog', 'other', 'kswapd0'),
  stack: fc.array(names, { maxLength: 4 }), name: fc.constantFrom('x', 'y', 'z'), value: fc.integer({ min: 0, max: 9 }),
});
const many = fc.array(told, { minLength: 1, maxLength: 60 });

/** Writes what is told. A machine that has met other names before numbers all of them otherwise. */
function traceOf(rows: readonly Told[], metBefore: readonly string[] = []): Trace {
  const w = new RowWriter(Math.max(1, rows.length)), shape = drawnShape();
  w.task('swapper/0');
  for (const name of metBefore) { w.string(name); w.stack(name); w.lock(name); }
  for (const r of rows) {
    w.timeNs += r.gapNs;
    const task = w.task(r.task), stack = w.stack(...r.stack);
    switch (r.kind) {
      case 'mark': w.mark(task, stack, r.name, r.value); break;
      case 'decide': w.row(ROW.decide, task, stack, w.string(r.name), r.value & 1, r.value); break;
      case 'gauge': w.row(ROW.gauge, task, stack, w.string(r.name), r.value); break;
      case 'lock': w.row(ROW.lockMiss, task, stack, w.lock(r.name), task); break;
      case 'wake': w.row(ROW.wake, task, stack, task, 1); break;
    }
  }
  const trace = new Trace(shape, drawnState(shape, [100]), 1e9);
  trace.append(w.columns, w.growth());
  trace.reached(w.timeNs);
  return trace;
}
const OVER = { a: true, b: true };
function pairOf(a: Trace, b: Trace): Pair {
  const pair = new Pair(a, b);
  pair.advance();
  return pair;
}

describe('two runs', () => {
  test('that say the same are the same, however each numbers its names', () => {
    fc.assert(fc.property(many, fc.shuffledSubarray(['z', 'y', 'x', 'shrink_node', 'kswapd']), (rows, met) => {
      const pair = pairOf(traceOf(rows), traceOf(rows, met));
      expect([pair.same, pair.differs, pair.firstDifference(OVER)]).toEqual([rows.length, false, null]);
    }), { numRuns: 150 });
  });
  test('differ first where the first row differs, in whatever it differs', () => {
    fc.assert(fc.property(many, fc.nat(), told, (rows, place, other) => {
      const at = place % rows.length, changed = rows.with(at, other), pair = pairOf(traceOf(rows), traceOf(changed, ['y', 'kswapd']));
      const before = rows[at], whole = (r: Told): string => JSON.stringify([r.gapNs, r.kind, r.task, r.stack, r.kind === 'wake' ? '' : r.name, r.kind === 'lock' || r.kind === 'wake' ? 0 : r.value]);
      if (whole(before) === whole(other)) expect(pair.differs).toBe(false);
      else expect([pair.same, pair.firstDifference(OVER)]).toEqual([at, at + 1]);
    }), { numRuns: 200 });
  });
  test('of which one ends earlier differ in the event that only the other has, once it has ended', () => {
    fc.assert(fc.property(many, fc.nat(), (rows, place) => {
      const length = place % rows.length, pair = pairOf(traceOf(rows), traceOf(rows.slice(0, length)));
      expect([pair.firstDifference({ a: true, b: false }), pair.firstDifference(OVER)]).toEqual([null, length + 1]);
    }), { numRuns: 50 });
  });
  test('differ in a question when one of its operands differs', () => {
    const write = (free: number): Trace => {
      const w = new RowWriter(8), shape = drawnShape(), hog = w.task('hog');
      w.decide(hog, w.stack('__alloc_pages'), 'free > min', 1, { free, min: 20 });
      const trace = new Trace(shape, drawnState(shape, [100]), 1e9);
      trace.append(w.columns, w.growth());
      return trace;
    };
    const pair = pairOf(write(30), write(31));
    // the operand is the second row; the question it belongs to is event 1
    expect([pair.same, pair.firstDifference(OVER)]).toEqual([1, 1]);
  });
  test('are compared on where they stopped, as rows come', () => {
    const rows: Told[] = Array.from({ length: 40 }, (_, i) => ({ gapNs: 5, kind: 'mark', task: 'hog', stack: ['__alloc_pages'], name: i < 30 ? 'x' : 'z', value: i % 3 }));
    const a = traceOf(rows), b = traceOf(rows.slice(0, 10)), pair = pairOf(a, b), w = new RowWriter(30);
    expect([pair.same, pair.differs]).toEqual([10, false]);
    // the rest, one of it changed, with a name that had not been met
    w.task('swapper/0'); w.task('hog'); w.string('__alloc_pages'); w.string('x'); w.stack('__alloc_pages'); w.growth();
    rows.slice(10).forEach((r, i) => { w.timeNs = (i + 11) * 5; w.mark(1, 1, i === 25 ? 'new' : r.name, r.value); });
    b.append({ ...w.columns, first: 10 }, w.growth());
    pair.advance();
    expect([pair.same, pair.differs, pair.firstDifference({ a: false, b: false })]).toEqual([35, true, 36]);
  });
});

describe('a moment of one run in the other', () => {
  const two = fc.tuple(many, many, many).map(([common, restA, restB]) => ({ a: traceOf([...common, ...restA]), b: traceOf([...common, ...restB], ['z']) }));
  test('is the same event up to the first one that differs, and holds at the same time after it', () => {
    fc.assert(fc.property(two, ({ a, b }) => {
      const { same } = pairOf(a, b);
      for (let event = 0; event <= a.rows; event++) {
        const other = counterpart(a, b, event, 'divergence', same);
        if (event <= same + 1) expect(other).toBe(Math.min(event, b.rows));
        else expect(other).toBe(counterpart(a, b, event, 'time', same));
      }
    }), { numRuns: 60 });
  });
  test('by time is the last event that is not later', () => {
    fc.assert(fc.property(two, ({ a, b }) => {
      const { same } = pairOf(a, b);
      for (let event = 1; event <= a.rows; event++) {
        const other = counterpart(a, b, event, 'time', same), now = a.timeOfEvent(event);
        expect(b.timeOfEvent(other)).toBeLessThanOrEqual(now);
        if (other < b.rows) expect(b.timeOfEvent(other + 1)).toBeGreaterThan(now);
      }
    }), { numRuns: 60 });
  });
  test('never goes back while the one goes on, but at the first event that differs', () => {
    fc.assert(fc.property(two, fc.constantFrom('divergence' as const, 'time' as const), ({ a, b }, how) => {
      const { same } = pairOf(a, b), places = Array.from({ length: a.rows + 1 }, (_, event) => counterpart(a, b, event, how, same));
      for (let event = 1; event <= a.rows; event++) if (event !== same + 2 || how === 'time') expect(places[event]).toBeGreaterThanOrEqual(places[event - 1]);
    }), { numRuns: 60 });
  });
  test('is the start at the start', () => {
    const a = traceOf([{ gapNs: 0, kind: 'mark', task: 'hog', stack: [], name: 'x', value: 1 }]);
    expect([counterpart(a, a, 0, 'time', 1), counterpart(a, a, 0, 'divergence', 1)]).toEqual([0, 0]);
  });
});

test('machines can be compared as far as they have the same zones', () => {
  const machine = (...zones: ('DMA' | 'DMA32')[]): Trace => { const shape = drawnShape(zones); return new Trace(shape, drawnState(shape, zones.map(() => 100)), 1); };
  expect(comparable(machine('DMA32'), machine('DMA32'))).toEqual({ kind: 'yes', words: '' });
  expect(comparable(machine('DMA', 'DMA32'), machine('DMA32'))).toEqual({ kind: 'care', words: 'a zone that only one machine has' });
  expect(comparable(machine('DMA'), machine('DMA32')).kind).toBe('no');
});

test('rows that are told by the same words are told apart by where their paths part', () => {
  const row = (...stack: readonly string[]): Trace => traceOf([{ gapNs: 0, kind: 'mark', task: 'hog', stack, name: 'x', value: 1 }]);
  const plain = row('do_anonymous_page', '__alloc_pages', 'rmqueue'), other = row('do_anonymous_page', '__rcu_alloc_page_lockless'), short = row('do_anonymous_page');
  expect(partingOf(plain, other, 0)).toEqual(['__alloc_pages', '__rcu_alloc_page_lockless']);
  expect(partingOf(plain, short, 0)).toEqual(['__alloc_pages', 'do_anonymous_page']);
  expect(partingOf(plain, plain, 0)).toEqual(['', '']);
  expect(partingOf(row(), plain, 0)).toEqual(['', 'do_anonymous_page']);
});
