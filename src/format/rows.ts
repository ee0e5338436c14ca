/**
 * The trace: one row an event, in columns. A row is a delta of the visible state (format/state.ts folds it) and has
 * time, CPU, task, stack, kind and up to three integers.
 * Changes here are changes of the format: docs/formats.md has the changelog.
 */

/** Kinds of rows. The comment names a, b and c. */
export const ROW = {
  spawn: 0, //      a = task, b = its parent task
  switch_: 1, //    a = task before, b = task after (this CPU)
  block: 2, //      a = task, b = its state (TASK_STATE)
  wake: 3, //       a = task, b = why (WAKE)
  exit: 4, //       a = task: gone
  enter: 5, //      a = kind of handler that interrupts (1 softirq, 2 hardirq), b = string: its name
  leave: 6, //      a = kind of handler
  decide: 7, //     a = string: the question, b = answer (0, 1 or a number), c = first operand (NO_OPERAND = none)
  operand: 8, //    a = string: name, b = value; belongs to the `decide` before it and is no step of its own for a reader
  mark: 9, //       a = string: a tracepoint's name, b, c = its arguments
  log: 10, //       a = index of the line of the kernel log
  prio: 11, //      a = task, b = effective priority
  signal: 12, //    a = task, b = signal number, c = sender
  lockWait: 16, //  a = lock, b = task: queued
  lockGot: 17, //   a = lock, b = task, c = 1 for reading
  lockDrop: 18, //  a = lock, b = task
  lockQuit: 19, //  a = lock, b = task: left the queue without the lock
  lockMiss: 20, //  a = lock, b = task: a trylock failed
  buddyTake: 32, // a = pfn, b = packBlock(order, order it was split from, type of the list, zone, cpu or NO_CPU); into that CPU's list, or to the caller
  buddyFree: 33, // a = pfn, b = packBlock(order, order after merging, type of the list, zone, cpu it leaves or NO_CPU), c = types of the lists of the buddies it merged with, 3 bits an order from order 0
  pcpFree: 34, //   a = pfn, b = packBlock(order, 0, type, zone, cpu): into that CPU's list
  pageUse: 35, //   a = pfn, b = packBlock(order, 0, type, zone, cpu it leaves or NO_CPU) , c = frame word (FRAME) it becomes
  pageState: 36, // a = pfn, b = packBlock(0, 0, 0, zone, NO_CPU), c = frame word after: same page, other state (order 0)
  moveFree: 37, //  a = pfn of a free block, b = packBlock(order, type before, type after, zone, NO_CPU)
  blockType: 38, // a = first pfn of a pageblock, b = type before, c = type after
  wmark: 39, //     a = zone * 8 + WMARK_CELL, b = value in pages
  rss: 40, //       a = mm, b = RSS cell (0 anon, 1 file, 2 shmem, 3 swap, 4 page tables), c = new value in pages
  gauge: 41, //     a = string: name of a counter (/proc/vmstat's names where it has one), b = new value
  charge: 42, //    a = pfn, b = order: its frames are charged to a memory cgroup from now on; c = string: the group's path, -1 = to none any more
} as const;
export type RowKind = (typeof ROW)[keyof typeof ROW];

export const NO_OPERAND = -0x8000_0000;
export const NO_CPU = 255;
export const WMARK_CELL = { min: 0, low: 1, high: 2, boost: 3, highatomic: 4 } as const;
export const WAKE = { no: 0, event: 1, timeout: 2, signal: 3 } as const;
export const TASK_STATE = { running: 0, interruptible: 1, uninterruptible: 2, dead: 0x80, killable: 0x102, idle: 0x402 } as const;
/** Migrate types, as the kernel numbers them without CMA. */
export const MT = { unmovable: 0, movable: 1, reclaimable: 2, highatomic: 3, isolate: 4 } as const;
export const MT_NAMES = ['Unmovable', 'Movable', 'Reclaimable', 'HighAtomic', 'Isolate'] as const;
export const MT_COUNT = 5;
export const MAX_ORDER = 10;
export const ORDERS = MAX_ORDER + 1;

/** What a page frame is: the low 4 bits of its word. */
export const FRAME = {
  hole: 0, //       no memory here
  reserved: 1, //   never given to the buddy allocator: kernel image, firmware, memmap
  buddy: 2, //      free
  pcp: 3, //        free, on a per-CPU list
  anon: 4,
  file: 5,
  shmem: 6,
  slabReclaimable: 7,
  slabUnreclaimable: 8,
  table: 9, //      page table
  stack: 10, //     kernel stack
  kernel: 11, //    any other allocation of the kernel
  zram: 12, //      compressed swap
  swapcache: 13, // anon with a slot in swap
} as const;
export const FRAME_NAMES = ['hole', 'reserved', 'free', 'per-CPU list', 'anon', 'file', 'shmem', 'slab, reclaimable', 'slab, unreclaimable', 'page table', 'kernel stack', 'kernel', 'zram', 'swap cache'] as const;
export const FRAME_TYPES = 16;
export const FRAME_TYPE_MASK = 15;
/** Flags of a frame's word, above its type. Bits 8..15: mm it is mapped in, modulo 255, plus 1 (0 = none). */
export const FRAME_ACTIVE = 16;
export const FRAME_DIRTY = 32;
export const FRAME_WRITEBACK = 64;
export const FRAME_UNEVICTABLE = 128;
export const frameOwner = (word: number): number => word >>> 8;
export const ownerBits = (mm: number): number => (mm < 0 ? 0 : ((mm % 255) + 1) << 8);

export const packBlock = (order: number, from: number, type: number, zone: number, cpu: number): number => order | (from << 4) | (type << 8) | (zone << 12) | (cpu << 16);
export const blockOrder = (b: number): number => b & 15;
export const blockFrom = (b: number): number => (b >>> 4) & 15;
export const blockType = (b: number): number => (b >>> 8) & 15;
export const blockZone = (b: number): number => (b >>> 12) & 15;
export const blockCpu = (b: number): number => (b >>> 16) & 255;

/** Rows of one chunk at most: what STACK.md's transport measurement recommends. */
export const CHUNK_ROWS = 16384;

/** Columns of rows `first .. first + length - 1`. Arrays may be longer than `length`. */
export interface Columns {
  readonly first: number;
  readonly length: number;
  readonly time: Float64Array<ArrayBuffer>; // ns since boot
  readonly cpu: Uint8Array<ArrayBuffer>;
  readonly kind: Uint8Array<ArrayBuffer>;
  readonly task: Uint16Array<ArrayBuffer>;
  readonly stack: Uint32Array<ArrayBuffer>; // IndexIntoStackTable
  readonly a: Int32Array<ArrayBuffer>;
  readonly b: Int32Array<ArrayBuffer>;
  readonly c: Int32Array<ArrayBuffer>;
}
/** What travels with a message instead of being copied. */
export const buffersOf = ({ time, cpu, kind, task, stack, a, b, c }: Columns): ArrayBuffer[] => [time.buffer, cpu.buffer, kind.buffer, task.buffer, stack.buffer, a.buffer, b.buffer, c.buffer];
export const newColumns = (first: number, rows = CHUNK_ROWS): Columns & { length: number; first: number } => ({
  first, length: 0,
  time: new Float64Array(rows), cpu: new Uint8Array(rows), kind: new Uint8Array(rows), task: new Uint16Array(rows), stack: new Uint32Array(rows),
  a: new Int32Array(rows), b: new Int32Array(rows), c: new Int32Array(rows),
});
