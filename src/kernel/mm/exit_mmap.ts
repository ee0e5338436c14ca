/** mm/mmap.c exit_mmap(), mm/memory.c unmap_page_range(), v6.1: an address space gives its pages back, gathered (mmu_gather.ts), through the per-CPU lists. */
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { mutexLock, mutexUnlock } from '../locking/mutex.ts';
import { downRead, downWrite, upRead, upWrite } from '../locking/rwsem.ts';
import { condResched } from '../sched/core.ts';
import { completeVforkDone } from '../vfork.ts';
import { queueWork, systemWq, Work } from '../workqueue.ts';
import { FRAME } from './constants.ts';
import { MmuGather, releasePages, tlbFinishMmu, tlbFlushMmu, tlbNextBatch } from './mmu_gather.ts';
import { isSwap, type MmStruct, swapSlot, UNMAPPED, type Vma } from './mm_types.ts';
import { mmHasNotifiers, mmuNotifierInvalidateRangeEnd, mmuNotifierInvalidateRangeStart, mmuNotifierRelease } from './mmu_notifier.ts';
import { PGD_ORDER } from './memory.ts';
import { exitOomVictim } from './oom_kill.ts';
import { unaccount } from './overcommit.ts';
import { freePages } from './pcp.ts';
import { extra } from './task_extra.ts';
import { RSS } from './rss.ts';
import { syncRss } from './rss_sync.ts';
import { letGo } from './page_flags.ts';
import { freeSwapAndCache, freeSwapCache } from './swap_cache.ts';

/** Entries of one page table: zap_pmd_range() lets others run after each. */
const PTRS_PER_PTE = 512;
const CELL: { readonly [type: number]: number } = { [FRAME.anon]: RSS.anon, [FRAME.swapcache]: RSS.anon, [FRAME.file]: RSS.file, [FRAME.shmem]: RSS.shmem };

/** unmap_page_range(): every page of a mapping. Pages that others map too stay. Shared with the OOM reaper. */
export const unmapPageRange = kfn('unmap_page_range', function* (k: Kernel, mm: MmStruct, vma: Vma, tlb: MmuGather): Timed<void> {
  const m = k.mm, cost = vma.locked ? m.costs.zap_page_locked : m.costs.zap_page, end = Math.min(vma.end, mm.pages.length);
  let work = 0;
  for (let vpn = vma.start; vpn < end; vpn++) {
    const entry = mm.pages[vpn];
    let flush = false;
    if (entry !== UNMAPPED) {
      mm.pages[vpn] = UNMAPPED;
      work++;
      if (isSwap(entry)) {
        mm.rss[RSS.swap]--;
        const cached = yield* freeSwapAndCache(k, swapSlot(entry));
        if (cached >= 0) tlb.frames.push(cached);
      } else {
        mm.rss[CELL[m.word[entry] & 15]]--;
        if (m.unmap(entry, mm.id) && ((m.word[entry] & 15) === FRAME.swapcache ? yield* freeSwapCache(k, entry) : letGo(m, entry))) tlb.frames.push(entry);
        flush = ++tlb.nr === tlb.room && !(yield* tlbNextBatch(k, tlb));
      }
    }
    if (work === 0 || (!flush && (vpn + 1) % PTRS_PER_PTE !== 0)) continue;
    yield spend(ns(work * cost));
    work = 0;
    if (flush) yield* tlbFlushMmu(k, tlb);
    yield* condResched(k);
  }
  yield spend(ns(work * cost));
  syncRss(k, mm.id);
});

/** free_pgtables(). */
const freePgtables = kfn('free_pgtables', function* (k: Kernel, mm: MmStruct): Timed<void> {
  yield* releasePages(k, [...mm.tables.values()]);
  mm.tables.clear();
  mm.pgtablesBytes = 0;
});
/** Pages of a mapping that are in memory. */
const present = (mm: MmStruct, v: Vma): number => mm.pages.subarray(v.start, Math.min(v.end, mm.pages.length)).reduce((n, entry) => n + (entry >= 0 ? 1 : 0), 0);
/** How others who map the same pages are told: not at all (4.13), by callbacks that may sleep, or by such that may not (4.19 on). */
export type Telling = 'nobody' | 'blocking' | 'nonblocking';
/** What the reaper takes of an address space: all that is not locked, anonymous mappings and private ones of files (__oom_reap_task_mm()). false: some of it stays, for somebody who maps it would have to block. */
export function* reapMappings(k: Kernel, mm: MmStruct, tell: Telling): Timed<boolean> {
  let all = true;
  mm.unstable = true;
  for (const v of mm.vmas) {
    if (v.locked || (v.kind !== 'anon' && v.shared)) continue;
    const told = tell !== 'nobody' && mmHasNotifiers(mm);
    if (told && !(yield* mmuNotifierInvalidateRangeStart(k, mm, tell === 'blocking'))) { all = false; continue; }
    if (!told && mmHasNotifiers(mm)) k.mark('unmap_under_notifier', mm.id, present(mm, v)); // a second MMU goes on using pages that are free
    const tlb = new MmuGather();
    yield* unmapPageRange(k, mm, v, tlb);
    if (told) mmuNotifierInvalidateRangeEnd(k, mm);
    yield* tlbFinishMmu(k, tlb);
  }
  return all;
}
/** 6.1: unmaps under mmap_lock for reading, so that the reaper may help; then nobody has anything to reap any more, though what was gathered last comes back only after that. */
function* unmapShared(k: Kernel, mm: MmStruct): Timed<void> {
  const lock = k.mm.sync.mmapLocks[mm.id], tlb = new MmuGather();
  yield* downRead(k, lock);
  for (const v of mm.vmas) yield* unmapPageRange(k, mm, v, tlb);
  upRead(k, lock);
  mm.oomSkip = true;
  yield* downWrite(k, lock);
  yield* freePgtables(k, mm);
  yield* tlbFinishMmu(k, tlb);
  upWrite(k, lock);
}
/** 4.17: a victim does the reaper's work itself, under the reaper's lock, and waits for one that has begun; the rest needs no lock. */
function* unmapReaped(k: Kernel, mm: MmStruct): Timed<void> {
  const { oomLock, mmapLocks } = k.mm.sync, lock = mmapLocks[mm.id];
  if (k.decide('a victim of the OOM killer: reap it here', k.tasks.some((t) => extra(k, t).oomMm === mm.id))) {
    const held = k.knob('oomReaper.oomLock') === 'held';
    if (held) yield* mutexLock(k, oomLock);
    yield* reapMappings(k, mm, 'nobody'); // nobody is left to be told: they were released
    if (held) mutexUnlock(k, oomLock);
    mm.oomSkip = true;
    yield* downWrite(k, lock);
    upWrite(k, lock);
  }
  yield* unmapAlone(k, mm);
}
/** 4.13: nobody else can be at work here. MMF_OOM_SKIP comes when all is gone. */
function* unmapAlone(k: Kernel, mm: MmStruct): Timed<void> {
  const tlb = new MmuGather();
  for (const v of mm.vmas) yield* unmapPageRange(k, mm, v, tlb);
  yield* freePgtables(k, mm);
  yield* tlbFinishMmu(k, tlb);
  mm.oomSkip = true;
}
const UNMAP = { shared: unmapShared, 'reaps itself': unmapReaped, unaware: unmapAlone };
/** exit_mmap(), and mmdrop() with it: how it keeps out of the reaper's way is the era's. */
export const exitMmap = kfn('exit_mmap', function* (k: Kernel, mm: MmStruct): Timed<void> {
  if (mmHasNotifiers(mm)) yield* mmuNotifierRelease(k, mm);
  yield* UNMAP[k.mm.era.victimExit](k, mm);
  unaccount(k.mm, mm);
  syncRss(k, mm.id);
  const pgd = mm.pgd;
  mm.pgd = -1;
  if (pgd >= 0) yield* freePages(k, pgd, PGD_ORDER); // mmdrop(): in the kernel whoever still looks at it, as the reaper does, keeps this for a little longer
});
const mmputAsyncFn = kfn('mmput_async_fn', function* (k: Kernel, mm: MmStruct): Timed<void> { yield* exitMmap(k, mm); });
/** mmput_async(): gives up a reference; the last one leaves the work to a worker. */
export function mmputAsync(k: Kernel, mm: MmStruct): void {
  if (--mm.users === 0) queueWork(k, systemWq(k), new Work(k, (k) => mmputAsyncFn(k, mm)));
}

/** exit_mm(): registered with do_exit(). A vfork parent may go on. From then on the task has no address space, whatever is left of it. The last user of an address space takes it down; then a victim is one no longer. */
export const exitMm = kfn('exit_mm', function* (k: Kernel): Timed<void> {
  const me = k.current, mm = k.mm.mms[me.mmId];
  completeVforkDone(k, me);
  if (mm !== undefined) {
    const lock = k.mm.sync.mmapLocks[mm.id];
    yield* downRead(k, lock);
    extra(k, me).mmGone = true;
    upRead(k, lock);
    if (--mm.users === 0) yield* exitMmap(k, mm);
  }
  exitOomVictim(k, me);
  for (const pfn of extra(k, me).stack.splice(0)) yield* freePages(k, pfn, 0); // the kernel frees it a little later, when the task struct goes
});
