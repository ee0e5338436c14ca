/**
 * include/linux/mmzone.h, v6.12: struct lru_gen_folio, lru_gen_mm_state and lru_gen_memcg: the generations of one group on one node, how far the walk of its
 * page tables has come, and in which order a node's groups are visited. Data only. Left out: the times at which generations were born (min_ttl_ms), statistics of walks.
 */
import type { Lruvec } from './lruvec.ts';

export const MIN_NR_GENS = 2, MAX_NR_GENS = 4, MAX_NR_TIERS = 4;
export const MIN_LRU_BATCH = 64, MAX_LRU_BATCH = 64 * MIN_LRU_BATCH; // pages
export const LRU_GEN = { ANON: 0, FILE: 1 } as const;
/** What a page's byte in Mm.gens holds: its generation plus 1 (0 = on no list of generations), uses counted beyond the second, PG_active while it is off the lists. */
export const GEN_MASK = 7, REFS_SHIFT = 3, REFS_MASK = 3 << REFS_SHIFT, GEN_ACTIVE = 32;
export const LRU_REFS_WIDTH = 2; // bits of REFS_MASK
export const MEMCG_NR_GENS = 3, MEMCG_NR_BINS = 8;
/** Where shrink_one() sends a group afterwards: nowhere, to the tail of another list, or to the next round. Soft limits and groups that are removed know two more. */
export const MEMCG_LRU = { NOP: 0, TAIL: 2, YOUNG: 4 } as const;

/** By type (LRU_GEN), then by tier. */
type ByTier = readonly [number[], number[]];
const byTier = (): ByTier => [[0, 0, 0, 0], [0, 0, 0, 0]];

export class LruGen {
  readonly slots: number; // configured zones
  maxSeq: number;
  readonly minSeq: [anon: number, file: number];
  readonly heads: readonly number[]; // of lists, by at()
  readonly nrPages: Int32Array; // by at(); a page counts for its own generation, also while it stands on the list of an older one
  readonly avgRefaulted: ByTier;
  readonly avgTotal: ByTier;
  readonly protected: ByTier; // by tier - 1
  readonly evicted: ByTier;
  readonly refaulted: ByTier;
  // its place among the groups of the node
  gen: number;
  seg: number;
  bin: number;
  // lru_gen_mm_state
  walkSeq: number;
  walkHead: number; // id of the mm that was handed out last, -1 = the walk has not begun
  forceFrom: number; // mms from this id on are new since the last walk
  readonly told: number[]; // as the trace has it (lru_gen_gauges.ts)
  readonly filters: [Set<number> | null, Set<number> | null]; // page tables worth a walk, by parity of the generation (tableKey())
  constructor(slots: number, firstHead: number) {
    const lists = MAX_NR_GENS * 2 * slots;
    this.slots = slots; this.maxSeq = MIN_NR_GENS + 1; this.minSeq = [0, 0];
    this.heads = Array.from({ length: lists }, (_, i) => firstHead + i); this.nrPages = new Int32Array(lists);
    this.avgRefaulted = byTier(); this.avgTotal = byTier(); this.protected = byTier(); this.evicted = byTier(); this.refaulted = byTier();
    this.gen = 0; this.seg = MEMCG_LRU.NOP; this.bin = 0;
    this.walkSeq = MIN_NR_GENS; this.walkHead = -1; this.forceFrom = 0; this.filters = [null, null]; this.told = [];
  }
  static lists(slots: number): number { return MAX_NR_GENS * 2 * slots; }
  at(gen: number, type: number, slot: number): number { return (gen * 2 + type) * this.slots + slot; }
  /** lru_gen_is_active(): the two youngest generations stand for the active lists. */
  isActive(gen: number): boolean { return gen === genOf(this.maxSeq) || gen === genOf(this.maxSeq - 1); }
  /** get_nr_gens(). */
  nrGens(type: number): number { return this.maxSeq - this.minSeq[type] + 1; }
  /** Pages of one generation and type, in all zones. */
  pagesOf(gen: number, type: number): number {
    let n = 0;
    for (let slot = 0; slot < this.slots; slot++) n += Math.max(0, this.nrPages[this.at(gen, type, slot)]);
    return n;
  }
}
/** lru_gen_from_seq(). */
export const genOf = (seq: number): number => seq % MAX_NR_GENS;

/** struct lru_gen_memcg of one node: two generations of groups in use, each in eight lists of which reclaim begins with any. */
export class MemcgLru {
  seq: number;
  readonly fifo: readonly (readonly Lruvec[][])[]; // by generation and bin
  readonly nrMemcgs: number[];
  readonly below: (n: number) => number; // get_random_u32_below()
  constructor(below: (n: number) => number) {
    this.seq = 0; this.below = below; this.nrMemcgs = Array.from({ length: MEMCG_NR_GENS }, () => 0);
    this.fifo = Array.from({ length: MEMCG_NR_GENS }, () => Array.from({ length: MEMCG_NR_BINS }, () => []));
  }
}
