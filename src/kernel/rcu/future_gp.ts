/** kernel/rcu/tree.c, v4.19: callbacks ask for grace periods to come. Source: rcu reference 1.2. */
import type { Kernel } from '../kernel.ts';
import { wakeUp } from '../sched/wait.ts';
import { GP_FLAG, type RcuData, rcuOf, type RcuState, traceCallbacks } from './state.ts';

/** rcu_gp_kthread_wake(): not by itself, and not for nothing. */
export function rcuGpKthreadWake(k: Kernel): void {
  const s = rcuOf(k);
  if (k.current === s.gpKthread || s.gpFlags === 0 || s.gpKthread === null) return;
  wakeUp(k, s.gpWq);
}
/** rcu_start_this_gp(): notes that grace period `seq` is wanted. true: none is under way, and its kthread must be woken. */
function rcuStartThisGp(s: RcuState, seq: number): boolean {
  if (s.needed >= seq) return false;
  s.needed = seq;
  if (s.inProgress) return false; // its end will see it
  s.gpFlags |= GP_FLAG.INIT;
  return true;
}
/** rcu_accelerate_cbs(): callbacks that have no grace period get one. true: wake the kthread. */
export function rcuAccelerateCbs(k: Kernel, d: RcuData): boolean {
  const s = rcuOf(k), seq = s.snap;
  k.touch(s.object);
  const wake = d.cblist.accelerate(seq) && rcuStartThisGp(s, seq);
  traceCallbacks(k, d);
  return wake;
}
/** rcu_advance_cbs(): what waited for a grace period that is over is done; the rest is accelerated. */
export function rcuAdvanceCbs(k: Kernel, d: RcuData): boolean {
  d.cblist.advance(rcuOf(k).completed);
  return rcuAccelerateCbs(k, d);
}
