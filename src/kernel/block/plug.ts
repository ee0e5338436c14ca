/** block/blk-core.c blk_start_plug(), v6.1: a task collects its bios, so that neighbours become one request, and hands them over together. */
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { type BlockDevice, blkMqSubmitRequest } from './device.ts';
import { backMerge, type Bio, Request } from './request.ts';

/** Requests that a plug holds at most (BLK_MAX_REQUEST_COUNT; half as many while there were single-queue devices), and the size of one that goes at once (BLK_PLUG_FLUSH_SIZE), in pages. */
const MAX_REQUESTS = 32, FLUSH_PAGES = 32;
const mostIn = (device: BlockDevice): number => (device.queue === null ? MAX_REQUESTS : MAX_REQUESTS / 2);
export interface Plug { readonly list: { readonly device: BlockDevice; readonly request: Request }[]; depth: number }

/** blk_start_plug(): nested ones do nothing. */
export function blkStartPlug(k: Kernel): void {
  const { plugs } = k.mm.backing, plug = plugs.get(k.current.id);
  if (plug === undefined) plugs.set(k.current.id, { list: [], depth: 1 }); else plug.depth++;
}
/** blk_finish_plug(). */
export const blkFinishPlug = kfn('blk_finish_plug', function* (k: Kernel): Timed<void> {
  const { plugs } = k.mm.backing, id = k.current.id, plug = plugs.get(id);
  if (plug === undefined || --plug.depth > 0) return;
  plugs.delete(id);
  yield* blkFlushPlugList(k, plug);
});
/** Everybody who is about to sleep hands over what he has collected. Requests of a single-queue device are all in its queue before the first goes on. */
export const blkFlushPlugList = kfn('blk_flush_plug_list', function* (k: Kernel, plug: Pick<Plug, 'list'>): Timed<void> {
  const list = plug.list.splice(0);
  for (const { device, request } of list) device.queue?.queued.push(request);
  for (const { device, request } of list) if (device.queue === null) yield* blkMqSubmitRequest(k, device, request); else yield* device.queue.run(k);
});
export const isFull = (plug: Plug, device: BlockDevice): boolean => plug.list.length >= mostIn(device) || (plug.list.at(-1)?.request.pages ?? 0) >= FLUSH_PAGES;
/** submit_bio(): into the plug of this task if it has one, else to the device. May sleep for a tag, or for a request. */
export const submitBio = kfn('submit_bio', function* (k: Kernel, device: BlockDevice, bio: Bio): Timed<void> {
  const plug = k.mm.backing.plugs.get(k.current.id);
  if (plug !== undefined) for (let i = plug.list.length - 1; i >= 0; i--) if (plug.list[i].device === device && backMerge(plug.list[i].request, bio)) return;
  if (device.queue !== null) { yield* device.queue.submit(k, bio); return; }
  if (plug === undefined) { yield* blkMqSubmitRequest(k, device, new Request(bio)); return; }
  if (isFull(plug, device)) yield* blkFlushPlugList(k, plug);
  plug.list.push({ device, request: new Request(bio) });
});
