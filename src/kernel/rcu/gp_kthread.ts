/**
 * kernel/rcu/tree.c, v4.19: the grace-period kthread. It sleeps until a grace period is asked for, marks the CPUs that must pass through a
 * quiescent state, looks now and then at those that have not reported, and publishes the end. Source: rcu reference 1.3.
 */
import { jiffies } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel, spend } from '../kernel.ts';
import { condResched, resched } from '../sched/core.ts';
import { TASK_IDLE } from '../sched/task.ts';
import { waitEvent, wakeUpAll } from '../sched/wait.ts';
import { rcuAccelerateCbs } from './future_gp.ts';
import { RCU_STALL_TIMEOUT_S } from './stall.ts';
import { GP_FLAG, type GpState, jiffiesTillFqs, type RcuData, rcuOf, type RcuState, thisCpu } from './state.ts';
import { noteGpChanges, rcuReportQs } from './tree.ts';

/** jiffies_till_sched_qs: from then on a CPU is asked to report at its next cond_resched(). */
export const jiffiesTillSchedQs = (hz: number): number => Math.floor(hz / 10);

function enter(k: Kernel, s: RcuState, state: GpState): void {
  s.gpState = state;
  s.gpActivity = k.jiffies;
}
/** rcu_gp_init(). false: nobody wants one after all. */
const rcuGpInit = kfn('rcu_gp_init', function* (k: Kernel, s: RcuState): Timed<boolean> {
  enter(k, s, 'DONE_GPS');
  if (s.gpFlags === 0) return false;
  s.gpFlags = 0;
  const timeout = RCU_STALL_TIMEOUT_S * k.hz;
  s.gpStart = k.jiffies;
  s.stallAt = k.jiffies + timeout; // record_gp_stall_check_time()
  s.reschedAt = k.jiffies + Math.floor(timeout / 2);
  s.nForceQsGpStart = s.nForceQs;
  enter(k, s, 'INIT');
  k.touch(s.object);
  s.gpnum++;
  for (const b of s.blocked) b.blocksGp = true;
  s.qsmask = s.cpus.reduce((mask, d) => mask | d.bit, 0);
  k.mark('rcu_grace_period_start', s.gpnum, s.queued);
  k.gauge('rcu_gpnum', s.gpnum);
  k.gauge('rcu_qsmask', s.qsmask);
  noteGpChanges(k, thisCpu(k)); // the kthread's own CPU learns of it at once
  yield spend(k.cost.rcuGp);
  yield* condResched(k);
  return true;
});
/** dyntick_save_progress_counter(), the first look at a CPU: is it idle now? */
function idleNow(d: RcuData): boolean {
  d.dyntickSnap = d.dynticks;
  return d.idle;
}
/** rcu_state.cbovld: a CPU has so many callbacks that the others are pressed from the first look on. */
const overloaded = (s: RcuState): boolean => s.rules.overload !== Infinity && s.cpus.some((d) => d.cblist.len >= s.rules.overload * s.qhimark);
/** rcu_implicit_dynticks_qs(), each further look: has it been idle since the first? Who has not for long is pressed. */
function idleSince(k: Kernel, s: RcuState, d: RcuData): boolean {
  if (d.idle || d.dynticks !== d.dyntickSnap) return true;
  const till = jiffiesTillSchedQs(k.hz);
  const pressed = overloaded(s);
  if (pressed || k.jiffies > s.gpStart + till) d.urgentQs = true;
  if (pressed || k.jiffies > s.gpStart + 2 * till) d.needHeavyQs = true;
  if (k.jiffies > s.reschedAt) resched(k, k.cpus[d.cpu]);
  return false;
}
/** force_qs_rnp(): over all CPUs that have not reported. */
export const forceQsRnp = kfn('force_qs_rnp', function* (k: Kernel, s: RcuState, first: boolean): Timed<void> {
  let mask = 0;
  yield spend(k.cost.rcuGp);
  for (const d of s.cpus) if (s.qsmask & d.bit && (first ? idleNow(d) : idleSince(k, s, d))) mask |= d.bit;
  k.mark('rcu_fqs', s.gpnum, s.qsmask & ~mask);
  if (mask !== 0) rcuReportQs(k, mask);
});
/** rcu_gp_fqs() */
const rcuGpFqs = kfn('rcu_gp_fqs', function* (k: Kernel, s: RcuState, first: boolean): Timed<void> {
  s.nForceQs++;
  yield* forceQsRnp(k, s, first);
  s.gpFlags &= ~GP_FLAG.FQS;
});
/** Waits until all have reported, with a look every so often, or at once when it is asked for. */
const rcuGpFqsLoop = kfn('rcu_gp_fqs_loop', function* (k: Kernel, s: RcuState): Timed<void> {
  const every = jiffiesTillFqs(k.hz, s.cpus.length);
  let due = k.jiffies + every, wait = every, first = true;
  for (;;) {
    enter(k, s, 'WAIT_FQS');
    yield* waitEvent(k, s.gpWq, () => (s.gpFlags & GP_FLAG.FQS) !== 0 || s.gpDone, TASK_IDLE, jiffies(wait));
    enter(k, s, 'DOING_FQS');
    if (s.gpDone) return;
    if (k.jiffies >= due || s.gpFlags & GP_FLAG.FQS) {
      yield* rcuGpFqs(k, s, first);
      first = false;
      due = k.jiffies + every;
    }
    yield* condResched(k);
    wait = Math.max(1, due - k.jiffies);
  }
});
/** rcu_gp_cleanup(): the end is public. If another one is wanted it begins at once. */
const rcuGpCleanup = kfn('rcu_gp_cleanup', function* (k: Kernel, s: RcuState): Timed<void> {
  enter(k, s, 'CLEANUP');
  yield spend(k.cost.rcuGp);
  k.touch(s.object);
  s.completed = s.gpnum;
  s.stallAt = Infinity;
  s.reschedAt = Infinity;
  k.mark('rcu_grace_period_end', s.gpnum, k.jiffies - s.gpStart);
  k.gauge('rcu_completed', s.completed);
  const d = thisCpu(k), asked = noteGpChanges(k, d);
  const wanted = asked || s.needed > s.completed;
  s.gpState = 'IDLE';
  for (const g of s.nocbGroups) wakeUpAll(k, g.wq); // rcu_nocb_gp_cleanup()
  if ((d.nocb === null && rcuAccelerateCbs(k, d)) || wanted) s.gpFlags = GP_FLAG.INIT; else s.gpFlags &= GP_FLAG.INIT;
  yield* condResched(k);
  enter(k, s, 'CLEANED');
});
export const rcuGpKthread = kfn('rcu_gp_kthread', function* (k: Kernel): Timed<void> {
  const s = rcuOf(k);
  for (;;) {
    do {
      enter(k, s, 'WAIT_GPS');
      yield* waitEvent(k, s.gpWq, () => (s.gpFlags & GP_FLAG.INIT) !== 0, TASK_IDLE);
    } while (!(yield* rcuGpInit(k, s)));
    yield* rcuGpFqsLoop(k, s);
    yield* rcuGpCleanup(k, s);
  }
});
