/**
 * mm/backing-dev.c, to 5.17: set_wb_congested() and what it wakes: who is told that a device with a single queue is congested. Made at boot where knob io.queue asks for them
 * (block/single_queue.ts): no other machine has it.
 */
import { jiffies } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import type { Kernel } from '../kernel.ts';
import { UNINTERRUPTIBLE } from '../sched/task.ts';
import { finishWait, prepareToWait, scheduleTimeout, WaitQueue, wakeUpAll } from '../sched/wait.ts';

export const BLK_RW_ASYNC = 0, BLK_RW_SYNC = 1;
export type Direction = typeof BLK_RW_ASYNC | typeof BLK_RW_SYNC;

/** Devices that are congested, and who waits until one is no longer. */
export class WbCongested {
  readonly nr: [async: number, sync: number]; // nr_wb_congested[]
  readonly wqh: readonly [async: WaitQueue, sync: WaitQueue]; // congestion_wqh[]
  constructor(k: Kernel) { this.nr = [0, 0]; this.wqh = [new WaitQueue(k), new WaitQueue(k)]; }
  /** Congested for writes (inode_write_congested()), for reads (inode_read_congested()): on a machine with one disk whoever asks means that. */
  get writes(): number { return this.nr[BLK_RW_ASYNC]; }
  get reads(): number { return this.nr[BLK_RW_SYNC]; }
  /** set_wb_congested(): so many requests are taken that reclaim is to leave the device alone. */
  set(k: Kernel, direction: Direction, requests: number): void {
    this.nr[direction]++;
    k.mark('set_wb_congested', direction, requests);
  }
  /** clear_wb_congested(): everybody who waits for this direction goes on. */
  clear(k: Kernel, direction: Direction, requests: number): void {
    this.nr[direction]--;
    k.mark('clear_wb_congested', direction, requests);
    if (this.wqh[direction].active) wakeUpAll(k, this.wqh[direction]);
  }
  /** Until a queue of writes is congested no longer, a tenth of a second at most. */
  *sleepOnQueue(k: Kernel, tracepoint: string): Timed<void> {
    const wq = this.wqh[BLK_RW_ASYNC], n = jiffies(Math.floor(k.hz / 10)), began = k.jiffies, usecs = (j: number): number => Math.round((j * 1e6) / k.hz);
    prepareToWait(k, wq, UNINTERRUPTIBLE);
    yield* scheduleTimeout(k, n);
    finishWait(k, wq);
    k.mark(tracepoint, usecs(n), usecs(k.jiffies - began));
  }
}
