/** What stands behind pages: files, the swap cache, zram, devices, and the counters of dirty pages. One a machine, in Mm. */
import type { BlockDevice } from '../block/device.ts';
import type { Plug } from '../block/plug.ts';
import type { SingleQueues } from '../block/single_queue.ts';
import type { WaitQueue } from '../sched/wait.ts';
import type { Work, Workqueue } from '../workqueue.ts';
import type { Congestion } from './congestion.ts';
import type { DirtyDomain } from './dirty_limits.ts';
import { ABSENT, type MappedFile, type XaNodes } from './files.ts';
import type { Vma } from './mm_types.ts';
import { newZram, type ZramPool } from './zram_pool.ts';

/** The flusher of the machine's file system, and the measures that balance_dirty_pages() steers by. Rates in pages/s, stamps in jiffies. */
export interface Writeback {
  readonly queue: Workqueue;
  readonly work: Work;
  readonly bandwidthWork: Work;
  startAll: boolean; // WB_start_all: everything dirty is to be written
  dirtyExceeded: boolean;
  writing: number; // WB_WRITEBACK: pages of files on their way
  written: number; // WB_WRITTEN
  writingFiles: number; // writeback_inodes
  writeBandwidth: number;
  avgBandwidth: number;
  dirtyRatelimit: number;
  balancedRatelimit: number;
  bandwidthStamp: number; // of the last estimate
  writtenStamp: number;
  dirtiedStamp: number;
}
/** struct file_ra_state: how far a reader has been read ahead for, in pages of the file. */
export interface Readahead { start: number; size: number; asyncSize: number; mmapMiss: number; previous: number }
export const newReadahead = (): Readahead => ({ start: 0, size: 0, asyncSize: 0, mmapMiss: 0, previous: -1 });
/** What a task that dirties pages remembers (struct task_struct: nr_dirtied, nr_dirtied_pause, dirty_paused_when). */
export interface Dirtier { nrDirtied: number; pauseAfter: number; pausedWhen: number }

export class Backing {
  readonly files: MappedFile[];
  readonly plugs: Map<number, Plug>; // by task id
  readonly nonresidentAge: number[]; // by node: evictions and activations so far
  readonly lastGauges: number[]; // values as the trace has them
  readonly fill: Map<number, number>; // by mm id: 8-byte words of a page that do not compress
  readonly slotOf: Map<number, number>; // swap cache: frame to slot
  readonly swapNodes: XaNodes; // of the swap cache's tree, by slot
  nodeRoom: number; // nodes that fit into the slabs there are
  slotPages: Int32Array; // swap cache: by slot a frame, ABSENT or a shadow
  readonly pageWait: (WaitQueue | undefined)[]; // folio_wait_table, by hash of the frame
  device: BlockDevice | null; // the machine's disk, made when it is first used
  disk: { readonly mbPerS: number; readonly requestsPerS: number } | undefined;
  congestion: Congestion | null; // null: reclaim waits by reclaim_throttle()
  singleQueue: SingleQueues | null; // what devices with a single queue have, where knob io.queue asks for them
  swapPages: number; // at the beginning of the disk; files come behind
  readonly vmaFiles: Map<Vma, { readonly file: MappedFile; readonly offset: number; readonly ra: Readahead }>;
  readonly dirtiers: Map<number, Dirtier>; // by task id
  zram: ZramPool | null;
  wb: Writeback | null;
  domain: DirtyDomain;
  nrDirty: number; // NR_FILE_DIRTY, pages
  nrWriteback: number; // NR_WRITEBACK
  nrDirtied: number; // NR_DIRTIED of the file system
  readonly throttledWritten: number[]; // by node: pages written since somebody waits in VMSCAN_THROTTLE_WRITEBACK
  swapHits: number; // swapin_readahead_hits
  lastReadahead: { offset: number; window: number };
  constructor() {
    this.files = []; this.plugs = new Map(); this.nonresidentAge = []; this.lastGauges = []; this.fill = new Map(); this.slotOf = new Map(); this.swapNodes = new Set(); this.nodeRoom = 0; this.slotPages = new Int32Array(0);
    this.pageWait = []; this.device = null; this.disk = undefined; this.congestion = null; this.singleQueue = null; this.swapPages = 0; this.vmaFiles = new Map(); this.dirtiers = new Map(); this.zram = null; this.wb = null; this.domain = { limit: 0, limitStamp: 0, ratelimitPages: 16, sinceLook: [] }; this.nrDirty = 0; this.nrWriteback = 0; this.nrDirtied = 0;
    this.throttledWritten = []; this.swapHits = 4; this.lastReadahead = { offset: 0, window: 4 };
  }
  /** swapon(), and what the machine's disk is like. */
  attach(swap: { readonly kind: 'disk' | 'zram'; readonly pages: number } | undefined, disk: { readonly mbPerS: number; readonly requestsPerS: number } | undefined): void {
    this.disk = disk;
    if (swap === undefined) return;
    this.slotPages = new Int32Array(swap.pages).fill(ABSENT);
    if (swap.kind === 'zram') this.zram = newZram(); else this.swapPages = swap.pages;
  }
}
