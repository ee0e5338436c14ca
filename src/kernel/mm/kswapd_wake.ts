/** mm/vmscan.c wakeup_kswapd(), pgdat_balanced(); mm/page_alloc.c wake_all_kswapds(). v6.1; v6.12 for what is modelled. */
import type { Kernel } from '../kernel.ts';
import { leaf } from '../leaf.ts';
import { WAKE } from '../../sim/recorder.ts';
import { NORMAL } from '../sched/task.ts';
import { tryToWakeUp } from '../sched/core.ts';
import type { AllocContext } from './alloc_context.ts';
import { GFP, MAX_RECLAIM_RETRIES } from './constants.ts';
import { type Pgdat, WMARK, type Zone } from './mmzone.ts';
import { zoneWatermarkOk } from './watermark.ts';

/** pgdat_balanced(): some zone up to `highestZoneidx` passes HIGH for `order`. A node without managed pages is balanced. */
export const pgdatBalanced = leaf('pgdat_balanced', (k: Kernel, p: Pgdat, order: number, highestZoneidx: number): boolean => {
  let seen = false;
  for (const z of p.zones) {
    if (z.slot > highestZoneidx) continue;
    seen = true;
    if (zoneWatermarkOk(k, z, order, z.mark(WMARK.HIGH), highestZoneidx, 0)) return true;
  }
  return !seen;
});
/** pgdat_watermark_boosted(). */
const boosted = (p: Pgdat, highestZoneidx: number): boolean => p.zones.some((z) => z.slot <= highestZoneidx && z.boost > 0);

/** waitqueue_active(&pgdat->kswapd_wait). */
export const kswapdSleeps = (k: Kernel, p: Pgdat): boolean => k.tasks[p.kswapdTask] !== undefined && k.mm.sync.kswapdWait[p.id].entries.length > 0;
/** wake_up_interruptible(&pgdat->kswapd_wait). */
export function rouseKswapd(k: Kernel, p: Pgdat): void {
  const { entries } = k.mm.sync.kswapdWait[p.id], task = k.tasks[p.kswapdTask];
  if (tryToWakeUp(k, task, NORMAL, WAKE.event)) entries.splice(entries.findIndex((e) => e.task === task), 1);
}

/**
 * wakeup_kswapd(): tells kswapd what is needed, and wakes it if it sleeps and has a chance.
 * @param gfp  0 when a boosted watermark asks
 */
export const wakeupKswapd = leaf('wakeup_kswapd', (k: Kernel, z: Zone, gfp: number, order: number, highestZoneidx: number): void => {
  const p = k.mm.nodes[z.node];
  p.kswapdHighestZoneidx = Math.max(p.kswapdHighestZoneidx, highestZoneidx);
  p.kswapdOrder = Math.max(p.kswapdOrder, order);
  if (!kswapdSleeps(k, p)) return;
  const hopeless = p.kswapdFailures >= MAX_RECLAIM_RETRIES;
  if (hopeless || (pgdatBalanced(k, p, order, highestZoneidx) && !boosted(p, highestZoneidx))) {
    k.decide('kswapd has given up (16 failures), or the node is balanced: do not wake it', true, p.kswapdFailures);
    if (!(gfp & GFP.DIRECT_RECLAIM)) k.decide('wake kcompactd, which is not modelled', false);
    return;
  }
  k.mark('mm_vmscan_wakeup_kswapd', p.id, gfp === 0 ? 1 : 0);
  rouseKswapd(k, p);
});

/** wake_all_kswapds(): of every node that the zonelist visits, once. */
export function wakeAllKswapds(k: Kernel, ac: AllocContext): void {
  let last = -1;
  for (const z of ac.zonelist) {
    if (z.slot > ac.highestZoneidx || z.node === last) continue;
    wakeupKswapd(k, z, ac.gfp, ac.order, ac.highestZoneidx);
    last = z.node;
  }
}
