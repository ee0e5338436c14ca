/**
 * What one kernel version does otherwise: the bodies that a profile chooses. A profile is one file (era_v6_1.ts, era_v6_12.ts)
 * and one line in profiles.ts. Common code asks `k.mm.era`, and assumes no version anywhere else.
 */
import type { Kernel } from '../kernel.ts';
import type { Task } from '../sched/task.ts';
import type { lruGenLookAround } from './lru_gen_aging.ts';
import type { lruGenShrinkLruvec, lruGenShrinkNode } from './lru_gen_node.ts';
import type { Zone, PerCpuPages } from './mmzone.ts';

/** Memory cgroups: mm/memcontrol.c. */
export interface MemcgRules {
  /** MEMCG_CHARGE_BATCH: pages that a charge takes at once. */
  readonly chargeBatch: number;
  /** MAX_RECLAIM_RETRIES (5.9 on), MEM_CGROUP_RECLAIM_RETRIES before. */
  readonly reclaimRetries: number;
  /** try_charge(): does a dying task charge past the limit (to 5.14)? */
  readonly dyingForced: boolean;
  /** Is nobody killed in the charge, but at the end of the fault, and for no other charge (to 4.18)? */
  readonly oomAtEndOfFault: boolean;
  /** mem_cgroup_out_of_memory(): mutex_lock_killable(&oom_lock), and a second look at the group under it; in 4.18 mutex_lock(). */
  readonly oomLockKillable: boolean;
  /** out_of_memory(): does a charge without __GFP_FS end without a kill, as an allocation does (to 4.18)? */
  readonly nofsEndsIt: boolean;
  /** mem_cgroup_handle_over_high(): does it hold up who charges above memory.high (5.4 on), or only reclaim? */
  readonly highSleeps: boolean;
  /** mem_cgroup_print_oom_meminfo(): are the statistics a line each (6.12), or one record? */
  readonly statLines: boolean;
  /** Bytes of small objects that a program's new mapping has charged. */
  readonly mappingBytes: number;
}

/** mm/vmscan.c where the LRU has generations: three ways into lru_gen_node.ts and lru_gen_aging.ts, which come with their version. */
export interface Generations {
  readonly shrinkNode: typeof lruGenShrinkNode;
  readonly shrinkLruvec: typeof lruGenShrinkLruvec;
  readonly lookAround: typeof lruGenLookAround;
}

/** So many blocks of an order and a migratetype. */
export type PcpBlocks = readonly [order: number, type: number, blocks: number];

/** How reclaim of an era differs. */
export interface ReclaimEra {
  /** Anonymous pages begin on the active list, and one used pte brings them back to it (to 5.8). */
  readonly anonStartsActive: boolean;
  /** shrink_lruvec(), to 6.0: once the smaller side has been given up, all that the other is still due is scanned; since then it ends at the next look that finds enough. */
  readonly adjustsOnce: boolean;
  /** should_continue_reclaim(), to 5.3: asks whether a zone will do for compaction only after as much as compaction needs was reclaimed, and goes on if none will. */
  readonly asksZonesLast: boolean;
  /** do_shrink_slab(), to 5.12: what was put off counts in full, half of the cache at the most while little is asked for; nothing limits what is put off. */
  readonly defersInFull: boolean;
  /** balance_pgdat(), 6.10 on: where the page cache alone gave nothing, once more over all lists. */
  readonly retriesWithoutTrim: boolean;
  /** __alloc_pages_direct_reclaim(): does a stall of memory cover the second look and the drain too (5.18 on, by memory), or reclaim alone? */
  readonly drainStalls: boolean;
  /** drain_pages_zone(): batches that leave a list in one hold of its lock (6.10 on: 32). */
  readonly drainBatches: number;
}
export interface Era {
  readonly profile: string;
  /** For the kernel log: what `uname -r` says, and the version string of a report's second line. */
  readonly release: string;
  readonly version: string;

  /** kernel/sched/fair.c: CFS before 6.6, EEVDF since. */
  readonly fairness: 'cfs' | 'eevdf';
  /** kernel/sched/idle.c, without a driver of cpuidle: the first tick of an idle CPU comes all the same (sched/timer.ts). */
  readonly idleKeepsTick: boolean;
  /** sched_idle_cpu() (v5.4): a CPU on which only SCHED_IDLE tasks are runnable is as good as an idle one to who looks for one. */
  readonly schedIdleCpu: boolean;

  // ---- watermarks (page_alloc.c)
  /** __zone_watermark_unusable_free(): pages that this request cannot have, order included. */
  unusableFree(z: Zone, order: number, allocFlags: number): number;
  /** The same in the short cut for order 0 of zone_watermark_fast(). */
  unusableInFastCheck(z: Zone, allocFlags: number): number;
  /** How far below `mark` these flags may go. */
  lowerMark(mark: number, allocFlags: number): number;
  /** Do the highatomic lists count for this request of order > 0? */
  mayUseHighatomic(allocFlags: number): boolean;
  /** boost_watermark(), since 5.0: does a fallback raise the marks for a while? */
  readonly boostsWatermarks: boolean;
  /** zone_watermark_fast(): may a request at MIN look past the boost? */
  mayIgnoreBoost(gfp: number, allocFlags: number): boolean;
  /** gfp_to_alloc_flags() of the slow path. */
  slowAllocFlags(k: Kernel, gfp: number, order: number): number;
  /** Flags that replace the request's own when it may use reserves: `reserve` from __gfp_pfmemalloc_flags(), `flags` so far. */
  withReserve(reserve: number, flags: number): number;
  /** alloc_flags_nofragment(), since 5.0. */
  readonly nofragment: boolean;
  /** setup_per_zone_wmarks(): does zoneinfo of this version show a clamped MIN for Movable? */
  readonly clampsMovable: boolean;
  /** The most that boot sets min_free_kbytes to. */
  readonly minFreeKbytesMax: number;
  /** get_page_from_freelist(): is a zone below HIGH noted, so that per-CPU lists shrink (ZONE_BELOW_HIGH, 6.7 on)? */
  readonly notesBelowHigh: boolean;
  /** rmqueue(): is kswapd woken after a boost only for requests that may wake it? */
  readonly boostWakeNeedsFlag: boolean;

  // ---- buddy lists
  /** steal_suitable_fallback(): takes or claims the free block at `pfn` for `startType`. A frame: take that; -1: look at the own lists again. */
  stealSuitableFallback(k: Kernel, z: Zone, pfn: number, order: number, startType: number, allocFlags: number, wholeBlock: boolean, wanted: number, cpu: number): number;
  /** __free_one_page(): does a whole pageblock that is joined take the type of what was freed? */
  readonly freedBuddyTakesType: boolean;
  /** __rmqueue_fallback(): the smallest free block of another type that may be taken (min_order): with NOFRAGMENT whole pageblocks only. */
  fallbackMinOrder(order: number, allocFlags: number): number;
  /** Flags with which an order > 0 request tries the highatomic lists first / after a failure. */
  highatomicFirst(allocFlags: number): boolean;
  highatomicAfter(allocFlags: number): boolean;
  /** Pages the highatomic reserve of a zone may grow to; 0 = none. */
  highatomicLimit(z: Zone): number;

  // ---- per-CPU lists
  /** pcp_allowed_order(): does this order have per-CPU lists? */
  pcpAllowedOrder(order: number): boolean;
  /** rmqueue(): does a request whose list stays empty after its refill go on to the buddy lists, and so to the highatomic ones (not to 5.9)? */
  readonly emptyListAsksBuddy: boolean;
  /** zone_batchsize(): pcp->batch of a zone with so many managed pages. */
  pcpBatch(managed: number): number;
  /** How many blocks a refill of an empty list takes. */
  pcpRefill(k: Kernel, z: Zone, pcp: PerCpuPages, order: number): number;
  /** A page came back to `pcp`: how many pages must go on to the buddy lists (0 = none). */
  pcpAfterFree(k: Kernel, z: Zone, pcp: PerCpuPages, order: number): number;
  /** A page was taken from `pcp`. */
  pcpAfterTake(pcp: PerCpuPages): void;
  /** The vmstat worker's share, once in stat_interval: pages to give back. */
  pcpDecay(z: Zone, pcp: PerCpuPages): number;
  /** Does the vmstat worker give idle pages of local lists back (6.7 on)? */
  readonly decaysPcp: boolean;
  /** thp_get_unmapped_area(): does an anonymous mapping of whole huge pages begin with one (6.7 on; in capture 6.12-128M-1-hog_kmem a page table comes with the first touch and each 512th after it)? */
  readonly alignsMappings: boolean;
  /** What stands on the lists of a machine at rest besides order-0 movable pages: order, type, blocks (docs/model.md, guess 2). */
  pcpAtStart(rt: boolean): readonly PcpBlocks[];
  /** Slabs that what watches a captured machine fills between the reading of /proc and the start of its workload (docs/model.md, guess 5). */
  readonly watcherSlabs: readonly PcpBlocks[];
  /** pcp->high as it follows from a zone's figures; null: it is tuned as the machine runs (6.7 on). */
  pcpHigh(managed: number, lowWmark: number, batch: number, localCpus: number, highFraction: number): number | null;
  setPcpHigh(k: Kernel, z: Zone, cpus: number): void;

  /** drain_all_pages(): by a work item on each CPU (4.11 to 5.19), or by the caller from afar? */
  readonly drainsByWork: boolean;

  // ---- reclaim and OOM
  /** What an anonymous fault asks for. */
  readonly faultGfp: number;
  /** do_try_to_free_pages(): is a round without a page followed by one that leaves no group out (memcg_full_walk, 6.12; in 6.1 each does)? */
  readonly walksAllGroupsLast: boolean;
  /** shrink_node_memcgs(): may another task have the CPU before each group (5.9 on; lockup L5 of the reference is what came of it before)? */
  readonly reschedsByGroup: boolean;
  /** What reclaims where the LRU has generations (knob `lru.gen`); null: this version has the classic lists alone here. */
  readonly generations: Generations | null;
  /** Are the nodes of the swap cache's tree allocated, as those of files are? All versions have them; only 6.1 and 6.12 were held against captures with them (docs/model.md). */
  readonly swapCacheNodes: boolean;
  /** page_cache_ra_unbounded(): does readahead say that it is in a file system (memalloc_nofs_save(), 5.8 on)? */
  readonly readaheadNofs: boolean;
  /** get_scan_count(): anon against file by what they have cost (5.8 on), or by the share of pages that were kept? */
  readonly scanBalance: 'cost' | 'rotated';
  readonly reclaim: ReclaimEra;
  /** zone_reclaimable_pages(): do free pages count where nothing can be reclaimed (stable 6.1 and 6.12)? */
  readonly freeCountsAsReclaimable: boolean;
  /** should_reclaim_retry(): does a worker sleep only where it is to go round again (to 4.19)? */
  readonly sleepsOnlyToRetry: boolean;
  /** __alloc_pages_slowpath(): does compaction that was skipped end a costly __GFP_NORETRY request (not in 4.18)? */
  readonly skippedEndsNoretry: boolean;
  /** Compaction is for requests with __GFP_IO only, so a costly one without it gives up after one fruitless reclaim. */
  readonly compactionNeedsIo: boolean;
  /** shrink_inactive_list(): does it wait for as long as too many pages are isolated (to 4.13), or once? */
  readonly waitsOnForIsolated: boolean;
  /** shrink_inactive_list() (to 4.16): does a batch whose dirty pages all wait for a congested queue mark the node, whoever reclaims, or shrink_node() of kswapd alone? */
  readonly congestedByBatch: boolean;
  /** Pressure stall information, since 4.20. */
  readonly psi: boolean;
  /** lru_note_cost(): do pages that reclaim looked at in vain count too (6.2 on)? */
  readonly rotationCosts: boolean;
  /** should_reclaim_retry() after MAX_RECLAIM_RETRIES: 6.1 ends with the highatomic reserve at once, 6.12 after every refusal. */
  readonly unreserveOnEveryRefusal: boolean;
  /** __gfp_pfmemalloc_flags(): the reserve of a task that the OOM killer chose, as ALLOC flags; 0 = it was not, or not this thread. */
  oomReserve(k: Kernel, t: Task): number;
  /** oom_badness() behind its gates. @param size  pages that the death would give back @param adj  pages for oom_score_adj */
  oomPoints(size: number, t: Task, adj: number): number;
  /** oom_evaluate_task(): of two with the same points, is the later one chosen (5.9 on)? */
  readonly laterWinsTie: boolean;
  /** out_of_memory(): do pages that a notifier freed end a kill that SysRq-f asked for too? */
  readonly notifiersStopSysrq: boolean;
  /** out_of_memory(): how it panics where nobody can be killed; `sysrqReports`: it also says so where SysRq-f asked, without a panic. */
  readonly nobodyToKill: { readonly panic: string; readonly sysrqReports: boolean };
  /** oom_kill_process(): does a child with memory of its own die for its parent (to 5.1)? */
  readonly sacrificesChild: boolean;
  /** Delay of the reaper in jiffies at this HZ; 0: it is woken by the kill itself. */
  reaperDelay(hz: number): number;
  /**
   * exit_mmap() and the reaper. 'shared': the exit unmaps under mmap_lock for reading (6.1). 'reaps itself': what the reaper would take is
   * taken first, then the reaper is kept out (4.14 to 5.19; under oom_lock in 4.17 and 4.18). 'unaware': the reaper has a reference of
   * its own, and whoever lets go of the last takes the address space down (4.13).
   */
  readonly victimExit: 'shared' | 'reaps itself' | 'unaware';
  /** pagefault_out_of_memory(): does a fault that found no memory ask for a kill (to 5.15)? */
  readonly faultOomKills: boolean;
  readonly memcg: MemcgRules;
  /** The number that reports print for these flags. */
  gfpNumber(gfp: number): number;
}
