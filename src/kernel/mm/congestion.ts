/**
 * mm/backing-dev.c, to 5.15: congestion_wait(), wait_iff_congested(). What reclaim did before reclaim_throttle(): sleep a tenth of a second
 * or until a device takes requests again. Left out: congested queues. The machine's disk is taken as a multi-queue device, which never
 * says that it is congested, so that the one always sleeps its full time and the other never does (a guess, docs/model.md).
 */
import { jiffies } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import { condResched } from '../sched/core.ts';
import { scheduleTimeoutUninterruptible } from '../sched/wait.ts';

const congestionWait = kfn('congestion_wait', function* (k: Kernel): Timed<void> { yield* scheduleTimeoutUninterruptible(k, jiffies(Math.floor(k.hz / 10))); });
const waitIffCongested = kfn('wait_iff_congested', function* (k: Kernel): Timed<void> {
  k.decide('a write queue is congested', false);
  yield* condResched(k);
});

/** Which of the three ways of waiting this run has: knob `reclaim.throttle`. */
export const throttles = (k: Kernel): boolean => k.knob('reclaim.throttle') === 'throttle';
/** A wait for writes under way, as the knob says, where it does not say `throttle`. */
export function* waitForWrites(k: Kernel): Timed<void> {
  if (k.knob('reclaim.throttle') === 'congestion-wait') yield* congestionWait(k); else yield* waitIffCongested(k);
}
/** Pages of the node are under writeback and its queues are congested, which they never are here. */
export function* waitWhereCongested(k: Kernel): Timed<void> { yield* waitIffCongested(k); }
/** Too many pages are isolated: nothing but time helps. */
export function* waitForIsolated(k: Kernel): Timed<void> { yield* congestionWait(k); }
