/**
 * lib/xarray.c, mm/swap_state.c, v6.1, from memory: the nodes of the swap cache's tree, one for 64 slots. Their slab cache radix_tree_node has 14 of them in two pages
 * (slabinfo of the captures), of the reclaimable type: where swap fills, now and then a block of a movable pageblock is taken for one, which boosts the watermarks. In
 * capture 6.1-256M-1-swap_zram it grows by 54 pages with 28,778 pages swapped out, and few come back: here none do. Left out: the upper levels of the tree, its shrinker.
 */
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { FRAME, GFP } from './constants.ts';
import { ABSENT } from './files.ts';
import { allocPages } from './page_alloc.ts';

const SLOTS = 64, PER_SLAB = 14, SLAB_ORDER = 1;
/** Groups of 64 slots that have a node, and nodes that fit into the slabs there are. */
export interface SwapNodes { readonly there: Set<number>; room: number }

/** kmem_cache_alloc() of a node: a slab of two pages, or of one that holds half as many. */
const kmemCacheAllocLru = kfn('kmem_cache_alloc_lru', function* (k: Kernel, nodes: SwapNodes, gfp: number): Timed<boolean> {
  for (let order = SLAB_ORDER; nodes.room === 0 && order >= 0; order--) {
    const flags = order > 0 ? (gfp | GFP.NORETRY | GFP.NOWARN) & ~GFP.DIRECT_RECLAIM : gfp;
    if ((yield* allocPages(k, flags | GFP.RECLAIMABLE, order, FRAME.slabReclaimable)) >= 0) nodes.room = PER_SLAB >> (SLAB_ORDER - order);
  }
  if (nodes.room === 0) return false;
  nodes.room--;
  return true;
});
/** What add_to_swap_cache() needs before it can enter a page: the slot's node. At first without waiting, then with what add_to_swap() allows. false: no memory. */
export function* swapNodeFor(k: Kernel, slot: number): Timed<boolean> {
  const nodes = k.mm.backing.swapNodes, at = Math.floor(slot / SLOTS);
  if (!k.mm.era.swapCacheNodes || nodes.there.has(at)) return true;
  if (!(yield* kmemCacheAllocLru(k, nodes, GFP.KSWAPD_RECLAIM | GFP.NOWARN)) && !(yield* kmemCacheAllocLru(k, nodes, GFP.HIGH | GFP.NOMEMALLOC | GFP.NOWARN))) return false;
  nodes.there.add(at);
  return true;
}
/** xas_delete_node(): when nothing stands in it any more, neither a page nor a shadow, its place in the slab is free again. */
export function swapNodeLeft(k: Kernel, slot: number): void {
  const { slotPages, swapNodes } = k.mm.backing, at = Math.floor(slot / SLOTS);
  if (!swapNodes.there.has(at)) return;
  for (let s = at * SLOTS; s < Math.min(slotPages.length, (at + 1) * SLOTS); s++) if (slotPages[s] !== ABSENT) return;
  swapNodes.there.delete(at);
  swapNodes.room++;
}
