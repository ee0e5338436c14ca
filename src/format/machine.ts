// What is fixed for a run: zones, CPUs, names. Sent once, before the first rows.

export interface ZoneShape {
  readonly name: 'DMA' | 'DMA32' | 'Normal' | 'HighMem' | 'Movable' | 'Device';
  readonly node: number;
  /** First frame; frames are start .. start + spanned - 1. */
  readonly startPfn: number;
  readonly spanned: number;
  readonly present: number;
  readonly managed: number;
  /** lowmem_reserve in pages, by highest zone of the request. */
  readonly reserve: readonly number[];
}
export interface MachineShape {
  readonly profile: string;
  readonly kernel: string;
  readonly cpus: number;
  readonly hz: number;
  readonly preempt: 'none' | 'full' | 'rt';
  /** Populated zones only, in index order; a row's `zone` is an index into this list. */
  readonly zones: readonly ZoneShape[];
  /** Frames of the machine: pfn 0 .. frames - 1. */
  readonly frames: number;
  readonly swapPages: number;
}
/** A task as it was born; what changes afterwards is in the rows. */
export interface TaskInfo {
  readonly id: number;
  readonly pid: number;
  readonly tgid: number;
  readonly comm: string;
  readonly kthread: boolean;
  readonly idle: boolean;
  /** Index of its address space, -1 = none (a kernel thread). */
  readonly mm: number;
  readonly oomScoreAdj: number;
  readonly policy: 'fifo' | 'normal' | 'idle';
  /** Row of its birth. */
  readonly row: number;
}
export interface LockInfo {
  readonly id: number;
  readonly name: string;
  readonly kind: 'spinlock' | 'raw_spinlock' | 'mutex' | 'rwsem' | 'semaphore' | 'local_lock';
}
export interface LogLine {
  readonly timeNs: number;
  /** Printk level 0..7. */
  readonly level: number;
  readonly text: string;
}
/** What the tables have gained since the last chunk. Strings and stacks are numbered from 0 in order of arrival. */
export interface TableGrowth {
  readonly strings: readonly string[];
  /** stack i = function `stackFn[i]` (a string's index) called from stack `stackParent[i]`; stack 0 is the empty one. */
  readonly stackParent: readonly number[];
  readonly stackFn: readonly number[];
  readonly tasks: readonly TaskInfo[];
  readonly locks: readonly LockInfo[];
  readonly log: readonly LogLine[];
}
