/** mm/filemap.c folio_end_writeback(), mm/page-writeback.c __folio_start_writeback(), mm/swap.c folio_rotate_reclaimable(), v6.1. */
import { assert } from '../../base/units.ts';
import type { Kernel } from '../kernel.ts';
import { wakeUpAll } from '../sched/wait.ts';
import { FRAME_ACTIVE, FRAME_DIRTY, FRAME_UNEVICTABLE, FRAME_WRITEBACK, SWAP_CLUSTER_MAX } from './constants.ts';
import { fileOf } from './files.ts';
import { lruAdd, lruDel, lruOf, setPageWord } from './lru.ts';
import { GEN_ACTIVE } from './lru_gen_types.ts';
import { folioWake } from './page_wait.ts';
import { PG, testClearFlag, testFlag } from './page_flags.ts';
import { THROTTLE } from './throttle.ts';
import { wbInodeWritebackEnd } from './wb_bandwidth.ts';

/** folio_start_writeback(): the page is on its way to the device. */
export function folioStartWriteback(k: Kernel, pfn: number): void {
  const m = k.mm;
  assert((m.word[pfn] & FRAME_WRITEBACK) === 0, 'a page is sent to the device while it is on its way there');
  setPageWord(k, pfn, m.word[pfn] | FRAME_WRITEBACK);
  m.backing.nrWriteback++;
  m.pageZone(pfn).writePending++;
  const file = fileOf(m, pfn), { wb } = m.backing;
  if (file === null || wb === null) return;
  wb.writing++;
  if (file.writing++ === 0) wb.writingFiles++;
}
/** folio_rotate_reclaimable(), lru_move_tail_fn(): a page that reclaim has met goes to the tail of the inactive list, to be taken next, also where reclaim had moved it out of the way, to the active one (since 4.11). */
function rotate(k: Kernel, pfn: number): void {
  const m = k.mm, word = m.word[pfn];
  if (testFlag(m, pfn, PG.ISOLATED) || testFlag(m, pfn, PG.LOCKED) || word & (FRAME_DIRTY | FRAME_UNEVICTABLE) || lruOf(word) < 0) return;
  lruDel(k, pfn);
  if (m.gens !== null) m.gens[pfn] &= ~GEN_ACTIVE; else setPageWord(k, pfn, word & ~FRAME_ACTIVE); // folio_clear_active()
  lruAdd(k, pfn, true);
  m.count('pgrotated');
}
/** acct_reclaim_writeback(): who waits for writeback in reclaim goes on after 32 pages a waiter. */
function acctReclaimWriteback(k: Kernel, pfn: number): void {
  const m = k.mm, node = m.pageZone(pfn).node, wait = m.sync.reclaimWait[node][THROTTLE.WRITEBACK], written = m.backing.throttledWritten;
  if (!wait.active) { written[node] = 0; return; }
  written[node] = (written[node] ?? 0) + 1;
  if (written[node] > SWAP_CLUSTER_MAX * wait.entries.length) wakeUpAll(k, wait);
}
/** folio_end_writeback(): called when the device is done, in the block softirq. */
export function folioEndWriteback(k: Kernel, pfn: number): void {
  const m = k.mm;
  assert((m.word[pfn] & FRAME_WRITEBACK) !== 0, 'the writeback of a page ends that had none');
  setPageWord(k, pfn, m.word[pfn] & ~FRAME_WRITEBACK);
  m.backing.nrWriteback--;
  m.pageZone(pfn).writePending--;
  m.count('nr_written');
  const file = fileOf(m, pfn), { wb } = m.backing;
  if (file !== null && wb !== null) {
    wb.writing--;
    wb.written++;
    if (--file.writing === 0) wbInodeWritebackEnd(k, wb);
  }
  if (testClearFlag(m, pfn, PG.RECLAIM)) rotate(k, pfn);
  acctReclaimWriteback(k, pfn);
  folioWake(k, pfn);
}
