/**
 * What the profiles up to 5.9 have in common and 6.1 has not: the flags of the slow path, and per-CPU lists of single pages that are refilled and emptied by one
 * batch (mm/page_alloc.c v4.18-rc1 and v5.9: gfp_to_alloc_flags(), rmqueue_pcplist(), free_unref_page_commit(), pageset_set_high_and_batch()). How large a batch is, is the profile's.
 */
import type { Kernel } from '../kernel.ts';
import { rtTask } from '../sched/task.ts';
import { ALLOC, GFP, MT } from './constants.ts';
import type { Era } from './era.ts';
import { WATCHER_SLABS_TO_6_1 } from './pcp_start.ts';

export const allocatorTo59: Pick<Era, 'slowAllocFlags' | 'pcpAllowedOrder' | 'emptyListAsksBuddy' | 'pcpRefill' | 'pcpAfterFree' | 'pcpAfterTake' | 'pcpDecay' | 'decaysPcp' | 'alignsMappings' | 'pcpAtStart' | 'watcherSlabs' | 'pcpHigh' | 'setPcpHigh' | 'drainsByWork'> = {
  slowAllocFlags(k, gfp) {
    let flags: number = ALLOC.CPUSET; // and WMARK_MIN, which is 0
    if (gfp & GFP.HIGH) flags |= ALLOC.HIGH;
    if (gfp & GFP.KSWAPD_RECLAIM) flags |= ALLOC.KSWAPD; // ALLOC_KSWAPD is of 5.x: before that kswapd is woken by what the request says, which is the same
    if (gfp & GFP.ATOMIC) {
      if (!(gfp & GFP.NOMEMALLOC)) flags |= ALLOC.HARDER;
      flags &= ~ALLOC.CPUSET;
    } else if (rtTask(k.current) && k.inTask) flags |= ALLOC.HARDER;
    return flags;
  },
  pcpAllowedOrder: (order) => order === 0,
  emptyListAsksBuddy: false,
  pcpRefill: (_k: Kernel, _z, pcp) => pcp.batch,
  pcpAfterFree: (_k, _z, pcp) => (pcp.count >= pcp.high ? pcp.batch : 0),
  pcpAfterTake() {},
  pcpDecay: () => 0,
  decaysPcp: false,
  alignsMappings: false,
  pcpAtStart: () => [[0, MT.reclaimable, 12], [0, MT.unmovable, 11]], // a guess: what a booted 6.1 has of order 0
  watcherSlabs: WATCHER_SLABS_TO_6_1, // nobody has recorded such a machine
  pcpHigh: (_managed, _low, batch) => 6 * batch,
  setPcpHigh(_k, z) { for (const pcp of z.pcp) pcp.high = pcp.highMin = pcp.highMax = 6 * pcp.batch; },
  drainsByWork: true,
};
