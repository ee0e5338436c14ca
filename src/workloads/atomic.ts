/**
 * A device whose interrupts need pages at once: a network card that fills its ring. The pages are GFP_ATOMIC, taken in softirq
 * context, and given back by a later interrupt.
 */
import { ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel/kernel.ts';
import { FRAME, GFP, GFP_ATOMIC } from '../kernel/mm/constants.ts';
import { freePages } from '../kernel/mm/pcp.ts';
import { allocPages } from '../kernel/mm/page_alloc.ts';
import { device, raiseSoftirq, SOFTIRQ_VEC } from '../kernel/sched/core.ts';
import { num, type Parameters, type Workload } from './workload.ts';

/** What one device holds and has missed. */
interface Ring { readonly frames: number[]; readonly order: number; readonly burst: number; readonly keep: number; missed: number; got: number }

/** The poll of a burst: pages in, the oldest out. */
const netRxAction = kfn('net_rx_action', function* (k: Kernel, r: Ring): Timed<void> {
  while (r.frames.length + r.burst > r.keep && r.frames.length > 0) yield* freePages(k, r.frames.shift() ?? 0, r.order);
  for (let i = 0; i < r.burst; i++) {
    const pfn = yield* allocPages(k, GFP_ATOMIC | GFP.COMP | GFP.NOWARN, r.order, FRAME.kernel);
    if (k.decide('the atomic request was served', pfn >= 0, r.order)) { r.frames.push(pfn); r.got++; } else r.missed++;
  }
  k.gauge('rx_pages_missed', r.missed);
  k.gauge('rx_pages_taken', r.got);
});
const netInterrupt = kfn('net_interrupt', function* (k: Kernel, r: Ring): Timed<void> {
  yield ns(1000);
  raiseSoftirq(k, SOFTIRQ_VEC.NET_RX, (k) => netRxAction(k, r));
});

export const atomic: Workload = {
  id: 'atomic',
  doc: 'a device that takes pages with GFP_ATOMIC in bursts, in softirq context, and holds so many at a time',
  parameters: [
    { name: 'name', unit: '', default: 'eth0', doc: 'name of the device' },
    { name: 'start', unit: 'ms', default: 1000, doc: 'first burst' },
    { name: 'every', unit: 'ms', default: 10, doc: 'from one burst to the next' },
    { name: 'bursts', unit: '', default: 100, doc: 'how many' },
    { name: 'burst', unit: 'requests', default: 64, doc: 'requests in a burst' },
    { name: 'order', unit: '', default: 0, max: 10, doc: 'order of each' },
    { name: 'keep', unit: 'requests', default: 256, doc: 'how many it holds at most; the oldest are given back first' },
    { name: 'cpu', unit: '', default: 0, doc: 'the CPU that its interrupt goes to' },
  ],
  start(k: Kernel, p: Parameters): void {
    const ring: Ring = { frames: [], order: num(this, p, 'order'), burst: num(this, p, 'burst'), keep: num(this, p, 'keep'), missed: 0, got: 0 };
    const everyNs = num(this, p, 'every') * 1e6;
    let left = num(this, p, 'bursts');
    const timer = device(k, String(p.name ?? 'eth0'), Math.min(num(this, p, 'cpu'), k.cpus.length - 1), (k) => {
      if (--left > 0) k.agenda.arm(timer, ns(k.now + everyNs));
      return netInterrupt(k, ring);
    });
    k.agenda.arm(timer, ns(num(this, p, 'start') * 1e6));
  },
};
