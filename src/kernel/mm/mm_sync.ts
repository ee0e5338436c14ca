/** Locks and wait queues of memory management: made when the kernel stands, by mm_init(). */
import type { Kernel } from '../kernel.ts';
import { Mutex } from '../locking/mutex.ts';
import { RwSem } from '../locking/rwsem.ts';
import { SpinLock } from '../locking/spinlock.ts';
import { WaitQueue } from '../sched/wait.ts';
import type { Mm } from './mmzone.ts';

export class MmSync {
  readonly oomLock: Mutex;
  readonly shrinkerRwsem: RwSem;
  readonly oomNotifyRwsem: RwSem;
  readonly oomNotifierLock: Mutex | null; // with oom.notifierPlace = outside-mutex
  readonly zoneLocks: readonly SpinLock[]; // zone->lock
  readonly pcpLocks: readonly (readonly SpinLock[])[]; // pcp->lock by zone and CPU
  readonly lruLocks: readonly SpinLock[]; // by node
  readonly mmapLocks: RwSem[]; // mm->mmap_lock by mm id
  readonly kswapdWait: readonly WaitQueue[];
  readonly pfmemallocWait: readonly WaitQueue[];
  readonly oomVictimsWait: WaitQueue; // for the last victim to go
  readonly memcgOomWait: WaitQueue; // for who kills in a group (4.x: memcg_oom_waitq)
  readonly reclaimWait: readonly (readonly WaitQueue[])[]; // by node and reason (THROTTLE)
  constructor(k: Kernel, m: Mm, cpus: number) {
    const quiet = { quiet: true };
    this.oomLock = new Mutex(k, 'oom_lock');
    this.shrinkerRwsem = new RwSem(k, 'shrinker_rwsem');
    this.oomNotifyRwsem = new RwSem(k, 'oom_notify_list.rwsem');
    this.zoneLocks = m.zones.map((z) => new SpinLock(k, `zone->lock ${z.name}`, quiet));
    this.pcpLocks = m.zones.map((z) => Array.from({ length: cpus }, (_, c) => new SpinLock(k, `pcp->lock ${z.name} cpu${c}`, quiet)));
    this.lruLocks = m.nodes.map((p) => new SpinLock(k, `lruvec->lru_lock node ${p.id}`, quiet));
    this.oomNotifierLock = k.knobs['oom.notifierPlace'] === 'outside-mutex' ? new Mutex(k, 'oom_notifier_lock') : null;
    this.mmapLocks = [];
    this.kswapdWait = m.nodes.map(() => new WaitQueue(k));
    this.pfmemallocWait = m.nodes.map(() => new WaitQueue(k));
    this.reclaimWait = m.nodes.map(() => [0, 1, 2, 3].map(() => new WaitQueue(k)));
    this.oomVictimsWait = new WaitQueue(k);
    this.memcgOomWait = new WaitQueue(k);
  }
}
