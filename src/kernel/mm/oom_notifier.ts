/**
 * mm/oom_kill.c register_oom_notifier(): the chain of callbacks that may free something before anybody is killed. v6.1. Blocking: callbacks may sleep.
 * Who calls it is a knob, `oom.notifierPlace`: out_of_memory() under oom_lock as every released kernel does (`inside`), or the allocation that
 * failed, before it asks for oom_lock, as in the patch of T. Handa, 20 June 2018, "mm,oom: Bring OOM notifier callbacks to outside of OOM killer":
 * under a lock of its own (`outside-mutex`), or with the chain's rwsem alone, as D. Rientjes asked in his answer of the same day (`outside-rwsem`).
 */
import type { Timed } from '../../sim/kfn.ts';
import { must } from '../../base/units.ts';
import { type Call, kfn, type Kernel } from '../kernel.ts';
import { mutexLockKillable, mutexUnlock } from '../locking/mutex.ts';
import { downRead, downReadKillable, upRead } from '../locking/rwsem.ts';

/** Frees what it can; returns pages freed, or what it says of itself. */
export type OomNotifier = (k: Kernel) => Call<number>;
export const chainIsInside = (k: Kernel): boolean => k.knob('oom.notifierPlace') === 'inside';
export const chainIsOutside = (k: Kernel): boolean => k.knob('oom.notifierPlace').startsWith('outside');

export const blockingNotifierCallChain = kfn('blocking_notifier_call_chain', function* (k: Kernel, killable: boolean): Timed<number> {
  const { oomNotifiers, sync } = k.mm;
  if (oomNotifiers.length === 0) return 0;
  if (!killable) yield* downRead(k, sync.oomNotifyRwsem);
  else if (!(yield* downReadKillable(k, sync.oomNotifyRwsem))) return 0;
  let freed = 0;
  for (const n of oomNotifiers) freed += yield* n(k);
  upRead(k, sync.oomNotifyRwsem);
  return freed;
});
/** Handa's try_oom_notifier(): callers one after the other, since callbacks are not made for being called by many at once. 0: killed while waiting. */
const tryOomNotifier = kfn('try_oom_notifier', function* (k: Kernel): Timed<number> {
  const lock = must(k.mm.sync.oomNotifierLock, 'oom_notifier_lock exists where the chain is called under it');
  if (!(yield* mutexLockKillable(k, lock))) return 0;
  const freed = yield* blockingNotifierCallChain(k, false);
  mutexUnlock(k, lock);
  return freed;
});
/** Rientjes' oom_reclaim_pages(): all that come run the chain, side by side. */
const oomReclaimPages = kfn('oom_reclaim_pages', function* (k: Kernel): Timed<number> { return yield* blockingNotifierCallChain(k, true); });

/** The chain before oom_lock: pages freed. */
export const callChainOutside = (k: Kernel): Call<number> => (k.knob('oom.notifierPlace') === 'outside-mutex' ? tryOomNotifier(k) : oomReclaimPages(k));
