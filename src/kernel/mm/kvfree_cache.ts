/**
 * kernel/rcu/tree.c, v6.1 and v6.12: the shrinker of kvfree_rcu(). Each CPU keeps rcu_min_cached_objs pages for its bulk blocks; reclaim
 * drains them. Until RCU is modelled these pages, and some objects that wait beside them, are all that stands here: the cache is full
 * when the run begins, and is not filled again.
 */
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { FRAME, MT } from './constants.ts';
import { freePages } from './pcp.ts';
import { DEFAULT_SEEKS, type Shrinker, SHRINK_STOP } from './shrinker.ts';

/** rcu_min_cached_objs. */
const CACHED_PAGES = 5;
/** Objects queued besides, each CPU: the captures' tracepoint counts 15 items on one CPU. */
const QUEUED_OBJECTS = 10;

const kfreeRcuShrinkScan = kfn('kfree_rcu_shrink_scan', function* (k: Kernel, cache: number[][], queued: number[]): Timed<number> {
  let freed = 0;
  for (let cpu = 0; cpu < cache.length; cpu++) {
    for (const pfn of cache[cpu].splice(0)) { freed++; yield* freePages(k, pfn, 0); }
    freed += queued[cpu];
    queued[cpu] = 0;
  }
  return freed === 0 ? SHRINK_STOP : freed;
});

/** The pages are some that the kernel holds already, from pageblocks of type Unmovable. */
export function kvfreeCacheInit(k: Kernel): void {
  const m = k.mm, cache = k.cpus.map((): number[] => []), queued = k.cpus.map(() => QUEUED_OBJECTS), z = m.zones[m.zones.length - 1];
  let cpu = 0;
  for (let pfn = z.endPfn - 1; pfn >= z.startPfn && cpu < cache.length; pfn--) {
    if (m.word[pfn] !== FRAME.kernel || m.blockType(pfn) !== MT.unmovable) continue;
    if (cache[cpu].push(pfn) === CACHED_PAGES) cpu++;
  }
  const shrinker: Shrinker = {
    name: 'kfree_rcu_shrink_scan', seeks: DEFAULT_SEEKS, batch: 0, deferred: [],
    countObjects: () => cache.reduce((n, c) => n + c.length, 0) + queued.reduce((n, q) => n + q, 0),
    scanObjects: () => kfreeRcuShrinkScan(k, cache, queued),
  };
  m.shrinkers.push(shrinker);
}
