/**
 * include/linux/mmzone.h and mm_types.h, v6.1 and v6.12: nodes, zones, free lists, per-CPU lists, page frames. Data only.
 * A list of pages is circular and doubly linked through two arrays indexed by pfn, as struct page's `lru` field is;
 * heads have numbers behind the last frame. Free lists, per-CPU lists and LRU lists share these links.
 */
import { assert, must, type Order, type Pages, type Pfn } from '../../base/units.ts';
import { FRAME, MT, MT_COUNT, ORDERS } from './constants.ts';
import type { TaskExtra } from './task_extra.ts';
import type { Timed } from '../../sim/kfn.ts';
import type { Deferred, Kernel } from '../kernel.ts';
import type { Task } from '../sched/task.ts';
import type { OomNotifier } from './oom_notifier.ts';
import type { MmuNotifiers } from './mmu_notifier.ts';
import { Backing } from './backing.ts';
import { Lruvec } from './lruvec.ts';
import type { MemcgLru } from './lru_gen_types.ts';
import type { Memcgs } from './memcg_types.ts';
import type { Vmpressure } from './vmpressure.ts';
import { SwapSpace } from './swap_space.ts';
import type { Costs } from '../costs.ts';
import type { Era } from './era.ts';
import type { MmStruct } from './mm_types.ts';
import type { Mempool } from './mempool.ts';
import type { MmSync } from './mm_sync.ts';
import type { PcpDrain } from './pcp_drain.ts';
import type { PsiMonitor } from './psi_trigger.ts';
import type { Reserves } from './reserves.ts';
import type { Shrinker } from './shrinker.ts';
import type { WatermarkCheck } from './watermark.ts';

export const PAGEBLOCK_ORDER = 9;
export const PAGEBLOCK_PAGES = 1 << PAGEBLOCK_ORDER;
/** Orders that have a per-CPU list: 0..3 (PAGE_ALLOC_COSTLY_ORDER) for each of three types, and the huge page. */
export const PCP_LISTS = 3 * 4 + 1;
export const WMARK = { MIN: 0, LOW: 1, HIGH: 2, PROMO: 3 } as const;
/** Bits of Pgdat.flags. */
export const PGDAT = { DIRTY: 1, WRITEBACK: 2, CONGESTED: 4 } as const;
/** Bits of Zone.flags. */
export const ZONE = { BOOSTED_WATERMARK: 1, RECLAIM_ACTIVE: 2, BELOW_HIGH: 4 } as const;
export const LRU = { INACTIVE_ANON: 0, ACTIVE_ANON: 1, INACTIVE_FILE: 2, ACTIVE_FILE: 3, UNEVICTABLE: 4 } as const;
export const LRU_LISTS = 5;

/** struct per_cpu_pages of one zone and CPU. `count` in pages. Which fields are used depends on the era (pcp_v6_1, pcp_v6_12). */
export class PerCpuPages {
  readonly heads: readonly number[]; // by pindex
  count: number;
  batch: number;
  high: number;
  highMin: number; // 6.12
  highMax: number; // 6.12
  freeFactor: number; // 6.1
  allocFactor: number; // 6.12
  freeCount: number; // 6.12
  prevFreeHighOrder: boolean; // 6.12
  held: number; // task that is between lock and unlock, -1 = nobody
  constructor(heads: readonly number[]) {
    this.heads = heads; this.count = 0; this.batch = 1; this.high = 0; this.highMin = 0; this.highMax = 0;
    this.freeFactor = 0; this.allocFactor = 0; this.freeCount = 0; this.prevFreeHighOrder = false; this.held = -1;
  }
}

export class Zone {
  readonly index: number; // among the populated ones: what rows call `zone`
  readonly slot: number; // zone_idx(): among the configured ones
  readonly name: string;
  readonly node: number;
  readonly startPfn: number;
  readonly spanned: number;
  readonly present: number;
  readonly managed: number;
  readonly wmark: [number, number, number, number];
  boost: number;
  readonly reserve: number[]; // lowmem_reserve[] by slot
  nrReservedHighatomic: number;
  flags: number;
  nrFree: number; // NR_FREE_PAGES
  readonly freeBlocks: Int32Array; // [order * MT_COUNT + type]
  readonly pcp: PerCpuPages[]; // by CPU
  readonly lru: Int32Array; // NR_ZONE_LRU counts
  writePending: number; // NR_ZONE_WRITE_PENDING: dirty + writeback
  readonly firstHead: number;
  allocated: number; // pgalloc_* of /proc/vmstat, pages
  readonly questions: { readonly watermark: string; readonly wouldBeEnough: string };
  constructor(index: number, slot: number, name: string, node: number, startPfn: number, spanned: number, present: number, managed: number, firstHead: number) {
    this.index = index; this.slot = slot; this.name = name; this.node = node; this.startPfn = startPfn; this.spanned = spanned; this.present = present; this.managed = managed;
    this.wmark = [0, 0, 0, 0]; this.boost = 0; this.reserve = []; this.nrReservedHighatomic = 0; this.flags = 0; this.nrFree = 0;
    this.freeBlocks = new Int32Array(ORDERS * MT_COUNT); this.pcp = []; this.lru = new Int32Array(LRU_LISTS); this.writePending = 0; this.firstHead = firstHead;
    this.allocated = 0;
    this.questions = { watermark: `zone_watermark_fast(${name})`, wouldBeEnough: `enough in ${name} if all of it were reclaimed` };
  }
  get endPfn(): number { return this.startPfn + this.spanned; }
  /** min_wmark_pages() and its relatives: with the boost. */
  mark(which: number): number { return this.wmark[which] + this.boost; }
  head(order: number, type: number): number { return this.firstHead + order * MT_COUNT + type; }
}

/** struct pglist_data: one node. */
export class Pgdat {
  readonly id: number;
  readonly zones: Zone[]; // populated, in index order
  readonly lruHeads: readonly number[];
  readonly lru: Int32Array; // NR_LRU counts of the node
  kswapdOrder: number;
  kswapdHighestZoneidx: number;
  kswapdFailures: number;
  kswapdTask: number; // task id, -1 before it is born
  flags: number; // PGDAT_*
  nrIsolatedAnon: number;
  nrIsolatedFile: number;
  readonly root: Lruvec; // the lists of pages that are charged to no group
  memcgLru: MemcgLru | null; // where the LRU has generations: in which order its groups are visited
  constructor(id: number, lruHeads: readonly number[]) {
    this.id = id; this.zones = []; this.lruHeads = lruHeads; this.lru = new Int32Array(LRU_LISTS);
    this.kswapdOrder = 0; this.kswapdHighestZoneidx = -1; this.kswapdFailures = 0; this.kswapdTask = -1; this.flags = 0;
    this.nrIsolatedAnon = 0; this.nrIsolatedFile = 0; this.root = new Lruvec(this, null, lruHeads, this.lru, this.lru); this.memcgLru = null;
  }
}

/** One kill, as the summary of a run tells it. `gfp` as bits. */
export interface KillNote { readonly timeNs: number; readonly row: number; readonly pid: number; readonly comm: string; readonly points: number; readonly oomScoreAdj: number; readonly constraint: string; readonly order: number; readonly gfp: number }

/** All of memory. One object a machine, made before the kernel that works on it. */
export class Mm {
  readonly frames: number;
  heads: number; // where the heads of lists end, which come after the frames
  readonly word: Uint16Array; // frame words as the trace has them (format/rows.ts)
  /**
   * The lists: next and previous of a frame or head stand side by side, at 2 x and 2 x + 1. Here and in the columns below what a frame
   * has at boot is 0: on a large machine memory that nobody has written costs nothing.
   */
  links: Int32Array;
  readonly freeHead: Uint8Array; // at the first frame of a free block: FREE_HEAD + its order + type of its list << 4; 0 elsewhere
  readonly owners: Int32Array; // see ownerOf()
  readonly vpn: Int32Array; // page number in the owner's address space
  readonly sharers: Map<number, Set<number>>; // frames that more than one mm maps (after a fork): ids of those mms
  readonly blockTypes: Uint8Array; // migrate type by pageblock
  readonly zoneOf: Uint8Array; // zone index by pageblock
  readonly zones: Zone[];
  readonly nodes: Pgdat[];
  readonly slots: readonly string[]; // names of the configured zones
  readonly mms: MmStruct[];
  readonly shrinkers: Shrinker[];
  readonly extra: TaskExtra[]; // by task id
  readonly zonelists: Zone[][]; // by node: where a request of that node looks, in order
  syncObjects: MmSync | null; // made when the kernel stands
  /** What pid 1 does: sleep, unless a workload gives it a program before the first task runs. */
  initProgram: ((k: Kernel) => Timed<void>) | null;
  readonly era: Era;
  readonly costs: Costs;
  readonly vm: Record<string, number>; // /proc/vmstat counters, but for those below
  pgfault: number;
  pgfree: number;
  readonly sysctl: Record<string, number>; // single values, by name without `vm.`
  readonly lowmemReserveRatio: readonly number[];
  totalreservePages: number;
  totalramPages: number;
  committed: number; // Committed_AS, pages
  freeAtStart: number; // pages
  groupByMobilityDisabled: boolean;
  oomKillerDisabled: boolean;
  oomVictims: number;
  suspendedStorage: boolean; // pm_suspended_storage()
  panicked: string | null;
  reaperTask: number; // task id, -1 before it is born
  readonly reaperDue: Task[]; // victims whose delay runs
  readonly reaperList: Task[]; // victims for the reaper, the last one first
  pcpDrain: PcpDrain | null; // versions that drain by work items
  readonly oomNotifiers: OomNotifier[];
  readonly zoneLockedProbes: Deferred[]; // of the tracepoint mm_page_alloc_zone_locked: called with zone->lock held
  readonly mempools: Mempool[]; // in the order in which they were made
  reserves: Reserves | null; // pages kept for critical sections
  mmuNotifiers: MmuNotifiers | null; // where a driver has a use for them
  readonly oomRate: { begin: number; printed: number };
  readonly kills: KillNote[];
  readonly firsts: { kswapdWake: number | null; directReclaim: number | null; oom: number | null; reap: number | null }; // ns
  /** Stalled tasks, and for how long there were some, ns; the monitor once somebody has set a trigger. */
  readonly psi: { stalled: number; full: boolean; since: number; someNs: number; fullNs: number; monitor: PsiMonitor | null };
  /** What a userspace killer has killed. */
  readonly userKills: { readonly timeNs: number; readonly by: string; readonly pid: number; readonly comm: string }[];
  readonly swap: SwapSpace;
  readonly pageFlags: Uint8Array; // PG (page_flags.ts), by frame
  readonly gens: Uint8Array | null; // where the LRU has generations: what each frame has of them (lru_gen_types.ts)
  readonly backing: Backing; // files, swap cache, zram, devices
  memcgs: Memcgs | null; // null: the machine has no memory cgroups
  vmpressure: Vmpressure | null; // of the root group; made at first use
  readonly lastCheck: WatermarkCheck; // operands of the last watermark check
  constructor(frames: number, heads: number, slots: readonly string[], sysctl: Record<string, number>, lowmemReserveRatio: readonly number[], era: Era, costs: Costs, generations = false) {
    this.frames = frames;
    this.word = new Uint16Array(frames);
    this.heads = frames;
    this.links = new Int32Array(2 * (frames + heads + SPARE_HEADS));
    this.addHeads(heads);
    this.freeHead = new Uint8Array(frames);
    this.owners = new Int32Array(frames); this.vpn = new Int32Array(frames); this.sharers = new Map();
    const blocks = Math.ceil(frames / PAGEBLOCK_PAGES);
    this.blockTypes = new Uint8Array(blocks).fill(MT.movable); this.zoneOf = new Uint8Array(blocks);
    this.zones = []; this.nodes = []; this.slots = slots; this.mms = []; this.shrinkers = []; this.extra = []; this.zonelists = []; this.syncObjects = null; this.initProgram = null; this.era = era; this.costs = costs; this.vm = {}; this.pgfault = 0; this.pgfree = 0; this.sysctl = sysctl;
    this.lowmemReserveRatio = lowmemReserveRatio; this.totalreservePages = 0; this.totalramPages = 0; this.committed = 0; this.freeAtStart = 0; this.groupByMobilityDisabled = false;
    this.oomKillerDisabled = false; this.oomVictims = 0;
    this.suspendedStorage = false; this.panicked = null; this.reaperTask = -1; this.reaperDue = []; this.reaperList = []; this.pcpDrain = null; this.oomNotifiers = []; this.zoneLockedProbes = []; this.mempools = []; this.reserves = null; this.mmuNotifiers = null;
    this.oomRate = { begin: -1, printed: 0 }; this.kills = []; this.firsts = { kswapdWake: null, directReclaim: null, oom: null, reap: null }; this.psi = { stalled: 0, full: false, since: 0, someNs: 0, fullNs: 0, monitor: null }; this.userKills = []; this.swap = new SwapSpace();
    this.pageFlags = new Uint8Array(frames); this.gens = generations ? new Uint8Array(frames) : null; this.backing = new Backing(); this.memcgs = null; this.vmpressure = null;
    this.lastCheck = { free: 0, mark: 0, reserve: 0, need: 0 };
  }
  get sync(): MmSync { return must(this.syncObjects, 'memory management is used before mm_init()'); }
  /** Makes `n` more empty lists; the number of the first one's head. */
  addHeads(n: number): number {
    const first = this.heads, end = first + n;
    this.heads = end;
    if (this.links.length < 2 * end) {
      const longer = new Int32Array(2 * (end + SPARE_HEADS));
      longer.set(this.links);
      this.links = longer;
    }
    for (let h = first; h < end; h++) { this.links[2 * h] = h; this.links[2 * h + 1] = h; }
    return first;
  }
  /** get_pageblock_migratetype(). */
  blockType(pfn: number): number { return this.blockTypes[pfn >>> PAGEBLOCK_ORDER]; }
  /** page_zone(). A pageblock lies in one zone, but for the first and last of a zone that is not aligned. */
  pageZone(pfn: number): Zone {
    const z = this.zones[this.zoneOf[pfn >>> PAGEBLOCK_ORDER]];
    if (pfn >= z.startPfn && pfn < z.endPfn) return z;
    for (const other of this.zones) if (pfn >= other.startPfn && pfn < other.endPfn) return other;
    throw new Error(`frame ${pfn} is in no zone`);
  }
  /** page_remove_rmap() and the last reference: true if nobody else maps the frame. Pages of files stay in the page cache. */
  unmap(pfn: number, mm: number): boolean {
    if ((this.word[pfn] & 15) === FRAME.file) return false;
    const others = this.sharers.get(pfn);
    if (others === undefined) return true;
    others.delete(mm);
    if (others.size <= 1) this.sharers.delete(pfn);
    if (ownerOf(this, pfn) === mm) for (const o of others) { setOwner(this, pfn, o); break; }
    return others.size === 0;
  }
  /** /proc/vmstat's counters, the frequent ones from where they are counted. */
  counters(): Record<string, number> {
    const out: Record<string, number> = {};
    for (const z of this.zones) if (z.allocated > 0) out[`pgalloc_${z.name.toLowerCase()}`] = (out[`pgalloc_${z.name.toLowerCase()}`] ?? 0) + z.allocated;
    if (this.pgfault > 0) out.pgfault = this.pgfault;
    if (this.pgfree > 0) out.pgfree = this.pgfree;
    return { ...out, ...this.vm };
  }
  count(name: string, by = 1): void { this.vm[name] = (this.vm[name] ?? 0) + by; }
}
/** Bit of `freeHead`: a free block begins here. */
export const FREE_HEAD = 128;
/** Lists that can be added (memory cgroups have five each) before `links` is copied. */
const SPARE_HEADS = 1024;

/** Whose frame it is. Anon, shmem: its mm's id; pages of files: fileOwner() (files.ts); -1 = nobody. */
export const ownerOf = (m: Mm, pfn: number): number => m.owners[pfn] - 1;
export function setOwner(m: Mm, pfn: number, owner: number): void { m.owners[pfn] = owner + 1; }

export const nextOf = (m: Mm, pfn: number): number => m.links[pfn << 1];
export const prevOf = (m: Mm, pfn: number): number => m.links[(pfn << 1) | 1];
export const listEmpty = (m: Mm, head: number): boolean => m.links[head << 1] === head;
export function listAdd(m: Mm, head: number, pfn: number): void {
  const { links } = m, n = links[head << 1];
  links[pfn << 1] = n; links[(pfn << 1) | 1] = head; links[(n << 1) | 1] = pfn; links[head << 1] = pfn;
}
export function listAddTail(m: Mm, head: number, pfn: number): void {
  const { links } = m, p = links[(head << 1) | 1];
  links[(pfn << 1) | 1] = p; links[pfn << 1] = head; links[p << 1] = pfn; links[(head << 1) | 1] = pfn;
}
export function listDel(m: Mm, pfn: number): void {
  const { links } = m, n = links[pfn << 1], p = links[(pfn << 1) | 1];
  links[p << 1] = n; links[(n << 1) | 1] = p;
}
/** The zone with this index in `slots`, on this node, if it has pages. */
export const zoneBySlot = (p: Pgdat, slot: number): Zone | undefined => p.zones.find((z) => z.slot === slot);
export const isBuddy = (m: Mm, pfn: number): boolean => (m.word[pfn] & 15) === FRAME.buddy;
export function checkPfn(m: Mm, pfn: number): void { assert(pfn >= 0 && pfn < m.frames, 'a frame number lies outside the machine'); }
export type { Order, Pages, Pfn };
