/**
 * kernel/sched/completion.c: counts what was completed and not yet waited for. The kernel keeps no record of who will complete it;
 * whoever makes one for a known task says so, for the wait-for graph (locking/wait_graph.ts).
 */
import type { Jiffies } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, mightSleep, type Kernel } from '../kernel.ts';
import { type Task, UNINTERRUPTIBLE } from './task.ts';
import { MAX_SCHEDULE_TIMEOUT, WaitQueue, wakeUp, wakeUpAll, waitEvent, type Woken } from './wait.ts';

/** What a task can sleep for without a timeout. `by`: any of them is to make it, none = not known; `done`: 0 = not made yet. */
export interface Awaited { readonly name: string; readonly by: readonly Task[]; readonly done: number }
export class Completion implements Awaited {
  done: number;
  readonly wait: WaitQueue;
  readonly name: string;
  readonly by: readonly Task[]; // any of them completes it; none = not known
  constructor(k: Kernel, name = 'completion', by: readonly Task[] = []) { this.done = 0; this.wait = new WaitQueue(k); this.name = name; this.by = by; }
}
export function complete(k: Kernel, c: Completion): void {
  c.done++;
  wakeUp(k, c.wait);
}
export function completeAll(k: Kernel, c: Completion): void {
  c.done = Infinity;
  wakeUpAll(k, c.wait);
}
/** Marks of ours: who sleeps for what, for how long at most, and who is to make it. */
export function tellAwaited(k: Kernel, c: Awaited, timeout: Jiffies): void {
  const name = k.recorder.intern(c.name);
  for (const t of c.by) k.mark('completion_by', name, t.id);
  k.mark('wait_for_completion', name, timeout === MAX_SCHEDULE_TIMEOUT ? 0 : timeout);
}
/** Takes one token. It is the waiter that takes it: a wait that times out takes none. */
export const waitForCompletion = kfn('wait_for_completion', function* (k, c: Completion, state: number = UNINTERRUPTIBLE, timeout: Jiffies = MAX_SCHEDULE_TIMEOUT): Timed<Woken> {
  mightSleep(k);
  const me = k.current;
  if (timeout === MAX_SCHEDULE_TIMEOUT) me.awaits = c;
  const asleep = c.done === 0;
  if (asleep) tellAwaited(k, c, timeout);
  const how = yield* waitEvent(k, c.wait, () => c.done > 0, state, timeout, true);
  if (asleep) k.mark('wait_for_completion_end', k.recorder.intern(c.name));
  me.awaits = null;
  if (how === 'event') c.done--;
  return how;
});
