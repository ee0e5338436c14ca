/** fs/fs-writeback.c wakeup_flusher_threads(), wb_start_background_writeback(), v6.1: somebody asks the flusher to work. */
import { jiffies } from '../../base/units.ts';
import type { Kernel } from '../kernel.ts';
import { modDelayedWork } from '../workqueue.ts';

/** Everything that is dirty now is to be written (WB_REASON_VMSCAN). */
export function wakeupFlusherThreads(k: Kernel): void {
  const { wb, nrDirty } = k.mm.backing;
  if (wb === null || nrDirty === 0) return;
  wb.startAll = true;
  modDelayedWork(k, wb.queue, wb.work, jiffies(0));
}
/** The background threshold is exceeded. */
export function wbStartBackgroundWriteback(k: Kernel): void {
  const { wb } = k.mm.backing;
  if (wb !== null) modDelayedWork(k, wb.queue, wb.work, jiffies(0));
}
