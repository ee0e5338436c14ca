/**
 * mm/backing-dev.c, to 5.15: set_wb_congested(), congestion_wait(), wait_iff_congested(). What reclaim did before reclaim_throttle(): sleep a tenth of a second
 * or until a device takes requests again. Only a single-queue device says that it is congested (knob io.queue, 4.13 and 4.17; block/request_queue.ts). A
 * multi-queue one never does, so that the one always sleeps its full time and the other never (docs/model.md, guess 12).
 */
import { type Jiffies, jiffies } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { condResched } from '../sched/core.ts';
import { UNINTERRUPTIBLE } from '../sched/task.ts';
import { finishWait, prepareToWait, scheduleTimeout, scheduleTimeoutUninterruptible, WaitQueue, wakeUpAll } from '../sched/wait.ts';
import { type Pgdat, PGDAT } from './mmzone.ts';

export const BLK_RW_ASYNC = 0, BLK_RW_SYNC = 1;
export type Direction = typeof BLK_RW_ASYNC | typeof BLK_RW_SYNC;
/** Devices that are congested, and who waits until one is no longer: nr_wb_congested[], congestion_wqh[], by direction. */
export interface Congestion { readonly nr: [async: number, sync: number]; readonly wqh: readonly [async: WaitQueue, sync: WaitQueue] }

/** Has the machine a device that says when it is congested? */
export const singleQueue = (k: Kernel): boolean => (k.knobs['io.queue'] ?? 'multi-queue') !== 'multi-queue';
const congestionOf = (k: Kernel): Congestion => (k.mm.backing.congestion ??= { nr: [0, 0], wqh: [new WaitQueue(k), new WaitQueue(k)] });
/** set_wb_congested(): so many requests are taken that reclaim is to leave the device alone. */
export function setWbCongested(k: Kernel, direction: Direction, requests: number): void {
  congestionOf(k).nr[direction]++;
  k.mark('set_wb_congested', direction, requests);
}
/** clear_wb_congested(): everybody who waits for this direction goes on. */
export function clearWbCongested(k: Kernel, direction: Direction, requests: number): void {
  const { nr, wqh } = congestionOf(k);
  nr[direction]--;
  k.mark('clear_wb_congested', direction, requests);
  if (wqh[direction].active) wakeUpAll(k, wqh[direction]);
}
/** bdi_rw_congested(), for a machine with one disk. */
const wbCongested = (k: Kernel, direction: Direction): boolean => (k.mm.backing.congestion?.nr[direction] ?? 0) > 0;
export const inodeWriteCongested = (k: Kernel): boolean => wbCongested(k, BLK_RW_ASYNC);
export const inodeReadCongested = (k: Kernel): boolean => wbCongested(k, BLK_RW_SYNC);

const timeout = (k: Kernel): Jiffies => jiffies(Math.floor(k.hz / 10));
const usecs = (k: Kernel, n: number): number => Math.round((n * 1e6) / k.hz);
/** Until a queue of writes is congested no longer, a tenth of a second at most. */
function* sleepOnQueue(k: Kernel, tracepoint: string): Timed<void> {
  const wq = congestionOf(k).wqh[BLK_RW_ASYNC], n = timeout(k), began = k.jiffies;
  prepareToWait(k, wq, UNINTERRUPTIBLE);
  yield* scheduleTimeout(k, n);
  finishWait(k, wq);
  k.mark(tracepoint, usecs(k, n), usecs(k, k.jiffies - began));
}
const congestionWait = kfn('congestion_wait', function* (k: Kernel): Timed<void> {
  if (singleQueue(k)) yield* sleepOnQueue(k, 'writeback_congestion_wait'); else yield* scheduleTimeoutUninterruptible(k, timeout(k));
});
/** Sleeps while a device is congested and reclaim has met nothing of the node but what waits for it. */
const waitIffCongested = kfn('wait_iff_congested', function* (k: Kernel, p: Pgdat): Timed<void> {
  if (k.decide('a write queue is congested', inodeWriteCongested(k)) && k.decide('reclaim of the node met only dirty pages that wait for it', (p.flags & PGDAT.CONGESTED) !== 0, p.id)) yield* sleepOnQueue(k, 'writeback_wait_iff_congested');
  else yield* condResched(k);
});

/** Which of the three ways of waiting this run has: knob `reclaim.throttle`. */
export const throttles = (k: Kernel): boolean => k.knob('reclaim.throttle') === 'throttle';
/** A wait for writes under way, as the knob says, where it does not say `throttle`. */
export function* waitForWrites(k: Kernel, p: Pgdat): Timed<void> {
  if (k.knob('reclaim.throttle') === 'congestion-wait') yield* congestionWait(k); else yield* waitIffCongested(k, p);
}
/** A direct reclaimer has met only dirty pages that wait for a device. */
export function* waitWhereCongested(k: Kernel, p: Pgdat): Timed<void> { yield* waitIffCongested(k, p); }
/** Too many pages are isolated: nothing but time helps, or a queue that has room again. */
export function* waitForIsolated(k: Kernel): Timed<void> { yield* congestionWait(k); }
/**
 * With single-queue devices, behind a pass of reclaim: the node is marked where every dirty page that it met waits for a congested device, and a direct reclaimer
 * waits while that is so. 4.13 does both behind each batch of pages, whoever reclaims; 4.17 behind all lists of the node, and kswapd alone marks it.
 * @param nr  pages of files that were dirty or under writeback, and those of them that wait for a device
 */
export function* stallIfCongested(k: Kernel, p: Pgdat, nr: { readonly dirty: number; readonly congested: number }, kswapd: boolean): Timed<void> {
  if (nr.dirty > 0 && nr.dirty === nr.congested && (kswapd || k.mm.era.congestedByBatch)) p.flags |= PGDAT.CONGESTED;
  if (!kswapd) yield* waitIffCongested(k, p);
}
