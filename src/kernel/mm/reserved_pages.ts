/**
 * Two ways to keep pages for a file system that must allocate while it writes, both of 2004 and neither ever merged: per-thread pages (patch reiser4-perthread-pages) and one
 * pool for all (Andrea Arcangeli, 6 Nov 2004). Source: reference rcu-mempool-io-locking.md, 4.4 to 4.6. Left out of the pool: enable, disable and what happens at a true OOM, for
 * which the profile of that time is needed; as long as there is memory they set two flags and move no page.
 */
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { FRAME, GFP_KERNEL } from './constants.ts';
import { allocPages } from './page_alloc.ts';
import { freePages } from './pcp.ts';
import { gaugeReserves, type Reserves, reservesOf } from './reserves.ts';

/** Pages of the pool: one section draws at a time, and takes at most what its own file system has said. @param needs  of the file systems that are mounted, pages */
export const poolSize = (needs: readonly number[]): number => Math.max(0, ...needs);

function told(k: Kernel, r: Reserves, mark: string, pages: number): void {
  k.mark(mark, pages, r.pinned);
  gaugeReserves(k, r);
}
/** Pages one by one until there are `n`, or the allocator has none: then fewer. */
function* collect(k: Kernel, n: number, gfp: number): Timed<number[]> {
  const got: number[] = [];
  while (got.length < n) {
    const pfn = yield* allocPages(k, gfp, 0, FRAME.kernel);
    if (pfn < 0) break;
    got.push(pfn);
  }
  return got;
}
function* giveBack(k: Kernel, pages: readonly number[]): Timed<void> { for (const pfn of pages) yield* freePages(k, pfn, 0); }

/** perthread_pages_reserve(): `n` pages on top of what the task has. false: there were not so many, and it has what it had. Context: may sleep if `gfp` may. */
export const perthreadPagesReserve = kfn('perthread_pages_reserve', function* (k: Kernel, n: number, gfp: number): Timed<boolean> {
  const r = reservesOf(k), { id } = k.current, before = r.perthread.get(id) ?? [];
  r.perthread.delete(id); // else the pages that are to be added would be taken from it
  const got = yield* collect(k, n, gfp), all = got.length === n;
  if (!all) yield* giveBack(k, got);
  r.perthread.set(id, all ? [...before, ...got] : before);
  told(k, r, 'perthread_pages_reserve', all ? n : 0);
  return all;
});
/** perthread_pages_release(): `n` pages of the task's go back to the allocator, or as many as are left. */
export const perthreadPagesRelease = kfn('perthread_pages_release', function* (k: Kernel, n: number): Timed<void> {
  const r = reservesOf(k), list = r.perthread.get(k.current.id) ?? [], back = list.splice(Math.max(0, list.length - n));
  yield* giveBack(k, back);
  if (list.length === 0) r.perthread.delete(k.current.id);
  told(k, r, 'perthread_pages_release', back.length);
});
/** create_reserved_pages_pool(): at mount: a user whose sections need up to `nr` pages. The pool grows where he needs more than all before him. Context: sleeps. */
export const createReservedPagesPool = kfn('create_reserved_pages_pool', function* (k: Kernel, nr: number): Timed<void> {
  const r = reservesOf(k);
  r.needs.push(nr);
  r.pool.push(...(yield* collect(k, poolSize(r.needs) - r.pool.length, GFP_KERNEL)));
  told(k, r, 'create_reserved_pages_pool', nr);
});
/** destroy_unreserve_pages_pool(): at unmount. What no other user needs goes back. */
export const destroyUnreservePagesPool = kfn('destroy_unreserve_pages_pool', function* (k: Kernel, nr: number): Timed<void> {
  const r = reservesOf(k), i = r.needs.indexOf(nr);
  if (i >= 0) r.needs.splice(i, 1);
  yield* giveBack(k, r.pool.splice(Math.min(r.pool.length, poolSize(r.needs))));
  told(k, r, 'destroy_unreserve_pages_pool', nr);
});
