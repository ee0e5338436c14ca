/**
 * block/blk-core.c, 4.13 and 4.17: what a device does that has a single queue: blk_queue_bio(), __blk_run_queue(), and the end of a request. Requests stand in the queue
 * until the device has a tag, and nobody waits for a tag. Registered at boot where knob io.queue asks for it; a page that shows another run does not fetch it.
 */
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { type Call, kfn, type Kernel, spend } from '../kernel.ts';
import { WbCongested } from '../mm/wb_congested.ts';
import { type BlockDevice, startRequest } from './device.ts';
import { blkFlushPlugList, isFull } from './plug.ts';
import { backMerge, type Bio, Request } from './request.ts';
import { BLKDEV_MAX_RQ, freedRequest, getRequest, RequestQueue } from './request_queue.ts';

/** __blk_run_queue(): what stands in the queue goes to the device, as far as it has tags. */
const blkRunQueue = kfn('__blk_run_queue', function* (k: Kernel, d: BlockDevice, q: RequestQueue): Timed<void> {
  while (q.queued.length > 0 && d.tagsFree > 0) {
    yield spend(ns(k.mm.costs.blk_submit));
    if (d.tagsFree > 0) for (const r of q.queued.splice(0, 1)) startRequest(k, d, r); // another CPU may have been first
  }
});
/** Behind the merge into the plug: into a request of the queue, or one of its own, for which it may have to wait. */
const blkQueueBio = kfn('blk_queue_bio', function* (k: Kernel, device: BlockDevice, q: RequestQueue, bio: Bio): Timed<void> {
  for (let i = q.queued.length - 1; i >= 0; i--) if (backMerge(q.queued[i], bio)) return; // elv_merge()
  const plug = k.mm.backing.plugs.get(k.current.id);
  yield* getRequest(k, q, bio.write, function* () { if (plug !== undefined) yield* blkFlushPlugList(k, plug); });
  const request = new Request(bio);
  if (plug === undefined) { q.queued.push(request); yield* blkRunQueue(k, device, q); return; }
  const before = isFull(plug, device) ? plug.list.splice(0) : [];
  plug.list.push({ device, request });
  if (before.length > 0) yield* blkFlushPlugList(k, { list: before });
});
/** The queue as its device sees it. */
class SingleQueue extends RequestQueue {
  readonly device: BlockDevice;
  constructor(k: Kernel, device: BlockDevice, congested: WbCongested) {
    super(k, congested, device.name, Number(k.knobs['io.nrRequests'] ?? BLKDEV_MAX_RQ), k.knobs['io.queue'] === 'single-queue-2.6.9' ? 'until 2.6.9' : 'late 2004 on');
    this.device = device;
  }
  submit(k: Kernel, bio: Bio): Call<void> { return blkQueueBio(k, this.device, this, bio); }
  run(k: Kernel): Call<void> { return blkRunQueue(k, this.device, this); }
  /** The device has done one. */
  *done(k: Kernel, write: boolean): Timed<void> {
    freedRequest(k, this, write);
    yield* blkRunQueue(k, this.device, this);
  }
}
/** What a machine has at boot whose disk is to have a single queue. */
export class SingleQueues extends WbCongested {
  queueOf(k: Kernel, device: BlockDevice): RequestQueue { return new SingleQueue(k, device, this); }
}
export function blkInitSingleQueue(k: Kernel): void {
  if ((k.knobs['io.queue'] ?? 'multi-queue') !== 'multi-queue') k.mm.backing.singleQueue = new SingleQueues(k);
}
