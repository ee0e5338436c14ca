/**
 * mm/filemap.c, v6.1: the page cache. Finding, adding and reading pages of a file; the second use of a page makes it active.
 * Left out: large folios, direct I/O, errors, holes; the file's blocks lie on the disk in one piece.
 */
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { diskOf } from '../block/disk.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { leaf } from '../leaf.ts';
import { condResched, fatalSignalPending } from '../sched/core.ts';
import { newReadahead, type Readahead } from './backing.ts';
import { FRAME, FRAME_ACTIVE, FRAME_UNEVICTABLE, GFP_HIGHUSER_MOVABLE, GFP_RECLAIM_MASK } from './constants.ts';
import { fileOwner, MappedFile } from './files.ts';
import { freeUnrefPageList } from './free_list.ts';
import { folioAddLru, lruAdd, lruDel, setPageWord } from './lru.ts';
import { folioIncRefs } from './lru_gen.ts';
import { memCgroupCharge } from './memcontrol.ts';
import { setOwner } from './mmzone.ts';
import { allocPages } from './page_alloc.ts';
import { clearFlag, PG, setFlag, testClearFlag, testFlag } from './page_flags.ts';
import { folioWaitLocked } from './page_wait.ts';
import { pageCacheAsyncRa, pageCacheSyncRa, readPages } from './readahead.ts';
import { ageNonresident, isShadow, workingsetRefault } from './workingset.ts';
import { xaNodeFor } from './xa_nodes.ts';

/** Each file has 16 GiB of the disk to grow in. */
const FILE_ROOM = 1 << 22;
/** A file of `pages` pages on the machine's disk, none of them in memory. */
export function createFile(k: Kernel, name: string, pages: number): MappedFile {
  const b = k.mm.backing, file = new MappedFile(b.files.length, name, diskOf(k), b.swapPages + b.files.length * FILE_ROOM, pages);
  b.files.push(file);
  return file;
}
/** The file of this name, made if there is none; longer if it must be. */
export function openFile(k: Kernel, name: string, pages: number): MappedFile {
  const found = k.mm.backing.files.find((f) => f.name === name);
  if (found === undefined) return createFile(k, name, pages);
  if (found.pages.length < pages) {
    const longer = new Int32Array(pages).fill(-1);
    longer.set(found.pages);
    found.pages = longer;
  }
  return found;
}
/** An open file: the file and how far it has been read ahead. */
export interface OpenFile { readonly file: MappedFile; readonly ra: Readahead }
export const open = (k: Kernel, name: string, pages: number): OpenFile => ({ file: openFile(k, name, pages), ra: newReadahead() });

/** filemap_add_folio(): a locked page enters the cache and an LRU list. false: another one was faster. */
export const filemapAddFolio = leaf('filemap_add_folio', (k: Kernel, file: MappedFile, index: number, pfn: number, forWrite: boolean): boolean => {
  const m = k.mm, old = file.pages[index];
  if (old >= 0) return false;
  file.pages[index] = pfn;
  file.nrPages++;
  setOwner(m, pfn, fileOwner(file));
  m.vpn[pfn] = index;
  setFlag(m, pfn, PG.LOCKED);
  if (isShadow(old) && !forWrite) workingsetRefault(k, pfn, old);
  folioAddLru(k, pfn);
  return true;
});
/** filemap_add_new() found a page that another task has just added: look again. */
export const EEXIST = -17;
/** filemap_alloc_folio() and filemap_add_folio(): a new page at `index`, locked by the caller; EEXIST: another was faster; -1: no memory. */
export const filemapAddNew = kfn('filemap_add_new', function* (k: Kernel, file: MappedFile, index: number, gfp: number, forWrite: boolean): Timed<number> {
  const pfn = yield* allocPages(k, gfp, 0, FRAME.file);
  if (pfn < 0) return -1;
  if (k.mm.memcgs !== null && !(yield* memCgroupCharge(k, pfn, undefined, gfp))) { yield* freeUnrefPageList(k, [pfn]); return -1; }
  const noNode = !(yield* xaNodeFor(k, file.nodes, index, gfp & GFP_RECLAIM_MASK));
  if (!noNode && filemapAddFolio(k, file, index, pfn, forWrite)) return pfn;
  yield* freeUnrefPageList(k, [pfn]);
  return noNode ? -1 : EEXIST;
});

/** folio_mark_accessed(): inactive and not referenced -> referenced -> active. */
export const folioMarkAccessed = leaf('folio_mark_accessed', (k: Kernel, pfn: number): void => {
  const m = k.mm, word = m.word[pfn];
  if (m.gens !== null) { folioIncRefs(k, pfn); return; }
  if (!testFlag(m, pfn, PG.REFERENCED)) { setFlag(m, pfn, PG.REFERENCED); return; }
  if (word & (FRAME_UNEVICTABLE | FRAME_ACTIVE)) return;
  clearFlag(m, pfn, PG.REFERENCED);
  const listed = !testFlag(m, pfn, PG.ISOLATED);
  if (listed) lruDel(k, pfn);
  setPageWord(k, pfn, word | FRAME_ACTIVE);
  if (listed) lruAdd(k, pfn);
  m.count('pgactivate');
  ageNonresident(m, m.nodes[m.pageZone(pfn).node], 1);
});

/** filemap_create_folio(): a miss that readahead did not serve; this one may reclaim as much as it takes. */
const filemapCreateFolio = kfn('filemap_create_folio', function* (k: Kernel, file: MappedFile, index: number): Timed<number> {
  const pfn = yield* filemapAddNew(k, file, index, GFP_HIGHUSER_MOVABLE, false);
  if (pfn >= 0) yield* readPages(k, file, index, [pfn]);
  return pfn;
});
/** filemap_get_pages() for one page: read ahead, or read, or waited for, until it is in memory and up to date. -1: a fatal signal or no memory. */
export const filemapGetPages = kfn('filemap_get_pages', function* (k: Kernel, f: OpenFile, index: number, wanted: number): Timed<number> {
  const m = k.mm, { file, ra } = f;
  for (;;) {
    if (fatalSignalPending(k.current)) return -1;
    if (file.pages[index] < 0) yield* pageCacheSyncRa(k, file, ra, index, wanted);
    let pfn = file.pages[index];
    if (pfn < 0) pfn = yield* filemapCreateFolio(k, file, index);
    if (pfn === EEXIST) continue;
    if (pfn < 0) return -1;
    if (file.pages[index] === pfn && testClearFlag(m, pfn, PG.READAHEAD)) yield* pageCacheAsyncRa(k, file, ra, index, wanted);
    if (testFlag(m, pfn, PG.LOCKED) && !(yield* folioWaitLocked(k, pfn, true))) return -1;
    if (file.pages[index] === pfn) return pfn;
  }
});
/** filemap_read(): `count` pages from `index` on, copied to the reader. Returns those read; fewer = a fatal signal, or the end of the file. */
export const filemapRead = kfn('filemap_read', function* (k: Kernel, f: OpenFile, index: number, count: number): Timed<number> {
  const end = Math.min(index + count, f.file.pages.length);
  for (let i = index; i < end; i++) {
    const pfn = yield* filemapGetPages(k, f, i, end - i);
    if (pfn < 0) return i - index;
    if (i !== f.ra.previous) folioMarkAccessed(k, pfn);
    f.ra.previous = i;
    yield spend(ns(k.mm.costs.copy_page));
    yield* condResched(k);
  }
  return Math.max(0, end - index);
});
