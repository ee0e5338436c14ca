/** mm/page-writeback.c, v6.1: domain_dirty_limits(), wb_position_ratio() and their relatives: the arithmetic of dirty pages. */
import type { Kernel } from '../kernel.ts';
import { rtTask } from '../sched/task.ts';
import type { Writeback } from './backing.ts';
import { LRU, type Mm } from './mmzone.ts';

/** RATELIMIT_CALC_SHIFT: ratios are in 1024ths. */
export const RATIO_ONE = 1024;
const DIRTY_RATIO = 20, BACKGROUND_RATIO = 10; // %, as the kernel starts with them
/**
 * Pages that a running machine counts as managed and that were not free when its CPUs came up: init memory and initrd (2,281 in 6.1-256M-2-dirty,
 * 2,311 in 6.1rt-256M-2-dirty, by the kernel's log), and what the kernel itself had taken until then: writers are held there at the limit of
 * 52,150 of 55,592 managed pages and of 48,530 of 52,128. The mean of the two; other machines are guessed to be alike (docs/model.md).
 */
const HELD_AT_BOOT = 3520;
/** `n | 1`, also beyond 32 bits: a divisor that is not 0. */
const odd = (n: number): number => (n % 2 === 0 ? n + 1 : n);

/** global_dirtyable_memory(): pages that could be dirty: free ones beyond the reserves, and the page cache. */
export function globalDirtyableMemory(m: Mm): number {
  let free = 0, file = 0;
  for (const z of m.zones) free += z.nrFree;
  for (const p of m.nodes) file += p.lru[LRU.INACTIVE_FILE] + p.lru[LRU.ACTIVE_FILE];
  return free - Math.min(free, m.totalreservePages) + file + 1;
}
/** A sysctl in % of `available` pages; the kernel reckons in 4096ths. */
const share = (percent: number, available: number): number => Math.floor((Math.floor((percent * 4096) / 100) * available) / 4096);

/** struct wb_domain: the limits of the whole machine. Pages; `limitStamp` in jiffies. */
export interface DirtyDomain { limit: number; limitStamp: number; ratelimitPages: number; readonly sinceLook: number[] }
/**
 * writeback_set_ratelimit(): when a CPU comes up, and when vm.dirty_ratio is written. A machine whose ratio is the kernel's own has the limit of its
 * boot, when nearly all of it was free and nothing in reserve; any other ratio was written just before the run.
 */
export function writebackSetRatelimit(m: Mm, cpus: number): DirtyDomain {
  const ratio = m.sysctl.dirty_ratio ?? DIRTY_RATIO, limit = share(ratio, ratio === DIRTY_RATIO ? Math.max(1, m.totalramPages - HELD_AT_BOOT) : globalDirtyableMemory(m));
  return { limit, limitStamp: 0, ratelimitPages: Math.max(16, Math.floor(limit / (cpus * 32))), sinceLook: new Array<number>(cpus).fill(0) };
}
export interface DirtyLimits { readonly dirty: number; readonly thresh: number; readonly background: number }
/** domain_dirty_limits(): what is dirty or on its way to the disk, and how much of it may be. Pages. A real-time task may have a quarter more. */
export function domainDirtyLimits(k: Kernel): DirtyLimits {
  const { sysctl, backing } = k.mm, available = globalDirtyableMemory(k.mm), more = rtTask(k.current);
  const lifted = (n: number): number => (more ? n + Math.floor(n / 4) + Math.floor(backing.domain.limit / 32) : n);
  const thresh = lifted(share(sysctl.dirty_ratio ?? DIRTY_RATIO, available)), background = lifted(share(sysctl.dirty_background_ratio ?? BACKGROUND_RATIO, available));
  return { dirty: backing.nrDirty + backing.nrWriteback, thresh, background: background >= thresh ? Math.floor(thresh / 2) : background };
}
/** dirty_freerun_ceiling(): below it nobody waits. */
export const freerunCeiling = (l: DirtyLimits): number => Math.floor((l.thresh + l.background) / 2);
/** hard_dirty_limit(): at it everybody waits. */
export const hardDirtyLimit = (d: DirtyDomain, l: DirtyLimits): number => Math.max(l.thresh, d.limit);
/** update_dirty_limit(): the limit follows the threshold up at once and down slowly, and never below what is dirty. */
export function updateDirtyLimit(d: DirtyDomain, l: DirtyLimits): void {
  const low = Math.max(l.thresh, l.dirty);
  if (d.limit < l.thresh) d.limit = l.thresh; else if (d.limit > low) d.limit -= Math.floor((d.limit - low) / 32);
}
/** wb_calc_thresh(): the disk's part of `thresh`: all of it once it has written something, as it is the only one. */
export const wbCalcThresh = (wb: Writeback, thresh: number): number => (wb.written > 0 ? thresh : 0);

/** pos_ratio_polynom(): 1024 at the set point between free run and limit, more below it, 0 at the limit. */
export function positionRatio(setpoint: number, dirty: number, limit: number): number {
  const x = Math.trunc(((setpoint - dirty) * RATIO_ONE) / odd(limit - setpoint));
  const cube = Math.floor((Math.floor((x * x) / RATIO_ONE) * x) / RATIO_ONE);
  return Math.min(2 * RATIO_ONE, Math.max(0, cube + RATIO_ONE));
}
/** wb_position_ratio(): the same, steered further by how the disk's own dirty pages stand to its part of the threshold. */
export function wbPositionRatio(wb: Writeback, l: DirtyLimits, limit: number, wbDirty: number): number {
  if (l.dirty >= limit) return 0;
  const setpoint = Math.floor((freerunCeiling(l) + limit) / 2), part = Math.max(Math.min(wbCalcThresh(wb, l.thresh), l.thresh), Math.floor((limit - l.dirty) / 8));
  const x = Math.floor((part * 65_536) / odd(l.thresh)), wbSetpoint = Math.floor((setpoint * x) / 65_536);
  const span = Math.floor(((l.thresh - part + 8 * wb.avgBandwidth) * x) / 65_536), intercept = wbSetpoint + span, ratio = positionRatio(setpoint, l.dirty, limit);
  const sloped = wbDirty < intercept - Math.floor(span / 4) ? Math.floor((ratio * (intercept - wbDirty)) / odd(span)) : Math.floor(ratio / 4), reserve = Math.floor(part / 2);
  if (wbDirty >= reserve) return sloped;
  return wbDirty > Math.floor(reserve / 8) ? Math.floor((sloped * reserve) / wbDirty) : sloped * 8; // so few that the disk might run dry
}
/** dirty_poll_interval(): pages that may be dirtied before the next look. */
export const dirtyPollInterval = (dirty: number, thresh: number): number => (thresh > dirty ? 1 << ((31 - Math.clz32(thresh - dirty)) >> 1) : 1);
