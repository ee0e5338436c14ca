// `k`: what kernel code sees of the machine. One object a machine; nothing in any module remembers a run.
import { assert, type Jiffies, ns, type Ns } from '../base/units.ts';
import type { Cpu } from '../sim/cpu.ts';
import { type Call, type Context, kfnFor } from '../sim/kfn.ts';
import { Machine, type MachineConfig } from '../sim/machine.ts';
import { NO_OPERAND, ROW } from '../sim/recorder.ts';
import type { Lock } from './locking/lock.ts';
import type { Mm } from './mm/mmzone.ts';
import type { BootCache, KvfreeState } from './rcu/kvfree_state.ts';
import type { RcuState } from './rcu/state.ts';
import { SCHED_COST, type SchedCost } from './sched/cost.ts';
import type { RunQueue } from './sched/rq.ts';
import type { Task } from './sched/task.ts';
import type { CallQueue } from './smp.ts';
import type { WorkerPools } from './workqueue.ts';

export type Preemption = 'none' | 'full' | 'rt';
export type Cost = SchedCost;
export type Knobs = Readonly<Record<string, string | number>>;
/** What is called later, by somebody else: a softirq, a timer's function, a device's handler, a work item. */
export type Deferred = (k: Kernel) => Call<void>;
export interface KernelConfig extends MachineConfig {
  readonly mm: Mm;
  readonly hz?: number;
  readonly preempt?: Preemption;
  /** false: no periodic tick, and timers fire at their very ns. For measurements and explorations. */
  readonly ticks?: boolean;
  /** How the timer wheel rounds: `exact` before v4.8, `levels` since (timer.ts). */
  readonly timerWheel?: 'exact' | 'levels';
  /** Whose turn it is among ordinary tasks: `cfs` before v6.6, `eevdf` since. */
  readonly fairness?: 'cfs' | 'eevdf';
  /** An idle CPU's first tick comes all the same (timer.ts). */
  readonly idleKeepsTick?: boolean;
  /** Where only SCHED_IDLE tasks are runnable counts as idle to who looks for an idle CPU: sched_idle_cpu(), since v5.4. */
  readonly schedIdleCpu?: boolean;
  readonly cost?: Cost;
  readonly knobs?: Knobs;
}

export class Kernel extends Machine {
  readonly mm: Mm;
  readonly hz: number;
  readonly tickNs: Ns;
  readonly preempt: Preemption;
  ticks: boolean;
  readonly timerWheel: 'exact' | 'levels';
  readonly fairness: 'cfs' | 'eevdf';
  readonly idleKeepsTick: boolean;
  readonly schedIdleCpu: boolean;
  /** Whether the scheduler knows of a cache that the CPUs share (sd_llc): a woken task may then have any that is idle. Knob `sched.sharedCache`. */
  readonly sharedCache: boolean;
  readonly cost: Cost;
  readonly knobs: Knobs;
  /** The CPU whose code is running. */
  cpu: Cpu<Task>;
  readonly cpus: Cpu<Task>[];
  readonly rqs: RunQueue[];
  readonly tasks: Task[];
  readonly locks: Lock[];
  /** What the rules of lockdep have been told of (locking/wait_context.ts). */
  readonly lockReports: Set<string>;
  /** Run by do_exit() in the context of the task that exits, in this order. */
  readonly atExit: Deferred[];
  /** Runs in every tick, in its interrupt: RCU, watchdogs. */
  readonly atTick: (() => void)[];
  workers: WorkerPools | null;
  rcu: RcuState | null; // made at first use (rcu/init.ts)
  kvfree: KvfreeState | null; // made at first use (rcu/kvfree.ts)
  kvfreeBoot: BootCache; // what the rest of the kernel has of it when the run begins
  readonly callQueues: CallQueue[]; // by CPU, made at first use (smp.ts)
  /** CPUs for tasks that are bound to none, one bit each: all, but for those that are isolated (isolcpus). */
  housekeeping: number;
  running: number; // tasks that are no daemons and have not exited
  nextPid: number;
  /** The tracepoint that somebody waits for, and how often it has come. */
  watched: string | null;
  cameBy: number;
  /** Tracepoints that a program of the machine traces (null: none), and how many have come: lines for it to read. */
  traced: ReadonlySet<string> | null;
  tracedLines: number;
  /** The event right after it, the first time. */
  cameAt: number;
  constructor(c: KernelConfig) {
    super(c);
    this.mm = c.mm; this.hz = c.hz ?? 250; this.tickNs = ns(Math.floor(1e9 / this.hz)); this.preempt = c.preempt ?? 'full'; this.ticks = c.ticks ?? true;
    this.timerWheel = c.timerWheel ?? 'levels'; this.fairness = c.fairness ?? 'cfs'; this.idleKeepsTick = c.idleKeepsTick ?? false; this.schedIdleCpu = c.schedIdleCpu ?? false; this.cost = c.cost ?? SCHED_COST; this.knobs = c.knobs ?? {}; this.sharedCache = this.knobs['sched.sharedCache'] !== 'off';
    this.cpus = []; this.rqs = []; this.tasks = []; this.locks = []; this.lockReports = new Set(); this.atExit = []; this.atTick = []; this.workers = null; this.rcu = null; this.kvfree = null; this.kvfreeBoot = { cache: [], queued: [] }; this.callQueues = []; this.housekeeping = -1;
    this.running = 0; this.nextPid = 1; this.watched = null; this.cameBy = 0; this.cameAt = 0; this.traced = null; this.tracedLines = 0;
    this.cpu = null as unknown as Cpu<Task>; // addCpus() sets it before anything runs: a check in this hot place would buy nothing
  }
  /** The kernel's own word: the task at the bottom of this CPU, also inside a handler. */
  get current(): Task { return this.cpu.current; }
  get jiffies(): Jiffies { return Math.floor(this.now / this.tickNs) as Jiffies; }
  get inTask(): boolean { return this.cpu.top === this.cpu.current; }
  /** The value of a knob that every profile has. */
  knob(name: string): string {
    const value = this.knobs[name];
    if (value === undefined) throw new Error(`no knob ${name}`);
    return String(value);
  }

  /** Writes a row at this CPU, task and stack. */
  trace(kind: number, a: number, b: number, c = 0): void {
    const cpu = this.cpu, top = cpu.top;
    if (!top.shown) this.show(top);
    this.recorder.row(this.now, cpu.index, cpu.current.id, top.stack, kind, a, b, c);
  }
  /** Writes the `enter` row of a handler: at once, or when a quiet one turns out to do something. */
  show(handler: Context): void {
    handler.shown = true;
    this.trace(ROW.enter, handler.kind, this.recorder.fnString(this.stacks.fn[handler.stack]));
  }
  /** Takes a branch, and notes it: the decision path for the reader. */
  decide(question: string, answer: boolean, operand: number = NO_OPERAND): boolean {
    this.trace(ROW.decide, this.recorder.intern(question), answer ? 1 : 0, operand);
    return answer;
  }
  /** A further operand of the last `decide`. */
  operand(name: string, value: number): void { this.trace(ROW.operand, this.recorder.intern(name), value); }
  /** A tracepoint. */
  mark(name: string, b = 0, c = 0): void {
    this.trace(ROW.mark, this.recorder.intern(name), b, c);
    if (name === this.watched && this.cameBy++ === 0) this.cameAt = this.recorder.rows;
    if (this.traced !== null && this.traced.has(name)) this.tracedLines++;
  }
  /** A counter's new value. */
  gauge(name: string, value: number): void { this.trace(ROW.gauge, this.recorder.intern(name), value); }
  /** A line of the kernel log. */
  printk(level: number, text: string): void {
    const line = this.recorder.log.push({ timeNs: this.now, level, text }) - 1;
    this.trace(ROW.log, line, 0);
  }
  runUntil(end: Ns): void {
    for (let t = this.agenda.heap[0]; t !== undefined && t.at <= end; t = this.agenda.heap[0]) this.step();
    if (this.now < end) this.now = end;
    for (const cpu of this.cpus) cpu.settle();
  }
}
export const kfn = kfnFor<Kernel>();
/** Time on the CPU: `yield spend(ns(40))`. It may be interrupted, preempted, migrated; when it comes back it has all been consumed. */
export const spend = (time: Ns): Ns => { assert(time >= 0, 'time runs forward'); return time; };

/** Every sleeping primitive says so: the kernel's own splat, which stops the run. */
export function mightSleep(k: Kernel): void {
  const cpu = k.cpu;
  if (cpu.top !== cpu.current || cpu.current.preemptCount !== 0 || cpu.irqsOff !== 0) sleepingInAtomic(k);
}
function sleepingInAtomic(k: Kernel): never {
  const { cpu, current } = k;
  throw new Error(
    `BUG: sleeping function called from invalid context: in_atomic(): ${current.preemptCount + (k.inTask ? 0 : 1)}, irqs_disabled(): ${cpu.irqsOff}, ` +
    `pid: ${current.pid}, name: ${current.comm}, at ${k.stackNames(cpu.top.stack).join(' < ')}`,
  );
}
export type { Call };
