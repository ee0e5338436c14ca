/** mm/swapfile.c, v6.1: get_swap_page() and swap_free() for one area. Left out: per-CPU slot caches and clusters. */
import type { Kernel } from '../kernel.ts';

/** A free slot with one reference, -1 = swap is full. */
export function getSwapSlot(k: Kernel): number {
  const s = k.mm.swap;
  if (s.free === 0) return -1;
  for (let i = 0; i < s.total; i++) {
    const slot = (s.next + i) % s.total;
    if (s.used[slot] > 0) continue;
    s.used[slot] = 1;
    s.next = slot + 1;
    s.free--;
    return slot;
  }
  return -1;
}
/** One reference less; the last one frees the slot. */
export function freeSwapSlot(k: Kernel, slot: number): void {
  const s = k.mm.swap;
  if (--s.used[slot] === 0) s.free++;
}
