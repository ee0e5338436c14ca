/** mm/filemap.c folio_wait_bit(), folio_unlock(), v6.1: waiting for the lock or the writeback of a page, in hashed queues. */
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { KILLABLE, UNINTERRUPTIBLE } from '../sched/task.ts';
import { waitEvent, WaitQueue, wakeUpAll } from '../sched/wait.ts';
import { FRAME_WRITEBACK } from './constants.ts';
import { clearFlag, PG, testFlag } from './page_flags.ts';
import { psiMemstallEnter, psiMemstallLeave } from './psi.ts';
import { blkFlushPlugList } from '../block/plug.ts';

const QUEUES = 256; // PAGE_WAIT_TABLE_SIZE
const queueOf = (k: Kernel, pfn: number): WaitQueue => (k.mm.backing.pageWait[pfn % QUEUES] ??= new WaitQueue(k));

/** folio_wait_locked(): until the page is unlocked (its read has ended, say). A page of the working set makes it a memory stall. */
export const folioWaitLocked = kfn('folio_wait_locked', function* (k: Kernel, pfn: number, killable = false): Timed<boolean> {
  const m = k.mm, thrashing = testFlag(m, pfn, PG.WORKINGSET), plug = m.backing.plugs.get(k.current.id), me = k.current;
  if (plug !== undefined) yield* blkFlushPlugList(k, plug);
  if (thrashing) psiMemstallEnter(k);
  const how = yield* waitEvent(k, queueOf(k, pfn), () => !testFlag(m, pfn, PG.LOCKED), killable ? KILLABLE : UNINTERRUPTIBLE);
  if (thrashing) psiMemstallLeave(k, me);
  return how === 'event';
});
/** folio_wait_writeback(). */
export const folioWaitWriteback = kfn('folio_wait_writeback', function* (k: Kernel, pfn: number): Timed<void> {
  yield* waitEvent(k, queueOf(k, pfn), () => (k.mm.word[pfn] & FRAME_WRITEBACK) === 0);
});
/** Those who wait for a bit of this page look again. */
export function folioWake(k: Kernel, pfn: number): void {
  const wq = k.mm.backing.pageWait[pfn % QUEUES];
  if (wq !== undefined && wq.active) wakeUpAll(k, wq);
}
/** folio_unlock(). */
export function folioUnlock(k: Kernel, pfn: number): void {
  clearFlag(k.mm, pfn, PG.LOCKED);
  folioWake(k, pfn);
}
