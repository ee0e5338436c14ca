/**
 * A tracing module: its probe hangs on the tracepoint mm_page_alloc_zone_locked, which the allocator passes with zone->lock held, once for each page that a per-CPU
 * list is refilled with. At each it replaces objects of a table of its own and gives the old ones back with kvfree_rcu(): so kvfree_rcu() is called under
 * zone->lock. A thread of the module allocates pages, so that there are refills. Or the thread does the replacing itself, with nothing held.
 */
import { ns, type Ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel/kernel.ts';
import { FRAME, GFP_KERNEL } from '../kernel/mm/constants.ts';
import { allocPages } from '../kernel/mm/page_alloc.ts';
import { kvfreeCallRcu } from '../kernel/rcu/kvfree.ts';
import type { KvObject } from '../kernel/rcu/kvfree_state.ts';
import { spawn } from '../kernel/sched/core.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import { num, type Parameters, text, type Workload } from './workload.ts';

interface Table { readonly each: number; readonly locked: boolean; armed: boolean; left: number; next: number }

/** A small object: it shares a slab, so that no page comes back. */
const kfree = kfn('kfree', function* (k: Kernel): Timed<void> { yield k.cost.rcuCallback; });
const objectOf = (k: Kernel, id: number): KvObject => ({ id, pages: 0, vmalloc: false, free: () => kfree(k) });

const replaceObjects = kfn('replace_objects', function* (k: Kernel, t: Table): Timed<void> {
  for (let i = 0; i < t.each && t.left > 0; i++) {
    t.left--;
    yield* kvfreeCallRcu(k, objectOf(k, t.next++));
  }
});
const probeMmPageAllocZoneLocked = kfn('probe_mm_page_alloc_zone_locked', function* (k: Kernel, t: Table): Timed<void> { if (t.armed && t.left > 0) yield* replaceObjects(k, t); });

const kthread = kfn('kthread', function* (k: Kernel, t: Table, from: Ns, pages: number, gapNs: number): Timed<void> {
  yield* clockNanosleep(k, from);
  t.armed = true;
  for (let i = 0; i < pages; i++) {
    if ((yield* allocPages(k, GFP_KERNEL, 0, FRAME.kernel)) < 0) return;
    if (!t.locked) yield* replaceObjects(k, t);
    if (gapNs > 0) yield* clockNanosleep(k, ns(k.now + k.chance.below(gapNs)));
  }
});

export const mapprobe: Workload = {
  id: 'mapprobe',
  doc: 'a probe that gives objects back with kvfree_rcu() while the allocator holds zone->lock, and a thread that allocates',
  parameters: [
    { name: 'name', unit: '', default: 'tracer', doc: 'name of the thread' },
    { name: 'start', unit: 'ms', default: 10, doc: 'when the probe is switched on and the thread begins' },
    { name: 'jitter', unit: 'ms', default: 0, doc: 'it begins up to so much later, by chance' },
    { name: 'pages', unit: 'pages', default: 200, doc: 'what the thread allocates, one by one' },
    { name: 'gap', unit: 'ms', default: 0, doc: 'between two of them, at most, by chance' },
    { name: 'objects', unit: 'objects', default: 1000, doc: 'how many are given back in all' },
    { name: 'each', unit: 'objects', default: 4, doc: 'how many at each page' },
    { name: 'locked', unit: '', default: 1, max: 1, doc: '0: the thread does it, with no lock held' },
    { name: 'cpu', unit: '', default: 0, doc: 'the CPU that the thread is bound to' },
  ],
  start(k: Kernel, p: Parameters): void {
    const t: Table = { each: num(this, p, 'each'), locked: num(this, p, 'locked') > 0, armed: false, left: num(this, p, 'objects'), next: 0 }, cpu = Math.min(num(this, p, 'cpu'), k.cpus.length - 1);
    const from = ns(Math.round((num(this, p, 'start') + (num(this, p, 'jitter') * k.chance.below(1000)) / 1000) * 1e6)), pages = num(this, p, 'pages'), gapNs = num(this, p, 'gap') * 1e6;
    if (t.locked) k.mm.zoneLockedProbes.push((k) => probeMmPageAllocZoneLocked(k, t));
    spawn(k, text(p, 'name', 'tracer'), (k) => kthread(k, t, from, pages, gapNs), { cpus: [cpu] });
  },
};
