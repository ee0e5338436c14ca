/**
 * mm/page-writeback.c, mm/backing-dev.c, v6.1: how fast the disk has written lately, and how fast a task may dirty pages. Rates in pages/s, times in
 * jiffies. To v5.14 the kernel estimated in balance_dirty_pages() and the flusher only; here all profiles do as 6.1.
 */
import { jiffies, ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { queueDelayedWork, Work, type Workqueue } from '../workqueue.ts';
import type { Writeback } from './backing.ts';
import { type DirtyLimits, freerunCeiling, hardDirtyLimit, RATIO_ONE, updateDirtyLimit } from './dirty_limits.ts';

const INIT_BW = 25_600; // 100 MiB/s
/** BANDWIDTH_INTERVAL: 200 ms. */
const interval = (k: Kernel): number => Math.max(1, Math.floor(k.hz / 5));
const powerOfTwo = (n: number): number => 1 << (32 - Math.clz32(n - 1));

const wbUpdateBandwidthWorkfn = kfn('wb_update_bandwidth_workfn', function* (k: Kernel): Timed<void> {
  const { wb } = k.mm.backing;
  yield spend(ns(0)); // a few divisions
  if (wb !== null) wbUpdateBandwidth(k, wb);
});
/** wb_init(): 100 MiB/s until it is known better. */
export const newWriteback = (k: Kernel, queue: Workqueue, work: Work): Writeback => ({
  queue, work, bandwidthWork: new Work(k, (k) => wbUpdateBandwidthWorkfn(k)), startAll: false, dirtyExceeded: false, writing: 0, written: 0, writingFiles: 0, writeBandwidth: INIT_BW, avgBandwidth: INIT_BW,
  dirtyRatelimit: INIT_BW, balancedRatelimit: INIT_BW, bandwidthStamp: k.jiffies, writtenStamp: 0, dirtiedStamp: 0,
});
/** wb_inode_writeback_start(), wb_inode_writeback_end(): a file has its first page on the way, or its last one has arrived. */
export function wbInodeWritebackEnd(k: Kernel, wb: Writeback): void {
  wb.writingFiles--;
  queueDelayedWork(k, wb.queue, wb.bandwidthWork, jiffies(interval(k)));
}
/** The last estimate is more than 200 ms old. */
export const bandwidthIsOld = (k: Kernel, wb: Writeback): boolean => wb.bandwidthStamp + interval(k) < k.jiffies;

/** wb_bandwidth_estimate_start(): a disk that had nothing to do for a second is measured from now on. */
export function wbBandwidthEstimateStart(k: Kernel, wb: Writeback): void {
  if (k.jiffies - wb.bandwidthStamp <= k.hz || wb.writingFiles > 0) return;
  stamp(k, wb);
}
function stamp(k: Kernel, wb: Writeback): void {
  wb.dirtiedStamp = k.mm.backing.nrDirtied;
  wb.writtenStamp = wb.written;
  wb.bandwidthStamp = k.jiffies;
}
/** wb_update_bandwidth(): only the disk's own. */
export function wbUpdateBandwidth(k: Kernel, wb: Writeback): void {
  updateWriteBandwidth(k, wb, Math.max(1, k.jiffies - wb.bandwidthStamp));
  stamp(k, wb);
}
/** __wb_update_bandwidth() as balance_dirty_pages() asks for it: limit and rate, then the disk's bandwidth. `ratio` is the position ratio. */
export function wbUpdateRatelimit(k: Kernel, wb: Writeback, l: DirtyLimits, ratio: number): void {
  const { domain } = k.mm.backing, elapsed = Math.max(1, k.jiffies - wb.bandwidthStamp);
  if (k.jiffies >= domain.limitStamp + interval(k)) { updateDirtyLimit(domain, l); domain.limitStamp = k.jiffies; }
  updateDirtyRatelimit(k, wb, l, ratio, elapsed);
  updateWriteBandwidth(k, wb, elapsed);
  stamp(k, wb);
}
/** wb_update_write_bandwidth(): over some three seconds; the average follows only what two estimates agree on. */
function updateWriteBandwidth(k: Kernel, wb: Writeback, elapsed: number): void {
  const period = powerOfTwo(3 * k.hz), old = wb.writeBandwidth, written = (wb.written - Math.min(wb.written, wb.writtenStamp)) * k.hz;
  let avg = wb.avgBandwidth;
  if (elapsed > period) { wb.writeBandwidth = Math.floor(written / elapsed); avg = wb.writeBandwidth; } else {
    wb.writeBandwidth = Math.floor((written + old * (period - elapsed)) / period);
    if (avg > old && old >= wb.writeBandwidth) avg -= Math.floor((avg - old) / 8);
    if (avg < old && old <= wb.writeBandwidth) avg += Math.floor((old - avg) / 8);
  }
  wb.avgBandwidth = Math.max(1, avg);
}
/** wb_update_dirty_ratelimit(): the rate at which dirtying and writing would balance, approached in steps that the position must ask for too. */
function updateDirtyRatelimit(k: Kernel, wb: Writeback, l: DirtyLimits, ratio: number, elapsed: number): void {
  const dirtied = Math.floor(((k.mm.backing.nrDirtied - wb.dirtiedStamp) * k.hz) / elapsed), setpoint = Math.floor((freerunCeiling(l) + hardDirtyLimit(k.mm.backing.domain, l)) / 2);
  const rate = wb.dirtyRatelimit, task = Math.floor((rate * ratio) / RATIO_ONE) + 1, balanced = Math.min(wb.avgBandwidth, Math.floor((task * wb.avgBandwidth) / (dirtied % 2 === 0 ? dirtied + 1 : dirtied)));
  let step = l.dirty < setpoint ? Math.max(0, Math.min(wb.balancedRatelimit, balanced, task) - rate) : Math.max(0, rate - Math.max(wb.balancedRatelimit, balanced, task));
  const shift = Math.floor(rate / (2 * step + 1)); // smaller steps close to the goal
  step = shift < 32 ? Math.ceil((step >>> shift) / 8) : 0;
  wb.dirtyRatelimit = Math.max(1, rate < balanced ? rate + step : rate - step);
  wb.balancedRatelimit = balanced;
}
/** wb_max_pause(): not so long that the disk runs out of pages; at most 200 ms. */
export function wbMaxPause(k: Kernel, wb: Writeback, wbDirty: number): number {
  const perSlot = Math.floor(wb.avgBandwidth / powerOfTwo(1 + Math.floor(k.hz / 8)));
  return Math.min(Math.floor(wbDirty / (1 + perSlot)) + 1, interval(k));
}
const DIRTY_POLL_THRESH = 32; // pages: 128 KiB
/** wb_min_pause(): the shortest pause worth making, and the pages until the next look that make it about as long as wanted. */
export function wbMinPause(k: Kernel, wb: Writeback, maxPause: number, taskRate: number): { readonly min: number; readonly pages: number } {
  const { hz } = k, rate = wb.dirtyRatelimit, log2 = (n: number): number => 31 - Math.clz32(Math.max(1, n)), perSecond = powerOfTwo(hz), high = log2(wb.avgBandwidth), low = log2(rate);
  let t = Math.min(Math.max(1, Math.floor(hz / 100)) + (high > low ? Math.floor(((high - low) * 10 * hz) / 1024) : 0), 1 + Math.floor(maxPause / 2)), pages = Math.floor((rate * t) / perSecond);
  if (pages < DIRTY_POLL_THRESH) {
    t = maxPause;
    pages = Math.floor((rate * t) / perSecond);
    if (pages > DIRTY_POLL_THRESH) { pages = DIRTY_POLL_THRESH; t = Math.floor((hz * DIRTY_POLL_THRESH) / rate); }
  }
  if (Math.floor((hz * pages) / (taskRate + 1)) > maxPause) { t = maxPause; pages = Math.floor((taskRate * t) / perSecond); }
  return { min: pages >= DIRTY_POLL_THRESH ? 1 + Math.floor(t / 2) : t, pages };
}
