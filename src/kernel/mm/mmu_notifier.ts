/**
 * mm/mmu_notifier.c, v4.13 to v6.12: somebody else maps the pages of an address space too (a virtual machine's second page tables, a graphics card) and
 * asks to be told before they go. Registration holds mmap_lock for writing, so whoever holds it for reading sees a list that stays. Callbacks run under
 * SRCU and may sleep; since 4.19 a caller may forbid that. Left out: the callbacks of other ends than the OOM reaper (reclaim, migration, munmap),
 * change_pte, clear_young, interval trees, and the time that SRCU itself takes.
 */
import type { Timed } from '../../sim/kfn.ts';
import { type Call, kfn, type Kernel } from '../kernel.ts';
import { downWrite, upWrite } from '../locking/rwsem.ts';
import { waitEvent, WaitQueue, wakeUpAll } from '../sched/wait.ts';
import type { MmStruct } from './mm_types.ts';

const EAGAIN = 11, INFO = 6;

export interface MmuNotifier {
  /** Promises that its callback neither sleeps nor allocates nor waits for somebody who does. */
  readonly safe: boolean;
  /** Called before pages of a range go. false: it would have to block and may not (-EAGAIN). */
  invalidateRangeStart(k: Kernel, blockable: boolean): Call<boolean>;
}
/** CONFIG_MMU_NOTIFIER with its SRCU: there where a driver has a use for it. A kernel without asks nobody. */
export class MmuNotifiers {
  readonly wait: WaitQueue; // for callbacks to end
  readonly running: Set<number>; // calls under way, by number
  calls: number; // begun so far
  constructor(k: Kernel) { this.wait = new WaitQueue(k); this.running = new Set(); this.calls = 0; }
}
/** What a driver with MMU notifiers brings into the kernel, before it registers any. */
export const mmuNotifierInit = (k: Kernel): MmuNotifiers => (k.mm.mmuNotifiers ??= new MmuNotifiers(k));

/** mmu_notifier_register(): in the task that is to be told, with a reference to the address space. */
export const mmuNotifierRegister = kfn('mmu_notifier_register', function* (k: Kernel, m: MmStruct, n: MmuNotifier): Timed<void> {
  const lock = k.mm.sync.mmapLocks[m.id];
  mmuNotifierInit(k);
  yield* downWrite(k, lock);
  m.notifiers.push(n);
  k.mark('mmu_notifier_register', m.id, m.notifiers.length);
  upWrite(k, lock);
});
/** synchronize_srcu(): until the calls that are under way have come back; later ones do not count. */
const synchronizeSrcu = kfn('synchronize_srcu', function* (k: Kernel, all: MmuNotifiers): Timed<void> {
  const last = all.calls;
  yield* waitEvent(k, all.wait, () => [...all.running].every((call) => call > last));
});
/** mmu_notifier_unregister(): its driver has done with the address space. No mmap_lock is needed for that. */
export const mmuNotifierUnregister = kfn('mmu_notifier_unregister', function* (k: Kernel, m: MmStruct, n: MmuNotifier): Timed<void> {
  const i = m.notifiers.indexOf(n);
  if (i >= 0) m.notifiers.splice(i, 1);
  k.mark('mmu_notifier_unregister', m.id, m.notifiers.length);
  yield* synchronizeSrcu(k, mmuNotifierInit(k));
});
/** mmu_notifier_release(): exit_mmap() begins with it. Nobody is to be told any more; a callback that sleeps keeps the exit waiting. */
export const mmuNotifierRelease = kfn('mmu_notifier_release', function* (k: Kernel, m: MmStruct): Timed<void> {
  k.mark('mmu_notifier_release', m.id, m.notifiers.length);
  m.notifiers.length = 0;
  yield* synchronizeSrcu(k, mmuNotifierInit(k));
});
/** mmu_notifier_invalidate_range_start(), and its _nonblock() of 4.19: tells all of them, in order. false: one would have to block, and may not; the range stays as it is. */
export const mmuNotifierInvalidateRangeStart = kfn('mmu_notifier_invalidate_range_start', function* (k: Kernel, m: MmStruct, blockable: boolean): Timed<boolean> {
  const all = mmuNotifierInit(k), call = ++all.calls;
  let ok = true;
  all.running.add(call);
  for (const n of [...m.notifiers]) {
    k.mark('invalidate_range_start', m.id, blockable ? 1 : 0);
    if (yield* n.invalidateRangeStart(k, blockable)) continue;
    ok = false;
    k.printk(INFO, `invalidate_range_start+0x0/0xd0 callback failed with -${EAGAIN} in ${blockable ? '' : 'non-'}blockable context.`);
  }
  all.running.delete(call);
  wakeUpAll(k, all.wait);
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
