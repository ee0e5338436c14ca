/**
 * kernel/rcu/tree.h, v4.17 to 4.19, and what later ones have otherwise (rules.ts): struct rcu_state of one flavour and struct rcu_data of each CPU. Data, and how it gets into the trace.
 * One flavour a machine: the one that call_rcu() means, rcu_sched without preemption and rcu_preempt with it. The tree of nodes is one node:
 * a machine has at most 32 CPUs, and no lock of a node is modelled, since nobody holds one for long. Left out: rcu_bh, expedited grace
 * periods, CPUs that go offline, boosting of readers.
 */
import { must } from '../../base/units.ts';
import type { Timer } from '../../base/agenda.ts';
import type { Cpu } from '../../sim/cpu.ts';
import type { Deferred, Kernel } from '../kernel.ts';
import type { Mutex } from '../locking/mutex.ts';
import type { Task } from '../sched/task.ts';
import { TimerList } from '../sched/timer.ts';
import { WaitQueue } from '../sched/wait.ts';
import type { OomKick } from './oom.ts';
import { Cblist, SEG, SEG_NAMES, Segcblist } from './rcu_segcblist.ts';
import { type RcuRules, rulesOf } from './rules.ts';

/** What a scheduler, a tick and a CPU tell RCU; made by rcuInit(). */
export interface RcuHooks {
  idleEnter(cpu: Cpu<Task>): void;
  idleExit(cpu: Cpu<Task>): void;
  /** `preempted`: the task did not ask for it. */
  contextSwitch(cpu: Cpu<Task>, preempted: boolean): void;
  condResched(): void;
}
/** Bits of gpFlags. */
export const GP_FLAG = { INIT: 1, FQS: 2 } as const;
/** States of the grace-period kthread. */
export const GP_STATES = ['IDLE', 'WAIT_GPS', 'DONE_GPS', 'ONOFF', 'INIT', 'WAIT_FQS', 'DOING_FQS', 'CLEANUP', 'CLEANED'] as const;
export type GpState = (typeof GP_STATES)[number];

/** A number that a knob sets; a machine without knobs has the fallback. */
export const knobNumber = (k: Kernel, name: string, fallback: number): number => Number(k.knobs[name] ?? fallback);
/** RCU_JIFFIES_TILL_FORCE_QS + RCU_JIFFIES_FQS_DIV: jiffies to the first, and to each further, look at who holds a grace period up. */
export const jiffiesTillFqs = (hz: number, cpus: number): number => 1 + (hz > 250 ? 1 : 0) + (hz > 500 ? 1 : 0) + Math.floor(cpus / 256);

/** struct rcu_data and struct rcu_dynticks of one CPU. */
export class RcuData {
  readonly cpu: number;
  readonly bit: number;
  readonly cblist: Segcblist;
  gpnum: number; // the last grace period of whose begin this CPU knows
  completed: number; // and of whose end
  coreNeedsQs: boolean; // RCU waits for this CPU
  cpuNoQs: boolean; // it has not passed through a quiescent state since
  blimit: number;
  qlenLastFqsCheck: number;
  nForceQsSnap: number;
  dynticks: number; // even: idle
  dyntickSnap: number;
  urgentQs: boolean;
  needHeavyQs: boolean;
  needQsAtUnlock: boolean; // rcu_preempt: the reader now running says so when it is done
  nonlazyPosted: number;
  nonlazyPostedSnap: number;
  allLazy: boolean;
  lastAccelerate: number; // jiffies
  lastAdvanceAll: number; // jiffies
  stirred: boolean; // an interrupt has hit its idle loop
  nextTickNs: number; // when an idle CPU is to be woken for RCU; Infinity: never
  ticksThisGp: number;
  softirqs: number;
  softirqSnap: number;
  invoking: number; // callbacks of the batch under way
  rcuc: Task | null; // rcuc/N of RT
  rcucHasWork: boolean;
  nocb: Nocb | null; // this CPU's callbacks are offloaded
  readonly shown: number[]; // what the trace has of segments, invoking, lazy, bypass
  readonly gauges: readonly string[];
  constructor(cpu: number, blimit: number) {
    this.cpu = cpu; this.bit = 1 << cpu; this.cblist = new Segcblist(); this.gpnum = 0; this.completed = 0; this.coreNeedsQs = false; this.cpuNoQs = true;
    this.blimit = blimit; this.qlenLastFqsCheck = 0; this.nForceQsSnap = 0; this.dynticks = 1; this.dyntickSnap = 0; this.urgentQs = false; this.needHeavyQs = false; this.needQsAtUnlock = false;
    this.nonlazyPosted = 0; this.nonlazyPostedSnap = 0; this.allLazy = false; this.lastAccelerate = -1; this.lastAdvanceAll = -1; this.stirred = false; this.nextTickNs = Infinity;
    this.ticksThisGp = 0; this.softirqs = 0; this.softirqSnap = 0; this.invoking = 0; this.rcuc = null; this.rcucHasWork = false; this.nocb = null;
    this.gauges = [...SEG_NAMES, 'invoking', 'lazy', 'bypass'].map((name) => `rcu_cbs cpu${cpu} ${name}`);
    this.shown = this.gauges.map(() => 0);
  }
  get idle(): boolean { return (this.dynticks & 1) === 0; }
}
/** Why rcuog is to be woken later, the weaker first: RCU_NOCB_WAKE_*. */
export const NOCB_WAKE = { NOT: 0, BYPASS: 1, LAZY: 2, WAKE: 3, FORCE: 4 } as const;
/** CPUs that share one rcuog: what struct rcu_data of their first one has for all. */
export class NocbGroup {
  readonly leader: number; // its first CPU
  readonly members: readonly RcuData[];
  readonly wq: WaitQueue;
  readonly timer: TimerList; // nocb_timer
  sleep: boolean; // nocb_gp_sleep: nobody has called it
  deferWakeup: number; // NOCB_WAKE, what the timer is armed for
  kthread: Task | null; // rcuog/N
  constructor(k: Kernel, members: readonly RcuData[], run: Deferred) {
    this.leader = members[0].cpu; this.members = members; this.wq = new WaitQueue(k); this.timer = new TimerList(k, `nocb_timer of cpu${members[0].cpu}`, run);
    this.sleep = false; this.deferWakeup = NOCB_WAKE.NOT; this.kthread = null;
  }
}
/** What an offloaded CPU has besides its list: the nocb_ fields of struct rcu_data. Times in jiffies. */
export class Nocb {
  readonly group: NocbGroup;
  /** Callbacks that have not yet come to the list, and wait for no grace period yet. They are counted in its `len`. */
  readonly bypass: Cblist;
  lazyLen: number; // those of them that are lazy
  bypassFirst: number; // when the bypass was begun
  nobypassLast: number; // the last jiffy in which a callback went past it
  nobypassCount: number;
  advTime: number; // when the list was last advanced by who queued
  readonly cbWq: WaitQueue;
  cbSleep: boolean; // nobody has called rcuop
  cbKthread: Task | null; // rcuop/N
  constructor(k: Kernel, group: NocbGroup) {
    this.group = group; this.bypass = new Cblist(); this.lazyLen = 0; this.bypassFirst = -1; this.nobypassLast = -1; this.nobypassCount = 0; this.advTime = -1;
    this.cbWq = new WaitQueue(k); this.cbSleep = true; this.cbKthread = null;
  }
}
/** A reader that was preempted (rcu_preempt): the grace periods that began before it ends wait for it. */
export interface BlockedReader { readonly task: Task; blocksGp: boolean }

export class RcuState {
  readonly name: 'rcu_sched' | 'rcu_preempt';
  readonly object: number;
  readonly rules: RcuRules;
  readonly cpus: readonly RcuData[];
  readonly nocbGroups: NocbGroup[]; // none: no CPU is offloaded
  readonly hooks: RcuHooks;
  readonly softirq: Deferred;
  readonly later: Timer[]; // by CPU: the softirq could not run, and comes by an interrupt of its own
  readonly gpWq: WaitQueue;
  readonly barrierMutex: Mutex;
  readonly blimit: number;
  readonly qhimark: number;
  readonly qlowmark: number;
  readonly fastNoHz: boolean;
  readonly idleAccelBug: boolean;
  readonly lazyCalls: boolean; // call_rcu() is lazy on an offloaded CPU
  gpKthread: Task | null;
  gpnum: number; // the last grace period that has begun
  completed: number; // the last that has ended
  needed: number; // the last that somebody has asked for
  gpFlags: number;
  gpState: GpState;
  qsmask: number; // CPUs that must report for the grace period under way
  readonly blocked: BlockedReader[];
  nForceQs: number;
  nForceQsGpStart: number;
  gpStart: number; // jiffies
  gpActivity: number;
  stallAt: number;
  reschedAt: number;
  barriersDone: number;
  barrierUnderWay: boolean;
  nextId: number;
  invoked: number; // callbacks so far
  oomKick: OomKick | null; // what rcu.oomHook has registered
  constructor(k: Kernel, hooks: RcuHooks, softirq: Deferred, gpWq: WaitQueue, barrierMutex: Mutex, rules: RcuRules = rulesOf(k)) {
    this.name = k.preempt === 'none' && !rules.alwaysPreemptible ? 'rcu_sched' : 'rcu_preempt';
    this.object = k.newObject(); this.hooks = hooks; this.softirq = softirq; this.later = []; this.gpWq = gpWq; this.barrierMutex = barrierMutex;
    this.blimit = knobNumber(k, 'rcu.blimit', 10); this.qhimark = knobNumber(k, 'rcu.qhimark', 10_000); this.qlowmark = knobNumber(k, 'rcu.qlowmark', 100);
    this.fastNoHz = k.knobs['rcu.fastNoHz'] === 'on'; this.idleAccelBug = k.knobs['rcu.idleAccelBug'] === 'on';
    this.rules = rules; this.lazyCalls = rules.lazy && k.knobs['rcu.lazy'] === 'on'; this.nocbGroups = [];
    this.cpus = k.cpus.map((c) => new RcuData(c.index, this.blimit));
    this.gpKthread = null; this.gpnum = 0; this.completed = 0; this.needed = 0; this.gpFlags = 0; this.gpState = 'IDLE'; this.qsmask = 0; this.blocked = [];
    this.nForceQs = 0; this.nForceQsGpStart = 0; this.gpStart = 0; this.gpActivity = 0; this.stallAt = Infinity; this.reschedAt = Infinity; this.barriersDone = 0; this.barrierUnderWay = false; this.nextId = 0; this.invoked = 0; this.oomKick = null;
  }
  /** rcu_gp_in_progress() */
  get inProgress(): boolean { return this.completed !== this.gpnum; }
  /** rcu_preempt_blocked_readers_cgp() */
  get blockedReaders(): boolean { return this.blocked.some((b) => b.blocksGp); }
  /** Nothing holds the grace period up any more. */
  get gpDone(): boolean { return this.qsmask === 0 && !this.blockedReaders; }
  /** rcu_cbs_completed(), rcu_seq_snap(): the first grace period that is certain to begin from now on. The one under way may have begun before. */
  get snap(): number { return this.completed + (this.inProgress ? 2 : 1); }
  /** All callbacks of all CPUs. */
  get queued(): number { return this.cpus.reduce((n, c) => n + c.cblist.len, 0); }
  get lazy(): number { return this.cpus.reduce((n, c) => n + c.cblist.lenLazy, 0); }
}
export const rcuOf = (k: Kernel): RcuState => must(k.rcu, 'RCU is used before rcu_init()');
export const thisCpu = (k: Kernel): RcuData => rcuOf(k).cpus[k.cpu.index];

/** Writes what has changed of a CPU's callbacks: one gauge a segment, one for the batch under way, one for how many are lazy, one for an offloaded CPU's bypass. */
export function traceCallbacks(k: Kernel, d: RcuData): void {
  const { seg, lenLazy } = d.cblist, { shown, gauges, nocb } = d;
  for (let i: number = SEG.DONE; i < shown.length; i++) {
    const value = i <= SEG.NEXT ? seg[i].len : i === SEG.NEXT + 1 ? d.invoking : i === SEG.NEXT + 2 ? (nocb?.lazyLen ?? lenLazy) : (nocb?.bypass.len ?? 0);
    if (shown[i] === value) continue;
    shown[i] = value;
    k.gauge(gauges[i], value);
  }
}
