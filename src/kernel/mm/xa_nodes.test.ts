/** Nodes of the trees of the swap cache and of files. Sizes are those of slabinfo in the captures (14 of 584 bytes in a slab of two pages); growth that of capture 6.1-256M-1-swap_zram. */
import { describe, expect, test } from 'vitest';
import { ns } from '../../base/units.ts';
import { bootScenario } from '../../run/boot.ts';
import { cacheSlowHog } from '../../scenarios/cache_slow_hog.ts';
import { hogSwapZram } from '../../scenarios/hog_swap_zram.ts';
import type { Kernel } from '../kernel.ts';
import { FRAME, FRAME_TYPE_MASK } from './constants.ts';
import { ABSENT } from './files.ts';

const slabPages = (k: Kernel): number => k.mm.word.reduce((n, w) => n + ((w & FRAME_TYPE_MASK) === FRAME.slabReclaimable ? 1 : 0), 0);
/** The slots' own story: which groups of 64 have something in them. A group may have lost the last thing in it while its node was being looked for. */
const groups = (k: Kernel): readonly number[] => {
  const all = new Set<number>();
  k.mm.backing.slotPages.forEach((what, slot) => { if (what !== ABSENT) all.add(Math.floor(slot / 64)); });
  return [...all].sort((a, b) => a - b);
};
function swapped(): { readonly k: Kernel; readonly before: number } {
  const { k } = bootScenario(hogSwapZram, 'none'), before = slabPages(k);
  while (k.mm.swap.total - k.mm.swap.free < 3000) k.runUntil(ns(k.now + 5e6));
  return { k, before };
}
describe('the nodes of the swap cache', () => {
  const { k, before } = swapped(), { swapNodes } = k.mm.backing;
  test('are there for each 64 slots that have something in them, and no others', () => {
    expect(groups(k).length).toBeGreaterThan(40);
    expect([...swapNodes].sort((a, b) => a - b)).toEqual(groups(k));
  });
  test('a node that was forgotten, or one for nothing, is seen by that comparison', () => {
    const [one] = groups(k), there = new Set(swapNodes);
    there.delete(one);
    expect([...there].sort((a, b) => a - b)).not.toEqual(groups(k));
    expect([...swapNodes, 1e6]).not.toEqual(groups(k));
  });
  test('stand 14 to a slab of two reclaimable pages', () => {
    const taken = swapNodes.size + k.mm.backing.nodeRoom, grown = slabPages(k) - before;
    expect(taken % 7).toBe(0); // whole slabs, or those of one page
    expect(grown).toBe(taken / 7);
  });
});

describe('the nodes of a file', () => {
  const { k } = bootScenario(cacheSlowHog, 'none'), before = slabPages(k);
  while (k.mm.backing.files.every((f) => f.nrPages < 5000)) k.runUntil(ns(k.now + 5e6));
  test('are there for each 64 pages that are in memory or have left a shadow, 14 to a slab of two reclaimable pages', () => {
    for (const f of k.mm.backing.files) {
      const groups = new Set<number>();
      f.pages.forEach((what, index) => { if (what !== ABSENT) groups.add(Math.floor(index / 64)); });
      expect([...f.nodes].sort((a, b) => a - b)).toEqual([...groups].sort((a, b) => a - b));
    }
    const taken = k.mm.backing.files.reduce((n, f) => n + f.nodes.size, 0) + k.mm.backing.nodeRoom;
    expect(taken).toBeGreaterThan(70);
    expect(slabPages(k) - before).toBe(taken / 7);
  });
});
