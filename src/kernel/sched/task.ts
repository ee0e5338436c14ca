// A task is the context at the bottom of a CPU.
import type { Timer } from '../../base/agenda.ts';
import { Context, TASK } from '../../sim/kfn.ts';
import { TASK_STATE, WAKE } from '../../sim/recorder.ts';
import type { Lock } from '../locking/lock.ts';
import type { Retry } from '../locking/retries.ts';
import type { Awaited } from './completion.ts';
import { LoadAvg } from './pelt.ts';

/** Task states, and masks of them: what a wake-up may end. */
export const RUNNING = TASK_STATE.running, INTERRUPTIBLE = TASK_STATE.interruptible, UNINTERRUPTIBLE = TASK_STATE.uninterruptible, DEAD = TASK_STATE.dead;
export const KILLABLE = TASK_STATE.killable, TASK_IDLE = TASK_STATE.idle, WAKEKILL = 0x100, NORMAL = 3;
/** Sleeping on a spinlock_t of an RT kernel: only the lock's own wake-up ends it (TASK_RTLOCK_WAIT). */
export const RTLOCK_WAIT = 0x1000;

/** Flags of `pf`, numbered as since v5.x. */
export const PF = {
  WQ_WORKER: 0x20, EXITING: 0x4, MEMALLOC: 0x800, KSWAPD: 0x2_0000, MEMALLOC_NOFS: 0x4_0000, MEMALLOC_NOIO: 0x8_0000, KTHREAD: 0x20_0000,
} as const;

export type Policy = 'fifo' | 'normal' | 'idle';
export interface TaskOptions {
  readonly policy?: Policy;
  readonly rtPrio?: number; // 1..99
  readonly weight?: number; // 1024 = nice 0
  readonly cpus?: readonly number[];
  readonly daemon?: boolean; // may sleep for ever: no hang
  readonly pid?: number;
  readonly tgid?: number;
  readonly uid?: number;
  readonly mmId?: number;
  readonly oomScoreAdj?: number;
}
/** struct reclaim_state: what shrinkers and frees in this task's own context gave back, in pages. */
export interface ReclaimState { reclaimed: number; mmWalk?: boolean }

/** sched_submit_work(), sched_update_worker(): a pool of workers keeps one running as long as there is work. */
export interface WorkerHooks { sleeping(): void; running(): void }

export class Task extends Context {
  readonly id: number;
  readonly object: number;
  readonly pid: number;
  readonly tgid: number;
  readonly uid: number;
  readonly comm: string;
  readonly policy: Policy;
  readonly rtPrio: number; // FIFO: 1 to 99
  readonly normalPrio: number; // 0..98 FIFO (99 - rtPrio), 120 NORMAL, 121 IDLE policy; smaller runs first
  readonly weight: number;
  readonly kthread: boolean;
  readonly daemon: boolean;
  allowed: number; // CPUs, one bit each
  prio: number; // effective: boosted by whoever waits for one of our locks
  state: number;
  savedState: number; // RT: the state kept aside while sleeping on a spinlock_t
  cpuIndex: number; // where it runs, is queued, or last ran
  onCpu: boolean;
  queued: boolean;
  queueSeq: number;
  vruntime: number;
  chargedTo: number; // `used` up to here is in vruntime
  vlag: number; // EEVDF: how much less than its share it had when it went to sleep
  deadline: number; // EEVDF: virtual end of its slice
  delayed: boolean; // EEVDF: sleeps, and is counted on its queue until its debt is paid
  parity: number; // EEVDF: its deadline when it was put on the CPU: equal to `deadline` = the slice runs
  readonly load: LoadAvg;
  loading: boolean; // runnable, so that its load grows
  loadedOn: number; // the queue whose load has it
  sliceFrom: number; // `used` when it was last put on the CPU
  switches: number;
  sleeps: number;
  preemptCount: number;
  migrateDisabled: number;
  wokenBy: number; // WAKE: exactly one thing a sleep
  sigkillPending: boolean;
  sigPending: boolean; // any signal, SIGKILL too
  exiting: boolean;
  pf: number; // PF
  mmId: number; // index of its address space, -1 = none
  oomScoreAdj: number;
  reclaimState: ReclaimState | null;
  inLruFault: boolean; // in a fault: pages that come onto the LRU are of its youngest generation
  blockedOn: Lock | null;
  awaits: Awaited | null; // without a timeout
  readonly retries: Retry[]; // trylocks it has lost, one entry a lock
  readonly held: Lock[]; // in the order of taking
  timer: Timer | null; // schedule_timeout()'s, made at first use
  timerCpu: number; // whose wheel it is on
  sleeper: Timer | null; // clock_nanosleep()'s
  worker: WorkerHooks | null; // a kworker says when it blocks
  rcuNesting: number; // rcu_read_lock() without its unlock
  constructor(id: number, object: number, comm: string, kthread: boolean, o: TaskOptions) {
    super(TASK);
    this.id = id; this.object = object; this.comm = comm; this.kthread = kthread; this.daemon = o.daemon ?? false;
    this.pid = o.pid ?? id; this.tgid = o.tgid ?? this.pid; this.uid = o.uid ?? 0;
    this.policy = o.policy ?? 'normal';
    this.rtPrio = o.rtPrio ?? 1;
    this.normalPrio = this.policy === 'fifo' ? 99 - this.rtPrio : this.policy === 'normal' ? 120 : 121;
    this.prio = this.normalPrio;
    this.weight = this.policy === 'idle' ? 3 : o.weight ?? 1024;
    this.allowed = (o.cpus ?? []).reduce((m, c) => m | (1 << c), 0) || -1;
    this.state = RUNNING; this.savedState = RUNNING; this.cpuIndex = 0; this.onCpu = false; this.queued = false; this.queueSeq = 0;
    this.vruntime = 0; this.vlag = 0; this.deadline = 0; this.delayed = false; this.parity = -1; this.load = new LoadAvg(); this.loading = false; this.loadedOn = 0; this.chargedTo = 0; this.sliceFrom = 0; this.switches = 0; this.sleeps = 0; this.preemptCount = 0; this.migrateDisabled = 0;
    this.wokenBy = WAKE.no; this.sigkillPending = false; this.sigPending = false; this.exiting = false;
    this.pf = kthread ? PF.KTHREAD : 0; this.mmId = o.mmId ?? -1; this.oomScoreAdj = o.oomScoreAdj ?? 0; this.reclaimState = null; this.inLruFault = false;
    this.blockedOn = null; this.awaits = null; this.retries = []; this.held = []; this.timer = null; this.timerCpu = 0; this.sleeper = null; this.worker = null; this.rcuNesting = 0;
  }
  /** User mode = one frame on the stack of a task that is no kernel thread. It is preemptible under every model. */
  get inUser(): boolean { return !this.kthread && this.frames.length === 1 && !this.exiting; }
  allowedOn(cpu: number): boolean { return this.migrateDisabled > 0 ? cpu === this.cpuIndex : (this.allowed & (1 << cpu)) !== 0; }
}
/** rt_task(): by its priority of this moment, which a boost may have raised. */
export const rtTask = (t: Task): boolean => t.prio < 100;

export const signalPending = (t: Task): boolean => t.sigPending;
export const fatalSignalPending = (t: Task): boolean => t.sigkillPending;
/** signal_pending_state(): would a sleep in `state` end at once? */
export const signalPendingState = (t: Task, state: number): boolean =>
  (t.sigkillPending && (state & (WAKEKILL | INTERRUPTIBLE)) !== 0) || (t.sigPending && (state & INTERRUPTIBLE) !== 0);
