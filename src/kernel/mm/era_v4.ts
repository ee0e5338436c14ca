/**
 * What the profiles of 4.x have in common (mm/page_alloc.c v4.18-rc1, which stands for v4.17; 4.13 by what mails of 2017 show of it).
 * No capture was taken of these kernels: reference page-alloc-reclaim-oom.md, sections 2 to 8; what it does not say is named in docs/model.md.
 */
import { allocatorTo59 } from './allocator_to_5_9.ts';
import { ALLOC, GFP, GFP_HIGHUSER_MOVABLE } from './constants.ts';
import type { Era } from './era.ts';
import { stealSuitableFallback61 } from './fallback.ts';
import { PAGEBLOCK_PAGES } from './mmzone.ts';
import { gfpNumber415 } from './gfp.ts';
import { marksBefore63 } from './marks_before_6_3.ts';
import { tskIsOomVictim } from './oom_control.ts';
import { zoneBatchsize512 } from './wmarks.ts';

export const era4: Omit<Era, 'profile' | 'release' | 'version'> = {
  fairness: 'cfs',
  idleKeepsTick: false,
  schedIdleCpu: false,
  ...marksBefore63,
  ...allocatorTo59,
  unusableInFastCheck: () => 0,
  boostsWatermarks: false,
  mayIgnoreBoost: () => false,
  withReserve: (reserve, flags) => reserve | (flags & ALLOC.KSWAPD), // there is no ALLOC_KSWAPD yet: kswapd is woken by what the request says, and reserves do not keep it asleep
  nofragment: false,
  clampsMovable: false,
  minFreeKbytesMax: 65536,
  notesBelowHigh: false,
  boostWakeNeedsFlag: false,

  stealSuitableFallback: (k, z, pfn, order, startType, flags, whole) => stealSuitableFallback61(k, z, pfn, order, startType, flags, whole),
  freedBuddyTakesType: false,
  fallbackMinOrder: (order) => order,
  highatomicFirst: (flags) => (flags & ALLOC.HARDER) !== 0,
  highatomicAfter: () => false,
  highatomicLimit: (z) => Math.trunc(z.managed / 100) + PAGEBLOCK_PAGES,

  pcpBatch: zoneBatchsize512,

  faultGfp: GFP_HIGHUSER_MOVABLE | GFP.ZERO,
  walksAllGroupsLast: false,
  reschedsByGroup: false,
  generations: null,
  swapCacheNodes: false,
  readaheadNofs: false,
  scanBalance: 'rotated',
  reclaim: { anonStartsActive: true, adjustsOnce: true, asksZonesLast: true, defersInFull: true, retriesWithoutTrim: false, drainStalls: true, drainBatches: Infinity },
  freeCountsAsReclaimable: false,
  sleepsOnlyToRetry: true,
  skippedEndsNoretry: false,
  compactionNeedsIo: false,
  waitsOnForIsolated: false,
  congestedByBatch: false,
  psi: false,
  rotationCosts: false,
  unreserveOnEveryRefusal: false,
  oomReserve: (k, t) => (tskIsOomVictim(k, t) ? ALLOC.OOM : 0),
  oomPoints: (size, _t, adj) => Math.max(1, size + adj),
  laterWinsTie: false,
  notifiersStopSysrq: true,
  nobodyToKill: { panic: 'Out of memory and no killable processes...', sysrqReports: false },
  sacrificesChild: true,
  reaperDelay: () => 0,
  victimExit: 'reaps itself',
  faultOomKills: true,
  memcg: { chargeBatch: 32, reclaimRetries: 5, dyingForced: true, oomAtEndOfFault: true, oomLockKillable: false, nofsEndsIt: true, highSleeps: false, statLines: false, mappingBytes: 344 },
  gfpNumber: gfpNumber415,
};
