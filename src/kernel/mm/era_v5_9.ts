/**
 * Profile v5.9, October 2020, the kernel of the discussion about pages for kvfree_rcu(). Its page_alloc.c and the first half of its oom_kill.c were read for
 * the reference (page-alloc-reclaim-oom.md, PA59 and OK59); what that does not say is named in docs/model.md. No capture was taken of it.
 */
import { allocatorTo59 } from './allocator_to_5_9.ts';
import { ALLOC, GFP, GFP_HIGHUSER_MOVABLE, MAX_RECLAIM_RETRIES } from './constants.ts';
import type { Era } from './era.ts';
import { stealSuitableFallback61 } from './fallback.ts';
import { PAGEBLOCK_ORDER, PAGEBLOCK_PAGES } from './mmzone.ts';
import { marksBefore63 } from './marks_before_6_3.ts';
import { tskIsOomVictim } from './oom_control.ts';
import { MIN_FREE_KBYTES_CEILING, zoneBatchsize } from './wmarks.ts';

export const eraV59: Era = {
  profile: 'v5.9',
  release: '5.9.0',
  version: '#1',
  fairness: 'cfs',
  idleKeepsTick: false,
  schedIdleCpu: true,
  ...marksBefore63,
  ...allocatorTo59,
  unusableInFastCheck: (z, flags) => (flags & (ALLOC.HARDER | ALLOC.OOM) ? 0 : z.nrReservedHighatomic),
  boostsWatermarks: true,
  mayIgnoreBoost: (gfp) => (gfp & GFP.ATOMIC) !== 0, // of 5.9 by memory
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

  pcpBatch: zoneBatchsize,

  faultGfp: GFP_HIGHUSER_MOVABLE | GFP.ZERO,
  walksAllGroupsLast: false,
  reschedsByGroup: true,
  generations: null,
  swapCacheNodes: false,
  readaheadNofs: true,
  scanBalance: 'cost',
  reclaim: { anonStartsActive: false, adjustsOnce: true, asksZonesLast: false, defersInFull: true, retriesWithoutTrim: false, drainStalls: false, drainBatches: Infinity },
  freeCountsAsReclaimable: false,
  sleepsOnlyToRetry: false,
  skippedEndsNoretry: true, // since 5.4, by memory
  compactionNeedsIo: false,
  waitsOnForIsolated: false,
  congestedByBatch: false,
  psi: true,
  rotationCosts: false,
  unreserveOnEveryRefusal: false,
  oomReserve: (k, t) => (tskIsOomVictim(k, t) ? ALLOC.OOM : 0),
  oomPoints: (size, _t, adj) => size + adj,
  laterWinsTie: true,
  notifiersStopSysrq: true, // the exception for SysRq-f is of 5.16 or so, by memory
  nobodyToKill: { panic: 'System is deadlocked on memory', sysrqReports: true },
  sacrificesChild: false,
  reaperDelay: () => 0,
  victimExit: 'reaps itself',
  faultOomKills: true,
  memcg: { chargeBatch: 32, reclaimRetries: MAX_RECLAIM_RETRIES, dyingForced: true, oomAtEndOfFault: false, oomLockKillable: true, nofsEndsIt: false, highSleeps: true, statLines: false, mappingBytes: 344 },
  gfpNumber: (gfp) => gfp,
};
