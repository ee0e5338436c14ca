/**
 * A driver that gives its objects back by kvfree_rcu(): it allocates them, takes them out of its lists, and hands them over in bursts. Objects below a page share
 * one, which goes back with the last of them; larger ones are blocks of their own; those of vmalloc() are so many single pages.
 */
import { assert, ns, type Ns } from '../base/units.ts';
import type { Call, Timed } from '../sim/kfn.ts';
import { kfn, type Kernel, spend } from '../kernel/kernel.ts';
import { FRAME, GFP, GFP_KERNEL } from '../kernel/mm/constants.ts';
import { allocPages } from '../kernel/mm/page_alloc.ts';
import { drainAllPages, freePages } from '../kernel/mm/pcp.ts';
import { fillRescuePool, kvfreeCallRcu, kvfreeInit, kvfreeRcuMightSleep } from '../kernel/rcu/kvfree.ts';
import { bulkPointers } from '../kernel/rcu/kvfree_rules.ts';
import type { KvObject } from '../kernel/rcu/kvfree_state.ts';
import { spawn } from '../kernel/sched/core.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import { num, type Parameters, text, type Workload } from './workload.ts';

const PAGE_BYTES = 4096;
const FORMS: readonly string[] = ['double', 'single'];
interface Driver {
  readonly fromNs: Ns; readonly everyNs: number; readonly waves: number; readonly count: number; readonly gapNs: number; readonly size: number; readonly vmalloc: boolean; readonly single: boolean; readonly leave: number; readonly drain: boolean;
  readonly taken: number[];
}

/** Blocks of memory that one object or more stand in. */
interface Slab { readonly frames: readonly number[]; readonly order: number; left: number }
class Item implements KvObject {
  readonly id: number;
  readonly vmalloc: boolean;
  readonly slab: Slab;
  constructor(id: number, vmalloc: boolean, slab: Slab) { this.id = id; this.vmalloc = vmalloc; this.slab = slab; }
  get pages(): number { return this.slab.left === 1 ? this.slab.frames.length << this.slab.order : 0; }
  free(k: Kernel): Call<void> { return kfree(k, this.slab); }
}
const kfree = kfn('kfree', function* (k: Kernel, s: Slab): Timed<void> {
  assert(s.left > 0, 'an object is freed twice');
  if (--s.left === 0) for (const pfn of s.frames) yield* freePages(k, pfn, s.order);
});

/** get_order(): of the smallest block with so many pages. */
function orderOf(pages: number): number {
  let order = 0;
  while (1 << order < pages) order++;
  return order;
}
function* slab(k: Kernel, d: Driver): Timed<Slab | null> {
  const pages = Math.max(1, Math.ceil(d.size / PAGE_BYTES)), order = d.vmalloc ? 0 : orderOf(pages), frames: number[] = [];
  for (let i = 0; i < (d.vmalloc ? pages : 1); i++) {
    const pfn = yield* allocPages(k, GFP_KERNEL | GFP.NOWARN | GFP.NORETRY | (order > 0 ? GFP.COMP : 0), order, FRAME.kernel);
    if (pfn < 0) return null; // what it has got so far stays its own
    frames.push(pfn);
  }
  return { frames, order, left: d.vmalloc ? 1 : Math.max(1, Math.floor(PAGE_BYTES / d.size)) };
}
/** The objects of one wave. Fewer where memory is short. */
const allocateObjects = kfn('allocate_objects', function* (k: Kernel, d: Driver, first: number): Timed<Item[]> {
  const out: Item[] = [];
  while (out.length < d.count) {
    const s = yield* slab(k, d);
    if (s === null) break;
    s.left = Math.min(s.left, d.count - out.length);
    for (let i = s.left; i > 0; i--) out.push(new Item(first + out.length, d.vmalloc, s));
  }
  return out;
});
/** Takes pages past every mark and keeps them, until so many are free. It wakes nobody. */
const takePages = kfn('take_pages', function* (k: Kernel, d: Driver): Timed<void> {
  while (k.mm.zones.reduce((n, z) => n + z.nrFree, 0) > d.leave) {
    const pfn = yield* allocPages(k, GFP.MEMALLOC | GFP.NOWARN, 0, FRAME.kernel);
    if (pfn < 0) break;
    d.taken.push(pfn);
  }
});
/** The program: between two calls it computes in user mode where it is to keep a rate, now longer and now shorter: a strict beat could meet every tick at the same place. */
function* program(k: Kernel, d: Driver): Timed<void> {
  yield* fillRescuePool(k);
  const waves: Item[][] = [];
  for (let wave = 0; wave < d.waves; wave++) waves.push(yield* allocateObjects(k, d, wave * d.count));
  if (d.leave >= 0) yield* takePages(k, d);
  if (d.drain) yield* drainAllPages(k, null);
  for (const [wave, objects] of waves.entries()) {
    yield* clockNanosleep(k, ns(d.fromNs + wave * d.everyNs));
    for (const o of objects) {
      const due = d.gapNs === 0 ? 0 : k.now + Math.floor(d.gapNs / 2) + k.chance.below(d.gapNs);
      if (d.single) yield* kvfreeRcuMightSleep(k, o); else yield* kvfreeCallRcu(k, o);
      if (due > k.now) yield spend(ns(due - k.now));
    }
  }
}

export const kvfree: Workload = {
  id: 'kvfree',
  doc: 'gives objects back by kvfree_rcu(), in waves: how many, how fast, how large, in which form',
  parameters: [
    { name: 'name', unit: '', default: 'driver', doc: 'name of the process' },
    { name: 'cpu', unit: '', default: 0, doc: 'the CPU it is bound to' },
    { name: 'start', unit: 'ms', default: 20, doc: 'when it hands over the first; the objects are allocated before' },
    { name: 'jitter', unit: 'ms', default: 0, doc: 'it begins up to so much later, by chance' },
    { name: 'count', unit: 'objects', default: 1000, doc: 'how many in a wave' },
    { name: 'waves', unit: '', default: 1, doc: 'how many waves' },
    { name: 'every', unit: 'ms', default: 100, doc: 'from one wave to the next' },
    { name: 'rate', unit: 'objects/s', default: 0, doc: 'how fast within a wave; 0 = as fast as it can' },
    { name: 'size', unit: 'bytes', default: 1024, doc: 'of an object' },
    { name: 'form', unit: '', default: 'double', doc: 'double: kvfree_rcu(ptr, rcu_head_field), never sleeps; single: kvfree_rcu(ptr), which may', values: FORMS },
    { name: 'vmalloc', unit: '', default: 0, max: 1, doc: '1: the objects are of vmalloc()' },
    { name: 'leave', unit: 'pages', default: -1, min: -1, doc: 'before the first wave it takes pages, past every mark, and keeps them, until so many are free; -1 = it takes none' },
    { name: 'drain', unit: '', default: 0, max: 1, doc: '1: every CPU\'s lists are emptied before the first wave, as by somebody who reclaims' },
    { name: 'fifo', unit: '', default: 0, max: 99, doc: 'real-time priority; 0 = none' },
    { name: 'cache', unit: 'pages', default: -1, min: -1, doc: 'spare pages that each CPU has when the run begins, at most; -1 = as many as the version keeps' },
    { name: 'pointer', unit: 'bytes', default: 8, doc: 'a pointer: 8, or 4 as on a machine of 32 bits' },
  ],
  start(k: Kernel, p: Parameters): void {
    const s = kvfreeInit(k), rate = num(this, p, 'rate'), fifo = num(this, p, 'fifo'), cache = num(this, p, 'cache');
    if (s !== null) {
      s.capacity = bulkPointers(s.rules.headerWords, num(this, p, 'pointer'));
      if (cache >= 0) for (const krcp of s.krcp) krcp.cache.splice(cache);
    }
    const d: Driver = {
      fromNs: ns(Math.round((num(this, p, 'start') + (num(this, p, 'jitter') * k.chance.below(1000)) / 1000) * 1e6)), everyNs: num(this, p, 'every') * 1e6, waves: num(this, p, 'waves'), count: num(this, p, 'count'),
      gapNs: rate > 0 ? Math.round(1e9 / rate) : 0, size: num(this, p, 'size'), vmalloc: num(this, p, 'vmalloc') > 0, single: text(p, 'form', 'double') === 'single', leave: num(this, p, 'leave'), drain: num(this, p, 'drain') > 0, taken: [],
    };
    spawn(k, text(p, 'name', 'driver'), (k) => program(k, d), { cpus: [Math.min(num(this, p, 'cpu'), k.cpus.length - 1)], ...(fifo > 0 ? { policy: 'fifo', rtPrio: fifo } : {}) });
  },
};
