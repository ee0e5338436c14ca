/**
 * kernel/rcu/tree_plugin.h, 4.12 to 4.19, CONFIG_RCU_FAST_NO_HZ and 5.9 without the lazy ones, and its absence (knob rcu.fastNoHz): may an idle CPU that has callbacks
 * stop its tick, and when is it to be woken? Source: rcu reference 1.4. Without it such a CPU keeps its tick. With it the CPU sleeps for
 * some jiffies, or for about six seconds if all its callbacks are lazy, although nobody will tell it that their grace period is over.
 * An offloaded CPU (nocb.ts) sleeps as long as it likes. Left out: nohz switched on and off as the machine runs.
 */
import type { Cpu } from '../../sim/cpu.ts';
import { WANT_RESCHED } from '../../sim/cpu.ts';
import type { Kernel } from '../kernel.ts';
import { armTick } from '../sched/timer.ts';
import type { Task } from '../sched/task.ts';
import { type RcuData, rcuOf, type RcuState } from './state.ts';
import { rcuAccelerateCbs, rcuGpKthreadWake } from './future_gp.ts';
import { doNocbDeferredWakeup } from './nocb.ts';
import { invokeRcuCore, noteGpChanges } from './tree.ts';

/** rcu_idle_gp_delay, jiffies. */
export const RCU_IDLE_GP_DELAY = 4;
/** rcu_idle_lazy_gp_delay, jiffies. */
export const rcuIdleLazyGpDelay = (hz: number): number => 6 * hz;

/** How long a CPU with a callback that is not lazy sleeps, in jiffies: 4 to 7. */
export const nonlazyDelay = (now: number): number => Math.ceil((now + RCU_IDLE_GP_DELAY) / RCU_IDLE_GP_DELAY) * RCU_IDLE_GP_DELAY - now;
/** round_jiffies(): to whole seconds, each CPU 3 jiffies behind the one before; the last quarter of a second goes up, and never into the past. (Rule from memory, as the reference says.) */
export function roundJiffies(j: number, now: number, cpu: number, hz: number): number {
  const skewed = j + cpu * 3, rest = skewed % hz;
  const rounded = (rest < Math.floor(hz / 4) ? skewed - rest : skewed - rest + hz) - cpu * 3;
  return rounded > now ? rounded : j;
}
/** How long a CPU with lazy callbacks alone sleeps, in jiffies. */
export const lazyDelay = (now: number, cpu: number, hz: number): number => roundJiffies(now + rcuIdleLazyGpDelay(hz), now, cpu, hz) - now;

/** rcu_try_advance_all_cbs(): once a jiffy. true: some are done. */
function rcuTryAdvanceAllCbs(k: Kernel, s: RcuState, d: RcuData): boolean {
  if (d.lastAdvanceAll === k.jiffies) return false;
  d.lastAdvanceAll = k.jiffies;
  if (d.completed !== s.completed && d.cblist.pending && noteGpChanges(k, d)) rcuGpKthreadWake(k);
  return d.cblist.ready;
}
/** rcu_needs_cpu(): when this CPU, about to stop its tick, is to be woken for RCU. ns; Infinity: never. */
function rcuNeedsCpu(k: Kernel, s: RcuState, d: RcuData): number {
  const at = (jiffies: number): number => (k.jiffies + jiffies) * k.tickNs;
  if (d.nocb !== null) return Infinity; // nobody needs this CPU for its callbacks
  if (!s.fastNoHz) return d.cblist.len > 0 ? at(1) : Infinity;
  d.nonlazyPostedSnap = d.nonlazyPosted;
  if (d.cblist.len === 0) return Infinity;
  d.allLazy = s.rules.countsLazy && d.cblist.len === d.cblist.lenLazy;
  if (rcuTryAdvanceAllCbs(k, s, d)) { invokeRcuCore(k); return at(1); }
  return at(d.allLazy ? lazyDelay(k.jiffies, d.cpu, k.hz) : nonlazyDelay(k.jiffies));
}
/** rcu_prepare_for_idle(): a callback that is not lazy has come since the tick was stopped: look again, by way of the softirq. Else callbacks get their grace period, once a jiffy. */
function rcuPrepareForIdle(k: Kernel, s: RcuState, d: RcuData): void {
  if (!s.fastNoHz || d.nocb !== null) return;
  if (d.allLazy && d.nonlazyPosted !== d.nonlazyPostedSnap) {
    d.allLazy = false;
    d.nonlazyPostedSnap = d.nonlazyPosted;
    invokeRcuCore(k);
    return;
  }
  if (d.lastAccelerate === k.jiffies) return;
  d.lastAccelerate = k.jiffies;
  if (d.cblist.pending === s.idleAccelBug) return; // 4.12 to 4.18 have this test the wrong way round
  if (rcuAccelerateCbs(k, d)) rcuGpKthreadWake(k);
}
/**
 * The CPU goes idle, or an interrupt that has hit idle ends. At the end of the interrupt RCU comes first; then, if nobody wants the CPU, the idle
 * loop goes round: it asks anew whether the tick may stop, and enters idle (do_idle() of 4.17).
 */
export function rcuIdleEnter(k: Kernel, cpu: Cpu<Task>): void {
  const s = rcuOf(k), d = s.cpus[cpu.index];
  if (d.idle) return;
  if (d.nocb !== null) doNocbDeferredWakeup(k, d.nocb); // rcu_nocb_flush_deferred_wakeup()
  if (d.stirred) rcuPrepareForIdle(k, s, d);
  if (!(cpu.attention & WANT_RESCHED)) {
    d.nextTickNs = rcuNeedsCpu(k, s, d);
    armTick(k, cpu);
    rcuPrepareForIdle(k, s, d);
  }
  d.dynticks++;
  k.touch(s.object);
}
/** rcu_idle_exit(), rcu_irq_enter(), and rcu_cleanup_after_idle(): the grace period may have ended meanwhile. */
export function rcuIdleExit(k: Kernel, cpu: Cpu<Task>): void {
  const s = rcuOf(k), d = s.cpus[cpu.index];
  if (!d.idle) return;
  d.dynticks++;
  d.stirred = true;
  d.nextTickNs = Infinity;
  k.touch(s.object);
  if (s.fastNoHz && d.nocb === null && rcuTryAdvanceAllCbs(k, s, d)) invokeRcuCore(k);
}
