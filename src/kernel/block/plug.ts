/** block/blk-core.c blk_start_plug(), v6.1: a task collects its bios, so that neighbours become one request, and hands them over together. */
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { backMerge, type Bio, type BlockDevice, blkMqSubmitRequest, Request } from './device.ts';

/** Requests that a plug holds at most (BLK_MAX_REQUEST_COUNT), and the size of one that goes at once (BLK_PLUG_FLUSH_SIZE), in pages. */
const MAX_REQUESTS = 32, FLUSH_PAGES = 32;
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
/** Everybody who is about to sleep hands over what he has collected. */
export const blkFlushPlugList = kfn('blk_flush_plug_list', function* (k: Kernel, plug: Plug): Timed<void> {
  for (const { device, request } of plug.list.splice(0)) yield* blkMqSubmitRequest(k, device, request);
});
/** submit_bio(): into the plug of this task if it has one, else to the device. May sleep for a tag. */
export const submitBio = kfn('submit_bio', function* (k: Kernel, device: BlockDevice, bio: Bio): Timed<void> {
  const plug = k.mm.backing.plugs.get(k.current.id);
  if (plug === undefined) { yield* blkMqSubmitRequest(k, device, new Request(bio)); return; }
  for (let i = plug.list.length - 1; i >= 0; i--) if (plug.list[i].device === device && backMerge(plug.list[i].request, bio)) return;
  const last = plug.list.at(-1);
  if (plug.list.length >= MAX_REQUESTS || (last !== undefined && last.request.pages >= FLUSH_PAGES)) yield* blkFlushPlugList(k, plug);
  plug.list.push({ device, request: new Request(bio) });
});
