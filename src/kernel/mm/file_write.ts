/** mm/filemap.c generic_perform_write(), mm/truncate.c, v6.1: writing whole pages into the page cache; cutting a file to nothing. */
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { condResched, fatalSignalPending } from '../sched/core.ts';
import { FRAME_DIRTY, FRAME_WRITEBACK, GFP, GFP_HIGHUSER_MOVABLE } from './constants.ts';
import { EEXIST, filemapAddNew, type OpenFile } from './filemap.ts';
import { ABSENT, type MappedFile } from './files.ts';
import { freeUnrefPageList } from './free_list.ts';
import { flusherOf } from './fs_writeback.ts';
import { lruDel } from './lru.ts';
import { UNMAPPED } from './mm_types.ts';
import { setOwner } from './mmzone.ts';
import { letGo, PG, testFlag } from './page_flags.ts';
import { balanceDirtyPagesRatelimited, folioClearDirty, folioMarkDirty } from './page_writeback.ts';
import { folioUnlock, folioWaitLocked, folioWaitWriteback } from './page_wait.ts';
import { rmapWalk } from './rmap.ts';
import { RSS } from './rss.ts';
import { xaNodeLeft } from './xa_nodes.ts';

/** write_begin(): the page, locked. -1: no memory. */
const writeBegin = kfn('write_begin', function* (k: Kernel, file: MappedFile, index: number): Timed<number> {
  for (;;) {
    const pfn = file.pages[index];
    if (pfn < 0) {
      const made = yield* filemapAddNew(k, file, index, GFP_HIGHUSER_MOVABLE | GFP.WRITE, true);
      if (made === EEXIST) continue;
      if (made >= 0) yield spend(ns(k.mm.costs.reserve_block));
      return made;
    }
    if (testFlag(k.mm, pfn, PG.LOCKED)) yield* folioWaitLocked(k, pfn);
    if (file.pages[index] !== pfn || testFlag(k.mm, pfn, PG.LOCKED)) continue;
    k.mm.pageFlags[pfn] |= PG.LOCKED;
    return pfn;
  }
});
/** generic_perform_write(): `count` whole pages from `index` on. Returns those written; fewer = a fatal signal or no memory. */
export const genericPerformWrite = kfn('generic_perform_write', function* (k: Kernel, f: OpenFile, index: number, count: number): Timed<number> {
  flusherOf(k);
  for (let i = index; i < index + count; i++) {
    if (fatalSignalPending(k.current)) return i - index;
    const pfn = yield* writeBegin(k, f.file, i);
    if (pfn < 0) return i - index;
    const { costs } = k.mm;
    yield spend(ns(costs.copy_page + costs.write_page + (k.mm.word[pfn] & FRAME_DIRTY ? 0 : costs.dirty_page)));
    folioMarkDirty(k, pfn);
    folioUnlock(k, pfn);
    yield* condResched(k);
    yield* balanceDirtyPagesRatelimited(k);
  }
  return count;
});

/** truncate_inode_pages(): no page of the file stays. */
export const truncateInodePages = kfn('truncate_inode_pages', function* (k: Kernel, file: MappedFile): Timed<void> {
  const m = k.mm;
  for (let i = 0; i < file.pages.length; i++) {
    const pfn = file.pages[i];
    if (pfn < 0) { file.pages[i] = ABSENT; xaNodeLeft(k, file.nodes, file.pages, i); continue; }
    if (testFlag(m, pfn, PG.LOCKED)) yield* folioWaitLocked(k, pfn);
    if (m.word[pfn] & FRAME_WRITEBACK) yield* folioWaitWriteback(k, pfn);
    if (file.pages[i] !== pfn || testFlag(m, pfn, PG.LOCKED)) { i--; continue; }
    for (const { mm, vpn } of rmapWalk(k, pfn)) { mm.pages[vpn] = UNMAPPED; mm.rss[RSS.file]--; } // unmap_mapping_folio()
    if (m.word[pfn] & FRAME_DIRTY) folioClearDirty(k, pfn);
    file.pages[i] = ABSENT;
    file.nrPages--;
    xaNodeLeft(k, file.nodes, file.pages, i);
    setOwner(m, pfn, -1);
    const mine = letGo(m, pfn); // before any time passes: a reclaimer might take it for a page of a file that the run does not know
    if (mine) lruDel(k, pfn);
    yield spend(ns(m.costs.cache_page));
    if (mine) yield* freeUnrefPageList(k, [pfn]);
  }
});
