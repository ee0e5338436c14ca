/** mm/oom_kill.c register_oom_notifier(), the chain that out_of_memory() calls first. v6.1. Blocking: callbacks may sleep. */
import type { Timed } from '../../sim/kfn.ts';
import { type Call, kfn, type Kernel } from '../kernel.ts';
import { downRead, upRead } from '../locking/rwsem.ts';

/** Frees what it can; returns pages freed. */
export type OomNotifier = (k: Kernel) => Call<number>;

export const blockingNotifierCallChain = kfn('blocking_notifier_call_chain', function* (k: Kernel): Timed<number> {
  const { oomNotifiers, sync } = k.mm;
  if (oomNotifiers.length === 0) return 0;
  yield* downRead(k, sync.oomNotifyRwsem);
  let freed = 0;
  for (const n of oomNotifiers) freed += yield* n(k);
  upRead(k, sync.oomNotifyRwsem);
  return freed;
});
