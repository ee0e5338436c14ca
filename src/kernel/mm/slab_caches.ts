/**
 * fs/super.c super_cache_scan(), fs/dcache.c, mm/slub.c, v6.1: dentries (with their inodes) that nobody uses, on an LRU list a file
 * system, and the shrinker that frees them. A page of the cache goes back when its last object does. Left out: the split into
 * dentries and inodes, partial lists, the delay of RCU before an object is free.
 */
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { FRAME, GFP, GFP_KERNEL_ACCOUNT } from './constants.ts';
import { freePages } from './pcp.ts';
import { allocPages } from './page_alloc.ts';
import { DEFAULT_SEEKS, type Shrinker, SHRINK_STOP } from './shrinker.ts';

/** Dentries of 192 bytes in a page. */
export const OBJECTS_PER_PAGE = 21;
interface SlabPage { readonly pfn: number; objects: number } // objects in it
/** Objects of one file system that may be freed, the longest unused first. `null`: its page has others that are in use, and stays. */
export class SuperBlock {
  readonly name: string;
  readonly lru: (SlabPage | null)[];
  readonly referenced: Set<number>; // places in `lru`, from `first` on, that were used again
  first: number; // place of the oldest
  partial: SlabPage | null; // page with room for new objects
  readonly shrinker: Shrinker;
  constructor(name: string, seeks: number, batch: number, pinned: number) {
    this.name = name; this.lru = new Array<SlabPage | null>(pinned).fill(null); this.referenced = new Set(); this.first = 0; this.partial = null;
    this.shrinker = { name: 'super_cache_scan', seeks, batch, deferred: [], countObjects: () => this.count, scanObjects: (k, _p, nr) => superCacheScan(k, this, nr) };
  }
  get count(): number { return this.lru.length - this.first; }
}

/** super_cache_scan(): frees the oldest; one that was used since goes to the end of the list instead. */
const superCacheScan = kfn('super_cache_scan', function* (k: Kernel, sb: SuperBlock, nr: number): Timed<number> {
  let freed = 0;
  for (let n = Math.min(nr, sb.count); n > 0; n--) {
    const at = sb.first++, page = sb.lru[at];
    if (sb.referenced.delete(at)) { sb.lru.push(page); continue; }
    freed++;
    if (page === null || --page.objects > 0) continue;
    if (sb.partial === page) sb.partial = null;
    yield* freePages(k, page.pfn, 0);
    if (k.current.reclaimState !== null) k.current.reclaimState.reclaimed++;
  }
  if (sb.first > 4096) { // forget the places that are empty
    const by = sb.first, kept = [...sb.referenced];
    sb.lru.splice(0, by);
    sb.first = 0;
    sb.referenced.clear();
    for (const at of kept) sb.referenced.add(at - by);
  }
  return freed === 0 && nr === 0 ? SHRINK_STOP : freed;
});
/** d_alloc() and its inode, looked up and let go of at once: one more object on the list. false: no memory. */
export const dAlloc = kfn('d_alloc', function* (k: Kernel, sb: SuperBlock): Timed<boolean> {
  yield spend(ns(k.mm.costs.cache_page));
  if (sb.partial === null || sb.partial.objects >= OBJECTS_PER_PAGE) {
    const pfn = yield* allocPages(k, GFP_KERNEL_ACCOUNT | GFP.RECLAIMABLE, 0, FRAME.slabReclaimable);
    if (pfn < 0) return false;
    sb.partial = { pfn, objects: 0 };
  }
  sb.partial.objects++;
  sb.lru.push(sb.partial);
  return true;
});

/**
 * register_shrinker() for the file systems of a machine that has just booted. Their numbers of unused objects are those of the
 * captures' tracepoints (6.1-256M-1-hog: 65 and 16, seeks 0 as procfs and sysfs have, batch 1024); they stand among objects in use.
 */
export function slabCachesInit(k: Kernel): readonly SuperBlock[] {
  const made = [new SuperBlock('proc', 0, 1024, 65), new SuperBlock('sysfs', 0, 1024, 16), new SuperBlock('disk', DEFAULT_SEEKS, 1024, 0)];
  for (const sb of made) k.mm.shrinkers.push(sb.shrinker);
  return made;
}
