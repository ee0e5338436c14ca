/** mm/readahead.c, v6.1: ondemand_readahead(). A window that grows while a file is read in order; a marked page in it starts the next. */
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { submitBio, blkFinishPlug, blkStartPlug } from '../block/plug.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import type { Readahead } from './backing.ts';
import { FRAME, GFP, GFP_HIGHUSER_MOVABLE, GFP_RECLAIM_MASK } from './constants.ts';
import type { Era } from './era.ts';
import { filemapAddFolio } from './filemap.ts';
import type { MappedFile } from './files.ts';
import { freeUnrefPageList } from './free_list.ts';
import { memCgroupCharge } from './memcontrol.ts';
import { allocPages } from './page_alloc.ts';
import { PG, setFlag } from './page_flags.ts';
import { folioUnlock } from './page_wait.ts';
import { xaNodeFor } from './xa_nodes.ts';

/** read_ahead_kb = 128. Pages. */
export const RA_PAGES = 32;
const READAHEAD_GFP = GFP_HIGHUSER_MOVABLE | GFP.NORETRY | GFP.NOWARN;
/** readahead_gfp_mask(), inside memalloc_nofs_save() where the version has it. */
export const readaheadGfp = (era: Pick<Era, 'readaheadNofs'>): number => (era.readaheadNofs ? READAHEAD_GFP & ~GFP.FS : READAHEAD_GFP);

/** get_init_ra_size(): the first window for a read of `size` pages. */
export function initialWindow(size: number, max: number): number {
  let n = 1;
  while (n < size) n *= 2;
  if (n <= max / 32) return n * 4;
  return n <= max / 4 ? n * 2 : max;
}
/** get_next_ra_size(). */
export const nextWindow = (size: number, max: number): number => (size < max / 16 ? size * 4 : size <= max / 2 ? size * 2 : max);

/** read_pages(): one bio for pages that follow each other in the file; they are unlocked when they have come. */
export const readPages = kfn('read_pages', function* (k: Kernel, file: MappedFile, index: number, frames: readonly number[]): Timed<void> {
  if (frames.length === 0) return;
  yield* submitBio(k, file.device, { write: false, sector: file.firstSector + index, pages: frames.length, end: (k) => { for (const pfn of frames) folioUnlock(k, pfn); } });
});
/** page_cache_ra_unbounded(): pages `start .. start + size - 1` that are not in memory. Stops where memory cannot be had without effort. */
export const pageCacheRaUnbounded = kfn('page_cache_ra_unbounded', function* (k: Kernel, file: MappedFile, start: number, size: number, lookahead: number): Timed<void> {
  const m = k.mm, end = Math.min(start + size, file.pages.length), gfp = readaheadGfp(m.era);
  let run: number[] = [], first = start;
  blkStartPlug(k);
  for (let i = start; i < end; i++) {
    let pfn = -1;
    if (file.pages[i] < 0) {
      pfn = yield* allocPages(k, gfp, 0, FRAME.file);
      if (pfn < 0) break;
      if (m.memcgs !== null && !(yield* memCgroupCharge(k, pfn, undefined, gfp))) { yield* freeUnrefPageList(k, [pfn]); break; }
      yield spend(ns(m.costs.add_page));
      if (!(yield* xaNodeFor(k, file.nodes, i, gfp & GFP_RECLAIM_MASK)) || !filemapAddFolio(k, file, i, pfn, false)) { yield* freeUnrefPageList(k, [pfn]); pfn = -1; }
    }
    if (pfn < 0) {
      yield* readPages(k, file, first, run);
      run = [];
      first = i + 1;
      continue;
    }
    if (i === start + size - lookahead) setFlag(m, pfn, PG.READAHEAD);
    run.push(pfn);
  }
  yield* readPages(k, file, first, run);
  yield* blkFinishPlug(k);
});
function* submitWindow(k: Kernel, file: MappedFile, ra: Readahead): Timed<void> { yield* pageCacheRaUnbounded(k, file, ra.start, ra.size, ra.asyncSize); }

/** The marker would stand on the very page that is wanted: the next window is taken with this one, as far as the limit allows. */
function joinNextWindow(ra: Readahead): void {
  const add = nextWindow(ra.size, RA_PAGES);
  if (ra.size + add <= RA_PAGES) { ra.asyncSize = add; ra.size += add; } else { ra.size = RA_PAGES; ra.asyncSize = RA_PAGES / 2; }
}
/** page_cache_sync_ra(): a miss at `index`, of a read of `wanted` pages. */
export const pageCacheSyncRa = kfn('page_cache_sync_ra', function* (k: Kernel, file: MappedFile, ra: Readahead, index: number, wanted: number): Timed<void> {
  const next = ra.size > 0 && index === ra.start + ra.size, sequential = next || index === 0 || index === ra.previous + 1 || index === ra.previous;
  if (!k.decide('the file is read in order: read ahead', sequential || wanted > RA_PAGES, index)) {
    yield* pageCacheRaUnbounded(k, file, index, Math.min(wanted, RA_PAGES), 0);
    return;
  }
  ra.start = index;
  ra.size = next ? nextWindow(ra.size, RA_PAGES) : initialWindow(Math.max(1, wanted), RA_PAGES);
  ra.asyncSize = next || ra.size <= wanted ? ra.size : ra.size - wanted;
  if (ra.size === ra.asyncSize) joinNextWindow(ra);
  yield* submitWindow(k, file, ra);
});
/** page_cache_async_ra(): the reader has come to the marked page. While reads of the device are congested it does without (inode_read_congested(), to 5.17). */
export const pageCacheAsyncRa = kfn('page_cache_async_ra', function* (k: Kernel, file: MappedFile, ra: Readahead, index: number, wanted: number): Timed<void> {
  if ((k.mm.backing.singleQueue?.reads ?? 0) > 0) return;
  if (index === ra.start + ra.size - ra.asyncSize) {
    ra.start += ra.size;
    ra.size = nextWindow(ra.size, RA_PAGES);
  } else { // a marker of somebody else's window: start behind what is there
    let start = index + 1;
    while (start < file.pages.length && start < index + RA_PAGES && file.pages[start] >= 0) start++;
    ra.start = start;
    ra.size = nextWindow(start - index + wanted, RA_PAGES);
  }
  ra.asyncSize = ra.size;
  yield* submitWindow(k, file, ra);
});
