/** Names of gfp flags as the kernel log prints them (include/trace/events/mmflags.h, v6.1 and v6.12: the same numbers). */
import type { Kernel } from '../kernel.ts';
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
/** `0x140dca(GFP_…)`, the number as this version has it. */
export const gfpMask = (k: Kernel, gfp: number): string => `0x${k.mm.era.gfpNumber(gfp).toString(16)}(${gfpNames(gfp)})`;

/** Flags from __GFP_NOWARN up to __GFP_ATOMIC, numbered from 0x200 on; those below are as ever. 4.x, from memory. */
const FROM_0X200: readonly number[] = [GFP.NOWARN, GFP.RETRY_MAYFAIL, GFP.NOFAIL, GFP.NORETRY, GFP.MEMALLOC, GFP.COMP, GFP.ZERO, GFP.NOMEMALLOC, GFP.HARDWALL, GFP.THISNODE, GFP.ATOMIC, GFP.ACCOUNT];
const renumbered = (last: Readonly<Record<'WRITE' | 'DIRECT_RECLAIM' | 'KSWAPD_RECLAIM', number>>) => (gfp: number): number => {
  let out = gfp & 0xff;
  FROM_0X200.forEach((flag, i) => { if (gfp & flag) out |= 0x200 << i; });
  for (const name of ['WRITE', 'DIRECT_RECLAIM', 'KSWAPD_RECLAIM'] as const) if (gfp & GFP[name]) out |= last[name];
  return out;
};
/** To 4.14: GFP_KERNEL is 0x14000c0. */
export const gfpNumber414 = renumbered({ WRITE: 0x800000, DIRECT_RECLAIM: 0x400000, KSWAPD_RECLAIM: 0x1000000 });
/** From 4.15 on, without two flags that were gone: GFP_KERNEL is 0x6000c0. */
export const gfpNumber415 = renumbered({ WRITE: 0x100, DIRECT_RECLAIM: 0x200000, KSWAPD_RECLAIM: 0x400000 });
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
