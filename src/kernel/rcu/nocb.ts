/**
 * kernel/rcu/tree_nocb.h, v6.6, which stands for 5.9 to 6.12 (rcu reference 1.8; what it does not say is from memory, see docs/model.md): callbacks of
 * offloaded CPUs (knob rcu.nocbs = all). They come to the CPU's list, or, where many come in one jiffy or they are lazy, to a list beside it, the bypass;
 * one thread takes them to their grace periods, another calls them (nocb_kthread.ts). Since 6.2 call_rcu() is lazy there (knob rcu.lazy): such
 * callbacks lie in the bypass, without a grace period, until something flushes it, or for ten seconds.
 * Left out: the locks of the lists, which nobody holds for long; CPUs that are offloaded and taken back as the machine runs; rcu_nocb_poll; suspend.
 */
import { jiffies } from '../../base/units.ts';
import { HARDIRQ } from '../../sim/kfn.ts';
import { WAKE } from '../../sim/recorder.ts';
import type { Kernel } from '../kernel.ts';
import { NORMAL } from '../sched/task.ts';
import { delTimer, modTimer } from '../sched/timer.ts';
import { tryToWakeUp } from '../sched/wake.ts';
import { rcuAdvanceCbs } from './future_gp.ts';
import type { RcuHead } from './rcu_segcblist.ts';
import { type Nocb, type NocbGroup, NOCB_WAKE, type RcuData, type RcuState, traceCallbacks } from './state.ts';

/** jiffies_till_flush: so long may a lazy callback lie in the bypass. */
export const jiffiesTillFlush = (hz: number): number => 10 * hz;
/** nocb_nobypass_lim_per_jiffy: so many callbacks of one jiffy may go past the bypass, 16 a ms. */
export const nobypassLimPerJiffy = (hz: number): number => Math.floor((16 * 1000) / hz);
/** Jiffies until a bypass that is not lazy is looked at, and until a wake-up that could not be done at once. */
const BYPASS_JIFFIES = 2, DEFERRED_JIFFIES = 1;

/** __wake_nocb_gp(): rcuog looks at its CPUs now, and at its own pace if it does so already. */
export function wakeNocbGp(k: Kernel, g: NocbGroup, force = false): void {
  if (g.deferWakeup !== NOCB_WAKE.NOT) {
    g.deferWakeup = NOCB_WAKE.NOT;
    delTimer(k, g.timer);
  }
  if (!force && !g.sleep) return;
  g.sleep = false;
  k.mark('rcu_nocb_wake', g.leader, NOCB_WAKE.NOT);
  if (g.kthread !== null) tryToWakeUp(k, g.kthread, NORMAL, WAKE.event);
}
/** wake_nocb_gp_defer(): later, by the timer. A group's other CPUs cannot see what its first one has deferred. `why`: NOCB_WAKE. */
export function wakeNocbGpDefer(k: Kernel, g: NocbGroup, cpu: number, why: number): void {
  const arm = (n: number): void => { modTimer(k, g.timer, jiffies(k.jiffies + n)); };
  k.mark('rcu_nocb_wake', cpu, why);
  if (why === NOCB_WAKE.LAZY && (cpu !== g.leader || g.deferWakeup === NOCB_WAKE.NOT)) {
    arm(jiffiesTillFlush(k.hz));
    g.deferWakeup = why;
  } else if (why === NOCB_WAKE.BYPASS) {
    arm(BYPASS_JIFFIES);
    g.deferWakeup = why;
  } else {
    if (g.deferWakeup < NOCB_WAKE.WAKE) arm(DEFERRED_JIFFIES);
    if (g.deferWakeup < why) g.deferWakeup = why;
  }
}
/** rcu_nocb_need_deferred_wakeup() */
export const rcuNocbNeedDeferredWakeup = (n: Nocb, level: number): boolean => n.group.deferWakeup >= level;
/** do_nocb_deferred_wakeup_common(): what could not be done with interrupts off. */
function deferredWakeup(k: Kernel, g: NocbGroup, level: number): void {
  if (g.deferWakeup >= level) wakeNocbGp(k, g, g.deferWakeup === NOCB_WAKE.FORCE);
}
/** do_nocb_deferred_wakeup(): by RCU's softirq, and before a CPU idles. */
export const doNocbDeferredWakeup = (k: Kernel, n: Nocb): void => deferredWakeup(k, n.group, NOCB_WAKE.WAKE);
/** do_nocb_deferred_wakeup_timer() */
export const nocbTimerFires = (k: Kernel, g: NocbGroup): void => deferredWakeup(k, g, NOCB_WAKE.BYPASS);

/** rcu_nocb_do_flush_bypass(): the bypass goes to the list, and with it a new callback if that is lazy; one that is not begins the next bypass. The caller traces. */
function doFlushBypass(k: Kernel, d: RcuData, n: Nocb, head: RcuHead | null, lazy: boolean): void {
  if (head !== null) d.cblist.count(head, 1);
  if (head !== null && lazy) n.bypass.enqueue(head);
  d.cblist.insertPending(n.bypass);
  if (head !== null && !lazy) n.bypass.enqueue(head);
  n.lazyLen = 0;
  n.bypassFirst = k.jiffies;
}
/** rcu_nocb_flush_bypass() without a new callback. Returns how many it moved. */
export function rcuNocbFlushBypass(k: Kernel, d: RcuData, n: Nocb): number {
  const flushed = n.bypass.len;
  if (flushed > 0) { doFlushBypass(k, d, n, null, false); traceCallbacks(k, d); }
  return flushed;
}
/** Callbacks of this jiffy that have gone past the bypass; what was too many in the jiffy before still counts. */
function nobypassCount(k: Kernel, n: Nocb, limit: number): number {
  if (k.jiffies === n.nobypassLast) return n.nobypassCount + 1;
  n.nobypassLast = k.jiffies;
  return Math.min(Math.max(0, n.nobypassCount - limit), limit);
}
/** rcu_advance_cbs_nowake(): the list has a grace period that is over: who queues takes note, once a jiffy, and only while another is under way, so that nobody must be woken. */
function advanceNowake(k: Kernel, s: RcuState, d: RcuData, n: Nocb): void {
  if (n.advTime === k.jiffies || d.cblist.nextGp > s.completed || !s.inProgress) return;
  rcuAdvanceCbs(k, d);
  n.advTime = k.jiffies;
}
/** Does a callback that comes now move the bypass along: is it old, or full? */
function bypassIsDue(k: Kernel, s: RcuState, n: Nocb): boolean {
  const { len } = n.bypass, old = n.lazyLen === len ? k.jiffies > n.bypassFirst + jiffiesTillFlush(k.hz) : k.jiffies !== n.bypassFirst;
  return len > 0 && (old || len >= s.qhimark);
}
/** __call_rcu_nocb_wake(): `wasAllDone`: nothing waited for a grace period before. */
function callRcuNocbWake(k: Kernel, s: RcuState, d: RcuData, n: Nocb, wasAllDone: boolean): void {
  const { len } = d.cblist;
  if (wasAllDone) {
    d.qlenLastFqsCheck = len;
    if (n.lazyLen > 0 && n.bypass.len === n.lazyLen) wakeNocbGpDefer(k, n.group, d.cpu, NOCB_WAKE.LAZY);
    else if (k.cpu.irqsOff === 0 && k.cpu.top.kind !== HARDIRQ) wakeNocbGp(k, n.group);
    else wakeNocbGpDefer(k, n.group, d.cpu, NOCB_WAKE.WAKE);
  } else if (len > d.qlenLastFqsCheck + s.qhimark) {
    d.qlenLastFqsCheck = len;
    advanceNowake(k, s, d, n);
    if ((n.cbSleep || !d.cblist.ready) && !n.group.timer.pending) wakeNocbGpDefer(k, n.group, d.cpu, NOCB_WAKE.FORCE);
  }
}
/** rcu_nocb_try_bypass(). list: the caller queues it there; bypass: it lies there; flushed: it was queued, and all before it came to the list. */
function tryBypass(k: Kernel, s: RcuState, d: RcuData, n: Nocb, head: RcuHead, lazy: boolean): 'list' | 'bypass' | 'flushed' {
  const limit = nobypassLimPerJiffy(k.hz);
  n.nobypassCount = nobypassCount(k, n, limit);
  if (n.nobypassCount < limit && !lazy) {
    if (n.bypass.len > 0) doFlushBypass(k, d, n, null, false);
    return 'list';
  }
  if (bypassIsDue(k, s, n)) {
    doFlushBypass(k, d, n, head, lazy);
    advanceNowake(k, s, d, n);
    return 'flushed';
  }
  d.cblist.count(head, 1);
  if (n.bypass.len === 0) n.bypassFirst = k.jiffies;
  n.bypass.enqueue(head);
  if (lazy) n.lazyLen++;
  return 'bypass';
}
/** __call_rcu_common() on an offloaded CPU. */
export function rcuNocbEnqueue(k: Kernel, s: RcuState, d: RcuData, n: Nocb, head: RcuHead, lazy: boolean): void {
  const wasAllDone = !d.cblist.pending, wasEmpty = n.bypass.len === 0, how = tryBypass(k, s, d, n, head, lazy);
  if (how === 'list') d.cblist.enqueue(head);
  k.mark(head.lazy ? 'rcu_kfree_callback' : 'rcu_callback', head.id, d.cblist.len);
  traceCallbacks(k, d);
  if (how !== 'bypass') callRcuNocbWake(k, s, d, n, wasAllDone);
  else if (wasEmpty && wasAllDone) callRcuNocbWake(k, s, d, n, true); // rcuog might sleep for ever
}
