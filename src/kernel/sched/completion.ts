// kernel/sched/completion.c: counts what was completed and not yet waited for.
import type { Jiffies } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, mightSleep, type Kernel } from '../kernel.ts';
import { UNINTERRUPTIBLE } from './task.ts';
import { MAX_SCHEDULE_TIMEOUT, WaitQueue, wakeUp, wakeUpAll, waitEvent, type Woken } from './wait.ts';

export class Completion {
  done: number;
  readonly wait: WaitQueue;
  constructor(k: Kernel) { this.done = 0; this.wait = new WaitQueue(k); }
}
export function complete(k: Kernel, c: Completion): void {
  c.done++;
  wakeUp(k, c.wait);
}
export function completeAll(k: Kernel, c: Completion): void {
  c.done = Infinity;
  wakeUpAll(k, c.wait);
}
/** Takes one token. It is the waiter that takes it: a wait that times out takes none. */
export const waitForCompletion = kfn('wait_for_completion', function* (k, c: Completion, state: number = UNINTERRUPTIBLE, timeout: Jiffies = MAX_SCHEDULE_TIMEOUT): Timed<Woken> {
  mightSleep(k);
  const how = yield* waitEvent(k, c.wait, () => c.done > 0, state, timeout, true);
  if (how === 'event') c.done--;
  return how;
});
