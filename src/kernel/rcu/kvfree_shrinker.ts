/**
 * kernel/rcu/tree.c, 5.15 to 6.12: the shrinker of kvfree_rcu(). Asking it how much there is keeps every CPU's next refill back; a scan frees spare pages and starts
 * the grace period of what waits, but does not wait for it, so that what it calls freed is not free yet. 5.9 has the objects only (from memory).
 * When a run begins the pages are some that the kernel holds already, from pageblocks of type Unmovable; they, and some objects that wait beside them, stand for what the
 * rest of the kernel has done with kvfree_rcu() before. It is registered in every version here, though there was none before 5.7.
 */
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { FRAME, MT } from '../mm/constants.ts';
import { freePages } from '../mm/pcp.ts';
import { DEFAULT_SEEKS, type Shrinker, SHRINK_STOP } from '../mm/shrinker.ts';
import { kfreeRcuMonitor } from './kvfree_drain.ts';
import { drainPageCache } from './kvfree_pages.ts';
import { type BootCache, type KvfreeState } from './kvfree_state.ts';

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
const kfreeRcuShrinkScan = kfn('kfree_rcu_shrink_scan', function* (k: Kernel, s: KvfreeState, nr: number): Timed<number> {
  let freed = 0;
  for (const p of s.krcp) {
    const count = p.count + p.atBoot + (yield* drainPageCache(k, p));
    yield* kfreeRcuMonitor(k, p);
    freed += count;
    if (freed >= nr) break;
  }
  return freed === 0 ? SHRINK_STOP : freed;
});
/** kfree_rcu_shrink_count() */
function kfreeRcuShrinkCount(s: KvfreeState): number {
  const { shrinksCache } = s.rules;
  if (shrinksCache) for (const p of s.krcp) p.backoff = true;
  return s.krcp.reduce((n, p) => n + p.count + p.atBoot + (shrinksCache ? p.cache.length : 0), 0);
}
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
    countObjects: () => (k.kvfree === null ? inBootCache(boot) : kfreeRcuShrinkCount(k.kvfree)),
    scanObjects: (_k, _p, nr) => (k.kvfree === null ? kfreeRcuShrinkScanInner(k, boot) : kfreeRcuShrinkScan(k, k.kvfree, nr)),
  };
  m.shrinkers.push(shrinker);
}
