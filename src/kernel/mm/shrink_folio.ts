/**
 * mm/vmscan.c shrink_folio_list(), v6.1: what becomes of each page that was taken off an inactive list. The order of the questions
 * is the kernel's. Left out: large folios, demotion, buffer heads, lazily freed pages (MADV_FREE), memcg's own writeback wait.
 */
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { leaf } from '../leaf.ts';
import { condResched, needResched } from '../sched/core.ts';
import { FRAME, FRAME_ACTIVE, FRAME_DIRTY, FRAME_TYPE_MASK, FRAME_UNEVICTABLE, FRAME_WRITEBACK, GFP, PF } from './constants.ts';
import { fileOf } from './files.ts';
import { writepage } from './fs_writeback.ts';
import { freeUnrefPageList } from './free_list.ts';
import { folioSetActive, setPageWord } from './lru.ts';
import { swapEntry, UNMAPPED } from './mm_types.ts';
import { type Pgdat, PGDAT } from './mmzone.ts';
import { clearFlag, PG, setFlag, testClearFlag, testFlag } from './page_flags.ts';
import { folioUnlock } from './page_wait.ts';
import { folioReferenced, rmapWalk } from './rmap.ts';
import { RSS } from './rss.ts';
import { syncRss } from './rss_sync.ts';
import type { ScanControl } from './scan_control.ts';
import { addToSwap, deleteFromSwapCache, folioFreeSwap, swapFull } from './swap_cache.ts';
import { inSwapCache, swapWritepage } from './swap_io.ts';
import { workingsetEviction } from './workingset.ts';

/** struct reclaim_stat, with the pages that go back to a list. */
export interface ReclaimStat {
  dirty: number; unqueuedDirty: number; congested: number; writeback: number; immediate: number; pageout: number; reclaimed: number; looked: number;
  readonly kept: number[];
  readonly touched: Set<number>; // address spaces whose counters changed
}
type Verdict = 'keep' | 'activate' | 'free' | 'go on';
const isFile = (word: number): boolean => (word & FRAME_TYPE_MASK) === FRAME.file;

/** Dirty and writeback pages of files are counted; a page under writeback is not waited for, but marked, so that its end brings it back soon. */
function examineWriteback(k: Kernel, p: Pgdat, pfn: number, s: ReclaimStat): Verdict {
  const m = k.mm, word = m.word[pfn], writeback = (word & FRAME_WRITEBACK) !== 0, reclaim = testFlag(m, pfn, PG.RECLAIM);
  if (isFile(word)) {
    if (word & (FRAME_DIRTY | FRAME_WRITEBACK)) s.dirty++;
    if (word & FRAME_DIRTY && !writeback) s.unqueuedDirty++;
    if ((writeback && reclaim) || (word & (FRAME_DIRTY | FRAME_WRITEBACK) && (m.backing.singleQueue?.writes ?? 0) > 0)) s.congested++;
  }
  if (!writeback) return 'go on';
  if (k.current.pf & PF.KSWAPD && reclaim && p.flags & PGDAT.WRITEBACK) s.immediate++;
  else { setFlag(m, pfn, PG.RECLAIM); s.writeback++; }
  return 'activate';
}
/** folio_check_references(). `clean only`: in use a while ago, by read(): given up only if that costs nothing. */
function checkReferences(k: Kernel, pfn: number, s: ReclaimStat): 'activate' | 'keep' | 'reclaim' | 'clean only' {
  const m = k.mm, ref = folioReferenced(k, pfn), marked = testClearFlag(m, pfn, PG.REFERENCED), file = isFile(m.word[pfn]);
  s.looked += ref.looked;
  if (ref.locked) return cull(k, pfn);
  if (ref.ptes > 0) {
    if (!file && m.era.reclaim.anonStartsActive) return 'activate'; // to 5.8 one use is enough for what swap backs
    setFlag(m, pfn, PG.REFERENCED);
    return marked || ref.ptes > 1 || (ref.exec && file) ? 'activate' : 'keep';
  }
  return marked && file ? 'clean only' : 'reclaim';
}
/** A page of a locked mapping that stood on an ordinary list goes to the unevictable one. */
function cull(k: Kernel, pfn: number): 'activate' {
  setPageWord(k, pfn, (k.mm.word[pfn] | FRAME_UNEVICTABLE) & ~FRAME_ACTIVE);
  k.mm.count('unevictable_pgs_culled');
  return 'activate';
}

/** try_to_unmap(): every pte that maps the page is gone afterwards; an anonymous one names the slot instead. */
const tryToUnmap = leaf('try_to_unmap', (k: Kernel, pfn: number, s: ReclaimStat): number => {
  const m = k.mm, slot = m.backing.slotOf.get(pfn), at = rmapWalk(k, pfn);
  for (const { mm, vpn } of at) {
    if (slot === undefined) { mm.pages[vpn] = UNMAPPED; mm.rss[RSS.file]--; } else {
      mm.pages[vpn] = swapEntry(slot);
      m.swap.used[slot]++;
      mm.rss[RSS.anon]--;
      mm.rss[RSS.swap]++;
      if (testFlag(m, pfn, PG.YOUNG)) setPageWord(k, pfn, m.word[pfn] | FRAME_DIRTY);
    }
    s.touched.add(mm.id);
  }
  m.sharers.delete(pfn);
  clearFlag(m, pfn, PG.YOUNG);
  return at.length;
});

/** A dirty page: of a file it is the flushers' business, unless kswapd has met it before and finds nothing else; an anonymous one is written. */
function* pageoutDirty(k: Kernel, p: Pgdat, pfn: number, sc: ScanControl, cleanOnly: boolean, s: ReclaimStat): Timed<Verdict> {
  const m = k.mm, file = isFile(m.word[pfn]);
  const again = k.current.pf & PF.KSWAPD && testFlag(m, pfn, PG.RECLAIM) && p.flags & PGDAT.DIRTY;
  if (file && !again) { // the flushers' business
    m.count('nr_vmscan_immediate_reclaim');
    setFlag(m, pfn, PG.RECLAIM);
    return 'activate';
  }
  const mayEnterFs = (sc.gfp & GFP.FS) !== 0 || (sc.gfp & GFP.IO) !== 0;
  if (cleanOnly || !mayEnterFs || !k.decide('may write pages (sc->may_writepage)', sc.mayWritepage, p.id)) return 'keep';
  if (file && !k.decide('the file system writes single pages (->writepage)', k.knob('reclaim.writepage') === 'all')) return 'activate';
  const written = file ? yield* writepage(k, pfn) : yield* swapWritepage(k, pfn);
  if (written === 'dirty') return 'keep';
  s.pageout++;
  return written === 'clean' ? 'go on' : 'keep';
}
/** __remove_mapping(): the page leaves its file or the swap cache; a shadow stays. */
function* removeMapping(k: Kernel, pfn: number): Timed<void> {
  const m = k.mm;
  if (inSwapCache(k, pfn)) { yield* deleteFromSwapCache(k, pfn, workingsetEviction(m, pfn)); return; }
  const file = fileOf(m, pfn);
  if (file === null) return;
  file.pages[m.vpn[pfn]] = workingsetEviction(m, pfn);
  file.nrPages--;
}

/** One page, locked. */
function* shrinkOne(k: Kernel, p: Pgdat, pfn: number, sc: ScanControl, s: ReclaimStat): Timed<Verdict> {
  const m = k.mm;
  if (testFlag(m, pfn, PG.ORPHAN)) return 'keep';
  if (m.word[pfn] & FRAME_UNEVICTABLE) return 'activate';
  if (m.gens !== null && testFlag(m, pfn, PG.REFERENCED) && rmapWalk(k, pfn).length > 0) return 'keep'; // folio_update_gen() met it while it was isolated
  if (examineWriteback(k, p, pfn, s) === 'activate') return 'activate';
  const references = checkReferences(k, pfn, s);
  if (references === 'activate' || references === 'keep') return references;
  const type = m.word[pfn] & FRAME_TYPE_MASK;
  if (type === FRAME.shmem) return 'activate'; // its swap entries would stand in the file: not modelled
  if (type === FRAME.anon) {
    if (!(sc.gfp & GFP.IO)) return 'keep';
    if (!(yield* addToSwap(k, pfn))) { k.decide('no slot in swap: keep the page active', true); return 'activate'; }
  }
  yield spend(ns(tryToUnmap(k, pfn, s) * m.costs.unmap_page));
  if (m.word[pfn] & FRAME_DIRTY) {
    const v = yield* pageoutDirty(k, p, pfn, sc, references === 'clean only', s);
    if (v !== 'go on') return v;
  }
  if (rmapWalk(k, pfn).length > 0 || m.word[pfn] & (FRAME_DIRTY | FRAME_WRITEBACK)) return 'keep'; // used again meanwhile
  yield* removeMapping(k, pfn);
  return 'free';
}
/** The activate_locked label: the page goes to the active list, or to the unevictable one. */
function* activate(k: Kernel, pfn: number): Timed<void> {
  const m = k.mm;
  if (inSwapCache(k, pfn) && swapFull(k)) yield* folioFreeSwap(k, pfn);
  if (m.word[pfn] & FRAME_UNEVICTABLE) return;
  folioSetActive(k, pfn);
  m.count('pgactivate');
}

/** shrink_folio_list(): pages that are on no list; frees what can be freed. */
export const shrinkFolioList = kfn('shrink_folio_list', function* (k: Kernel, p: Pgdat, pages: readonly number[], sc: ScanControl): Timed<ReclaimStat> {
  const m = k.mm, free: number[] = [], s: ReclaimStat = { dirty: 0, unqueuedDirty: 0, congested: 0, writeback: 0, immediate: 0, pageout: 0, reclaimed: 0, looked: 0, kept: [], touched: new Set() };
  for (const pfn of pages) {
    if (needResched(k)) yield* condResched(k); // before each page, while it is not locked yet
    if (testFlag(m, pfn, PG.LOCKED)) { s.kept.push(pfn); continue; }
    setFlag(m, pfn, PG.LOCKED);
    sc.nrScanned++;
    const v = yield* shrinkOne(k, p, pfn, sc, s);
    if (v === 'activate') yield* activate(k, pfn);
    folioUnlock(k, pfn);
    if (v === 'free') free.push(pfn); else s.kept.push(pfn);
  }
  s.reclaimed = free.length;
  yield spend(ns(pages.length * m.costs.shrink_page + s.looked * m.costs.walk_pte));
  for (const id of s.touched) syncRss(k, id);
  yield* freeUnrefPageList(k, free);
  return s;
});
