/**
 * kernel/rcu/tree.c, 5.15 to 6.12: the shrinker of kvfree_rcu() in use. Asking it how much there is keeps every CPU's next refill back; a scan frees spare pages and starts
 * the grace period of what waits, but does not wait for it, so that what it calls freed is not free yet. 5.9 has the objects only (from memory).
 */
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { SHRINK_STOP } from '../mm/shrinker.ts';
import { kfreeRcuMonitor } from './kvfree_drain.ts';
import { drainPageCache } from './kvfree_pages.ts';
import type { KvfreeState } from './kvfree_state.ts';

export const kfreeRcuShrinkScan = kfn('kfree_rcu_shrink_scan', function* (k: Kernel, s: KvfreeState, nr: number): Timed<number> {
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
export function kfreeRcuShrinkCount(s: KvfreeState): number {
  const { shrinksCache } = s.rules;
  if (shrinksCache) for (const p of s.krcp) p.backoff = true;
  return s.krcp.reduce((n, p) => n + p.count + p.atBoot + (shrinksCache ? p.cache.length : 0), 0);
}
