/** The machine's one disk: made when something first goes to it. Swap lies at its beginning, files behind. */
import type { Kernel } from '../kernel.ts';
import { BlockDevice } from './device.ts';
import { deviceKind } from './kinds.ts';

export const diskOf = (k: Kernel): BlockDevice => (k.mm.backing.device ??= new BlockDevice(k, 'vda', deviceKind(String(k.knobs['io.device'] ?? 'ssd'), k.mm.backing.disk)));
