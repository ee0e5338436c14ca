/**
 * include/linux/rcupdate.h, kernel/rcu/tree_plugin.h: rcu_read_lock() and its unlock. Without preemption it is nothing at all: kernel code
 * is not left without its will, and a reader must not sleep. With preemption (rcu_preempt) a reader may lose its CPU, and says at its end
 * if a grace period has waited for it. Boosting of readers is left out.
 */
import type { Kernel } from '../kernel.ts';
import { rcuOf } from './state.ts';
import { rcuQs, rcuReportQs } from './tree.ts';

export function rcuReadLock(k: Kernel): void { k.current.rcuNesting++; }
export function rcuReadUnlock(k: Kernel): void {
  const t = k.current, s = rcuOf(k);
  if (--t.rcuNesting > 0 || s.name === 'rcu_sched') return;
  const d = s.cpus[k.cpu.index];
  if (d.needQsAtUnlock) { d.needQsAtUnlock = false; rcuQs(d); }
  const i = s.blocked.findIndex((b) => b.task === t);
  if (i < 0) return;
  const [b] = s.blocked.splice(i, 1);
  if (b.blocksGp && s.gpDone) rcuReportQs(k, 0);
}
