/**
 * kernel/rcu/tree.c, 5.9, 5.15 and 6.6 (in mm/slab_common.c later): struct kfree_rcu_cpu of each CPU, and how it gets into the trace. Data only.
 * Left out: the page of the worker that frees vmalloc areas lazily, CPUs that go offline with objects.
 */
import type { Timer } from '../../base/agenda.ts';
import { must } from '../../base/units.ts';
import type { Call } from '../../sim/kfn.ts';
import type { Kernel } from '../kernel.ts';
import { SpinLock } from '../locking/spinlock.ts';
import type { Work, Workqueue } from '../workqueue.ts';
import { bulkPointers, hasWorker, type KvfreeRules, type PageSource, pageSourceOf, POOL_PAGES } from './kvfree_rules.ts';

/** What is given to kvfree_rcu(). */
export interface KvObject {
  /** A number of the owner's, for the trace. */
  readonly id: number;
  /** Pages that go back with it; 0: it shares a slab with others that are still there. */
  readonly pages: number;
  /** Its address is one of vmalloc(). */
  readonly vmalloc: boolean;
  free(k: Kernel): Call<void>;
}
/** Channels as marks name them: the two kinds of bulk pages, objects linked through their own rcu_head, and those that their caller frees after a grace period of its own. */
export const CHANNEL = { KMALLOC: 0, VMALLOC: 1, LINKED: 2, SYNCHRONOUS: 3 } as const;
/** Where a bulk page came from, as marks name it. */
export const PAGE_FROM = { NONE: -1, CACHE: 0, ALLOCATOR: 1, PCP: 2, RESCUE: 3 } as const;

/** struct kvfree_rcu_bulk_data: a page of pointers. */
export interface BulkPage { readonly pfn: number; readonly objects: KvObject[]; gpSnap: number }
export const FREE_CHANNELS = 2; // FREE_N_CHANNELS
export const BATCHES = 2; // KFREE_N_BATCHES

/** struct kfree_rcu_cpu_work: what waits for one grace period. A slot is free again when its worker has taken all of it. */
export interface Batch {
  readonly index: number;
  readonly bulk: [BulkPage[], BulkPage[]];
  readonly head: KvObject[];
  readonly work: Work;
  pending: boolean; // its grace period is asked for, or its work item stands on a queue
}
const inBatch = (b: Batch): boolean => b.bulk[0].length > 0 || b.bulk[1].length > 0 || b.head.length > 0;
/** need_wait_for_krwp_work(): something of an earlier grace period is still in it. */
export const needWaitForKrwpWork = (b: Batch): boolean => b.pending || inBatch(b);

/** struct kfree_rcu_cpu. */
export class Krcp {
  readonly cpu: number;
  readonly lock: SpinLock; // raw
  readonly bulk: [BulkPage[], BulkPage[]]; // being filled, the newest last
  readonly head: KvObject[]; // "channel 3"
  readonly batches: Batch[];
  count: number; // objects that are being filled in
  readonly cache: number[]; // bkvcache: spare pages
  readonly rescue: number[]; // of rescue-pool: the reserve
  target: number; // pages that the cache is filled to
  missed: number; // objects that found no page since the last refill
  dry: boolean; // the last one found none
  atBoot: number; // objects of the rest of the kernel that wait when the run begins
  readonly monitor: Work;
  monitorTodo: boolean; // 5.9 to 6.1: it is armed
  readonly pageWork: Work;
  readonly hrtimer: Timer;
  workInProgress: boolean;
  backoff: boolean;
  readonly shrinkWork: Work; // own-pool-grow: back to the usual size
  // for the trace: objects by stage, linked ones of all stages, bulk pages in flight
  waiting: number;
  freeing: number;
  linked: number;
  pages: number;
  readonly shown: number[];
  readonly gauges: readonly string[];
  constructor(k: Kernel, cpu: number, cache: number[], o: KrcpParts) {
    this.cpu = cpu; this.lock = new SpinLock(k, `krcp->lock cpu${cpu}`, { raw: true, quiet: true });
    this.bulk = [[], []]; this.head = []; this.batches = Array.from({ length: BATCHES }, (_, i) => o.batch(this, i)); this.count = 0; this.cache = cache; this.rescue = []; this.target = o.target; this.missed = 0; this.dry = false; this.atBoot = 0;
    this.monitor = o.monitor(this); this.monitorTodo = false; this.pageWork = o.pageWork(this); this.hrtimer = o.hrtimer(this); this.workInProgress = false; this.backoff = false; this.shrinkWork = o.shrinkWork(this);
    this.waiting = 0; this.freeing = 0; this.linked = 0; this.pages = 0;
    this.gauges = ['filling', 'waiting', 'freeing', 'linked', 'pages', 'cache'].map((name) => `kvfree cpu${cpu} ${name}`);
    this.shown = this.gauges.map(() => 0);
  }
}
/** What a krcp is made of that runs code. */
export interface KrcpParts {
  readonly target: number;
  batch(p: Krcp, index: number): Batch;
  monitor(p: Krcp): Work;
  pageWork(p: Krcp): Work;
  shrinkWork(p: Krcp): Work;
  hrtimer(p: Krcp): Timer;
}

/** Spare pages and waiting objects as the machine boots: what the shrinker has to give before anything here is used. */
export interface BootCache { readonly cache: readonly number[][]; readonly queued: number[] }
/** What its shrinker is asked once it is in use. */
export interface KvfreeShrink { count(s: KvfreeState): number; scan(k: Kernel, s: KvfreeState, nr: number): Call<number> }
export class KvfreeState {
  readonly shrink: KvfreeShrink;
  readonly rules: KvfreeRules;
  readonly source: PageSource;
  readonly krcp: readonly Krcp[];
  readonly drainWq: Workqueue;
  readonly pageWq: Workqueue; // of high priority
  capacity: number; // pointers of a bulk page
  constructor(k: Kernel, rules: KvfreeRules, boot: BootCache, o: { readonly parts: Omit<KrcpParts, 'target'>; readonly drainWq: Workqueue; readonly pageWq: Workqueue; readonly shrink: KvfreeShrink }) {
    this.shrink = o.shrink; this.rules = rules; this.source = pageSourceOf(k.knobs, rules); this.drainWq = o.drainWq; this.pageWq = o.pageWq; this.capacity = bulkPointers(rules.headerWords, 8);
    const target = this.source === 'none' ? 0 : hasWorker(this.source) ? POOL_PAGES : rules.cachedPages;
    this.krcp = boot.cache.map((pages, cpu) => new Krcp(k, cpu, pages.slice(0, target), { ...o.parts, target })); // what is beyond stays the kernel's, for something else
    for (const p of this.krcp) p.atBoot = boot.queued[p.cpu];
  }
}
export const kvfreeOf = (k: Kernel): KvfreeState => must(k.kvfree, 'kvfree_rcu() is used before kvfreeInit()');

/** Writes what has changed of a CPU. Objects that are being filled in change with every call: they are written here, and at each 64th. */
export function traceKrcp(k: Kernel, p: Krcp): void {
  const now = [p.count, p.waiting, p.freeing, p.linked, p.pages, p.cache.length];
  for (let i = 0; i < now.length; i++) if (p.shown[i] !== now[i]) { p.shown[i] = now[i]; k.gauge(p.gauges[i], now[i]); }
}
