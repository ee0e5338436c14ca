/** struct mm_struct, v6.1: an address space. Page tables are counted, not walked: `pages` maps a page number to its frame or swap slot. */
import type { MmuNotifier } from './mmu_notifier.ts';
import { RSS_CELLS_COUNT } from './rss.ts';

/** One mapping. Pages in page numbers of the address space. */
export interface Vma {
  readonly start: number;
  readonly end: number;
  readonly kind: 'anon' | 'file' | 'shmem' | 'text';
  readonly locked: boolean;
  readonly shared: boolean;
}
/** What a page number maps to: a frame (>= 0), nothing (UNMAPPED) or a swap slot (swapEntry()). */
export const UNMAPPED = -1;
export const swapEntry = (slot: number): number => -2 - slot;
export const isSwap = (entry: number): boolean => entry <= -2;
export const swapSlot = (entry: number): number => -2 - entry;

export class MmStruct {
  readonly id: number;
  readonly vmas: Vma[];
  pages: Int32Array; // by page number, from 0
  memcg: number; // index of the memory cgroup of its tasks, 0 = the root
  users: number; // tasks that run in it
  totalVm: number; // pages
  accounted: number; // of them those that count as committed (VM_ACCOUNT), pages
  readonly rss: Int32Array; // RSS cells, pages
  pgtablesBytes: number;
  oomSkip: boolean; // MMF_OOM_SKIP
  unstable: boolean; // MMF_UNSTABLE
  reapQueued: boolean; // MMF_OOM_REAP_QUEUED
  defLocked: boolean; // mlockall(MCL_FUTURE | MCL_ONFAULT) or mlock2()
  readonly notifiers: MmuNotifier[]; // mmu_notifier_mm
  ranSinceWalk: boolean; // lru_gen.bitmap: a task of it has touched a page since its page tables were last walked (the kernel sets it when the task is put on a CPU)
  pgd: number; // first of the two frames of its topmost table; -1: a machine has begun with it, or it is gone
  readonly tables: Map<number, number>; // frames of its page tables, by page number / 512
  readonly traced: Int32Array; // RSS cells as the trace has them
  constructor(id: number) {
    this.id = id; this.vmas = []; this.pages = new Int32Array(0); this.memcg = 0; this.users = 0; this.totalVm = 0; this.accounted = 0; this.rss = new Int32Array(RSS_CELLS_COUNT); this.pgtablesBytes = 0; this.pgd = -1;
    this.oomSkip = false; this.unstable = false; this.reapQueued = false; this.defLocked = false; this.notifiers = []; this.ranSinceWalk = true; this.tables = new Map(); this.traced = new Int32Array(RSS_CELLS_COUNT);
  }
}
