import { describe, expect, test } from 'vitest';
import { ALLOC } from './constants.ts';
import { initPerZonePagesMin, MARKS_2_6_10_RC1, MARKS_2_6_11, MARKS_2_6_9, type Marks26, setupPerZonePagesMin } from './marks_2_6.ts';

const MIB = 256;
const marks = (rules: Marks26, present: readonly number[], minFreeKbytes: number, highmem = -1): number[][] =>
  setupPerZonePagesMin(rules, present.map((n, i) => ({ present: n, highmem: i === highmem })), minFreeKbytes).map((m) => [m.min, m.low, m.high]);
const effective = (rules: Marks26, min: number): number[] => [ALLOC.HIGH, ALLOC.HARDER, ALLOC.HIGH | ALLOC.HARDER].map((f) => rules.lowerMark(min, f));

// rcu-mempool-io-locking.md, table 4.1: lowmem, min_free_kbytes, min, low and high of 2.6.9 and 2.6.11, effective minimum for __GFP_HIGH, try-harder, both
const TABLE = [
  { mib: 64, kib: 1024, min: 256, of269: [512, 768], of2611: [320, 384], lowered: [128, 192, 96] },
  { mib: 512, kib: 2896, min: 724, of269: [1448, 2172], of2611: [905, 1086], lowered: [362, 543, 272] },
  { mib: 1024, kib: 4096, min: 1024, of269: [2048, 3072], of2611: [1280, 1536], lowered: [512, 768, 384] },
];
describe.each(TABLE)('table 4.1 of the reference, $mib MiB of lowmem', ({ mib, kib, min, of269, of2611, lowered }) => {
  const pages = mib * MIB;
  test(`2.6.11 keeps ${kib} KiB: its marks are ${min}, ${of2611.join(' and ')} pages`, () => {
    expect(initPerZonePagesMin(MARKS_2_6_11, pages)).toBe(kib);
    expect(marks(MARKS_2_6_11, [pages], kib)).toEqual([[min, ...of2611]]);
  });
  // the table has the minimum of 2.6.11 in both columns; boot of 2.6.9 chose a quarter of it (Nick Piggin, 10 Nov 2004), so that here it is what a person has written to vm.min_free_kbytes
  test(`2.6.9 and 2.6.10-rc1 with as much kept: ${min}, ${of269.join(' and ')} pages; their own boot keeps a quarter`, () => {
    for (const rules of [MARKS_2_6_9, MARKS_2_6_10_RC1]) {
      expect(marks(rules, [pages], kib)).toEqual([[min, ...of269]]);
      expect(initPerZonePagesMin(rules, pages)).toBe(kib / 4);
    }
  });
  test(`the minimum is ${lowered.join(', ')} pages for __GFP_HIGH, for who tries harder, and for both`, () => {
    for (const rules of [MARKS_2_6_9, MARKS_2_6_10_RC1, MARKS_2_6_11]) expect(effective(rules, min)).toEqual(lowered);
  });
});

// Nick Piggin, 10 Nov 2004, "Re: [PATCH] kswapd shall not sleep during page shortage": i386, 896 MiB of lowmem; marks without his patch (2.6.10-rc) and with it (2.6.11)
describe('the worked example of the patch', () => {
  const present = [4096, 225_280, 131_072];
  const at = (rules: Marks26): number[][] => marks(rules, present, initPerZonePagesMin(rules, present[0] + present[1]), 2);
  test('without it 4/8/12, 234/468/702 and 128/256/384 pages', () => expect(at(MARKS_2_6_10_RC1)).toEqual([[4, 8, 12], [234, 468, 702], [128, 256, 384]]));
  test('with it 17/21/25, 939/1173/1408 and 128/160/192 pages', () => expect(at(MARKS_2_6_11)).toEqual([[17, 21, 25], [939, 1173, 1408], [128, 160, 192]]));
  /** The least that must be free for a page. */
  const least = (rules: Marks26, mark: number, flags = 0): number => { let n = 0; while (!rules.enough({ freePages: n, nrFree: [n] }, 0, mark, 0, flags)) n++; return n; };
  test('a page at once needs 9 and 469 free without it, 22 and 1174 with it; after kswapd was woken 18 and 940', () => {
    expect([least(MARKS_2_6_10_RC1, 8), least(MARKS_2_6_10_RC1, 468), least(MARKS_2_6_11, 21), least(MARKS_2_6_11, 1173), least(MARKS_2_6_11, 17), least(MARKS_2_6_11, 939)]).toEqual([9, 469, 22, 1174, 18, 940]);
  });
  test('an atomic one without it, after kswapd was woken, 3 of DMA', () => expect(least(MARKS_2_6_10_RC1, 4, ALLOC.HIGH | ALLOC.HARDER)).toBe(3));
});
test('both clamps: at least 128 kB; at most 16 MiB in 2.6.9, 64 MiB in 2.6.11 (reference 4.1, and the same patch)', () => {
  expect([MARKS_2_6_9, MARKS_2_6_11].map((r) => [initPerZonePagesMin(r, 100), initPerZonePagesMin(r, 2 ** 28)])).toEqual([[128, 16_384], [128, 65_536]]);
});

// reference 4.1 and page-alloc-reclaim-oom.md 2.1: 2.6.9: free >= mark + 2^order + protection; 2.6.11: free - 2^order + 1 > mark + reserve, then per order: what lies in smaller blocks off, half the mark
describe('enough', () => {
  const z = (...nrFree: number[]) => ({ freePages: nrFree.reduce((sum, n, o) => sum + (n << o), 0), nrFree });
  test.each([0, 1, 2, 3])('order %d: both forms ask for the same number of pages, reserve included', (order) => {
    for (const rules of [MARKS_2_6_9, MARKS_2_6_11]) for (const [free, ok] of [[724 + 100 + (1 << order), true], [724 + 100 + (1 << order) - 1, false]] as const) {
      expect(rules.enough({ freePages: free, nrFree: [] }, order, 724, 100, 0)).toBe(ok);
    }
  });
  test('a thousand single pages are enough for a block of two in 2.6.9, which then finds none; 2.6.11 says no', () => {
    expect([MARKS_2_6_9, MARKS_2_6_11].map((r) => r.enough(z(1000), 1, 724, 0, 0))).toEqual([true, false]);
  });
  test('2.6.11 wants half of the mark in blocks of two and more, a quarter in fours and more', () => {
    // order 1, mark 100: free - 1 > 100, and less the single pages more than 50
    expect(MARKS_2_6_11.enough(z(60, 26), 1, 100, 0, 0)).toBe(true); // 112 - 1 - 60 = 51
    expect(MARKS_2_6_11.enough(z(61, 25), 1, 100, 0, 0)).toBe(false); // 111 - 1 - 61 = 49
    expect(MARKS_2_6_11.enough(z(0, 40, 8), 2, 100, 0, 0)).toBe(true); // 112 - 3 = 109; 109 - 80 = 29 > 25
    expect(MARKS_2_6_11.enough(z(0, 45, 7), 2, 100, 0, 0)).toBe(false); // 118 - 3 - 90 = 25
  });
  test('an odd minimum: 2.6.9 keeps the smaller half, 2.6.11 the larger', () => expect([effective(MARKS_2_6_9, 17), effective(MARKS_2_6_11, 17)]).toEqual([[8, 13, 6], [9, 13, 7]]));
});
