/** mm/vmscan.c struct scan_control, v6.1: what one pass of reclaim is for, and what it has found. */
import type { Kernel } from '../kernel.ts';
import { DEF_PRIORITY } from './constants.ts';
import type { MemCgroup } from './memcg_types.ts';

export interface ScanControl {
  order: number;
  priority: number;
  nrToReclaim: number; // pages
  readonly reclaimIdx: number; // highest slot
  readonly gfp: number;
  readonly targetMemcg: MemCgroup | null; // cgroup_reclaim(): the group that is to shrink; null: the machine
  mayWritepage: boolean;
  readonly mayUnmap: boolean;
  maySwap: boolean;
  mayDeactivateAnon: boolean;
  mayDeactivateFile: boolean;
  skippedDeactivate: boolean;
  forceDeactivate: boolean;
  cacheTrimMode: boolean;
  cacheTrimModeFailed: boolean; // it kept reclaim from anon pages, and nothing was reclaimed (6.10 on)
  noCacheTrimMode: boolean;
  fileIsTiny: boolean;
  anonCost: number; // of the lists of the group that is to shrink, or of the node
  fileCost: number;
  compactionReady: boolean;
  memcgFullWalk: boolean; // the second round of 6.12, which leaves no group out
  nrScanned: number;
  nrReclaimed: number;
  nr: { dirty: number; unqueuedDirty: number; congested: number; writeback: number; immediate: number; fileTaken: number; taken: number };
}
/** What one pass over a node has found so far. */
export const nothingFound = (): ScanControl['nr'] => ({ dirty: 0, unqueuedDirty: 0, congested: 0, writeback: 0, immediate: 0, fileTaken: 0, taken: 0 });
export function newScanControl(k: Kernel, o: { order: number; nrToReclaim: number; reclaimIdx: number; gfp?: number; targetMemcg?: MemCgroup }): ScanControl {
  return {
    order: o.order, priority: DEF_PRIORITY, nrToReclaim: o.nrToReclaim, reclaimIdx: o.reclaimIdx, gfp: o.gfp ?? 0xcc0, targetMemcg: o.targetMemcg ?? null,
    mayWritepage: (k.mm.sysctl.laptop_mode ?? 0) === 0, mayUnmap: true, maySwap: true, mayDeactivateAnon: false, mayDeactivateFile: false, skippedDeactivate: false, forceDeactivate: false,
    cacheTrimMode: false, cacheTrimModeFailed: false, noCacheTrimMode: false, fileIsTiny: false, anonCost: 0, fileCost: 0, compactionReady: false, memcgFullWalk: false, nrScanned: 0, nrReclaimed: 0,
    nr: nothingFound(),
  };
}
