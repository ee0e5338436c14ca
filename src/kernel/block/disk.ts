/** The machine's one disk: made when something first goes to it. Swap lies at its beginning, files behind. */
import type { Kernel } from '../kernel.ts';
import { singleQueue } from '../mm/congestion.ts';
import { BlockDevice } from './device.ts';
import { deviceKind } from './kinds.ts';
import { BLKDEV_MAX_RQ, RequestQueue } from './request_queue.ts';

const NAME = 'vda';
/** Its queue, if it has a single one: knobs io.queue and io.nrRequests. */
const queueOf = (k: Kernel): RequestQueue | null =>
  singleQueue(k) ? new RequestQueue(k, NAME, Number(k.knobs['io.nrRequests'] ?? BLKDEV_MAX_RQ), k.knobs['io.queue'] === 'single-queue-2.6.9' ? 'until 2.6.9' : 'late 2004 on') : null;
export const diskOf = (k: Kernel): BlockDevice => (k.mm.backing.device ??= new BlockDevice(k, NAME, deviceKind(String(k.knobs['io.device'] ?? 'ssd'), k.mm.backing.disk), queueOf(k)));
