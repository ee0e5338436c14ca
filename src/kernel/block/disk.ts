/** The machine's one disk: made when something first goes to it. Swap lies at its beginning, files behind. */
import type { Kernel } from '../kernel.ts';
import { BlockDevice } from './device.ts';
import { deviceKind } from './kinds.ts';

export function diskOf(k: Kernel): BlockDevice {
  const b = k.mm.backing;
  if (b.device === null) {
    b.device = new BlockDevice(k, 'vda', deviceKind(String(k.knobs['io.device'] ?? 'ssd'), b.disk));
    b.device.queue = b.singleQueue?.queueOf(k, b.device) ?? null;
  }
  return b.device;
}
