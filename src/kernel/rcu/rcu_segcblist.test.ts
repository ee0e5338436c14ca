/** Expectations: rcu reference 1.1, 1.2 and the last lines of section 7. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { must } from '../../base/units.ts';
import { DONE } from '../../sim/kfn.ts';
import { type Cblist, newRcuHead, type RcuHead, SEG, Segcblist } from './rcu_segcblist.ts';

const head = (id: number, lazy = false): RcuHead => Object.assign(newRcuHead(() => DONE, { lazy }), { id });
/** A list with these ids in its segments, and these numbers. */
function list(done: number[], wait: number[], nextReady: number[], next: number[], waitSeq = 0, readySeq = 0): Segcblist {
  const l = new Segcblist();
  [done, wait, nextReady, next].forEach((ids, i) => ids.forEach((id) => l.seg[i].enqueue(head(id))));
  l.len = done.length + wait.length + nextReady.length + next.length;
  l.gpSeq[SEG.WAIT] = waitSeq;
  l.gpSeq[SEG.NEXT_READY] = readySeq;
  return l;
}
function heads(of: Cblist): RcuHead[] {
  const out: RcuHead[] = [];
  for (let h = of.first; h !== null; h = h.next) out.push(h);
  expect([out.length, out.at(-1) ?? null]).toEqual([of.len, of.last]);
  return out;
}
const ids = (l: Segcblist): number[][] => l.seg.map((s) => heads(s).map((h) => h.id));

describe('enqueue', () => {
  test('appends to NEXT and counts; lazy ones are counted besides', () => {
    const l = new Segcblist();
    l.enqueue(head(1));
    l.enqueue(head(2, true));
    expect([ids(l), l.len, l.lenLazy]).toEqual([[[], [], [], [1, 2]], 2, 1]);
  });
});
describe('accelerate', () => {
  const S = 9;
  test('with WAIT = S - 1, NEXT_READY empty and NEXT full, NEXT moves to NEXT_READY with S', () => {
    const l = list([], [1], [], [2, 3], S - 1);
    expect(l.accelerate(S)).toBe(true);
    expect([ids(l), l.gpSeq[SEG.WAIT], l.gpSeq[SEG.NEXT_READY]]).toEqual([[[], [1], [2, 3], []], S - 1, S]);
  });
  test('with both numbered below S nothing changes: only two grace periods are kept apart', () => {
    const l = list([], [1], [2], [3], S - 2, S - 1);
    expect(l.accelerate(S)).toBe(false);
    expect([ids(l), l.gpSeq[SEG.WAIT], l.gpSeq[SEG.NEXT_READY]]).toEqual([[[], [1], [2], [3]], S - 2, S - 1]);
  });
  test('an empty list, or one with DONE alone, asks for nothing', () => {
    expect(new Segcblist().accelerate(S)).toBe(false);
    expect(list([1], [], [], []).accelerate(S)).toBe(false);
  });
  test('with NEXT alone everything gets S in WAIT', () => {
    const l = list([1], [], [], [2, 3]);
    expect(l.accelerate(S)).toBe(true);
    expect([ids(l), l.gpSeq[SEG.WAIT]]).toEqual([[[1], [2, 3], [], []], S]);
  });
  test('what waits for S already takes NEXT in', () => {
    const l = list([], [1], [], [2], S);
    expect(l.accelerate(S)).toBe(true);
    expect(ids(l)).toEqual([[], [1, 2], [], []]);
    const m = list([], [1], [2], [3], S - 1, S);
    expect(m.accelerate(S)).toBe(true);
    expect([ids(m), m.gpSeq[SEG.WAIT], m.gpSeq[SEG.NEXT_READY]]).toEqual([[[], [1], [2, 3], []], S - 1, S]);
  });
});
describe('advance', () => {
  test('WAIT and then NEXT_READY are done while their numbers are at most C, and the rest moves down', () => {
    const one = list([1], [2], [3], [4], 5, 6);
    expect(one.advance(5)).toBe(true);
    expect([ids(one), one.gpSeq[SEG.WAIT]]).toEqual([[[1, 2], [3], [], [4]], 6]);
    const both = list([], [2], [3], [4], 5, 6);
    both.advance(6);
    expect(ids(both)).toEqual([[2, 3], [], [], [4]]);
    const none = list([], [2], [3], [4], 5, 6);
    expect(none.advance(4)).toBe(false);
    expect(ids(none)).toEqual([[], [2], [3], [4]]);
  });
});
describe('invocation', () => {
  test('what is taken out stays counted until the batch is over, and what was not invoked comes back in front', () => {
    const l = list([1, 2, 3], [4], [], []);
    const taken = l.extractDone();
    expect([heads(taken).map((h) => h.id), l.len, ids(l)]).toEqual([[1, 2, 3], 4, [[], [4], [], []]]);
    l.seg[SEG.DONE].enqueue(head(9)); // a grace period ended meanwhile
    expect(taken.dequeue()?.id).toBe(1);
    l.insertDone(taken);
    l.uncount(1, 0);
    expect([ids(l), l.len]).toEqual([[[2, 3, 9], [4], [], []], 3]);
  });
});
test('the bypass of an offloaded CPU is counted when it is queued there, and comes behind all that wait when it is flushed', () => {
  const l = list([1], [2], [], [3], 5), bypass = new Segcblist().extractDone();
  for (const id of [4, 5]) { bypass.enqueue(head(id)); l.count(head(id), 1); }
  expect([l.len, ids(l), l.nextGp]).toEqual([5, [[1], [2], [], [3]], 5]);
  l.insertPending(bypass);
  expect([l.len, ids(l), bypass.len, bypass.first]).toEqual([5, [[1], [2], [], [3, 4, 5]], 0, null]);
  expect(list([1], [], [], [2]).nextGp).toBe(Infinity);
});
describe('entrain', () => {
  test('stands behind the last callback, in its segment, and not in an empty list', () => {
    expect(new Segcblist().entrain(head(1))).toBe(false);
    const l = list([], [1], [], [], 5);
    expect(l.entrain(head(2))).toBe(true);
    expect([ids(l), l.len]).toEqual([[[], [1, 2], [], []], 2]);
    const invoking = list([], [], [], []);
    invoking.len = 3; // all are in a batch under way
    expect(invoking.entrain(head(2))).toBe(true);
    expect(ids(invoking)).toEqual([[2], [], [], []]);
  });
});
test('whatever is done to it, callbacks stay in their order, none is lost, and numbers never fall from WAIT to NEXT_READY', () => {
  const op = fc.oneof(fc.constant('enqueue'), fc.constant('accelerate'), fc.constant('advance'), fc.constant('entrain'), fc.constant('invoke'));
  fc.assert(fc.property(fc.array(fc.tuple(op, fc.boolean()), { maxLength: 60 }), (ops) => {
    const l = new Segcblist(), out: number[] = [];
    let n = 0, gp = 1;
    for (const [kind, flag] of ops) {
      if (kind === 'enqueue') l.enqueue(head(n++, flag));
      else if (kind === 'accelerate') l.accelerate(gp + (flag ? 1 : 0));
      else if (kind === 'advance') l.advance(gp++);
      else if (kind === 'entrain') { if (l.entrain(head(n))) n++; }
      else {
        const done = l.extractDone(), some = flag ? done.len : Math.floor(done.len / 2);
        let lazy = 0;
        for (let i = 0; i < some; i++) {
          const h = must(done.dequeue(), 'the list has so many');
          out.push(h.id);
          if (h.lazy) lazy++;
        }
        l.insertDone(done);
        l.uncount(some, lazy);
      }
      const all = ids(l).flat();
      expect([...out, ...all]).toEqual(Array.from({ length: n }, (_, i) => i));
      expect([l.len, l.lenLazy]).toEqual([all.length, l.seg.flatMap(heads).filter((h) => h.lazy).length]);
      if (l.seg[SEG.WAIT].len > 0 && l.seg[SEG.NEXT_READY].len > 0) expect(l.gpSeq[SEG.WAIT]).toBeLessThanOrEqual(l.gpSeq[SEG.NEXT_READY]);
    }
  }), { numRuns: 300 });
});
