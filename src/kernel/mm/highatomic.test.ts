/** The reserve for atomic requests of more than one page (reference 3.1, 3.6). */
import { expect, test } from 'vitest';
import { must, ns } from '../../base/units.ts';
import type { ProfileName } from '../../format/scenario.ts';
import { bootScenario } from '../../run/boot.ts';
import { small256 } from '../../scenarios/machines.ts';
import { oneHog } from '../../scenarios/one_hog.ts';
import type { Timed } from '../../sim/kfn.ts';
import { spawn } from '../sched/core.ts';
import { firstOf } from './buddy.ts';
import { FRAME, GFP, GFP_ATOMIC, GFP_KERNEL, MT, MT_COUNT, ORDERS, PF } from './constants.ts';
import { reserveHighatomicPageblock } from './highatomic.ts';
import { allocPages } from './page_alloc.ts';

const { boot: _, ...machine } = small256;
/** Pages of an atomic request of two once all that is not in the reserve has been used up, with as many left there as before. */
function lastPair(profile: ProfileName): { got: boolean; reserved: number; free: number } {
  const { k } = bootScenario({ ...oneHog, profile, machine, sysctl: { 'vm.min_free_kbytes': 128 }, workloads: [] }, 'none'), [, z] = k.mm.zones, out: boolean[] = [];
  const freeOf = (type: number): number => Array.from({ length: ORDERS }, (_, o) => z.freeBlocks[o * MT_COUNT + type] << o).reduce((a, b) => a + b, 0);
  spawn(k, 'asking', function* (): Timed<void> {
    yield* reserveHighatomicPageblock(k, z, firstOf(k.mm, z, 9, MT.movable)); // a pageblock that is free
    k.current.pf |= PF.MEMALLOC;
    for (const order of [1, 0]) while ((yield* allocPages(k, GFP_KERNEL & ~GFP.RECLAIM, order, FRAME.kernel)) >= 0);
    k.current.pf &= ~PF.MEMALLOC;
    out.push((yield* allocPages(k, GFP_ATOMIC, 1, FRAME.kernel)) >= 0);
  });
  while (out.length === 0 && k.now < 5e9 && k.step());
  k.runUntil(ns(k.now + 1e6));
  return { got: must(out[0], 'the task did not come to its end'), reserved: z.nrReservedHighatomic, free: freeOf(MT.highatomic) };
}
test.each(['v6.1', 'v6.12'] as const)('%s: a pair comes from it when the per-CPU list of pairs stays empty, whose refill does not look there', (profile) => {
  const { got, reserved, free } = lastPair(profile);
  expect([got, reserved > 0]).toEqual([true, true]);
  expect(free).toBeGreaterThan(200);
});
test('v5.9, where only single pages have lists: a pair comes straight from it', () => {
  expect(lastPair('v5.9').got).toBe(true);
});
