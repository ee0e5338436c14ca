/** mm/page_io.c, v6.1: swap_writepage(), swap_readpage(). To a disk a page is under writeback until its interrupt; zram answers at once. */
import type { Timed } from '../../sim/kfn.ts';
import { submitBio } from '../block/plug.ts';
import { diskOf } from '../block/disk.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { must } from '../../base/units.ts';
import { FRAME, FRAME_DIRTY, FRAME_TYPE_MASK } from './constants.ts';
import { folioEndWriteback, folioStartWriteback } from './end_writeback.ts';
import { setPageWord } from './lru.ts';
import { ownerOf } from './mmzone.ts';
import { clearFlag, PG, setFlag, testFlag } from './page_flags.ts';
import { psiMemstallEnter, psiMemstallLeave } from './psi.ts';
import { folioUnlock } from './page_wait.ts';
import { folioFreeSwap } from './swap_cache.ts';
import { zramBvecRead, zramBvecWrite } from './zram.ts';

/** Random words of the pages of an address space, as its workload said; 1 where it said nothing. */
export const fillOf = (k: Kernel, mmId: number): number => k.mm.backing.fill.get(mmId) ?? 1;

/** What became of a page that pageout() wanted written. */
export type Written = 'clean' | 'writeback' | 'dirty';

/** pageout() with swap_writepage(): the page is locked and stays so. `clean`: it may be freed now; `dirty`: it could not be written. */
export const swapWritepage = kfn('swap_writepage', function* (k: Kernel, pfn: number): Timed<Written> {
  const m = k.mm, b = m.backing;
  if (k.decide('nobody refers to the swap slot any more: nothing to write', yield* folioFreeSwap(k, pfn))) return 'clean';
  const slot = must(b.slotOf.get(pfn), 'a page of the swap cache has a slot');
  setPageWord(k, pfn, m.word[pfn] & ~FRAME_DIRTY);
  setFlag(m, pfn, PG.RECLAIM);
  m.count('nr_vmscan_write');
  m.count('pswpout');
  k.mark('mm_vmscan_write_folio', pfn);
  if (b.zram !== null) {
    const ok = yield* zramBvecWrite(k, b.zram, slot, fillOf(k, ownerOf(m, pfn)));
    clearFlag(m, pfn, PG.RECLAIM);
    if (ok) { m.count('nr_written'); return 'clean'; }
    k.printk(1, `Write-error on swap-device (254:0:${slot * 8})`);
    setPageWord(k, pfn, m.word[pfn] | FRAME_DIRTY);
    return 'dirty';
  }
  folioStartWriteback(k, pfn);
  yield* submitBio(k, diskOf(k), { write: true, sector: slot, pages: 1, end: (k) => folioEndWriteback(k, pfn) });
  return 'writeback';
});
/** swap_readpage(): fills a locked page from its slot. A disk unlocks it when the page has come; zram has done it on return. */
export const swapReadpage = kfn('swap_readpage', function* (k: Kernel, pfn: number, slot: number): Timed<void> {
  const m = k.mm, b = m.backing, thrashing = testFlag(m, pfn, PG.WORKINGSET), me = k.current;
  m.count('pswpin');
  if (thrashing) psiMemstallEnter(k);
  if (b.zram !== null) {
    yield* zramBvecRead(k, b.zram.words[slot] ?? 0);
    folioUnlock(k, pfn);
  } else yield* submitBio(k, diskOf(k), { write: false, sector: slot, pages: 1, end: (k) => folioUnlock(k, pfn) });
  if (thrashing) psiMemstallLeave(k, me);
});
/** Is the page one of the swap cache? */
export const inSwapCache = (k: Kernel, pfn: number): boolean => (k.mm.word[pfn] & FRAME_TYPE_MASK) === FRAME.swapcache;
