/**
 * What kvfree_rcu() has when a run begins: spare pages, which are some that the kernel holds already, from pageblocks of type Unmovable; and some objects that wait beside
 * them. They stand for what the rest of the kernel has done with it before, and its shrinker (kernel/rcu/tree.c, 5.7 on) gives them. It is registered in every version here.
 * This much every machine needs; the rest of kvfree_rcu() is made, and on the page fetched, at first use.
 */
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { FRAME, MT } from '../mm/constants.ts';
import { freePages } from '../mm/pcp.ts';
import { DEFAULT_SEEKS, type Shrinker, SHRINK_STOP } from '../mm/shrinker.ts';
import type { BootCache } from './kvfree_state.ts';

/** rcu_min_cached_objs. */
const CACHED_PAGES = 5;
/** Objects queued besides, each CPU: the captures' tracepoint counts 15 items on one CPU. */
const QUEUED_OBJECTS = 10;

/** Before anything of the run has used kvfree_rcu(). */
const kfreeRcuShrinkScanInner = kfn('kfree_rcu_shrink_scan', function* (k: Kernel, { cache, queued }: BootCache): Timed<number> {
  let freed = 0;
  for (let cpu = 0; cpu < cache.length; cpu++) {
    for (const pfn of cache[cpu].splice(0)) { freed++; yield* freePages(k, pfn, 0); }
    freed += queued[cpu];
    queued[cpu] = 0;
  }
  return freed === 0 ? SHRINK_STOP : freed;
});
const inBootCache = ({ cache, queued }: BootCache): number => cache.reduce((n, c) => n + c.length, 0) + queued.reduce((n, q) => n + q, 0);

/** Whoever begins to use kvfree_rcu() as the run begins finds every CPU's stack full, on machines too whose layout gave it no page above: then others that the kernel holds. */
export function topUpBootCache(k: Kernel): void {
  const m = k.mm, { cache } = k.kvfreeBoot, taken = new Set(cache.flat()), short = cache.filter((c) => c.length < CACHED_PAGES);
  for (let pfn = m.frames - 1; pfn > 0 && short.length > 0; pfn--) {
    if (m.word[pfn] !== FRAME.kernel || taken.has(pfn)) continue;
    if (short[0].push(pfn) === CACHED_PAGES) short.shift();
  }
}
export function kvfreeShrinkerInit(k: Kernel): void {
  const m = k.mm, boot: BootCache = { cache: k.cpus.map(() => []), queued: k.cpus.map(() => QUEUED_OBJECTS) }, z = m.zones[m.zones.length - 1];
  let cpu = 0;
  for (let pfn = z.endPfn - 1; pfn >= z.startPfn && cpu < boot.cache.length; pfn--) {
    if (m.word[pfn] !== FRAME.kernel || m.blockType(pfn) !== MT.unmovable) continue;
    if (boot.cache[cpu].push(pfn) === CACHED_PAGES) cpu++;
  }
  k.kvfreeBoot = boot;
  const shrinker: Shrinker = {
    name: 'kfree_rcu_shrink_scan', seeks: DEFAULT_SEEKS, batch: 0, deferred: [],
    countObjects: () => (k.kvfree === null ? inBootCache(boot) : k.kvfree.shrink.count(k.kvfree)),
    scanObjects: (_k, _p, nr) => (k.kvfree === null ? kfreeRcuShrinkScanInner(k, boot) : k.kvfree.shrink.scan(k, k.kvfree, nr)),
  };
  m.shrinkers.push(shrinker);
}
