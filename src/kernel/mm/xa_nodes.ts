/**
 * lib/xarray.c, mm/swap_state.c, mm/filemap.c, v6.1, from memory: the nodes of the trees in which pages of a file and of the swap cache stand, one for 64 indices. Their slab
 * cache radix_tree_node has 14 of them in two pages (slabinfo of the captures), of the reclaimable type: where files or swap fill, now and then a block of a movable or
 * unmovable pageblock is taken for one, which boosts the watermarks (in a 6.1 that reads a file, kswapd's first work is DMA's boost). In capture 6.1-256M-1-swap_zram the cache
 * grows by 54 pages with 28,778 pages swapped out, and few come back: here none do. Left out: the upper levels of the trees, the shrinker of nodes that hold shadows alone.
 */
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { FRAME, GFP } from './constants.ts';
import { ABSENT, type XaNodes } from './files.ts';
import { allocPages } from './page_alloc.ts';

const SLOTS = 64, PER_SLAB = 14, SLAB_ORDER = 1, NOWAIT = GFP.KSWAPD_RECLAIM | GFP.NOWARN;
/** What add_to_swap() allows. */
export const SWAP_NODE_GFP = GFP.HIGH | GFP.NOMEMALLOC | GFP.NOWARN;

/** kmem_cache_alloc() of a node: a slab of two pages, or of one that holds half as many. */
const kmemCacheAllocLru = kfn('kmem_cache_alloc_lru', function* (k: Kernel, gfp: number): Timed<boolean> {
  const b = k.mm.backing;
  for (let order = SLAB_ORDER; b.nodeRoom === 0 && order >= 0; order--) {
    const flags = order > 0 ? (gfp | GFP.NORETRY | GFP.NOWARN) & ~GFP.DIRECT_RECLAIM : gfp;
    if ((yield* allocPages(k, flags | GFP.RECLAIMABLE, order, FRAME.slabReclaimable)) >= 0) b.nodeRoom = PER_SLAB >> (SLAB_ORDER - order);
  }
  if (b.nodeRoom === 0) return false;
  b.nodeRoom--;
  return true;
});
/** xas_alloc(), xas_nomem(): what a page needs before it can enter a tree at `index`. At first without waiting, then as `gfp` allows. false: no memory. */
export function* xaNodeFor(k: Kernel, nodes: XaNodes, index: number, gfp: number): Timed<boolean> {
  const at = Math.floor(index / SLOTS), m = k.mm;
  if (nodes.has(at) || (nodes === m.backing.swapNodes && !m.era.swapCacheNodes)) return true;
  if (!(yield* kmemCacheAllocLru(k, NOWAIT)) && !(yield* kmemCacheAllocLru(k, gfp))) return false;
  if (nodes.has(at)) m.backing.nodeRoom++; else nodes.add(at); // another one was faster
  return true;
}
/** xas_delete_node(): when nothing stands in it any more, neither a page nor a shadow, its place in the slab is free again. */
export function xaNodeLeft(k: Kernel, nodes: XaNodes, entries: Int32Array, index: number): void {
  const at = Math.floor(index / SLOTS);
  if (!nodes.has(at)) return;
  for (let i = at * SLOTS; i < Math.min(entries.length, (at + 1) * SLOTS); i++) if (entries[i] !== ABSENT) return;
  nodes.delete(at);
  k.mm.backing.nodeRoom++;
}
