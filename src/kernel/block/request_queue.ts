/**
 * block/blk-core.c, 4.13 and 4.17 (single-queue devices were there until 4.20): who may have a request, who must wait for one, and when a queue says that it is
 * congested. Of 2.6.9 the mark below which it says so no longer. A request counts from the moment that somebody has it, also while it stands in his plug or in the
 * queue, until the device has done it. Source: reference, rcu-mempool-io-locking.md, section 5; blk-core.c of 4.15 for the rest. Left out: the pool that requests
 * are allocated from, groups (blkcg), the lists of who is starved for lack of memory, writeback throttling, an I/O scheduler that has a say.
 */
import type { Timed } from '../../sim/kfn.ts';
import { type Call, kfn, type Kernel } from '../kernel.ts';
import { leaf } from '../leaf.ts';
import { BLK_RW_ASYNC, BLK_RW_SYNC, type Direction, type WbCongested } from '../mm/wb_congested.ts';
import { schedule } from '../sched/core.ts';
import { UNINTERRUPTIBLE } from '../sched/task.ts';
import { finishWait, prepareToWait, WaitQueue, wakeUp } from '../sched/wait.ts';
import type { Bio, Request } from './request.ts';

/** BLKDEV_MAX_RQ: requests of each direction, as long as nobody sets another number. */
export const BLKDEV_MAX_RQ = 128;
/** What somebody who has waited for a request may take past the limit, and for how many jiffies: BLK_BATCH_REQ, BLK_BATCH_TIME. */
const BLK_BATCH_REQ = 32;
const batchTime = (hz: number): number => Math.floor(hz / 50);

/** How a queue tells that it is congested: `until 2.6.9` says for how long its off mark was nearer to the on mark. */
export type CongestionRule = 'late 2004 on' | 'until 2.6.9';
/** blk_queue_congestion_threshold() (ll_rw_blk.c in 2.6): requests with which a queue is congested, and below which it is no longer. */
export function blkQueueCongestionThreshold(nrRequests: number, rule: CongestionRule): { readonly on: number; readonly off: number } {
  const eighth = Math.floor(nrRequests / 8), more = rule === 'until 2.6.9' ? 0 : Math.floor(nrRequests / 16);
  return { on: Math.min(nrRequests, nrRequests - eighth + 1), off: Math.max(1, nrRequests - eighth - more - 1) };
}

/** struct request_list, one direction: reads are synchronous, all writes of this machine are not. */
export interface RequestList {
  readonly name: string; // for gauges
  readonly direction: Direction;
  readonly wait: WaitQueue;
  count: number;
  full: boolean; // BLK_RL_SYNCFULL, BLK_RL_ASYNCFULL
  congested: boolean; // WB_sync_congested, WB_async_congested
}
/** struct io_context, what it has of a task that waited for a request. */
interface Batching { left: number; lastWaited: number }

export abstract class RequestQueue {
  readonly congested: WbCongested; // who is told
  readonly nrRequests: number;
  readonly on: number; // nr_congestion_on
  readonly off: number; // nr_congestion_off
  readonly lists: readonly [async: RequestList, sync: RequestList];
  readonly queued: Request[]; // with the elevator, first come first served (noop)
  readonly batching: Map<number, Batching>; // by task id
  constructor(k: Kernel, congested: WbCongested, device: string, nrRequests: number, rule: CongestionRule) {
    const { on, off } = blkQueueCongestionThreshold(nrRequests, rule);
    const list = (words: string, direction: Direction): RequestList => ({ name: `${device} ${words}`, direction, wait: new WaitQueue(k), count: 0, full: false, congested: false });
    this.congested = congested; this.nrRequests = nrRequests; this.on = on; this.off = off; this.lists = [list('writes', BLK_RW_ASYNC), list('reads', BLK_RW_SYNC)]; this.queued = []; this.batching = new Map();
  }
  /** A bio from a task; may sleep for a request. */
  abstract submit(k: Kernel, bio: Bio): Call<void>;
  /** Hands over to the device what it can take. */
  abstract run(k: Kernel): Call<void>;
  /** The device has done one of that direction. */
  abstract done(k: Kernel, write: boolean): Timed<void>;
  listOf(write: boolean): RequestList { return this.lists[write ? 0 : 1]; }
}
/** Free requests of a list, as a pool: who batches may go past the limit. */
function gauges(k: Kernel, q: RequestQueue, rl: RequestList): void {
  k.gauge(`pool requests ${rl.name} free`, Math.max(0, q.nrRequests - rl.count));
  k.gauge(`pool requests ${rl.name} target`, q.nrRequests);
}

/** ioc_batching(): a whole batch does not run out, so that who was woken for a request gets at least one. */
function iocBatching(k: Kernel, q: RequestQueue): boolean {
  const b = q.batching.get(k.current.id);
  return b !== undefined && (b.left === BLK_BATCH_REQ || (b.left > 0 && k.jiffies < b.lastWaited + batchTime(k.hz)));
}
function iocSetBatching(k: Kernel, q: RequestQueue): void {
  if (!iocBatching(k, q)) q.batching.set(k.current.id, { left: BLK_BATCH_REQ, lastWaited: k.jiffies });
}
/** __get_request(): false: the list is full and this task has no batch. */
function tryGetRequest(k: Kernel, q: RequestQueue, rl: RequestList): boolean {
  const next = rl.count + 1;
  if (next >= q.on) {
    if (next >= q.nrRequests) {
      if (!rl.full) { iocSetBatching(k, q); rl.full = true; } else if (!iocBatching(k, q)) return false;
    }
    if (!rl.congested) { rl.congested = true; q.congested.set(k, rl.direction, next); }
  }
  if (rl.count >= Math.floor((3 * q.nrRequests) / 2)) return false;
  rl.count++;
  if (iocBatching(k, q)) { const b = q.batching.get(k.current.id); if (b !== undefined) b.left--; }
  gauges(k, q, rl);
  return true;
}
/** get_request(): returns when this task has one. @param flush  hands over what the task has in its plug, as io_schedule() does */
export const getRequest = kfn('get_request', function* (k: Kernel, q: RequestQueue, write: boolean, flush: () => Timed<void>): Timed<void> {
  const rl = q.listOf(write);
  while (k.decide('all requests are taken: wait for one', !tryGetRequest(k, q, rl), rl.count)) {
    prepareToWait(k, rl.wait, UNINTERRUPTIBLE, true);
    k.mark('block_sleeprq', rl.direction, rl.count);
    yield* flush();
    yield* schedule(k);
    iocSetBatching(k, q);
    finishWait(k, rl.wait);
  }
});
/** freed_request(): the device has done one of this direction. */
export const freedRequest = leaf('freed_request', (k: Kernel, q: RequestQueue, write: boolean): void => {
  const rl = q.listOf(write);
  rl.count--;
  if (rl.count < q.off && rl.congested) { rl.congested = false; q.congested.clear(k, rl.direction, rl.count); }
  gauges(k, q, rl);
  if (rl.count + 1 > q.nrRequests) return;
  wakeUp(k, rl.wait, 1);
  rl.full = false;
});
