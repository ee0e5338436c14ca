/**
 * The multi-generational LRU of 6.12. What is expected is reasoned from mm/vmscan.c and include/linux/mm_inline.h of v6.12, and beside it stands why; what a whole
 * machine does is held against captures in src/run/lru_gen.test.ts.
 */
import { describe, expect, test } from 'vitest';
import { must, ns } from '../../base/units.ts';
import { bootScenario } from '../../run/boot.ts';
import { small256 } from '../../scenarios/machines.ts';
import { oneHog } from '../../scenarios/one_hog.ts';
import type { Kernel } from '../kernel.ts';
import { checkReclaim } from './check_reclaim.ts';
import { FRAME } from './constants.ts';
import { folioIncRefs, folioLruGen, folioLruRefs, gensOf, lruTierFromRefs } from './lru_gen.ts';
import { folioIncGen, shouldRunAging, suitableToScan, tryToIncMinSeq } from './lru_gen_aging.ts';
import { getTierIdx, getTypeToScan, positiveCtrlErr, resetCtrlPos } from './lru_gen_pid.ts';
import { GEN_ACTIVE, LruGen, MIN_LRU_BATCH } from './lru_gen_types.ts';
import { lruAdd, lruDel } from './lru.ts';
import { LRU } from './mmzone.ts';
import { PG, setFlag, testFlag } from './page_flags.ts';

/** A 6.12 at rest, with 256 frames of files and of anonymous memory in hand that are on no list. */
function machine(): { k: Kernel; g: LruGen; frames: (type: number, n: number) => number[] } {
  const { k } = bootScenario({ ...oneHog, machine: small256, profile: 'v6.12', knobs: { 'lru.gen': 'on' }, workloads: [] }, 'none'), { mm } = k, zone = must(mm.zones.at(-1), 'a zone');
  let next = zone.startPfn;
  const frames = (type: number, n: number): number[] => Array.from({ length: n }, () => {
    while ((mm.word[next] & 15) !== FRAME.reserved && (mm.word[next] & 15) !== FRAME.kernel) next++;
    mm.word[next] = type;
    return next++;
  });
  return { k, g: must(mm.nodes[0].root.lrugen, 'generations'), frames };
}

describe('where a page begins', () => {
  test('used in a fault: in the youngest generation, and PG_active is gone; an anonymous one otherwise in the second youngest; a file read in the second oldest', () => {
    const { k, g, frames } = machine(), [hot, anon, file] = [frames(FRAME.file, 1)[0], frames(FRAME.anon, 1)[0], frames(FRAME.file, 1)[0]];
    gensOf(k.mm)[hot] |= GEN_ACTIVE;
    for (const pfn of [hot, anon, file]) lruAdd(k, pfn);
    // at boot max_seq is 3 and min_seq 0: four generations
    expect([g.maxSeq, g.minSeq, folioLruGen(k.mm, hot), folioLruGen(k.mm, anon), folioLruGen(k.mm, file), gensOf(k.mm)[hot] & GEN_ACTIVE]).toEqual([3, [0, 0], 3, 2, 1, 0]);
  });
  test('written out for reclaim: at the tail of the oldest; waiting for its write: in the second youngest', () => {
    const { k, frames } = machine(), [done, waits] = frames(FRAME.file, 2);
    lruAdd(k, done, true);
    k.mm.word[waits] |= 32; // dirty
    setFlag(k.mm, waits, PG.RECLAIM);
    lruAdd(k, waits);
    expect([folioLruGen(k.mm, done), folioLruGen(k.mm, waits)]).toEqual([0, 2]);
  });
  test('the two youngest count as active, and whoever leaves one of them remembers it', () => {
    const { k, frames } = machine(), [anon] = frames(FRAME.anon, 1), [file] = frames(FRAME.file, 1), { lru } = k.mm.nodes[0], before = [...lru];
    lruAdd(k, anon);
    lruAdd(k, file);
    expect([lru[LRU.ACTIVE_ANON] - before[LRU.ACTIVE_ANON], lru[LRU.INACTIVE_FILE] - before[LRU.INACTIVE_FILE]]).toEqual([1, 1]);
    lruDel(k, anon);
    lruDel(k, file);
    expect([[...lru], [anon, file].map((pfn) => gensOf(k.mm)[pfn])]).toEqual([before, [GEN_ACTIVE, 0]]);
  });
});
describe('uses by read()', () => {
  test('the first marks, the second makes it workingset, then a counter of two bits: tiers 0, 0, 1, 2, 2, 3', () => {
    const { k, frames } = machine(), [pfn] = frames(FRAME.file, 1), tiers: number[] = [];
    for (let uses = 1; uses <= 6; uses++) { folioIncRefs(k, pfn); tiers.push(lruTierFromRefs(folioLruRefs(k.mm, pfn))); }
    expect([tiers, folioLruRefs(k.mm, pfn)]).toEqual([[0, 1, 2, 2, 3, 3], 4]);
  });
  test('all are forgotten when the page is moved on by a generation', () => {
    const { k, g, frames } = machine(), [pfn] = frames(FRAME.file, 1);
    lruAdd(k, pfn, true);
    for (let uses = 0; uses < 5; uses++) folioIncRefs(k, pfn);
    expect([folioIncGen(k.mm, k.mm.nodes[0].root, g, pfn), folioLruRefs(k.mm, pfn), testFlag(k.mm, pfn, PG.REFERENCED)]).toEqual([1, 0, false]);
  });
});
describe('the controller', () => {
  const empty = (): LruGen => new LruGen(3, 0);
  test('fewer than 64 pages that came back never spare anything', () => {
    expect(positiveCtrlErr({ refaulted: 0, total: 0, gain: 1 }, { refaulted: MIN_LRU_BATCH - 1, total: MIN_LRU_BATCH, gain: 1 })).toBe(true);
    expect(positiveCtrlErr({ refaulted: 0, total: 1000, gain: 1 }, { refaulted: MIN_LRU_BATCH, total: MIN_LRU_BATCH, gain: 1 })).toBe(false);
  });
  test('a tier whose pages come back more than twice as often as those of the first is spared, with all above it', () => {
    const g = empty();
    g.evicted[1][0] = 10_000; g.refaulted[1][0] = 1000; // one in ten
    g.evicted[1][1] = 1000; g.refaulted[1][1] = 150; // one in seven
    g.evicted[1][2] = 1000; g.refaulted[1][2] = 500; // every second
    expect(getTierIdx(g, 1)).toBe(1);
  });
  test('of the two types the one that comes back less, weighed by swappiness, is scanned', () => {
    const g = empty();
    g.evicted[0][0] = 1000; g.refaulted[0][0] = 100;
    g.evicted[1][0] = 1000; g.refaulted[1][0] = 400;
    expect(getTypeToScan(g, 100).type).toBe(0); // files come back four times as often
    expect(getTypeToScan(g, 20).type).toBe(1); // and weigh nine times as much
  });
  test('half of what was seen goes on to the next generation', () => {
    const g = empty();
    g.evicted[1][1] = 100; g.refaulted[1][1] = 40; g.protected[1][0] = 20;
    resetCtrlPos(g, 1);
    resetCtrlPos(g, 1);
    expect([g.avgTotal[1][1], g.avgRefaulted[1][1], g.evicted[1][1], g.protected[1][0]]).toEqual([30, 10, 0, 0]);
  });
  test('a page table is worth another walk if one pte in eight was used', () => {
    expect([suitableToScan(512, 64), suitableToScan(512, 63), suitableToScan(64, 8)]).toEqual([true, false, true]);
  });
});
describe('the aging', () => {
  test('empty generations are given up down to two, and anon never gets ahead of files', () => {
    const { k, g, frames } = machine(), old = frames(FRAME.file, 4), anon = k.mm.nodes[0].lru[LRU.INACTIVE_ANON];
    for (const pfn of old) lruAdd(k, pfn, true); // the oldest generation of files is not empty
    expect([tryToIncMinSeq(k.mm, g, true), g.minSeq]).toEqual([false, [0, 0]]);
    for (const pfn of old) lruDel(k, pfn);
    expect(anon).toBeGreaterThan(0); // those of boot are in generation 1: it is the oldest then
    expect([tryToIncMinSeq(k.mm, g, true), g.minSeq]).toEqual([true, [1, 1]]);
    expect([tryToIncMinSeq(k.mm, g, false), g.minSeq]).toEqual([true, [1, 2]]); // where nothing can be swapped files go on alone, as far as two are left
  });
  test('a new generation is due when two are left, or when too many pages are young or too few old; not while there are four', () => {
    const { k, g } = machine(), of = (...sizes: number[]): void => { g.nrPages.fill(0); sizes.forEach((n, gen) => { g.nrPages[g.at(gen, 1, 1)] = n; }); };
    of(100, 0, 0, 1000);
    expect(shouldRunAging(k, g, false)).toEqual({ aging: false, total: 1100 }); // four generations: the oldest first
    g.minSeq[1] = 1;
    of(0, 300, 400, 300);
    expect(shouldRunAging(k, g, false).aging).toBe(false); // a third each
    of(0, 200, 200, 600);
    expect(shouldRunAging(k, g, false).aging).toBe(true); // more than half are young
    of(0, 100, 600, 300);
    expect(shouldRunAging(k, g, false).aging).toBe(true); // less than a quarter is old
    g.minSeq[1] = 2;
    expect(shouldRunAging(k, g, false)).toEqual({ aging: true, total: 0 });
  });
});
describe('the judge', () => {
  test.each<readonly [string, (k: Kernel, g: LruGen, pfn: number) => void]>([
    ['counts for a generation in which it is not', (_k, g) => { g.nrPages[g.at(1, 1, 1)]++; }],
    ['stands on the list of the other type', (k, _g, pfn) => { k.mm.word[pfn] = FRAME.anon; }],
    ['is of no generation', (k, _g, pfn) => { gensOf(k.mm)[pfn] = 0; }],
    ['changed its generation and nobody counted', (k, _g, pfn) => { gensOf(k.mm)[pfn] = 4; }],
  ])('finds a page that %s', (_, harm) => {
    const { k, g, frames } = machine(), [pfn] = frames(FRAME.file, 1);
    k.runUntil(ns(1e6));
    lruAdd(k, pfn);
    expect(() => checkReclaim(k)).not.toThrow();
    harm(k, g, pfn);
    expect(() => checkReclaim(k)).toThrow();
  });
});
