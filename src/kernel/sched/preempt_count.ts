/**
 * include/linux/preempt.h: what code can learn of where it stands. The model always knows what is held; the kernel knows what it counts. With CONFIG_PREEMPT_COUNT=n
 * (here: preempt none) spin_lock() counts nothing, so that the answer is wrong under a spinlock; handlers are counted in every kernel. On RT a spinlock_t is slept for
 * and does not count, a raw lock does.
 */
import type { Kernel } from '../kernel.ts';

/** in_atomic(), asked by code of the kernel itself. */
export const inAtomic = (k: Kernel): boolean => !k.inTask || (k.preempt !== 'none' && k.current.preemptCount > 0);
