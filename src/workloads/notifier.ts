/**
 * A driver with a callback on the OOM notifier chain, as a balloon or a graphics driver has one. What it does is told by parameters: it takes a mutex,
 * sleeps, gives pages back that it has kept for such a moment, or says that it gave some.
 */
import { jiffies, ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import { kfn, type Kernel, spend } from '../kernel/kernel.ts';
import { mutexLock, mutexUnlock } from '../kernel/locking/mutex.ts';
import { FRAME, GFP_KERNEL } from '../kernel/mm/constants.ts';
import { allocPages } from '../kernel/mm/page_alloc.ts';
import { freePages } from '../kernel/mm/pcp.ts';
import { spawn } from '../kernel/sched/core.ts';
import { scheduleTimeoutUninterruptible } from '../kernel/sched/wait.ts';
import { namedMutex } from './named_mutex.ts';
import { num, type Parameters, text, type Workload } from './workload.ts';

/** What one driver has kept, and how often it was called. */
interface Driver { readonly lock: string; readonly sleepMs: number; readonly batch: number; readonly claim: number; readonly claimUntilNs: number; readonly kept: number[]; calls: number }

/** The callback's own work: what a driver looks at before it finds out what it can give. Chosen. */
const LOOK_NS = 2000;

const oomNotify = kfn('oom_notify', function* (k: Kernel, d: Driver): Timed<number> {
  const call = ++d.calls, lock = d.lock === '' ? null : namedMutex(k, d.lock);
  k.mark('oom_notify_begin', call);
  yield spend(ns(LOOK_NS));
  if (lock !== null) yield* mutexLock(k, lock);
  if (d.sleepMs > 0) yield* scheduleTimeoutUninterruptible(k, jiffies(Math.max(1, Math.ceil((d.sleepMs * k.hz) / 1000))));
  const pages = d.kept.splice(0, d.batch);
  for (const pfn of pages) yield* freePages(k, pfn, 0);
  if (lock !== null) mutexUnlock(k, lock);
  const freed = pages.length + (k.now < d.claimUntilNs ? d.claim : 0);
  k.mark('oom_notify_end', call, freed);
  return freed;
});
const balloonInflate = kfn('balloon_inflate', function* (k: Kernel, d: Driver, pages: number): Timed<void> {
  for (let i = 0; i < pages; i++) {
    const pfn = yield* allocPages(k, GFP_KERNEL, 0, FRAME.kernel);
    if (pfn < 0) return;
    d.kept.push(pfn);
  }
});

export const notifier: Workload = {
  id: 'notifier',
  doc: 'a callback on the OOM notifier chain: takes a lock, sleeps, gives pages back, or claims that it did',
  parameters: [
    { name: 'name', unit: '', default: 'notifier', doc: 'name of the task that fills its pages when the run begins' },
    { name: 'lock', unit: '', default: '', doc: 'a mutex that it holds while it works; none if empty' },
    { name: 'sleep', unit: 'ms', default: 0, doc: 'how long it sleeps each time' },
    { name: 'pages', unit: 'pages', default: 0, doc: 'what it gives back each time, while it has any' },
    { name: 'batches', unit: '', default: 1, doc: 'for how many times it has such pages' },
    { name: 'claim', unit: 'pages', default: 0, doc: 'what it says that it freed, besides' },
    { name: 'claim_until', unit: 'ms', default: 0, doc: 'until when it says so' },
  ],
  start(k: Kernel, p: Parameters): void {
    const batch = num(this, p, 'pages'), d: Driver = { lock: text(p, 'lock', ''), sleepMs: num(this, p, 'sleep'), batch, claim: num(this, p, 'claim'), claimUntilNs: num(this, p, 'claim_until') * 1e6, kept: [], calls: 0 };
    k.mm.oomNotifiers.push((k) => oomNotify(k, d));
    if (batch > 0) spawn(k, text(p, 'name', 'notifier'), (k) => balloonInflate(k, d, batch * num(this, p, 'batches')), {});
  },
};
