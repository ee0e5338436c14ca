/** Stories about where kvfree_rcu() has its pages from: objects of 256 bytes, handed over in bursts on a small machine. */
import type { MachineSpec, Scenario } from '../format/scenario.ts';
import { made48, made192 } from './machines.ts';
import { GORMAN_2020 } from './mails.ts';

/** Of made192, with so little free that a burst begins near the watermarks: MIN of DMA32 is 389 pages, LOW 486. What lies on the per-CPU list is left of what others freed. */
const nearlyFull: MachineSpec = {
  ...made192(1), name: '192 MiB, 1 CPU, nearly full',
  zones: made192(1).zones.map((z, i) => ({ ...z, free: i === 0 ? 150 : 1500, pcp: [i === 0 ? 0 : 40] })),
};
const base = { mail: GORMAN_2020, profile: 'v5.9', seed: 1, machine: made48(1), sysctl: {}, knobs: {}, untilNs: 1e9, lingerNs: 100e6, ends: 'no-oom' } as const;
const SMALL = 256;

export const kvfreePageSource: Scenario = {
  ...base, id: 'kvfree-page-source', title: 'kvfree_rcu() below the watermark',
  text: [
    'Memory is full: 300 pages of DMA32 are free, less than MIN, and kswapd has not heard of it. A driver hands 3000 objects over at once. Their pointers fill six pages; two are kept on the CPU.',
    'Kernel 5.9 asks the allocator, is refused at MIN, and kswapd is woken; objects without a page are linked through themselves. The function that was proposed takes what lies on the list of the CPU: below MIN, and nobody is woken.',
  ],
  machine: nearlyFull, workloads: [{ type: 'kvfree', start: 60, jitter: 8, count: 3000, size: SMALL, leave: 450 }],
};
export const kvfreePageSourceDrained: Scenario = {
  ...kvfreePageSource, id: 'kvfree-page-source-drained', title: 'kvfree_rcu() after the per-CPU lists were emptied',
  text: [
    'The same burst with 450 pages of DMA32 free, between MIN and LOW, and after every per-CPU list has been emptied, as direct reclaim does when it finds nothing. The allocator still has pages; the list has none.',
  ],
  workloads: [{ type: 'kvfree', start: 60, jitter: 8, count: 3000, size: SMALL, leave: 600, drain: 1 }],
};
export const growAfterEmergency: Scenario = {
  ...base, id: 'grow-after-emergency', title: 'Two bursts of kvfree_rcu()',
  text: [
    'Two bursts of 8000 objects, 300 ms apart; their pointers fill sixteen pages each. The pool has five: the rest of the first burst is linked, and the worker fills the pool after it.',
    'With a fixed pool the second burst meets five pages again. If the pool grows by what was missing, the second burst finds all it needs, and a second after the emergency the extra pages go back.',
  ],
  knobs: { 'kvfree.pageSource': 'own-pool-grow' }, untilNs: 2e9, lingerNs: 1500e6, workloads: [{ type: 'kvfree', start: 100, jitter: 8, count: 8000, waves: 2, every: 300, size: SMALL }],
};
const SPINNER = { type: 'spin', name: 'spinner', cpu: 1, prio: 50, start: 40, for_s: 0.45 } as const;
export const workerLatency: Scenario = {
  ...base, id: 'worker-latency', title: 'The worker that refills the pool cannot run',
  text: [
    'A driver of real-time priority on CPU 1 hands over 2000 objects every 150 ms. The pool of that CPU has five pages; who refills it, and who empties what waits, are workers bound to CPU 1. A real-time task of less priority than the driver has that CPU from 40 to 490 ms.',
    'No worker runs for so long. The second burst uses up the pool, the third finds nothing. The fourth comes after the worker. A reserve of two pages more keeps some objects out of the list for a while, and no longer.',
  ],
  machine: made48(2), knobs: { 'kvfree.pageSource': 'own-pool' }, workloads: [SPINNER, { type: 'kvfree', cpu: 1, fifo: 60, start: 100, jitter: 8, count: 2000, waves: 4, every: 150, size: SMALL }],
};
export const workerLatencyIdle: Scenario = {
  ...workerLatency, id: 'worker-latency-idle', title: 'The worker that refills the pool runs at once',
  text: ['The same bursts, and nothing else on CPU 1: pages come back from one burst before the next.'],
  workloads: workerLatency.workloads.filter((w) => w.type !== 'spin'),
};
/** Objects of the drivers of page-per-510, each by itself. */
export const COUNTS: readonly number[] = [507, 508, 510, 511, 1014, 1021, 1530, 2550];
export const pagePer510: Scenario = {
  ...base, id: 'page-per-510', title: 'One page for some five hundred objects',
  text: ['Eight drivers hand over between 507 and 2550 objects, one driver after the other. Counted are the pages that their pointers fill.'],
  machine: made48(1), workloads: COUNTS.map((count, i) => ({ type: 'kvfree', name: `n${count}`, start: 100 + 60 * i, count, size: 64, form: 'single' })),
};
export const pagePer510Later: Scenario = { ...pagePer510, id: 'page-per-510-6.12', title: 'One page for some five hundred objects, on 6.12', profile: 'v6.12' };
export const synchronizeInline: Scenario = {
  ...base, id: 'synchronize-inline', title: 'kvfree_rcu() without a page, one argument',
  text: [
    'No page is to be had at all. A driver hands over 40 objects that have no rcu_head of their own. There is nowhere to put a pointer, so it waits for a whole grace period, frees the object, and goes on to the next.',
  ],
  machine: made48(2), knobs: { 'kvfree.pageSource': 'none' }, workloads: [{ type: 'kvfree', start: 60, jitter: 8, count: 40, size: SMALL, form: 'single' }],
};
export const synchronizeInlineDouble: Scenario = {
  ...synchronizeInline, id: 'synchronize-inline-double', title: 'kvfree_rcu() without a page, two arguments',
  text: ['The same 40 objects with an rcu_head in each: they are linked through it, and the driver goes on at once.'],
  workloads: [{ type: 'kvfree', start: 60, jitter: 8, count: 40, size: SMALL, form: 'double' }],
};
