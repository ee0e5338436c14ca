/** Profile v6.1: what this version does otherwise (mm/page_alloc.c, mm/oom_kill.c v6.1, as Debian's 6.1.176 runs it). */
import type { Kernel } from '../kernel.ts';
import { rtTask } from '../sched/task.ts';
import { ALLOC, GFP, GFP_FAULT, MAX_RECLAIM_RETRIES, MT, PAGE_ALLOC_COSTLY_ORDER } from './constants.ts';
import type { Era } from './era.ts';
import { stealSuitableFallback61 } from './fallback.ts';
import { PAGEBLOCK_ORDER, PAGEBLOCK_PAGES, type PerCpuPages, WMARK, ZONE, type Zone } from './mmzone.ts';
import { marksBefore63 } from './marks_before_6_3.ts';
import { tskIsOomVictim } from './oom_control.ts';
import { WATCHER_SLABS_TO_6_1 } from './pcp_start.ts';
import { MIN_FREE_KBYTES_CEILING, zoneBatchsize, zoneHighsize } from './wmarks.ts';

/** nr_pcp_high(): the limit of a list; less while kswapd works on the zone, 0 to empty it after a high-order free. */
function nrPcpHigh(z: Zone, pcp: PerCpuPages, freeHigh: boolean): number {
  if (pcp.high === 0 || freeHigh) return 0;
  return z.flags & ZONE.RECLAIM_ACTIVE ? Math.min(pcp.batch << 2, pcp.high) : pcp.high;
}
/** nr_pcp_free(): how many go on; twice as many at each free in a row. */
function nrPcpFree(pcp: PerCpuPages, high: number, freeHigh: boolean): number {
  if (freeHigh) return pcp.count;
  if (high < pcp.batch) return 1;
  const max = high - pcp.batch;
  const batch = pcp.batch << pcp.freeFactor;
  if (batch < max) pcp.freeFactor++;
  return Math.max(pcp.batch, Math.min(batch, max));
}

export const eraV61: Era = {
  profile: 'v6.1',
  release: '6.1.0-50-cloud-amd64',
  version: '#1  Debian 6.1.176-1',
  fairness: 'cfs',
  idleKeepsTick: true,
  schedIdleCpu: true,
  ...marksBefore63,
  unusableInFastCheck: (z, flags) => (flags & (ALLOC.HARDER | ALLOC.OOM) ? 0 : z.nrReservedHighatomic),
  boostsWatermarks: true,
  mayIgnoreBoost: (gfp) => (gfp & GFP.ATOMIC) !== 0,
  slowAllocFlags(k, gfp) {
    let flags: number = ALLOC.CPUSET; // and WMARK_MIN, which is 0
    if (gfp & GFP.HIGH) flags |= ALLOC.HIGH;
    if (gfp & GFP.KSWAPD_RECLAIM) flags |= ALLOC.KSWAPD;
    if (gfp & GFP.ATOMIC) {
      if (!(gfp & GFP.NOMEMALLOC)) flags |= ALLOC.HARDER;
      flags &= ~ALLOC.CPUSET;
    } else if (rtTask(k.current) && k.inTask) flags |= ALLOC.HIGH; // the captured 6.1.176 lets them have half of MIN, as 6.3 does (docs/model.md)
    return flags;
  },
  withReserve: (reserve) => reserve,
  nofragment: true,
  clampsMovable: false,
  minFreeKbytesMax: MIN_FREE_KBYTES_CEILING,
  notesBelowHigh: false,
  boostWakeNeedsFlag: false,

  stealSuitableFallback: (k, z, pfn, order, startType, flags, whole) => stealSuitableFallback61(k, z, pfn, order, startType, flags, whole),
  freedBuddyTakesType: false,
  fallbackMinOrder: (order, flags) => (flags & ALLOC.NOFRAGMENT ? PAGEBLOCK_ORDER : order),
  highatomicFirst: (flags) => (flags & ALLOC.HARDER) !== 0,
  highatomicAfter: () => false,
  highatomicLimit: (z) => Math.trunc(z.managed / 100) + PAGEBLOCK_PAGES,

  pcpAllowedOrder: (order) => order <= PAGE_ALLOC_COSTLY_ORDER || order === PAGEBLOCK_ORDER,
  emptyListAsksBuddy: true,
  pcpBatch: zoneBatchsize,
  pcpRefill: (_k: Kernel, _z, pcp, order) => (pcp.batch > 1 ? Math.max(pcp.batch >> order, 2) : pcp.batch),
  pcpAfterFree(_k, z, pcp, order) {
    const freeHigh = pcp.freeFactor > 0 && order > 0 && order <= PAGE_ALLOC_COSTLY_ORDER, high = nrPcpHigh(z, pcp, freeHigh);
    return pcp.count >= high ? nrPcpFree(pcp, high, freeHigh) : 0;
  },
  pcpAfterTake(pcp) { pcp.freeFactor >>= 1; },
  pcpDecay: () => 0,
  decaysPcp: false,
  alignsMappings: false,
  pcpAtStart: () => [[1, MT.unmovable, 6], [0, MT.reclaimable, 12], [3, MT.unmovable, 1], [1, MT.reclaimable, 2], [0, MT.unmovable, 11]],
  watcherSlabs: WATCHER_SLABS_TO_6_1,
  pcpHigh: zoneHighsize,
  setPcpHigh(k, z, cpus) {
    for (const pcp of z.pcp) pcp.high = pcp.highMin = pcp.highMax = zoneHighsize(z.managed, z.wmark[WMARK.LOW], pcp.batch, cpus, k.mm.sysctl.percpu_pagelist_high_fraction ?? 0);
  },
  drainsByWork: false,

  faultGfp: GFP_FAULT,
  walksAllGroupsLast: false,
  reschedsByGroup: true,
  generations: null,
  swapCacheNodes: true,
  readaheadNofs: true,
  scanBalance: 'cost',
  reclaim: { anonStartsActive: false, adjustsOnce: false, asksZonesLast: false, defersInFull: false, retriesWithoutTrim: false, drainStalls: true, drainBatches: Infinity },
  freeCountsAsReclaimable: true,
  sleepsOnlyToRetry: false,
  skippedEndsNoretry: true,
  compactionNeedsIo: false,
  waitsOnForIsolated: false,
  congestedByBatch: false,
  psi: true,
  rotationCosts: false,
  unreserveOnEveryRefusal: false,
  oomReserve: (k, t) => (tskIsOomVictim(k, t) ? ALLOC.OOM : 0),
  oomPoints: (size, _t, adj) => size + adj,
  laterWinsTie: true,
  notifiersStopSysrq: false,
  nobodyToKill: { panic: 'System is deadlocked on memory', sysrqReports: true },
  sacrificesChild: false,
  reaperDelay: (hz) => 2 * hz,
  victimExit: 'shared',
  faultOomKills: false,
  memcg: { chargeBatch: 64, reclaimRetries: MAX_RECLAIM_RETRIES, dyingForced: false, oomAtEndOfFault: false, oomLockKillable: true, nofsEndsIt: false, highSleeps: true, statLines: false, mappingBytes: 344 },
  gfpNumber: (gfp) => gfp,
};
