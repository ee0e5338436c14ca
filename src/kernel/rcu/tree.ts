/**
 * kernel/rcu/tree.c, v4.19, which stands for 4.17 (rcu reference 1.3, 1.6): queueing callbacks, what a CPU learns of grace periods and when,
 * quiescent states, the RCU softirq, and the invocation of callbacks. The grace-period kthread is gp_kthread.ts, idle CPUs fast_no_hz.ts,
 * readers read.ts. A CPU hears of the begin and the end of a grace period only when it runs RCU code itself: no interrupt tells it.
 * Offloaded callbacks are nocb.ts. Left out: the locks of nodes, rcu_bh, tasks-RCU, the tick's push of a CPU that is marked urgent.
 */
import { jiffies, ns } from '../../base/units.ts';
import { type Cpu, isIdle } from '../../sim/cpu.ts';
import { type Context, HARDIRQ, type Timed } from '../../sim/kfn.ts';
import { WAKE } from '../../sim/recorder.ts';
import { kfn, type Kernel, spend } from '../kernel.ts';
import { leaf } from '../leaf.ts';
import { SpinLock } from '../locking/spinlock.ts';
import { condResched, needResched, raiseSoftirq, schedule, setCurrentState, SOFTIRQ_VEC, spawn, tryToWakeUp } from '../sched/core.ts';
import { INTERRUPTIBLE, NORMAL, RTLOCK_WAIT, RUNNING, type Task } from '../sched/task.ts';
import { scheduleTimeoutInterruptible } from '../sched/wait.ts';
import { rcuAccelerateCbs, rcuAdvanceCbs, rcuGpKthreadWake } from './future_gp.ts';
import { doNocbDeferredWakeup, rcuNocbEnqueue, rcuNocbNeedDeferredWakeup } from './nocb.ts';
import { type RcuHead, SEG } from './rcu_segcblist.ts';
import { BIG_BATCH, CLOCK_EVERY, NO_LIMIT } from './rules.ts';
import { checkCpuStall } from './stall.ts';
import { GP_FLAG, NOCB_WAKE, type RcuData, rcuOf, type RcuState, thisCpu, traceCallbacks } from './state.ts';

/** __note_gp_changes(): this CPU learns of the end and of the begin of grace periods. true: wake the kthread. */
export function noteGpChanges(k: Kernel, d: RcuData): boolean {
  const s = rcuOf(k);
  k.touch(s.object);
  if (d.completed === s.completed && d.gpnum === s.gpnum) return false;
  const wake = d.nocb === null && (d.completed === s.completed ? rcuAccelerateCbs(k, d) : rcuAdvanceCbs(k, d)); // an offloaded CPU's list is rcuog's
  d.completed = s.completed;
  if (d.gpnum !== s.gpnum) {
    d.gpnum = s.gpnum;
    d.coreNeedsQs = d.cpuNoQs = (s.qsmask & d.bit) !== 0;
    d.ticksThisGp = 0;
    d.softirqSnap = d.softirqs;
  }
  return wake;
}
const noteAndWake = (k: Kernel, d: RcuData): void => { if (noteGpChanges(k, d)) rcuGpKthreadWake(k); };

/** rcu_sched_qs(), rcu_preempt_qs(): this CPU has passed through a quiescent state. */
export function rcuQs(d: RcuData): void { d.cpuNoQs = false; }
/** rcu_momentary_dyntick_idle(): as if it had been idle for a moment, so that a look from outside sees it. */
export function rcuMomentaryDyntickIdle(d: RcuData): void { d.needHeavyQs = false; d.dynticks += 2; }
/** rcu_report_qs_rnp(): these CPUs hold the grace period up no longer. The last one wakes its kthread. */
export function rcuReportQs(k: Kernel, mask: number): void {
  const s = rcuOf(k);
  k.touch(s.object);
  s.qsmask &= ~mask;
  if (mask !== 0) k.gauge('rcu_qsmask', s.qsmask);
  if (s.gpDone) { s.gpFlags |= GP_FLAG.FQS; rcuGpKthreadWake(k); }
}
/** rcu_check_quiescent_state(), rcu_report_qs_rdp(): by the softirq of the CPU that has passed through one. */
function rcuCheckQuiescentState(k: Kernel, d: RcuData): void {
  const s = rcuOf(k);
  noteAndWake(k, d);
  if (!d.coreNeedsQs || d.cpuNoQs) return;
  if (d.gpnum !== s.gpnum || !s.inProgress) { d.cpuNoQs = true; return; } // it was for a grace period that is over
  d.coreNeedsQs = false;
  if ((s.qsmask & d.bit) === 0) return;
  const wake = d.nocb === null && rcuAccelerateCbs(k, d);
  k.mark('rcu_quiescent_state_report', s.gpnum, d.cpu);
  rcuReportQs(k, d.bit);
  if (wake) rcuGpKthreadWake(k);
}
/** force_quiescent_state(): a pass over the CPUs that have not reported, now. */
export function forceQuiescentState(k: Kernel): void {
  const s = rcuOf(k);
  if (s.gpFlags & GP_FLAG.FQS) return;
  s.gpFlags |= GP_FLAG.FQS;
  rcuGpKthreadWake(k);
}

/** rcu_note_context_switch(): leaving the CPU is a quiescent state. A reader of rcu_preempt that is preempted is remembered; any other must not be here. */
export function rcuNoteContextSwitch(k: Kernel, cpu: Cpu<Task>, preempted: boolean): void {
  const s = rcuOf(k), d = s.cpus[cpu.index], t = cpu.current;
  if (t.rcuNesting > 0) {
    if (s.name === 'rcu_sched' || (!preempted && t.state !== RTLOCK_WAIT)) throw new Error(`Voluntary context switch within RCU read-side critical section! ${t.comm}/${t.pid}`);
    const known = s.blocked.find((b) => b.task === t), blocksGp = (s.qsmask & d.bit) !== 0;
    if (known === undefined) s.blocked.push({ task: t, blocksGp }); else known.blocksGp ||= blocksGp;
    d.needQsAtUnlock = false;
  }
  rcuQs(d);
  d.stirred = false;
  d.urgentQs = false;
  if (d.needHeavyQs) rcuMomentaryDyntickIdle(d);
}
/** rcu_all_qs(): cond_resched() of a CPU that RCU has waited for too long. */
export function rcuAllQs(k: Kernel): void {
  const d = thisCpu(k);
  if (!d.urgentQs || k.current.rcuNesting > 0) return;
  d.urgentQs = false;
  if (d.needHeavyQs) rcuMomentaryDyntickIdle(d);
  rcuQs(d);
}

/** __call_rcu_common(): behind everything else on this CPU. Any context. */
function callRcuInner(k: Kernel, head: RcuHead, lazy: boolean): void {
  const s = rcuOf(k), d = s.cpus[k.cpu.index], { nocb } = d;
  k.touch(s.object);
  head.id = s.nextId++;
  if (nocb !== null) { rcuNocbEnqueue(k, s, d, nocb, head, lazy); return; }
  d.cblist.enqueue(head);
  if (!head.lazy) d.nonlazyPosted++;
  k.mark(head.lazy ? 'rcu_kfree_callback' : 'rcu_callback', head.id, d.cblist.len);
  traceCallbacks(k, d);
  callRcuCore(k, s, d, head);
}
/** __call_rcu_core(): too many at once: start a grace period, or lift the limit of a batch and hurry the one under way. */
function callRcuCore(k: Kernel, s: RcuState, d: RcuData, head: RcuHead): void {
  if (d.idle) invokeRcuCore(k);
  if (k.cpu.irqsOff > 0 || k.cpu.top.kind === HARDIRQ) return;
  if (d.cblist.len <= d.qlenLastFqsCheck + s.qhimark) return;
  noteAndWake(k, d);
  if (!s.inProgress) {
    if (rcuAccelerateCbs(k, d)) rcuGpKthreadWake(k);
    return;
  }
  d.blimit = s.rules.floodBlimit;
  k.mark('rcu_flood', d.cpu, d.cblist.len);
  if (s.nForceQs === d.nForceQsSnap && d.cblist.firstPending !== head) forceQuiescentState(k);
  d.nForceQsSnap = s.nForceQs;
  d.qlenLastFqsCheck = d.cblist.len;
}
/** call_rcu(): `head.func` runs after a grace period. On an offloaded CPU of 6.2 on it may wait for seconds before that. */
export const callRcu = leaf('call_rcu', (k: Kernel, head: RcuHead): void => callRcuInner(k, head, rcuOf(k).lazyCalls));
/** call_rcu_hurry(), since 6.2: what call_rcu() was before. */
const callRcuHurryLeaf = leaf('call_rcu_hurry', (k: Kernel, head: RcuHead): void => callRcuInner(k, head, false));
/** For who cannot wait: the hurried form where there is one. */
export const callRcuHurry = (k: Kernel, head: RcuHead): void => { if (rcuOf(k).rules.lazy) callRcuHurryLeaf(k, head); else callRcu(k, head); };
/** kfree_call_rcu(): the same for what only frees memory; it is lazy, in the sense of 3.4 to 5.5. */
export const kfreeCallRcu = leaf('kfree_call_rcu', (k: Kernel, head: RcuHead): void => callRcuInner(k, head, rcuOf(k).lazyCalls));

/** invoke_rcu_core(): RCU has something to do on this CPU. RT: in a thread of its own. */
export function invokeRcuCore(k: Kernel): void {
  if (k.preempt !== 'rt') { raiseSoftirq(k, SOFTIRQ_VEC.RCU, rcuOf(k).softirq); return; }
  const d = thisCpu(k);
  d.rcucHasWork = true;
  if (d.rcuc === null) d.rcuc = spawn(k, `rcuc/${d.cpu}`, (k) => rcuCpuKthread(k, d), { cpus: [d.cpu], daemon: true, policy: 'fifo', rtPrio: 1 });
  else tryToWakeUp(k, d.rcuc, NORMAL, WAKE.event);
}
/** rcu_pending(): does the tick of this CPU find anything for RCU to do? */
function rcuPending(s: RcuState, d: RcuData): boolean {
  if (d.coreNeedsQs && !d.cpuNoQs) return true;
  if (d.nocb !== null) { if (rcuNocbNeedDeferredWakeup(d.nocb, NOCB_WAKE.WAKE)) return true; }
  else if (d.cblist.ready || (!s.inProgress && !d.cblist.restEmpty(SEG.NEXT_READY))) return true;
  return d.completed !== s.completed || d.gpnum !== s.gpnum;
}
/** rcu_check_callbacks(): in every tick. User mode and idle are quiescent states, and so is a tick outside of a reader of rcu_preempt. */
export const rcuCheckCallbacks = leaf('rcu_check_callbacks', (k: Kernel): void => {
  const s = rcuOf(k), d = s.cpus[k.cpu.index], { top, current } = k.cpu, direct = top.below === current, user = direct && current.inUser;
  d.ticksThisGp++;
  if (user || (direct && isIdle(current))) rcuQs(d);
  else if (s.name === 'rcu_preempt') {
    if (current.rcuNesting === 0) rcuQs(d);
    else if (d.coreNeedsQs && d.cpuNoQs) d.needQsAtUnlock = true;
  }
  checkCpuStall(k, d);
  if (rcuPending(s, d)) invokeRcuCore(k);
});

/** A context below this softirq holds a lock of memory management: the quiet ones, all of which 4.17 takes with interrupts off. */
function interruptsWereOff(k: Kernel): boolean {
  if (k.inTask) return false;
  const below = new Set<Context>();
  for (let x = k.cpu.top.below; x !== null; x = x.below) below.add(x);
  return k.current.held.some((l) => l instanceof SpinLock && l.quiet && l.holder !== null && below.has(l.holder));
}
/** How much later such a softirq comes. Chosen: longer than most holds of zone->lock. */
const LATER_NS = 2000;

/** The softirq: a CPU's own news of grace periods, its quiescent state, a grace period for what has none, callbacks that are done. */
export const rcuProcessCallbacks = kfn('rcu_process_callbacks', function* (k): Timed<void> { yield* processCallbacks(k); });
export function* processCallbacks(k: Kernel): Timed<void> {
  const s = rcuOf(k), d = s.cpus[k.cpu.index];
  // The kernel takes zone->lock with interrupts off, so that no softirq can come in that wants it too; here they are on. It comes a little later.
  if (interruptsWereOff(k)) { k.agenda.arm(s.later[d.cpu], ns(k.now + LATER_NS)); return; }
  d.softirqs++;
  yield spend(k.cost.rcuCore);
  rcuCheckQuiescentState(k, d);
  if (d.nocb !== null) { doNocbDeferredWakeup(k, d.nocb); return; }
  if (!s.inProgress && !d.cblist.restEmpty(SEG.NEXT_READY) && rcuAccelerateCbs(k, d)) rcuGpKthreadWake(k);
  if (d.cblist.ready) yield* rcuDoBatch(k, s, d);
}
/** The interrupt by which a softirq comes later. */
export const raiseSoftirqIrqoff = kfn('raise_softirq_irqoff', function* (k): Timed<void> {
  yield spend(ns(0));
  invokeRcuCore(k);
});

/** After so many callbacks of a batch others are asked after. */
const batchLimit = (s: RcuState, d: RcuData, done: number): number => (s.rules.divisor === Infinity ? d.blimit : Math.max(d.blimit, done >> s.rules.divisor));
/** rcu_do_batch(): what is done, in order. After `limit` of them somebody else may have the CPU, if anybody wants it; rcuop asks after each. */
export const rcuDoBatch = kfn('rcu_do_batch', function* (k: Kernel, s: RcuState, d: RcuData): Timed<void> {
  const batch = d.cblist.extractDone(), limit = batchLimit(s, d, batch.len), own = k.current === d.rcuc, offloaded = d.nocb !== null, untilNs = limit > BIG_BATCH && !own && !offloaded ? k.now + s.rules.batchNs : Infinity;
  k.mark('rcu_batch_start', d.cblist.len, limit === NO_LIMIT ? -1 : limit);
  d.invoking = batch.len;
  traceCallbacks(k, d);
  let invoked = 0, lazy = 0;
  for (let head = batch.dequeue(); head !== null; head = batch.dequeue()) {
    invoked++;
    if (head.lazy) lazy++;
    yield* rcuReclaim(k, head);
    if (offloaded) { yield* condResched(k); continue; }
    if (invoked >= limit && (needResched(k) || (!isIdle(k.current) && !own))) break;
    if (invoked % CLOCK_EVERY === 0 && k.now >= untilNs) break;
  }
  d.invoking = 0;
  d.cblist.insertDone(batch);
  d.cblist.uncount(invoked, lazy);
  afterBatch(s, d);
  k.mark('rcu_batch_end', invoked, d.cblist.len);
  traceCallbacks(k, d);
  if (!offloaded && d.cblist.ready) invokeRcuCore(k);
});
/** __rcu_reclaim(): calls one callback. */
export const rcuReclaim = kfn('__rcu_reclaim', function* (k: Kernel, head: RcuHead): Timed<void> {
  k.mark(head.lazy ? 'rcu_invoke_kfree_callback' : 'rcu_invoke_callback', head.id, head.pages);
  yield spend(k.cost.rcuCallback);
  rcuOf(k).invoked++;
  yield* head.func(k, head);
});
/** The limit comes back, and so does the mark from which a flood is counted. */
function afterBatch(s: RcuState, d: RcuData): void {
  const { len } = d.cblist;
  if (d.blimit === s.rules.floodBlimit && len <= s.qlowmark) d.blimit = s.blimit;
  if (len === 0 && d.qlenLastFqsCheck !== 0) { d.qlenLastFqsCheck = 0; d.nForceQsSnap = s.nForceQs; }
  else if (len < d.qlenLastFqsCheck - s.qhimark) d.qlenLastFqsCheck = len;
}

/** Passes of rcuc/N before it gives its CPU up for a while, and for how long, in jiffies. */
const RCUC_PASSES = 10, RCUC_YIELD = 2;
/** rcu_cpu_kthread(): RT: does what the softirq does elsewhere. */
const rcuCpuKthread = kfn('rcu_cpu_kthread', function* (k: Kernel, d: RcuData): Timed<void> {
  for (let pass = 0; ; pass++) {
    if (pass === RCUC_PASSES) { yield* scheduleTimeoutInterruptible(k, jiffies(RCUC_YIELD)); pass = 0; }
    setCurrentState(k, INTERRUPTIBLE);
    if (!d.rcucHasWork) { yield* schedule(k); pass = -1; continue; }
    k.current.state = RUNNING;
    d.rcucHasWork = false;
    yield* rcuProcessCallbacks(k);
    yield* condResched(k);
  }
});
