/**
 * mm/memory.c, v6.1: page faults of anonymous memory. handle_mm_fault(), do_anonymous_page(), __pte_alloc().
 * Left out: huge pages (THP is off or not advised), file faults (filemap.ts has them), copy on write beyond fork, VMAs' own locks.
 */
import { must, ns, PAGE_BYTES } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { fatalSignalPending } from '../sched/core.ts';
import { downReadKillable, RwSem, upRead } from '../locking/rwsem.ts';
import { FRAME, GFP_KERNEL, GFP_PGTABLE_USER } from './constants.ts';
import { folioAddLru, newAnonWord } from './lru.ts';
import { memCgroupHandleOverHigh } from './memcg_high.ts';
import { memCgroupCharge, memCgroupFromTask } from './memcontrol.ts';
import { isSwap, MmStruct, UNMAPPED, type Vma } from './mm_types.ts';
import { doSwapPage } from './do_swap_page.ts';
import { doReadFault } from './filemap_fault.ts';
import { doWpPage } from './fork.ts';
import { setOwner } from './mmzone.ts';
import { pagefaultOutOfMemory } from './oom_kill.ts';
import { account, isAccountable } from './overcommit.ts';
import { PG, setFlag } from './page_flags.ts';
import { allocPages } from './page_alloc.ts';
import { freePages } from './pcp.ts';
import { RSS } from './rss.ts';
import { RSS_EVENTS, syncRss } from './rss_sync.ts';
import { extra } from './task_extra.ts';

/** Page numbers that one page table of the lowest level maps. */
export const PTRS_PER_PTE = 512;
/** Page numbers that one of the level above maps: a GiB. */
const PAGES_PER_PMD = 512 * PTRS_PER_PTE;
/** What a fault came to. OOM: the allocation failed; the signal pending, or pagefault_out_of_memory(), decides what follows. */
export type Fault = 'ok' | 'oom' | 'signal';

/** mm_alloc(): an empty address space. */
export function mmAlloc(k: Kernel): MmStruct {
  const m = new MmStruct(k.mm.mms.length);
  k.mm.mms.push(m);
  k.mm.sync.mmapLocks.push(new RwSem(k, `mmap_lock mm ${m.id}`, { quiet: true }));
  return m;
}
/** Two pages: one for user mode alone (kernels with page table isolation, on every x86-64 since 4.15; 4.13 is given both, too). */
export const PGD_ORDER = 1;
/** mm_alloc_pgd(): the topmost table. In no counter of page tables. false: no memory. */
export const mmAllocPgd = kfn('mm_alloc_pgd', function* (k: Kernel, m: MmStruct): Timed<boolean> {
  m.pgd = yield* allocPages(k, GFP_PGTABLE_USER, PGD_ORDER, FRAME.kernel);
  return m.pgd >= 0;
});
/** mmap(): a new mapping behind the last; its first page number. Maps nothing yet. @param start  where the kernel would have it: a page number behind all others; absent: the next */
export function mmap(m: MmStruct, nrPages: number, kind: Vma['kind'], options: { locked?: boolean; shared?: boolean } = {}, start = endOf(m)): Vma {
  const vma: Vma = { start, end: start + nrPages, kind, locked: options.locked ?? false, shared: options.shared ?? false };
  m.vmas.push(vma);
  m.totalVm += nrPages;
  return vma;
}
const endOf = (m: MmStruct): number => m.vmas.reduce((end, v) => Math.max(end, v.end), 0);
/**
 * get_unmapped_area(): the kernel goes down from the top, so that a mapping of a GiB begins in tables of its own; a smaller one shares its first with what was there (docs/model.md, guess 16).
 * How far into a table it begins is chance (of address space randomization), the middle here; whole huge pages begin with one from 6.7 on, whether or not there are huge pages.
 */
function unmappedArea(k: Kernel, m: MmStruct, nrPages: number): number {
  const end = endOf(m), next = Math.ceil(end / PTRS_PER_PTE) * PTRS_PER_PTE;
  if (k.mm.era.alignsMappings && nrPages > 0 && nrPages % PTRS_PER_PTE === 0) return next;
  return nrPages >= PAGES_PER_PMD ? next + PTRS_PER_PTE / 2 : end;
}
/** mmap() as a program calls it, private and writable: null = ENOMEM. @param options  `noreserve`: MAP_NORESERVE */
export function mmapPrivate(k: Kernel, m: MmStruct, nrPages: number, options: { locked?: boolean; noreserve?: boolean } = {}): Vma | null {
  if (isAccountable(k.mm, options.noreserve ?? false) && !account(k, m, nrPages)) return null;
  return mmap(m, nrPages, 'anon', options, unmappedArea(k, m, nrPages));
}
export const pteOf = (m: MmStruct, vpn: number): number => (vpn < m.pages.length ? m.pages[vpn] : UNMAPPED);
export function setPte(m: MmStruct, vpn: number, entry: number): void {
  if (vpn >= m.pages.length) {
    const bigger = new Int32Array(Math.max(vpn + 1, m.pages.length * 2, 4096)).fill(UNMAPPED);
    bigger.set(m.pages);
    m.pages = bigger;
  }
  m.pages[vpn] = entry;
}

/** A page of its own for the table that MmStruct.tables has under `key`. false: no memory. */
function* tableFor(k: Kernel, m: MmStruct, key: number): Timed<boolean> {
  const pfn = yield* allocPages(k, GFP_PGTABLE_USER, 0, FRAME.table);
  if (pfn < 0) return false;
  if (m.tables.has(key)) { yield* freePages(k, pfn, 0); return true; } // another thread was faster
  m.tables.set(key, pfn);
  m.pgtablesBytes += PAGE_BYTES;
  return true;
}
/** Number of the page table that maps a page number. */
export const tableOf = (vpn: number): number => Math.floor(vpn / PTRS_PER_PTE);
/** A page table for `vpn`, if there is none yet: a GFP_PGTABLE_USER page of its own. false: no memory. */
export const pteAlloc = kfn('__pte_alloc', function* (k: Kernel, m: MmStruct, vpn: number): Timed<boolean> { return yield* tableFor(k, m, tableOf(vpn)); });
/** Where MmStruct.tables has the table of the level above: under numbers that no page has (a program's own begin at -1). */
const pmdOf = (vpn: number): number => -1024 - Math.floor(vpn / PAGES_PER_PMD);
/** A table of the level above for a mapping of a GiB or more; smaller ones find the program's. false: no memory. */
const pmdAlloc = kfn('__pmd_alloc', function* (k: Kernel, m: MmStruct, vpn: number): Timed<boolean> { return yield* tableFor(k, m, pmdOf(vpn)); });

/** do_anonymous_page(): a zeroed page for one address. */
const doAnonymousPage = kfn('do_anonymous_page', function* (k: Kernel, m: MmStruct, vma: Vma, vpn: number): Timed<Fault> {
  if (vma.end - vma.start >= PAGES_PER_PMD && !m.tables.has(pmdOf(vpn)) && !(yield* pmdAlloc(k, m, vpn))) return 'oom';
  if (!m.tables.has(tableOf(vpn)) && !(yield* pteAlloc(k, m, vpn))) return 'oom';
  const word = newAnonWord(k, m, vma);
  const pfn = yield* allocPages(k, k.mm.era.faultGfp, 0, word);
  if (pfn < 0) return 'oom';
  if (k.mm.memcgs !== null && !(yield* memCgroupCharge(k, pfn, m, GFP_KERNEL))) { yield* freePages(k, pfn, 0); return 'oom'; }
  if (pteOf(m, vpn) !== UNMAPPED) { yield* freePages(k, pfn, 0); return 'ok'; } // another thread was faster
  setOwner(k.mm, pfn, m.id);
  k.mm.vpn[pfn] = vpn;
  setPte(m, vpn, pfn);
  m.rss[RSS.anon]++;
  folioAddLru(k, pfn);
  return 'ok';
});

/** handle_mm_fault() under mmap_lock: maps page number `vpn` of the current task's address space. */
export const handleMmFault = kfn('handle_mm_fault', function* (k: Kernel, m: MmStruct, vma: Vma, vpn: number): Timed<Fault> {
  const lock = k.mm.sync.mmapLocks[m.id];
  if (!(yield* downReadKillable(k, lock))) return 'signal';
  const inFile = vma.kind === 'file' || vma.kind === 'text', { costs } = k.mm;
  yield spend(ns(isSwap(pteOf(m, vpn)) ? costs.fault_swap : inFile ? costs.fault_file : costs.fault_anon));
  const entry = pteOf(m, vpn);
  k.current.inLruFault = true; // lru_gen_enter_fault()
  const result = entry >= 0 ? ((yield* doWpPage(k, m, vma, vpn)) ? 'ok' : 'oom') : isSwap(entry) ? yield* doSwapPage(k, m, vma, vpn) : inFile ? yield* doReadFault(k, m, vma, vpn) : yield* doAnonymousPage(k, m, vma, vpn);
  k.current.inLruFault = false;
  upRead(k, lock);
  k.mm.pgfault++;
  if (k.mm.memcgs !== null) memCgroupFromTask(k, k.current)?.count('pgfault', 1);
  const e = extra(k, k.current);
  if (++e.rssEvents >= RSS_EVENTS) { e.rssEvents = 0; syncRss(k, m.id); }
  return result;
});

/**
 * What a touch of one page in user mode comes to (exc_page_fault()): nothing if it is mapped, else a fault, again until it is
 * served or a fatal signal is pending. A fault that found no memory is retried; since 5.16 pagefault_out_of_memory() kills nobody before.
 * @returns false: the task is to die
 */
export function* touch(k: Kernel, m: MmStruct, vma: Vma, vpn: number): Timed<boolean> {
  while (pteOf(m, vpn) < 0 || mustCopy(k, m, vma, vpn)) {
    const fault = k.mm.memcgs !== null && k.mm.era.memcg.oomAtEndOfFault ? yield* faultThatMayOom(k, m, vma, vpn) : yield* handleMmFault(k, m, vma, vpn);
    if (k.mm.memcgs !== null) yield* memCgroupHandleOverHigh(k, GFP_KERNEL);
    if (fault === 'oom' && k.mm.era.faultOomKills) yield* pagefaultOutOfMemory(k);
    if (fault !== 'ok' && fatalSignalPending(k.current)) return false;
  }
  setFlag(k.mm, m.pages[vpn], PG.YOUNG);
  m.ranSinceWalk = true;
  return true;
}
/** To 4.18 only the end of a fault from user mode may kill for a charge that failed (mem_cgroup_oom_enable()). */
function* faultThatMayOom(k: Kernel, m: MmStruct, vma: Vma, vpn: number): Timed<Fault> {
  const e = extra(k, k.current);
  e.memcgMayOom = true;
  const fault = yield* handleMmFault(k, m, vma, vpn);
  e.memcgMayOom = false;
  if (fault !== 'oom') e.memcgInOom = null;
  return fault;
}
/** A write to an anonymous page that another address space maps too. */
const mustCopy = (k: Kernel, m: MmStruct, vma: Vma, vpn: number): boolean => vma.kind === 'anon' && k.mm.sharers.size > 0 && k.mm.sharers.has(m.pages[vpn]);
/** The vma of a page number, which must be mapped by one. */
export const findVma = (m: MmStruct, vpn: number): Vma => must(m.vmas.find((v) => vpn >= v.start && vpn < v.end), 'no mapping holds this page');
