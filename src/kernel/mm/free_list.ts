/** mm/page_alloc.c free_unref_page_list(), v6.1: single pages go back through this CPU's lists, several at once. */
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { memCgroupUncharge, memcgUncharged } from './memcontrol.ts';
import { freeOnePage, freeUnrefPageFast, freeUnrefPageCommit, listedAs } from './pcp.ts';

/** Frees frames that are on no list and that nobody maps. */
export const freeUnrefPageList = kfn('free_unref_page_list', function* (k: Kernel, frames: readonly number[]): Timed<void> {
  const m = k.mm;
  for (const pfn of frames) {
    const z = m.pageZone(pfn), type = listedAs(m.blockType(pfn));
    m.pageFlags[pfn] = 0;
    if (m.gens !== null) m.gens[pfn] = 0;
    if (m.memcgs !== null) memCgroupUncharge(k, pfn, 0);
    m.pgfree++;
    const excess = freeUnrefPageFast(k, z, pfn, 0);
    if (excess > 0) yield* freeUnrefPageCommit(k, z, excess, type);
    else if (excess < 0) yield* freeOnePage(k, z, pfn, 0);
  }
  memcgUncharged(k);
});
