/** include/linux/swap.h, mm/vmscan.c, v6.1: is there room to swap to? */
import type { Kernel } from '../kernel.ts';

/** get_nr_swap_pages() > 0: can anon pages be reclaimed (can_reclaim_anon_pages() without demotion)? */
export const anonReclaimable = (k: Kernel): boolean => k.mm.swap.free > 0;
/** can_age_anon_pages(): is there any swap at all, full or not? */
export const canAgeAnon = (k: Kernel): boolean => k.mm.swap.total > 0;
