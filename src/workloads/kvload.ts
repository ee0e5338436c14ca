/**
 * The pages that a steady load of kvfree_rcu() has in flight, without its objects: one page of pointers for each 510 of them, taken as they come, held until the
 * batch has been drained, has waited for a grace period and was freed (rcu reference 2.1, 2.4). One row a page, where the workload kvfree has some for
 * each object: so a load of a million objects a second can be watched beside all else that runs.
 */
import { ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import { kfn, type Kernel, spend } from '../kernel/kernel.ts';
import { FRAME, GFP, GFP_NOWAIT } from '../kernel/mm/constants.ts';
import { allocPages } from '../kernel/mm/page_alloc.ts';
import { freePages } from '../kernel/mm/pcp.ts';
import { rcuAllocPageLockless } from '../kernel/mm/rcu_alloc_page.ts';
import { spawn } from '../kernel/sched/core.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import { num, type Parameters, text, type Workload } from './workload.ts';

/** KVFREE_BULK_MAX_ENTR of 5.8 to 6.1 on 64 bits: (4096 - 16) / 8. */
const POINTERS = 510;
const SOURCES: readonly string[] = ['pcp-lockless', 'inline-nowait', 'none'];
/** `everyNs`: in which 510 objects come. */
interface Load { readonly fromNs: number; readonly untilNs: number; readonly everyNs: number; readonly holdNs: number; readonly source: string }

function* takePage(k: Kernel, source: string): Timed<number> {
  if (source === 'pcp-lockless') return rcuAllocPageLockless(k);
  return source === 'none' ? -1 : yield* allocPages(k, GFP_NOWAIT | GFP.NOWARN, 0, FRAME.kernel);
}
const kvfreeLoad = kfn('kvfree_load', function* (k: Kernel, l: Load): Timed<void> {
  const held: { readonly pfn: number; readonly dueNs: number }[] = [];
  for (let due = l.fromNs; due < l.untilNs; due += Math.floor(l.everyNs / 2) + k.chance.below(l.everyNs)) {
    if (k.now < due) yield* clockNanosleep(k, ns(due));
    const pfn = yield* takePage(k, l.source);
    k.mark('kvfree_page', pfn, pfn < 0 ? -1 : l.source === 'pcp-lockless' ? 2 : 1);
    if (pfn >= 0) held.push({ pfn, dueNs: k.now + l.holdNs });
    yield spend(ns(POINTERS * k.cost.rcuCallback)); // an object costs as much as a callback: 0.24 us on a real 6.1
    while (held.length > 0 && held[0].dueNs <= k.now) yield* freePages(k, held.splice(0, 1)[0].pfn, 0);
  }
  for (const { pfn } of held) yield* freePages(k, pfn, 0);
});

export const kvload: Workload = {
  id: 'kvload',
  doc: 'the pages of pointers of a steady load of kvfree_rcu(): one for each 510 objects, held for a grace period',
  parameters: [
    { name: 'name', unit: '', default: 'driver', doc: 'name of the task' },
    { name: 'cpu', unit: '', default: 0, doc: 'the CPU it is bound to' },
    { name: 'start', unit: 'ms', default: 20, doc: 'when the objects begin to come' },
    { name: 'jitter', unit: 'ms', default: 0, doc: 'they begin up to so much later, by chance' },
    { name: 'until', unit: 'ms', default: 1000, doc: 'when they end' },
    { name: 'rate', unit: 'objects/s', default: 1e6, doc: 'how many, now closer and now further apart' },
    { name: 'hold', unit: 'ms', default: 33, doc: 'from taking a page to freeing it: HZ/50 until the batch is drained, a grace period, the worker' },
    { name: 'source', unit: '', default: 'pcp-lockless', doc: 'where pages come from: this CPU\'s lists without a lock; the allocator with GFP_NOWAIT; none: nowhere, objects are linked', values: SOURCES },
  ],
  start(k: Kernel, p: Parameters): void {
    const fromNs = Math.round((num(this, p, 'start') + (num(this, p, 'jitter') * k.chance.below(1000)) / 1000) * 1e6);
    const l: Load = { fromNs, untilNs: num(this, p, 'until') * 1e6, everyNs: Math.max(1, Math.round((POINTERS * 1e9) / num(this, p, 'rate'))), holdNs: num(this, p, 'hold') * 1e6, source: text(p, 'source', 'pcp-lockless') };
    spawn(k, text(p, 'name', 'driver'), (k) => kvfreeLoad(k, l), { cpus: [Math.min(num(this, p, 'cpu'), k.cpus.length - 1)] });
  },
};
