/**
 * kernel/fork.c dup_mmap() and mm/memory.c copy_page_range(), do_wp_page(), v6.1: a child shares its parent's anonymous pages until one
 * of them writes. Left out: file mappings of the parent (their pages are counted once, with the parent), pinned pages.
 */
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { FRAME, GFP_KERNEL, GFP_PGTABLE_USER } from './constants.ts';
import { setOwner } from './mmzone.ts';
import { promise } from './overcommit.ts';
import { freePages } from './pcp.ts';
import { folioAddLru, lruDel, newAnonWord } from './lru.ts';
import { memCgroupCharge } from './memcontrol.ts';
import { letGo } from './page_flags.ts';
import { freeSwapCache } from './swap_cache.ts';
import { isSwap, type MmStruct, swapSlot, UNMAPPED, type Vma } from './mm_types.ts';
import { allocPages } from './page_alloc.ts';
import { RSS } from './rss.ts';
import { pteOf, setPte, tableOf } from './memory.ts';

const isAnon = (word: number): boolean => (word & 15) === FRAME.anon || (word & 15) === FRAME.swapcache;

/** dup_mmap(): the child's mappings, page tables and references. false: no memory for a page table. */
export const dupMmap = kfn('dup_mmap', function* (k: Kernel, parent: MmStruct, child: MmStruct): Timed<boolean> {
  const m = k.mm;
  if (!promise(k, parent, parent.accounted)) return false; // the kernel asks mapping by mapping
  child.accounted = parent.accounted;
  for (const v of parent.vmas) {
    child.vmas.push({ ...v, locked: false });
    child.totalVm += v.end - v.start;
    for (let vpn = v.start; vpn < Math.min(v.end, parent.pages.length); vpn++) {
      if (pteOf(parent, vpn) === UNMAPPED) continue;
      const table = tableOf(vpn);
      if (!child.tables.has(table)) {
        const t = yield* allocPages(k, GFP_PGTABLE_USER, 0, FRAME.table);
        if (t < 0) return false;
        child.tables.set(table, t);
        child.pgtablesBytes += 4096;
      }
      const pfn = pteOf(parent, vpn); // only now: the allocation may have reclaimed it
      if (isSwap(pfn)) { // swap_duplicate()
        m.swap.used[swapSlot(pfn)]++;
        setPte(child, vpn, pfn);
        child.rss[RSS.swap]++;
      }
      if (pfn < 0 || !isAnon(m.word[pfn])) continue;
      setPte(child, vpn, pfn);
      child.rss[RSS.anon]++;
      const sharers = m.sharers.get(pfn) ?? new Set([parent.id]);
      sharers.add(child.id);
      m.sharers.set(pfn, sharers);
    }
  }
  yield spend(ns(m.costs.fork));
  return true;
});

/** do_wp_page(): a write to a shared page: a copy of one's own, or the page itself for the last who maps it. false: no memory. */
export const doWpPage = kfn('do_wp_page', function* (k: Kernel, mm: MmStruct, vma: Vma, vpn: number): Timed<boolean> {
  const m = k.mm, old = pteOf(mm, vpn);
  if (!k.decide('others map this page: copy it', m.sharers.has(old))) return true;
  const copy = yield* allocPages(k, k.mm.era.faultGfp, 0, newAnonWord(k, mm, vma));
  if (copy < 0) return false;
  if (m.memcgs !== null && !(yield* memCgroupCharge(k, copy, mm, GFP_KERNEL))) { yield* freePages(k, copy, 0); return false; }
  if (pteOf(mm, vpn) !== old) { yield* freePages(k, copy, 0); return true; } // reclaimed meanwhile: the fault comes again
  setOwner(m, copy, mm.id);
  m.vpn[copy] = vpn;
  setPte(mm, vpn, copy);
  folioAddLru(k, copy);
  if (m.unmap(old, mm.id) && ((m.word[old] & 15) === FRAME.swapcache ? yield* freeSwapCache(k, old) : letGo(m, old))) { // the others have gone meanwhile
    lruDel(k, old);
    yield* freePages(k, old, 0);
  }
  return true;
});
