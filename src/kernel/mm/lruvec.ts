/**
 * include/linux/mmzone.h struct lruvec, v6.1: the LRU lists of one memory cgroup on one node, and what reclaim remembers of them. A machine without
 * groups has the root's alone.
 */
import type { SpinLock } from '../locking/spinlock.ts';
import type { LruGen } from './lru_gen_types.ts';
import type { MemCgroup } from './memcg_types.ts';
import type { Mm, Pgdat } from './mmzone.ts';

export class Lruvec {
  readonly pgdat: Pgdat;
  readonly memcg: MemCgroup | null; // null: the root's
  readonly heads: readonly number[];
  own: Int32Array; // pages on these lists: lruvec_lru_size(). The root's is the node's array until there is a group
  readonly total: Int32Array; // those of the groups below too: lruvec_page_state(). The root's is the node's
  lock: SpinLock | null; // lru_lock; null: the root's, which is in MmSync
  anonCost: number;
  fileCost: number;
  readonly recentScanned: [number, number]; // anon, file: zone_reclaim_stat of 4.x
  readonly recentRotated: [number, number];
  refaults: [number, number]; // at the last reclaim
  readonly activated: [number, number]; // WORKINGSET_ACTIVATE of its pages; the root's are in Mm.vm
  congested: boolean; // LRUVEC_CONGESTED: reclaim met only dirty pages that wait for the device (6.12 has two bits, for a group's reclaim and for kswapd: the first is of groups, the second of the root)
  zoneOwn: Int32Array; // lru_zone_size of a machine with groups: by slot and list; without groups the zones count
  lrugen: LruGen | null; // null: the classic lists above
  constructor(pgdat: Pgdat, memcg: MemCgroup | null, heads: readonly number[], own: Int32Array, total: Int32Array) {
    this.pgdat = pgdat; this.memcg = memcg; this.heads = heads; this.own = own; this.total = total; this.lock = null;
    this.anonCost = 0; this.fileCost = 0; this.recentScanned = [0, 0]; this.recentRotated = [0, 0]; this.refaults = [0, 0]; this.activated = [0, 0]; this.congested = false; this.zoneOwn = new Int32Array(0); this.lrugen = null;
  }
}
/** folio_lruvec(): by what the page is charged to. */
export function folioLruvec(m: Mm, pfn: number): Lruvec {
  const p = m.nodes[m.pageZone(pfn).node];
  return m.memcgs === null ? p.root : m.memcgs.groups[m.memcgs.of[pfn]].lruvecs[p.id];
}
/** parent_lruvec(). null: it is the root's. */
export const parentLruvec = (v: Lruvec): Lruvec | null => (v.memcg === null ? null : (v.memcg.parent?.lruvecs[v.pgdat.id] ?? v.pgdat.root));
