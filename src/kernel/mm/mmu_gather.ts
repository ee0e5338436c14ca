/**
 * mm/mmu_gather.c, v6.1 (the same since long before v4.13): pages that were unmapped are gathered, and given back many at a time: when no further batch is to
 * be had, and at the end. So a victim frees nothing while its first 10,000 pages are being unmapped: captures 256M-1-hog have that many between anonymous
 * pages gone and free pages come. Left out: table pages wait for RCU, huge pages.
 */
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel, spend } from '../kernel.ts';
import { condResched } from '../sched/core.ts';
import { FRAME, GFP, GFP_NOWAIT } from './constants.ts';
import { lruDel, lruOf } from './lru.ts';
import { memCgroupUncharge, memcgUncharged } from './memcontrol.ts';
import { allocPages } from './page_alloc.ts';
import { freeOnePage, freePages, freeUnrefPageCommit, freeUnrefPageFast, listedAs } from './pcp.ts';

/** Pages that the gather holds by itself, and in each batch, which is a page of pointers. */
const MMU_GATHER_BUNDLE = 8, MAX_GATHER_BATCH = 510;
/** So that at most 10,000 pages go back at once. */
const MAX_GATHER_BATCH_COUNT = Math.trunc(10_000 / MAX_GATHER_BATCH);

/** struct mmu_gather. */
export class MmuGather {
  /** Frames whose last user this was, in the order in which they were unmapped. */
  frames: number[];
  /** References held, also to pages that others use too; how many fit. */
  nr: number; room: number;
  readonly batches: number[];
  constructor() { this.frames = []; this.nr = 0; this.room = MMU_GATHER_BUNDLE; this.batches = []; }
}
/** free_pages_and_swap_cache(): the frames of one batch. */
export const releasePages = kfn('release_pages', function* (k: Kernel, frames: readonly number[]): Timed<void> {
  const m = k.mm;
  for (const pfn of frames) {
    if (lruOf(m.word[pfn]) >= 0) lruDel(k, pfn);
    if (m.memcgs !== null) memCgroupUncharge(k, pfn, 0);
    const z = m.pageZone(pfn), excess = freeUnrefPageFast(k, z, pfn, 0);
    m.pgfree++;
    if (excess > 0) yield* freeUnrefPageCommit(k, z, excess, listedAs(m.blockType(pfn)));
    else if (excess < 0) yield* freeOnePage(k, z, pfn, 0);
  }
  memcgUncharged(k);
});
/** The batch is full: the next one, made if there is none yet. false: flush first. */
export const tlbNextBatch = kfn('tlb_next_batch', function* (k: Kernel, tlb: MmuGather): Timed<boolean> {
  const next = (tlb.room - MMU_GATHER_BUNDLE) / MAX_GATHER_BATCH;
  if (next === tlb.batches.length) {
    if (k.decide('tlb_next_batch(): as many batches as there may be', next === MAX_GATHER_BATCH_COUNT, next)) return false;
    const pfn = yield* allocPages(k, GFP_NOWAIT | GFP.NOWARN, 0, FRAME.kernel);
    if (k.decide('tlb_next_batch(): no page for a further batch', pfn < 0)) return false;
    tlb.batches.push(pfn);
  }
  tlb.room += MAX_GATHER_BATCH;
  return true;
});
/** tlb_flush_mmu(): all that was gathered goes back, a batch at a time; the batches stay for what comes. */
export const tlbFlushMmu = kfn('tlb_flush_mmu', function* (k: Kernel, tlb: MmuGather): Timed<void> {
  const { frames } = tlb;
  tlb.frames = [];
  tlb.nr = 0;
  tlb.room = MMU_GATHER_BUNDLE;
  for (let from = 0, size = MMU_GATHER_BUNDLE; from < frames.length; from += size, size = MAX_GATHER_BATCH) {
    const batch = frames.slice(from, from + size);
    yield spend(ns(batch.length * k.mm.costs.release_page));
    yield* releasePages(k, batch);
    yield* condResched(k);
  }
});
/** tlb_finish_mmu(). */
export const tlbFinishMmu = kfn('tlb_finish_mmu', function* (k: Kernel, tlb: MmuGather): Timed<void> {
  yield* tlbFlushMmu(k, tlb);
  for (const pfn of tlb.batches.splice(0)) yield* freePages(k, pfn, 0);
});
