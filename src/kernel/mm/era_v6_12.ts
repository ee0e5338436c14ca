/** Profile v6.12: what this version does otherwise (mm/page_alloc.c, mm/oom_kill.c v6.12, as Debian's 6.12.117 runs it). */
import { rtTask } from '../sched/task.ts';
import { ALLOC, GFP, GFP_FAULT, MAX_RECLAIM_RETRIES, MT, PAGE_ALLOC_COSTLY_ORDER } from './constants.ts';
import type { Era } from './era.ts';
import { stealSuitableFallback612 } from './fallback.ts';
import { lruGenLookAround } from './lru_gen_aging.ts';
import { lruGenShrinkLruvec, lruGenShrinkNode } from './lru_gen_node.ts';
import { PAGEBLOCK_ORDER, PAGEBLOCK_PAGES, type PerCpuPages, WMARK, ZONE, type Zone } from './mmzone.ts';
import { tskIsOomVictim } from './oom_control.ts';
import { MIN_FREE_KBYTES_CEILING, zoneBatchsize, zoneHighLimits } from './wmarks.ts';

/** CONFIG_PCP_BATCH_SCALE_MAX, its default. */
const SCALE_MAX = 5;
const RESERVES = ALLOC.NON_BLOCK | ALLOC.MIN_RESERVE | ALLOC.HIGHATOMIC | ALLOC.OOM;

/** nr_pcp_high(): tunes `high` between its bounds while pages come back, and says what counts now. */
function nrPcpHigh(z: Zone, pcp: PerCpuPages, freeHigh: boolean): number {
  const { highMin, highMax, batch } = pcp;
  let high = Math.max(Math.min(pcp.high, highMax), highMin);
  if (highMax === 0) return 0;
  if (freeHigh) { pcp.high = Math.max(high - (batch << SCALE_MAX), highMin); return 0; }
  const freeCount = Math.max(pcp.freeCount, batch);
  if (z.flags & ZONE.RECLAIM_ACTIVE) {
    pcp.high = Math.max(high - freeCount, highMin);
    return Math.min(batch << 2, pcp.high);
  }
  if (highMin === highMax) return high;
  if (z.flags & ZONE.BELOW_HIGH) {
    pcp.high = Math.max(high - freeCount, highMin);
    high = Math.max(pcp.count, highMin);
  } else if (pcp.count >= high) {
    const need = pcp.freeCount + batch;
    if (pcp.high < need) pcp.high = Math.max(highMin, Math.min(need, highMax));
  }
  return high;
}
function nrPcpFree(pcp: PerCpuPages, high: number, freeHigh: boolean): number {
  if (freeHigh) return Math.min(pcp.count, pcp.batch << SCALE_MAX);
  if (high < pcp.batch) return 1;
  return Math.max(pcp.batch, Math.min(pcp.freeCount, high - pcp.batch));
}

export const eraV612: Era = {
  profile: 'v6.12',
  release: '6.12.117+deb12-cloud-amd64',
  version: '#1  Debian 6.12.117-1~deb12u1',
  fairness: 'eevdf',
  idleKeepsTick: true,
  schedIdleCpu: true,
  unusableFree: (z, order, flags) => (1 << order) - 1 + (flags & RESERVES ? 0 : z.nrReservedHighatomic),
  unusableInFastCheck: (z, flags) => (flags & RESERVES ? 0 : z.nrReservedHighatomic),
  lowerMark(mark, flags) {
    let min = mark;
    if (flags & ALLOC.MIN_RESERVE) {
      min -= Math.trunc(min / 2);
      if (flags & ALLOC.NON_BLOCK) min -= Math.trunc(min / 4);
    }
    if (flags & ALLOC.OOM) min -= Math.trunc(min / 2);
    return min;
  },
  mayUseHighatomic: (flags) => (flags & (ALLOC.HIGHATOMIC | ALLOC.OOM)) !== 0,
  boostsWatermarks: true,
  mayIgnoreBoost: (_gfp, flags) => (flags & ALLOC.MIN_RESERVE) !== 0,
  slowAllocFlags(k, gfp, order) {
    let flags: number = ALLOC.CPUSET;
    if (gfp & GFP.HIGH) flags |= ALLOC.MIN_RESERVE;
    if (gfp & GFP.KSWAPD_RECLAIM) flags |= ALLOC.KSWAPD;
    if (!(gfp & GFP.DIRECT_RECLAIM)) {
      if (!(gfp & GFP.NOMEMALLOC)) flags |= ALLOC.NON_BLOCK | (order > 0 ? ALLOC.HIGHATOMIC : 0);
      if (flags & ALLOC.MIN_RESERVE) flags &= ~ALLOC.CPUSET;
    } else if (rtTask(k.current) && k.inTask) flags |= ALLOC.MIN_RESERVE;
    return flags;
  },
  withReserve: (reserve, flags) => reserve | (flags & ALLOC.KSWAPD),
  nofragment: true,
  clampsMovable: true,
  minFreeKbytesMax: MIN_FREE_KBYTES_CEILING,
  notesBelowHigh: true,
  boostWakeNeedsFlag: true,

  stealSuitableFallback: stealSuitableFallback612,
  freedBuddyTakesType: true,
  fallbackMinOrder: (order, flags) => (order < PAGEBLOCK_ORDER && flags & ALLOC.NOFRAGMENT ? PAGEBLOCK_ORDER : order),
  highatomicFirst: (flags) => (flags & ALLOC.HIGHATOMIC) !== 0,
  highatomicAfter: (flags) => (flags & (ALLOC.OOM | ALLOC.NON_BLOCK)) !== 0,
  highatomicLimit(z) {
    const share = Math.trunc(z.managed / 100);
    return share < PAGEBLOCK_PAGES ? 0 : Math.ceil(share / PAGEBLOCK_PAGES) * PAGEBLOCK_PAGES;
  },

  pcpAllowedOrder: (order) => order <= PAGE_ALLOC_COSTLY_ORDER || order === PAGEBLOCK_ORDER,
  emptyListAsksBuddy: true,
  pcpBatch: zoneBatchsize,
  pcpRefill(_k, z, pcp, order) {
    const { highMin, highMax } = pcp, base = pcp.batch;
    const high = Math.max(Math.min(pcp.high, highMax), highMin);
    if (high < base) return 1;
    let batch = order > 0 ? base : base << pcp.allocFactor;
    if (highMin !== highMax && !(z.flags & ZONE.BELOW_HIGH)) pcp.high = Math.min(high + batch, highMax); else pcp.high = high;
    if (order === 0) {
      const most = Math.max(pcp.high - pcp.count - base, base);
      if (batch <= most && pcp.allocFactor < SCALE_MAX) pcp.allocFactor++;
      batch = Math.min(batch, most);
    }
    return batch > 1 ? Math.max(batch >> order, 2) : batch;
  },
  pcpAfterFree(_k, z, pcp, order) {
    pcp.allocFactor >>= 1;
    let freeHigh = false;
    if (order > 0 && order <= PAGE_ALLOC_COSTLY_ORDER) {
      freeHigh = pcp.freeCount >= pcp.batch && pcp.prevFreeHighOrder;
      pcp.prevFreeHighOrder = true;
    } else pcp.prevFreeHighOrder = false;
    if (pcp.freeCount < pcp.batch << SCALE_MAX) pcp.freeCount += 1 << order;
    const high = nrPcpHigh(z, pcp, freeHigh);
    if (pcp.count < high) return 0;
    return nrPcpFree(pcp, high, freeHigh);
  },
  pcpAfterTake(pcp) { pcp.freeCount >>= 1; },
  pcpDecay(_z, pcp) {
    if (pcp.high > pcp.highMin) pcp.high = Math.max(pcp.count - (pcp.batch << SCALE_MAX), pcp.high - (pcp.high >> 3), pcp.highMin);
    return Math.max(0, pcp.count - pcp.high);
  },
  decaysPcp: true,
  alignsMappings: true,
  pcpAtStart: (rt) => rt
    ? [[0, MT.reclaimable, 12], [3, MT.unmovable, 3], [1, MT.unmovable, 1], [0, MT.unmovable, 30]]
    : [[1, MT.unmovable, 5], [0, MT.reclaimable, 13], [3, MT.unmovable, 2], [2, MT.reclaimable, 1], [1, MT.reclaimable, 5], [0, MT.unmovable, 40]],
  watcherSlabs: [[1, MT.reclaimable, 6], [0, MT.reclaimable, 3], [3, MT.unmovable, 2], [1, MT.unmovable, 1]],
  pcpHigh: () => null,
  setPcpHigh(k, z, cpus) {
    for (const pcp of z.pcp) {
      const range = zoneHighLimits(z.managed, z.wmark[WMARK.LOW], pcp.batch, cpus, k.mm.sysctl.percpu_pagelist_high_fraction ?? 0);
      pcp.highMin = range.highMin; pcp.highMax = range.highMax;
      pcp.high = Math.min(pcp.high, range.highMax); // as the machine had tuned it; below highMin counts as highMin
    }
  },
  drainsByWork: false,

  faultGfp: GFP_FAULT,
  walksAllGroupsLast: true,
  reschedsByGroup: true,
  generations: { shrinkNode: lruGenShrinkNode, shrinkLruvec: lruGenShrinkLruvec, lookAround: lruGenLookAround },
  swapCacheNodes: true,
  readaheadNofs: true,
  scanBalance: 'cost',
  reclaim: { anonStartsActive: false, adjustsOnce: false, asksZonesLast: false, defersInFull: false, retriesWithoutTrim: true, drainStalls: true, drainBatches: 32 },
  freeCountsAsReclaimable: true,
  sleepsOnlyToRetry: false,
  skippedEndsNoretry: true,
  compactionNeedsIo: true,
  waitsOnForIsolated: false,
  congestedByBatch: false,
  psi: true,
  rotationCosts: true,
  unreserveOnEveryRefusal: true,
  oomReserve: (k, t) => (tskIsOomVictim(k, t) ? ALLOC.OOM : 0),
  oomPoints: (size, _t, adj) => size + adj,
  laterWinsTie: true,
  notifiersStopSysrq: false,
  nobodyToKill: { panic: 'System is deadlocked on memory', sysrqReports: true },
  sacrificesChild: false,
  reaperDelay: (hz) => 2 * hz,
  victimExit: 'shared',
  faultOomKills: false,
  memcg: { chargeBatch: 64, reclaimRetries: MAX_RECLAIM_RETRIES, dyingForced: false, oomAtEndOfFault: false, oomLockKillable: true, nofsEndsIt: false, highSleeps: true, statLines: true, mappingBytes: 416 },
  gfpNumber: (gfp) => gfp,
};
