/** mm/page-writeback.c, v6.1: domain_dirty_limits(), wb_position_ratio() and their relatives: the arithmetic of dirty pages. */
import type { Kernel } from '../kernel.ts';
import { LRU } from './mmzone.ts';

/** RATELIMIT_CALC_SHIFT: ratios are in 1024ths. */
export const RATIO_ONE = 1024;

/** global_dirtyable_memory(): pages that could be dirty: free ones beyond the reserves, and the page cache. */
export function globalDirtyableMemory(k: Kernel): number {
  const m = k.mm;
  let free = 0, file = 0;
  for (const z of m.zones) free += z.nrFree;
  for (const p of m.nodes) file += p.lru[LRU.INACTIVE_FILE] + p.lru[LRU.ACTIVE_FILE];
  return free - Math.min(free, m.totalreservePages) + file + 1;
}
export interface DirtyLimits { readonly dirty: number; readonly thresh: number; readonly background: number }
/** domain_dirty_limits(): what is dirty or on its way to the disk, and how much of it may be. Pages. */
export function domainDirtyLimits(k: Kernel): DirtyLimits {
  const { sysctl, backing } = k.mm, available = globalDirtyableMemory(k);
  const thresh = Math.floor((available * (sysctl.dirty_ratio ?? 20)) / 100);
  let background = Math.floor((available * (sysctl.dirty_background_ratio ?? 10)) / 100);
  if (background >= thresh) background = Math.floor(thresh / 2);
  return { dirty: backing.nrDirty + backing.nrWriteback, thresh, background };
}
/** dirty_freerun_ceiling(): below it nobody waits. */
export const freerunCeiling = (l: DirtyLimits): number => Math.floor((l.thresh + l.background) / 2);

/** pos_ratio_polynom(): 1024 at the set point between free run and limit, more below it, 0 at the limit. */
export function positionRatio(setpoint: number, dirty: number, limit: number): number {
  const x = Math.trunc(((setpoint - dirty) * RATIO_ONE) / (limit - setpoint + 1));
  const cube = Math.trunc((Math.trunc((x * x) / RATIO_ONE) * x) / RATIO_ONE);
  return Math.min(2 * RATIO_ONE, Math.max(0, cube + RATIO_ONE));
}
/** dirty_poll_interval(): pages that may be dirtied before the next look. */
export const dirtyPollInterval = (dirty: number, thresh: number): number => (thresh > dirty ? 1 << ((31 - Math.clz32(thresh - dirty)) >> 1) : 1);
