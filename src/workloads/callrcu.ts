/**
 * A driver that gives its objects back by RCU: it allocates them, takes them out of its lists, and queues a callback for each, lazily (kfree_rcu()) or
 * not (call_rcu()). Objects of 16 KiB and more are pages of their own, which go back when the callback runs; smaller ones share a slab, which stays.
 */
import { ns, type Ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import { kfn, type Kernel, spend } from '../kernel/kernel.ts';
import { FRAME, GFP, GFP_KERNEL } from '../kernel/mm/constants.ts';
import { allocPages } from '../kernel/mm/page_alloc.ts';
import { freePages } from '../kernel/mm/pcp.ts';
import { rcuInit } from '../kernel/rcu/init.ts';
import { newRcuHead, type RcuHead } from '../kernel/rcu/rcu_segcblist.ts';
import { callRcu, callRcuHurry, kfreeCallRcu } from '../kernel/rcu/tree.ts';
import { spawn } from '../kernel/sched/core.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import { num, type Parameters, text, type Workload } from './workload.ts';

/** An object that fills a slab with others: its callback gives no page back. */
const SHARED = -1;
/** Heavy-tailed sizes, order and share in thousandths: each doubling is half as frequent, so that each of them is as much memory as any other. 16 KiB to 2 MiB. */
const HEAVY: readonly (readonly [order: number, share: number])[] = [[2, 502], [3, 251], [4, 126], [5, 63], [6, 31], [7, 16], [8, 7], [9, 4]];
const SIZES: readonly string[] = ['constant', 'heavy', 'zero'];

interface Driver { readonly fromNs: Ns; readonly everyNs: number; readonly waves: number; readonly count: number; readonly vary: number; readonly gapNs: number; readonly how: 'lazy' | 'hurry' | 'plain'; readonly sizes: string; readonly order: number; readonly each: number }
/** The objects of one wave, in columns: there may be a million. An object of `each` pages has as many frames here, of 2^order pages each. */
interface Wave { readonly each: number; readonly pfns: Int32Array; readonly orders: Int8Array; count: number }

function orderOf(k: Kernel, d: Driver): number {
  if (d.sizes === 'zero') return SHARED;
  if (d.sizes === 'constant') return d.each > 0 ? 0 : d.order;
  let draw = k.chance.below(1000);
  for (const [order, share] of HEAVY) { if (draw < share) return order; draw -= share; }
  return d.order;
}
const kfree = kfn('kfree', function* (k: Kernel, w: Wave, object: number): Timed<void> {
  if (w.orders[object] === SHARED) return;
  for (let i = object * w.each; i < (object + 1) * w.each; i++) yield* freePages(k, w.pfns[i], w.orders[object]);
  yield spend(ns(w.each * k.mm.costs.free_page)); // block by block, not in bulk
});
/** The objects of one wave. Fewer where memory is short: what the last one has by then stays with the driver. */
const allocateObjects = kfn('allocate_objects', function* (k: Kernel, d: Driver, count: number): Timed<Wave> {
  const each = Math.max(1, d.each), w: Wave = { each, pfns: new Int32Array(d.sizes === 'zero' ? 0 : count * each), orders: new Int8Array(count), count: 0 };
  for (let i = 0; i < count; i++) {
    const order = orderOf(k, d);
    let have = order === SHARED ? each : 0;
    for (; have < each; have++) {
      const pfn = yield* allocPages(k, GFP_KERNEL | GFP.NOWARN | GFP.NORETRY | (order > 0 ? GFP.COMP : 0), order, FRAME.kernel);
      if (pfn < 0) break;
      w.pfns[w.count * each + have] = pfn;
    }
    if (have === each) w.orders[w.count++] = order;
  }
  return w;
});
const queueObject = kfn('queue_object', function* (k: Kernel, d: Driver, free: RcuHead['func'], w: Wave, object: number): Timed<void> {
  const order = w.orders[object], head = newRcuHead(free, { lazy: d.how === 'lazy', pages: order === SHARED ? 0 : w.each << order, arg: object });
  if (d.how === 'lazy') kfreeCallRcu(k, head); else if (d.how === 'hurry') callRcuHurry(k, head); else callRcu(k, head);
  yield spend(k.cost.rcuCallback);
});
/** The program: between two callbacks it computes in user mode where it is to keep a rate, now longer and now shorter: a strict beat could meet every tick at the same place. */
function* program(k: Kernel, d: Driver): Timed<void> {
  for (let wave = 0; wave < d.waves; wave++) {
    const w = yield* allocateObjects(k, d, d.count - Math.floor((d.count * d.vary * k.chance.below(1000)) / 1000)), free: RcuHead['func'] = (k, head) => kfree(k, w, head.arg);
    yield* clockNanosleep(k, ns(d.fromNs + wave * d.everyNs));
    for (let object = 0; object < w.count; object++) {
      const due = d.gapNs === 0 ? 0 : k.now + Math.floor(d.gapNs / 2) + k.chance.below(d.gapNs);
      yield* queueObject(k, d, free, w, object);
      if (due > k.now) yield spend(ns(due - k.now));
    }
  }
}

export const callrcu: Workload = {
  id: 'callrcu',
  doc: 'queues RCU callbacks that free memory, in waves: how many, how fast, how large, lazy or not',
  parameters: [
    { name: 'name', unit: '', default: 'driver', doc: 'name of the process' },
    { name: 'cpu', unit: '', default: 1, doc: 'the CPU it is bound to' },
    { name: 'start', unit: 'ms', default: 20, doc: 'when it queues the first; the objects are allocated before' },
    { name: 'jitter', unit: 'ms', default: 0, doc: 'it begins up to so much later, by chance' },
    { name: 'count', unit: 'callbacks', default: 1000, doc: 'how many in a wave' },
    { name: 'vary', unit: '', default: 0, max: 1, whole: false, doc: 'share of that by which a wave may have fewer, by chance; 0 to 1' },
    { name: 'waves', unit: '', default: 1, doc: 'how many waves' },
    { name: 'every', unit: 'ms', default: 100, doc: 'from one wave to the next' },
    { name: 'rate', unit: 'callbacks/s', default: 0, doc: 'how fast within a wave; 0 = as fast as it can' },
    { name: 'lazy', unit: '', default: 1, max: 1, doc: '1: kfree_rcu(), 0: call_rcu()' },
    { name: 'hurry', unit: '', default: 0, max: 1, doc: 'with lazy=0, 1: call_rcu_hurry(), which is not lazy where call_rcu() is (6.2 on)' },
    { name: 'sizes', unit: '', default: 'constant', doc: 'constant; heavy: each doubling half as frequent; zero: they free no page', values: SIZES },
    { name: 'order', unit: '', default: 4, max: 10, doc: 'log2 pages of an object of constant size; 2 = 16 KiB' },
    { name: 'pages', unit: 'pages', default: 0, doc: 'objects of constant size hold so many single pages instead; 0: one block of 2^order' },
    { name: 'fifo', unit: '', default: 0, max: 99, doc: 'real-time priority; 0 = none' },
  ],
  start(k: Kernel, p: Parameters): void {
    rcuInit(k);
    const rate = num(this, p, 'rate'), fifo = num(this, p, 'fifo');
    const d: Driver = {
      fromNs: ns(Math.round((num(this, p, 'start') + (num(this, p, 'jitter') * k.chance.below(1000)) / 1000) * 1e6)), everyNs: num(this, p, 'every') * 1e6, waves: num(this, p, 'waves'), count: num(this, p, 'count'),
      vary: num(this, p, 'vary'), gapNs: rate > 0 ? Math.round(1e9 / rate) : 0, how: num(this, p, 'lazy') > 0 ? 'lazy' : num(this, p, 'hurry') > 0 ? 'hurry' : 'plain', each: num(this, p, 'pages'), sizes: text(p, 'sizes', 'constant'), order: num(this, p, 'order'),
    };
    spawn(k, text(p, 'name', 'driver'), (k) => program(k, d), { cpus: [Math.min(num(this, p, 'cpu'), k.cpus.length - 1)], ...(fifo > 0 ? { policy: 'fifo', rtPrio: fifo } : {}) });
  },
};
