import { expect, test } from 'vitest';
import { costsFor } from '../costs.ts';
import { eraV61 } from './era_v6_1.ts';
import { listAdd, listAddTail, listDel, listEmpty, Mm, nextOf, ownerOf, prevOf, setOwner } from './mmzone.ts';

const FRAMES = 16;
const machine = (heads: number): Mm => new Mm(FRAMES, heads, [], {}, [], eraV61, costsFor('v6.1', 1000));
/** The list of `head` from its first to its last, and back. */
const there = (m: Mm, head: number): number[] => { const out: number[] = []; for (let p = nextOf(m, head); p !== head; p = nextOf(m, p)) out.push(p); return out; };
const back = (m: Mm, head: number): number[] => { const out: number[] = []; for (let p = prevOf(m, head); p !== head; p = prevOf(m, p)) out.push(p); return out; };

test('a list is a ring through its head, both ways', () => {
  const m = machine(2), [a, b] = [FRAMES, FRAMES + 1];
  for (const pfn of [3, 1]) listAdd(m, a, pfn);
  listAddTail(m, a, 7);
  expect([there(m, a), back(m, a), listEmpty(m, b)]).toEqual([[1, 3, 7], [7, 3, 1], true]);
  listDel(m, 3);
  expect([there(m, a), back(m, a)]).toEqual([[1, 7], [7, 1]]);
});
test('lists may be added without end: those that are there keep what is on them, new ones are empty', () => {
  const m = machine(1), first = FRAMES;
  listAddTail(m, first, 5); listAddTail(m, first, 0);
  const room = m.links.length, heads: number[] = [];
  while (m.links.length === room) { const h = m.addHeads(5); heads.push(h); listAdd(m, h + 4, heads.length % 2 === 0 ? 8 : 9); listDel(m, heads.length % 2 === 0 ? 8 : 9); }
  expect(heads.every((h, i) => h === first + 1 + 5 * i)).toBe(true);
  expect([there(m, first), back(m, first)]).toEqual([[5, 0], [0, 5]]);
  expect(heads.every((h) => [0, 1, 2, 3, 4].every((i) => listEmpty(m, h + i) && prevOf(m, h + i) === h + i))).toBe(true);
});
test('a frame belongs to nobody at first; mm 0 and files, whose numbers are below -1, are told from that', () => {
  const m = machine(1);
  expect(Array.from({ length: FRAMES }, (_, pfn) => ownerOf(m, pfn))).toEqual(Array(FRAMES).fill(-1));
  for (const owner of [0, 41, -2, -9]) { setOwner(m, 2, owner); expect(ownerOf(m, 2)).toBe(owner); }
});
