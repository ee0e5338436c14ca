/**
 * mm/page_alloc.c drain_all_pages(), 4.11 to 5.19, as in v4.18-rc1: each CPU that holds pages gets a work item, and the caller sleeps until
 * all have run. So a CPU whose workers do not run holds up everybody who reclaims. Left out: lists of CPUs that go offline.
 */
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { Mutex, mutexLock, mutexTrylock, mutexUnlock } from '../locking/mutex.ts';
import { flushWork, queueWorkOn, Work, Workqueue } from '../workqueue.ts';
import { PF } from './constants.ts';
import type { Zone } from './mmzone.ts';
import { drainPagesZone } from './pcp.ts';

/** mm_percpu_wq, the items by CPU, and pcpu_drain_mutex. */
export interface PcpDrain { readonly wq: Workqueue; readonly works: readonly Work[]; readonly mutex: Mutex }

/** drain_local_pages_wq(): the lists of the CPU that the worker is bound to. */
const drainLocalPagesWq = kfn('drain_local_pages_wq', function* (k: Kernel): Timed<void> {
  const cpu = k.cpu.index;
  for (const z of k.mm.zones) if (z.pcp[cpu].count > 0) yield* drainPagesZone(k, cpu, z);
});

/** drain_all_pages(): `only` = one zone; without it a drain under way is enough. A worker does nothing: it could wait for itself. */
export const drainAllPages = kfn('drain_all_pages', function* (k: Kernel, only: Zone | null): Timed<void> {
  const drain = k.mm.pcpDrain;
  if (drain === null || k.decide('a worker: drain nothing', (k.current.pf & PF.WQ_WORKER) !== 0)) return;
  if (!k.decide('mutex_trylock(&pcpu_drain_mutex)', mutexTrylock(k, drain.mutex))) {
    if (only === null) return;
    yield* mutexLock(k, drain.mutex);
  }
  const asked = k.cpus.filter((cpu) => (only === null ? k.mm.zones : [only]).some((z) => z.pcp[cpu.index].count > 0)).map((cpu) => cpu.index);
  for (const cpu of asked) queueWorkOn(k, cpu, drain.wq, drain.works[cpu]);
  for (const cpu of asked) yield* flushWork(k, drain.works[cpu]);
  mutexUnlock(k, drain.mutex);
});

/** What stands from boot on, in versions that drain this way. */
export function pcpDrainInit(k: Kernel): void {
  if (!k.mm.era.drainsByWork) return;
  k.mm.pcpDrain = { wq: new Workqueue(k, 'mm_percpu_wq', { memReclaim: true }), works: k.cpus.map(() => new Work(k, (k) => drainLocalPagesWq(k))), mutex: new Mutex(k, 'pcpu_drain_mutex') };
}
