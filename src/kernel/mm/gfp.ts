/** Names of gfp flags as the kernel log prints them (include/trace/events/mmflags.h, v6.1 and v6.12: the same numbers). */
import { GFP, GFP_ATOMIC, GFP_HIGHUSER_MOVABLE, GFP_KERNEL, GFP_KERNEL_ACCOUNT, GFP_NOFS, GFP_NOIO, GFP_NOWAIT, GFP_USER } from './constants.ts';

/** In the order in which the kernel tries them: the large sets first, then what is left. */
const NAMES: readonly (readonly [number, string])[] = [
  [GFP_HIGHUSER_MOVABLE, 'GFP_HIGHUSER_MOVABLE'], [GFP_USER | GFP.HIGHMEM, 'GFP_HIGHUSER'], [GFP_USER, 'GFP_USER'], [GFP_KERNEL_ACCOUNT, 'GFP_KERNEL_ACCOUNT'], [GFP_KERNEL, 'GFP_KERNEL'],
  [GFP_NOFS, 'GFP_NOFS'], [GFP_ATOMIC, 'GFP_ATOMIC'], [GFP_NOIO, 'GFP_NOIO'], [GFP_NOWAIT, 'GFP_NOWAIT'], [GFP.DMA, 'GFP_DMA'], [GFP.HIGHMEM, '__GFP_HIGHMEM'], [GFP.DMA32, 'GFP_DMA32'],
  [GFP.HIGH, '__GFP_HIGH'], [GFP.ATOMIC, '__GFP_ATOMIC'], [GFP.IO, '__GFP_IO'], [GFP.FS, '__GFP_FS'], [GFP.NOWARN, '__GFP_NOWARN'], [GFP.RETRY_MAYFAIL, '__GFP_RETRY_MAYFAIL'],
  [GFP.NOFAIL, '__GFP_NOFAIL'], [GFP.NORETRY, '__GFP_NORETRY'], [GFP.COMP, '__GFP_COMP'], [GFP.ZERO, '__GFP_ZERO'], [GFP.NOMEMALLOC, '__GFP_NOMEMALLOC'], [GFP.MEMALLOC, '__GFP_MEMALLOC'],
  [GFP.HARDWALL, '__GFP_HARDWALL'], [GFP.THISNODE, '__GFP_THISNODE'], [GFP.RECLAIMABLE, '__GFP_RECLAIMABLE'], [GFP.MOVABLE, '__GFP_MOVABLE'], [GFP.ACCOUNT, '__GFP_ACCOUNT'],
  [GFP.WRITE, '__GFP_WRITE'], [GFP.RECLAIM, '__GFP_RECLAIM'], [GFP.DIRECT_RECLAIM, '__GFP_DIRECT_RECLAIM'], [GFP.KSWAPD_RECLAIM, '__GFP_KSWAPD_RECLAIM'],
];
/** `GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO`; `none` for 0. */
export function gfpNames(gfp: number): string {
  const names: string[] = [];
  let left = gfp;
  for (const [mask, name] of NAMES) {
    if (left === 0) break;
    if ((left & mask) !== mask) continue;
    names.push(name);
    left &= ~mask;
  }
  if (left !== 0) names.push(`0x${left.toString(16)}`);
  return names.length === 0 ? 'none' : names.join('|');
}
/** `gfp_mask=0x140dca(GFP_…)`. */
export const gfpMask = (gfp: number): string => `0x${gfp.toString(16)}(${gfpNames(gfp)})`;
export const GFP_NAMES: readonly string[] = NAMES.map(([, name]) => name);
/** The flags of `GFP_KERNEL|__GFP_NORETRY`, names as the kernel log prints them. undefined: a name that is none. */
export function gfpFromNames(text: string): number | undefined {
  let gfp = 0;
  for (const name of text.split('|')) {
    const flags = NAMES.find(([, n]) => n === name.trim());
    if (flags === undefined) return undefined;
    gfp |= flags[0];
  }
  return gfp;
}
