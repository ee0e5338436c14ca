import { workerLatency as story, workerLatencyIdle as idle } from '../scenarios/kvfree_stories.ts';
import { type Experiment, withWorkload } from './experiment.ts';
import { calls, fallbacks, KMALLOC, RESCUE } from './kvfree_figures.ts';
import type { View } from './view.ts';

/** From the first object without a page to the end of the first refill. */
function outage(run: View): { readonly fromNs: number; readonly toNs: number } {
  const fromNs = run.marks('kvfree_page').find((m) => m.b < 0 || m.c === RESCUE)?.timeNs ?? Infinity;
  return { fromNs, toNs: run.marks('kvfree_fill').find((m) => m.timeNs > fromNs)?.timeNs ?? Infinity };
}
/** Objects that got into a page in that time. */
const progress = (run: View): number => { const { fromNs, toNs } = outage(run); return calls(run).filter((m) => m.timeNs > fromNs && m.timeNs < toNs && m.c === KMALLOC).length; };
const fallbacksAfter = (run: View): number => { const { toNs } = outage(run); return fallbacks(run).filter((m) => m.timeNs > toNs).length; };
const outageMs = (run: View): number => { const { fromNs, toNs } = outage(run); return fromNs === Infinity ? 0 : toNs === Infinity ? -1 : (toNs - fromNs) / 1e6; };
const LONG_MS = 100;

export const workerLatencyClaim: Experiment = {
  id: 'worker-latency',
  mail: story.mail ?? '',
  claim: 'A pool that a worker refills helps only if the worker is scheduled in time; a small reserve for the worst keeps slow progress possible.',
  verdict: 'holds',
  because: 'In 5.9 refill and drain are work items of the CPU on which kvfree_rcu() is called, and a real-time task there keeps them from it. Until it ends each object beyond the pool is linked through itself. A reserve is used up too, as nothing comes back before the drain runs: progress means the objects of its pages, not a guarantee. From 6.6 on both run on any CPU.',
  real: 'A 6.1 with a SCHED_FIFO loop of 3 s on the CPU gave the memory back after 3012 to 3020 ms; a 6.12, whose worker is not bound to a CPU, after 24 ms.',
  inShort: 'idle: no fallbacks; behind SCHED_FIFO: nothing but fallbacks until the worker runs, none after; rescue-pool: objects in pages meanwhile > 0',
  shows: 'inPagesMeanwhile',
  story,
  variants: [
    { name: 'worker’s CPU idle', knobs: { 'kvfree.pageSource': 'own-pool' }, story: idle }, { name: 'behind SCHED_FIFO', knobs: { 'kvfree.pageSource': 'own-pool' } },
    { name: 'behind SCHED_FIFO, rescue-pool', knobs: { 'kvfree.pageSource': 'rescue-pool' } },
  ],
  controls: [{ change: 'the real-time task is done at once', seeds: 10, edit: (s) => withWorkload(s, 'spin', { for_s: 0 }) }],
  figures: (run) => ({ fallbacks: fallbacks(run).length, inPagesMeanwhile: progress(run), fallbacksAfterRefill: fallbacksAfter(run), refillAfterMs: outageMs(run) }),
  predicate: ([free, fifo, rescue]) =>
    fallbacks(free).length === 0 && fallbacks(fifo).length > 0 && outageMs(fifo) > LONG_MS && progress(fifo) === 0 && fallbacksAfter(fifo) === 0 &&
    fallbacks(rescue).length > 0 && fallbacks(rescue).length < fallbacks(fifo).length && outageMs(rescue) > LONG_MS && progress(rescue) > 0 && fallbacksAfter(rescue) === 0,
};
