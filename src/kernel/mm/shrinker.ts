/** mm/vmscan.c, v6.1: shrink_slab(), do_shrink_slab(). Caches that give back on demand register here. */
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import type { Call, Kernel } from '../kernel.ts';
import { kfn, spend } from '../kernel.ts';
import { condResched, needResched } from '../sched/core.ts';
import { downReadTrylock, upRead } from '../locking/rwsem.ts';
import type { Pgdat } from './mmzone.ts';
import type { ScanControl } from './scan_control.ts';

/** What do_shrink_slab() works out before it scans. Objects. */
export interface ShrinkPlan { readonly delta: number; readonly total: number }
export const SHRINK_BATCH = 128;
export const DEFAULT_SEEKS = 2;
/** scan_objects() says: nothing can be freed now. */
export const SHRINK_STOP = -1;

export interface Shrinker {
  readonly name: string; // its scan function, as tracepoints print it
  readonly seeks: number;
  readonly batch: number; // 0 = SHRINK_BATCH
  /** What a scan costs for each object; the table's shrink_object if it does not say. */
  readonly objectNs?: number;
  readonly deferred: number[]; // by node
  countObjects(k: Kernel, p: Pgdat): number;
  /** Frees up to `nr` objects; returns those freed, or SHRINK_STOP. `priority` is a field of ours: the kernel does not tell a shrinker. */
  scanObjects(k: Kernel, p: Pgdat, nr: number, priority: number): Call<number>;
}
/** delta and total_scan of one call. Source: kernel reference 5.8; with `defersInFull` (to 5.12) that of RCU, 1.9. */
export function shrinkPlan(freeable: number, deferred: number, priority: number, seeks: number, defersInFull = false): ShrinkPlan {
  const delta = seeks > 0 ? Math.trunc(((freeable >>> priority) * 4) / seeks) : Math.trunc(freeable / 2);
  if (!defersInFull) return { delta, total: Math.min((deferred >>> priority) + delta, 2 * freeable) };
  return { delta, total: Math.min(deferred + delta, delta < Math.trunc(freeable / 4) ? Math.trunc(freeable / 2) : 2 * freeable) };
}

/** shrink_slab(): asks every shrinker, unless the list of them is being changed. Returns what they say that they freed. */
export const shrinkSlab = kfn('shrink_slab', function* (k: Kernel, p: Pgdat, sc: Pick<ScanControl, 'priority'>): Timed<number> {
  const { shrinkers, sync } = k.mm;
  let freed = 0;
  if (shrinkers.length > 0 && k.decide('down_read_trylock(&shrinker_rwsem)', downReadTrylock(k, sync.shrinkerRwsem))) {
    for (const s of shrinkers) freed += yield* doShrinkSlab(k, s, p, sc);
    upRead(k, sync.shrinkerRwsem);
  }
  if (needResched(k)) yield* condResched(k);
  return freed;
});
/** What drop_slab() takes for too little to ask again. Objects. */
const DROP_SLAB_LEAST = 10;
/** drop_slab(), for vm.drop_caches = 2: all that shrinkers have, by asking at priority 0 until hardly anything comes. */
export const dropSlab = kfn('drop_slab', function* (k: Kernel): Timed<void> {
  for (const p of k.mm.nodes) while ((yield* shrinkSlab(k, p, { priority: 0 })) > DROP_SLAB_LEAST) yield* condResched(k);
});

export const doShrinkSlab = kfn('do_shrink_slab', function* (k: Kernel, s: Shrinker, p: Pgdat, sc: Pick<ScanControl, 'priority'>): Timed<number> {
  const freeable = s.countObjects(k, p);
  if (freeable === 0) return 0;
  const { defersInFull } = k.mm.era.reclaim, deferred = s.deferred[p.id] ?? 0, { delta, total } = shrinkPlan(freeable, deferred, sc.priority, s.seeks, defersInFull), batch = s.batch || SHRINK_BATCH;
  s.deferred[p.id] = 0;
  k.mark('mm_shrink_slab_start', freeable, total);
  let left = total, scanned = 0, freed = 0;
  while (left >= batch || left >= freeable) {
    const nr = Math.min(batch, left), got = yield* s.scanObjects(k, p, nr, sc.priority);
    if (got === SHRINK_STOP) break;
    freed += got;
    k.mm.count('slabs_scanned', nr);
    left -= nr;
    scanned += nr;
    yield spend(ns(nr * (s.objectNs ?? k.mm.costs.shrink_object)));
    yield* condResched(k);
  }
  const putOff = Math.max(0, deferred + delta - scanned);
  s.deferred[p.id] += defersInFull ? putOff : Math.min(putOff, 2 * freeable); // added: somebody else may have put some off meanwhile
  k.mark('mm_shrink_slab_end', freed, s.deferred[p.id]);
  return freed;
});
