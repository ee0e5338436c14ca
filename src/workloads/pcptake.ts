/**
 * A kernel thread that takes single pages on one CPU, as a loop of kvfree_rcu() would: off its lists without lock or mark, as __rcu_alloc_page_lockless()
 * of 2020 would, or by GFP_NOWAIT. It holds so many, and gives the oldest back. The counter-example of the mails of September 2020, both ways.
 */
import { ns, type Ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import { kfn, spend, type Kernel } from '../kernel/kernel.ts';
import { FRAME, GFP, GFP_NOWAIT } from '../kernel/mm/constants.ts';
import { allocPages } from '../kernel/mm/page_alloc.ts';
import { freePages } from '../kernel/mm/pcp.ts';
import { rcuAllocPageLockless } from '../kernel/mm/rcu_alloc_page.ts';
import { spawn } from '../kernel/sched/core.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import { num, type Parameters, text, type Workload } from './workload.ts';

/** Chosen: what it does between two pages. */
const BETWEEN_NS = 300;
/** As the mark pcp_take says it: a page of the allocator, of the lists, none. */
const ALLOCATOR = 1, LISTS = 2, NONE = -1;
interface Taker { readonly fromNs: Ns; readonly untilNs: number; readonly everyNs: number; readonly burst: number; readonly keep: number; readonly held: number[] }

const takePage = kfn('take_page', function* (k: Kernel): Timed<number> {
  const source = k.knob('pcptake.source'), nowait = source === 'inline-nowait';
  const pfn = nowait ? yield* allocPages(k, GFP_NOWAIT | GFP.NOWARN, 0, FRAME.kernel) : rcuAllocPageLockless(k, { min: source === 'pcp-lockless-min' });
  k.mark('pcp_take', pfn, pfn < 0 ? NONE : nowait ? ALLOCATOR : LISTS);
  yield spend(ns(BETWEEN_NS));
  return pfn;
});
const kthread = kfn('kthread', function* (k: Kernel, t: Taker): Timed<void> {
  for (let at = t.fromNs; at < t.untilNs; at = ns(at + t.everyNs)) {
    yield* clockNanosleep(k, at);
    for (let i = 0; i < t.burst; i++) {
      const pfn = yield* takePage(k);
      if (pfn >= 0) t.held.push(pfn);
    }
    while (t.held.length > t.keep) yield* freePages(k, t.held.shift() ?? 0, 0);
  }
  while (t.held.length > 0) yield* freePages(k, t.held.shift() ?? 0, 0);
});

export const pcptake: Workload = {
  id: 'pcptake',
  doc: 'a kernel thread that takes single pages on one CPU, off its per-CPU lists without a lock or by GFP_NOWAIT (knob pcptake.source)',
  parameters: [
    { name: 'name', unit: '', default: 'taker', doc: 'name of the thread' },
    { name: 'cpu', unit: '', default: 0, doc: 'the CPU it is bound to' },
    { name: 'start', unit: 'ms', default: 0, doc: 'when it begins' },
    { name: 'jitter', unit: 'ms', default: 0, doc: 'it begins up to so much later, by chance' },
    { name: 'for', unit: 'ms', default: 100, doc: 'for how long; then it gives back what it holds' },
    { name: 'every', unit: 'us', default: 1000, doc: 'from one burst to the next' },
    { name: 'burst', unit: 'pages', default: 1, doc: 'pages that it asks for at once' },
    { name: 'keep', unit: 'pages', default: 1e6, doc: 'how many it holds at most after a burst; the oldest are given back first' },
  ],
  start(k: Kernel, p: Parameters): void {
    if (k.knob('pcptake.source') === 'none') return;
    const fromNs = ns(Math.round((num(this, p, 'start') + (num(this, p, 'jitter') * k.chance.below(1000)) / 1000) * 1e6)), cpu = Math.min(num(this, p, 'cpu'), k.cpus.length - 1);
    const t: Taker = { fromNs, untilNs: fromNs + num(this, p, 'for') * 1e6, everyNs: Math.max(1, num(this, p, 'every')) * 1000, burst: num(this, p, 'burst'), keep: num(this, p, 'keep'), held: [] };
    spawn(k, text(p, 'name', 'taker'), (k) => kthread(k, t), { cpus: [cpu] });
  },
};
