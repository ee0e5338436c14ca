/**
 * block/blk-mq.c, drivers/block/virtio_blk.c, v6.1: one device with one queue. A request needs a tag; the device works on
 * tagged requests one after the other and says by an interrupt that some are done; the rest happens in the block softirq.
 * A device with a `queue` is one of 4.13 and 4.17 (knob io.queue; single_queue.ts).
 * Left out: I/O schedulers, several hardware queues, timeouts and resets, errors.
 */
import type { Timer } from '../../base/agenda.ts';
import { ns, PAGE_BYTES } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { type Deferred, kfn, type Kernel, spend } from '../kernel.ts';
import { device as irqDevice, raiseSoftirq, schedule, SOFTIRQ_VEC } from '../sched/core.ts';
import { UNINTERRUPTIBLE } from '../sched/task.ts';
import { finishWait, prepareToWait, WaitQueue, wakeUp } from '../sched/wait.ts';
import type { DeviceKind } from './kinds.ts';
import type { Request } from './request.ts';
import type { RequestQueue } from './request_queue.ts';

export class BlockDevice {
  readonly name: string;
  readonly kind: DeviceKind;
  queue: RequestQueue | null; // null: a multi-queue device
  readonly tagWait: WaitQueue;
  readonly inFlight: Request[]; // in the order in which they will be done
  readonly done: Request[]; // waiting for the softirq
  readonly irq: Timer;
  readonly softirq: Deferred;
  tagsFree: number;
  busyUntil: number; // ns
  head: number; // page behind the last request: where the heads stand
  reads: number; // requests
  writes: number;
  constructor(k: Kernel, name: string, kind: DeviceKind, cpu = 0) {
    this.name = name; this.kind = kind; this.queue = null; this.tagWait = new WaitQueue(k); this.inFlight = []; this.done = []; this.tagsFree = kind.depth; this.busyUntil = 0; this.head = -1; this.reads = 0; this.writes = 0;
    this.irq = irqDevice(k, `irq of ${name}`, cpu, (k) => virtblkDone(k, this));
    this.softirq = (k) => blkDoneSoftirq(k, this);
  }
  /** When a request that comes now would be done, if it is next. */
  serviceNs(r: Request): number {
    const { kind } = this, transfer = (r.pages * PAGE_BYTES * 1e9) / kind.bytesPerS, each = 1e9 / kind.requestsPerS;
    if (kind.seeks) return Math.round(transfer + (r.sector === this.head ? 0 : each));
    return Math.round(Math.max(transfer, each));
  }
}

/** The device has the request, and a tag less. */
export function startRequest(k: Kernel, d: BlockDevice, r: Request): void {
  d.tagsFree--;
  if (r.write) d.writes++; else d.reads++;
  k.mm.count(r.write ? 'pgpgout' : 'pgpgin', r.pages * 4);
  d.inFlight.push(r);
  if (d.kind.hung) return;
  d.busyUntil = Math.max(k.now, d.busyUntil) + d.serviceNs(r);
  d.head = r.sector + r.pages;
  r.doneAt = d.busyUntil + d.kind.latencyNs;
  if (d.inFlight.length === 1) k.agenda.arm(d.irq, ns(r.doneAt));
}
/** blk_mq_get_tag() and the hand-over to the device. Sleeps while all tags are taken. */
export const blkMqSubmitRequest = kfn('blk_mq_submit_request', function* (k: Kernel, d: BlockDevice, r: Request): Timed<void> {
  yield spend(ns(k.mm.costs.blk_submit));
  while (k.decide('no tag is free: wait for a request to end', d.tagsFree === 0, d.inFlight.length)) {
    prepareToWait(k, d.tagWait, UNINTERRUPTIBLE, true);
    if (d.tagsFree === 0) yield* schedule(k);
    finishWait(k, d.tagWait);
  }
  startRequest(k, d, r);
});

/** The device's interrupt: some requests are done. */
const virtblkDone = kfn('virtblk_done', function* (k: Kernel, d: BlockDevice): Timed<void> {
  yield spend(ns(k.mm.costs.blk_irq));
  while (d.inFlight.length > 0 && d.inFlight[0].doneAt <= k.now && !d.kind.hung) d.done.push(...d.inFlight.splice(0, 1));
  if (d.inFlight.length > 0 && !d.kind.hung) k.agenda.arm(d.irq, ns(Math.max(k.now, d.inFlight[0].doneAt)));
  if (d.done.length > 0) raiseSoftirq(k, SOFTIRQ_VEC.BLOCK, d.softirq);
});
/** Ends the bios of what is done, and gives the tags back. */
const blkDoneSoftirq = kfn('blk_done_softirq', function* (k: Kernel, d: BlockDevice): Timed<void> {
  while (d.done.length > 0) {
    yield spend(ns(k.mm.costs.bio_end_page * d.done[0].pages));
    for (const r of d.done.splice(0, 1)) {
      for (const b of r.bios) b.end(k);
      d.tagsFree++;
      if (d.queue === null) wakeUp(k, d.tagWait, 1); else yield* d.queue.done(k, r.write);
    }
  }
});
