/**
 * kernel/rcu/tree_nocb.h, v6.6: the threads of offloaded CPUs. rcuog, one for a group of CPUs, takes their callbacks from the bypass to the list and
 * through their grace periods; rcuop (rcuos without preemption), one a CPU, calls them, wherever the scheduler lets it run. Sources as for nocb.ts.
 * Left out: that softirqs are off while a batch runs, parking, the priority of these threads (kthread_prio).
 */
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel, spend } from '../kernel.ts';
import { mutexTrylock, mutexUnlock } from '../locking/mutex.ts';
import { intSqrt } from '../mm/wmarks.ts';
import { DEFAULT_SEEKS, SHRINK_STOP } from '../mm/shrinker.ts';
import { spawn } from '../sched/core.ts';
import { INTERRUPTIBLE } from '../sched/task.ts';
import { delTimer } from '../sched/timer.ts';
import { waitEvent, wakeUp } from '../sched/wait.ts';
import { rcuAdvanceCbs, rcuGpKthreadWake } from './future_gp.ts';
import { jiffiesTillFlush, nocbTimerFires, rcuNocbFlushBypass, wakeNocbGp, wakeNocbGpDefer } from './nocb.ts';
import { SEG } from './rcu_segcblist.ts';
import { Nocb, NocbGroup, NOCB_WAKE, type RcuData, rcuOf, type RcuState } from './state.ts';
import { rcuDoBatch, rcuMomentaryDyntickIdle } from './tree.ts';

/** Is the bypass so old or so full that rcuog flushes it? */
function bypassIsOver(k: Kernel, s: RcuState, n: Nocb): boolean {
  const { len } = n.bypass, age = k.jiffies - n.bypassFirst;
  return len > 0 && (age > (n.lazyLen === len ? jiffiesTillFlush(k.hz) : 1) || len > 2 * s.qhimark);
}
/** One CPU of nocb_gp_wait(). Returns what is left in its bypass, as the reason to look again: NOCB_WAKE. */
function lookAt(k: Kernel, s: RcuState, d: RcuData, n: Nocb): number {
  if (bypassIsOver(k, s, n)) rcuNocbFlushBypass(k, d, n);
  else if (n.bypass.len === 0 && d.cblist.len === 0) return NOCB_WAKE.NOT;
  const again = n.bypass.len === 0 ? NOCB_WAKE.NOT : n.bypass.len === n.lazyLen ? NOCB_WAKE.LAZY : NOCB_WAKE.BYPASS;
  if ((!d.cblist.restEmpty(SEG.NEXT_READY) || d.cblist.nextGp <= s.completed) && rcuAdvanceCbs(k, d)) rcuGpKthreadWake(k);
  if (d.cblist.ready && n.cbSleep) {
    n.cbSleep = false;
    wakeUp(k, n.cbWq);
  }
  return again;
}
/** nocb_gp_wait(): a look at each CPU of the group, then sleep until the first grace period that one of them waits for has ended, or somebody calls. */
export const nocbGpWait = kfn('nocb_gp_wait', function* (k: Kernel, g: NocbGroup): Timed<void> { yield* nocbGpWaitInner(k, g); });
export function* nocbGpWaitInner(k: Kernel, g: NocbGroup): Timed<void> {
  const s = rcuOf(k);
  let waitGp = Infinity, bypass = false, lazy = false;
  for (const d of g.members) {
    yield spend(k.cost.rcuCore);
    const again = d.nocb === null ? NOCB_WAKE.NOT : lookAt(k, s, d, d.nocb);
    bypass ||= again === NOCB_WAKE.BYPASS;
    lazy ||= again === NOCB_WAKE.LAZY;
    waitGp = Math.min(waitGp, d.cblist.nextGp);
  }
  if (bypass) wakeNocbGpDefer(k, g, g.leader, NOCB_WAKE.BYPASS);
  else if (lazy) wakeNocbGpDefer(k, g, g.leader, NOCB_WAKE.LAZY);
  yield* waitEvent(k, g.wq, () => !g.sleep || s.completed >= waitGp, INTERRUPTIBLE);
  g.sleep = true;
  if (g.deferWakeup !== NOCB_WAKE.NOT) {
    g.deferWakeup = NOCB_WAKE.NOT;
    delTimer(k, g.timer);
  }
}
const rcuNocbGpKthread = kfn('rcu_nocb_gp_kthread', function* (k: Kernel, g: NocbGroup): Timed<void> { for (;;) yield* nocbGpWait(k, g); });

/** nocb_cb_wait(): a batch of one CPU, when there is one. To have no CPU's callbacks of one's own is a quiescent state. */
const nocbCbWait = kfn('nocb_cb_wait', function* (k: Kernel, d: RcuData, n: Nocb): Timed<void> {
  const s = rcuOf(k);
  yield* waitEvent(k, n.cbWq, () => !n.cbSleep, INTERRUPTIBLE);
  rcuMomentaryDyntickIdle(s.cpus[k.cpu.index]);
  yield* rcuDoBatch(k, s, d);
  if (d.cblist.nextGp <= s.completed && rcuAdvanceCbs(k, d)) rcuGpKthreadWake(k);
  if (!d.cblist.ready) n.cbSleep = true;
});
const rcuNocbCbKthread = kfn('rcu_nocb_cb_kthread', function* (k: Kernel, d: RcuData, n: Nocb): Timed<void> { for (;;) yield* nocbCbWait(k, d, n); });

export const doNocbDeferredWakeupTimer = kfn('do_nocb_deferred_wakeup_timer', function* (k: Kernel, g: NocbGroup): Timed<void> {
  yield spend(k.cost.atomic);
  nocbTimerFires(k, g);
});
/** rcu_nocb_gp_stride: CPUs of one group. */
export const nocbStride = (cpus: number): number => Math.floor(cpus / intSqrt(cpus));
/** rcu_organize_nocb_kthreads(), rcu_spawn_cpu_nocb_kthread(): every CPU is offloaded (rcu_nocbs=all). */
export function rcuNocbInit(k: Kernel, s: RcuState): void {
  const stride = nocbStride(s.cpus.length), letter = s.name === 'rcu_preempt' ? 'p' : 's';
  for (let first = 0; first < s.cpus.length; first += stride) {
    const g: NocbGroup = new NocbGroup(k, s.cpus.slice(first, first + stride), (k) => doNocbDeferredWakeupTimer(k, g));
    s.nocbGroups.push(g);
    g.kthread = spawn(k, `rcuog/${g.leader}`, (k) => rcuNocbGpKthread(k, g), { daemon: true });
    for (const d of g.members) {
      const n = new Nocb(k, g);
      d.nocb = n;
      n.cbKthread = spawn(k, `rcuo${letter}/${d.cpu}`, (k) => rcuNocbCbKthread(k, d, n), { daemon: true });
    }
  }
}

/** Lazy callbacks of all bypasses. */
const lazyLen = (s: RcuState): number => s.cpus.reduce((n, d) => n + (d.nocb?.lazyLen ?? 0), 0);
/** lazy_rcu_shrink_count(): callbacks, whatever they free. Who cannot have the lock has none to give. */
export function lazyRcuShrinkCount(k: Kernel, s: RcuState): number {
  if (!mutexTrylock(k, s.barrierMutex)) return 0;
  const count = lazyLen(s);
  mutexUnlock(k, s.barrierMutex);
  return count;
}
/** lazy_rcu_shrink_scan(): flushes whole CPUs until there are enough. It waits for nothing; the pages come when the grace period is over. */
export const lazyRcuShrinkScan = kfn('lazy_rcu_shrink_scan', function* (k: Kernel, s: RcuState, nr: number): Timed<number> {
  yield spend(k.cost.rcuCore);
  if (!mutexTrylock(k, s.barrierMutex)) return 0;
  const promised = lazyLen(s);
  let flushed = 0;
  k.mark('rcu_lazy_scan_begin', promised, nr);
  for (const d of s.cpus) {
    const n = d.nocb;
    if (n === null || n.lazyLen === 0) continue;
    flushed += rcuNocbFlushBypass(k, d, n);
    wakeNocbGp(k, n.group);
    if (flushed >= nr) break;
  }
  k.mark('rcu_lazy_scan_end', promised, flushed);
  mutexUnlock(k, s.barrierMutex);
  return flushed === 0 ? SHRINK_STOP : flushed;
});
/** The shrinker `rcu-lazy`, registered early in boot, before any file system has one. */
export function registerLazyShrinker(k: Kernel, s: RcuState): void {
  k.mm.shrinkers.unshift({ name: 'lazy_rcu_shrink_scan', seeks: DEFAULT_SEEKS, batch: 0, deferred: [], countObjects: (k) => lazyRcuShrinkCount(k, s), scanObjects: (k, _p, nr) => lazyRcuShrinkScan(k, s, nr) });
}
