/**
 * mm/mmu_notifier.c, v4.13 to v6.12: somebody else maps the pages of an address space too (a virtual machine's second page tables, a graphics card) and
 * asks to be told before they go. Registration holds mmap_lock for writing, so whoever holds it for reading sees a list that stays.
 * Left out: the callbacks of other ends than the OOM reaper (reclaim, migration, munmap), change_pte, clear_young, SRCU, interval trees.
 */
import type { Timed } from '../../sim/kfn.ts';
import { type Call, kfn, type Kernel } from '../kernel.ts';
import { downWrite, upWrite } from '../locking/rwsem.ts';
import type { MmStruct } from './mm_types.ts';

export interface MmuNotifier {
  /** Promises that its callback neither sleeps nor allocates nor waits for somebody who does. */
  readonly safe: boolean;
  /** Called before pages of a range go. false: it would have to block and may not (-EAGAIN). */
  invalidateRangeStart(k: Kernel, blockable: boolean): Call<boolean>;
}

/** mmu_notifier_register(): in the task that is to be told, with a reference to the address space. */
export const mmuNotifierRegister = kfn('mmu_notifier_register', function* (k: Kernel, m: MmStruct, n: MmuNotifier): Timed<void> {
  const lock = k.mm.sync.mmapLocks[m.id];
  yield* downWrite(k, lock);
  m.notifiers.push(n);
  k.mark('mmu_notifier_register', m.id, m.notifiers.length);
  upWrite(k, lock);
});
/** mmu_notifier_release(): exit_mmap() begins with it. Nobody is to be told any more. */
export function mmuNotifierRelease(k: Kernel, m: MmStruct): void {
  if (m.notifiers.length === 0) return;
  k.mark('mmu_notifier_release', m.id, m.notifiers.length);
  m.notifiers.length = 0;
}
/** mmu_notifier_invalidate_range_start(): tells all of them, in order. false: one would have to block, and may not; the range stays as it is. */
export const mmuNotifierInvalidateRangeStart = kfn('mmu_notifier_invalidate_range_start', function* (k: Kernel, m: MmStruct, blockable: boolean): Timed<boolean> {
  let ok = true;
  for (const n of [...m.notifiers]) {
    k.mark('invalidate_range_start', m.id, blockable ? 1 : 0);
    if (!(yield* n.invalidateRangeStart(k, blockable))) ok = false;
  }
  return k.decide('all that map these pages have let go of them', ok, m.notifiers.length);
});
/** mmu_notifier_invalidate_range_end(). */
export function mmuNotifierInvalidateRangeEnd(k: Kernel, m: MmStruct): void {
  if (m.notifiers.length > 0) k.mark('invalidate_range_end', m.id);
}
/** mm_has_notifiers(). Stable only under mmap_lock. */
export const mmHasNotifiers = (m: MmStruct): boolean => m.notifiers.length > 0;
/** mm_has_blockable_invalidate_notifiers() of 4.16 to 4.18, the other way round: all of them are safe. */
export const mmHasSafeNotifiers = (m: MmStruct): boolean => m.notifiers.every((n) => n.safe);
