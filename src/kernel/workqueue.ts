/**
 * kernel/workqueue.c, 5.x era: work items, run by pools of kernel threads.
 * A bound pool (one a CPU and priority) runs one worker at a time, and lets the next go when that one sleeps; an unbound
 * pool runs as many as there are items. A pool always keeps one idle worker. Making one more needs memory; where that
 * takes too long the items of WQ_MEM_RECLAIM queues go to their rescuers.
 * Left out: culling of idle workers, WQ_CPU_INTENSIVE, WQ_FREEZABLE, drain, pools by node, the rescuer's binding to a CPU.
 */
import { jiffies, must, type Jiffies } from '../base/units.ts';
import type { Call, Timed } from '../sim/kfn.ts';
import { WAKE } from '../sim/recorder.ts';
import { type Deferred, kfn, type Kernel } from './kernel.ts';
import { spawn } from './sched/fork.ts';
import { type Awaited, tellAwaited } from './sched/completion.ts';
import { NORMAL, PF, RUNNING, type Task, TASK_IDLE, type WorkerHooks } from './sched/task.ts';
import { delTimer, modTimer, TimerList } from './sched/timer.ts';
import { MAX_SCHEDULE_TIMEOUT, scheduleTimeoutInterruptible, WaitQueue, waitEvent, wakeUpAll } from './sched/wait.ts';
import { condResched, schedule, setCurrentState, tryToWakeUp } from './sched/wake.ts';

const MAX_ACTIVE = 256; // WQ_DFL_ACTIVE
const WEIGHT_MIN_NICE = 88761; // nice -20: workers of WQ_HIGHPRI, and rescuers
const maydayInitial = (k: Kernel): number => Math.max(2, Math.floor(k.hz / 100)); // MAYDAY_INITIAL_TIMEOUT
const maydayInterval = (k: Kernel): number => Math.floor(k.hz / 10);

export class Work {
  readonly run: Deferred;
  readonly flushers: WaitQueue;
  pending: boolean; // queued, or its delay is running
  running: Runner | null;
  wq: Workqueue | null; // of the last queueing
  queued: number; // times it was put on a pool
  queuedNs: number; // the last time
  started: number; // `queued` when its last run began
  finished: number; // `queued` when the last run that has ended began
  delay: TimerList | null; // made at first use
  constructor(k: Kernel, run: Deferred) {
    this.run = run; this.flushers = new WaitQueue(k); this.pending = false; this.running = null; this.wq = null;
    this.queued = 0; this.queuedNs = 0; this.started = 0; this.finished = 0; this.delay = null;
  }
}
export interface WorkqueueOptions { readonly unbound?: boolean; readonly highpri?: boolean; readonly memReclaim?: boolean; readonly maxActive?: number }

export class Workqueue {
  readonly name: string;
  readonly unbound: boolean;
  readonly highpri: boolean;
  readonly maxActive: number;
  readonly active: number[]; // items on each pool, by pool id
  readonly inactive: Work[][]; // items beyond maxActive, by pool id
  readonly maydays: WorkerPool[]; // pools that ask the rescuer for help
  readonly rescuer: Rescuer | null;
  constructor(k: Kernel, name: string, o: WorkqueueOptions = {}) {
    this.name = name; this.unbound = o.unbound ?? false; this.highpri = o.highpri ?? false; this.maxActive = o.maxActive ?? MAX_ACTIVE;
    const { all } = workerPools(k);
    this.active = all.map(() => 0); this.inactive = all.map(() => []); this.maydays = [];
    this.rescuer = o.memReclaim === true ? new Rescuer(k, this) : null;
  }
}

export class WorkerPool {
  readonly k: Kernel;
  readonly id: number;
  readonly cpu: number; // -1 = unbound
  readonly highpri: boolean;
  readonly list: Work[];
  readonly workers: Worker[];
  readonly idle: Worker[]; // the last one is woken first
  readonly mayday: TimerList;
  nrRunning: number; // workers of a bound pool that are at work and not asleep
  managing: boolean;
  constructor(k: Kernel, id: number, cpu: number, highpri: boolean) {
    this.k = k; this.id = id; this.cpu = cpu; this.highpri = highpri; this.list = []; this.workers = []; this.idle = []; this.nrRunning = 0; this.managing = false;
    this.mayday = new TimerList(k, `mayday of pool ${id}`, (k) => poolMaydayTimeout(k, this));
  }
  get needMoreWorker(): boolean { return this.list.length > 0 && this.nrRunning === 0; }
  /** Whom the pool counts as running: they keep all other items waiting. */
  get atWork(): readonly Task[] { return this.workers.filter((w) => w.counted).map((w) => w.task); }
  get needToCreate(): boolean { return this.needMoreWorker && this.idle.length === 0; }
  /** wake_up_worker(), kick_pool() */
  kick(): void { if (this.needMoreWorker && this.idle.length > 0) tryToWakeUp(this.k, this.idle[this.idle.length - 1].task, NORMAL, WAKE.event); }
}
/** All pools of a machine: two a CPU (normal, highpri), then the two unbound ones. */
export class WorkerPools {
  readonly all: WorkerPool[];
  /** What it takes to make a worker: memory for its stack, say. False: there was none. */
  memory: ((k: Kernel) => Call<boolean>) | null;
  system: Workqueue | null; // made at first use
  constructor(k: Kernel) {
    this.all = [];
    this.memory = null; this.system = null;
    for (const cpu of [...k.cpus.map((c) => c.index), -1]) for (const high of [false, true]) this.all.push(new WorkerPool(k, this.all.length, cpu, high));
  }
}
/** workqueue_init(): a first worker for each bound pool; unbound pools have theirs made when they first have an item. */
export function workqueueInit(k: Kernel): void {
  for (const pool of workerPools(k).all) if (pool.cpu >= 0 && pool.workers.length === 0) new Worker(pool);
}
export const workerPools = (k: Kernel): WorkerPools => (k.workers ??= new WorkerPools(k));
/** system_wq, which calls itself `events`. */
export const systemWq = (k: Kernel): Workqueue => (workerPools(k).system ??= new Workqueue(k, 'events'));
function poolFor(k: Kernel, wq: Workqueue, cpu: number): WorkerPool {
  const { all } = workerPools(k), first = wq.unbound ? all.length - 2 : cpu * 2;
  return all[first + (wq.highpri ? 1 : 0)];
}

/** What print_worker_info() tells of a task: the queue whose item it runs. null: it runs none. */
export function workqueueOf(k: Kernel, t: Task): string | null {
  const worker = k.workers?.all.flatMap((p) => p.workers).find((w) => w.task === t);
  return worker?.work?.wq?.name ?? null;
}
/** Who runs items: a pool's worker, or a rescuer for the pool that it helps. */
interface Runner {
  readonly task: Task;
  readonly pool: WorkerPool | null;
  readonly scheduled: Work[]; // items that must wait for the one under way: an item never runs twice at once
  work: Work | null; // the one under way
}
export class Worker implements WorkerHooks, Runner {
  readonly pool: WorkerPool;
  readonly scheduled: Work[];
  work: Work | null;
  readonly task: Task;
  counted: boolean; // in nrRunning
  asleep: boolean; // was counted, and sleeps
  constructor(pool: WorkerPool) {
    const { k, cpu, highpri } = pool;
    this.pool = pool; this.scheduled = []; this.work = null; this.counted = false; this.asleep = false;
    const n = pool.workers.push(this) - 1, comm = cpu < 0 ? `kworker/u${k.cpus.length * 2}:${n}${highpri ? 'H' : ''}` : `kworker/${cpu}:${n}${highpri ? 'H' : ''}`;
    pool.idle.push(this);
    this.task = spawn(k, comm, (k) => workerThread(k, this), { daemon: true, ...(cpu < 0 ? {} : { cpus: [cpu] }), ...(highpri ? { weight: WEIGHT_MIN_NICE } : {}) });
    this.task.worker = this;
    this.task.pf |= PF.WQ_WORKER;
  }
  count(on: boolean): void {
    if (this.pool.cpu < 0 || this.counted === on) return;
    this.counted = on;
    this.pool.nrRunning += on ? 1 : -1;
  }
  sleeping(): void {
    if (!this.counted) return;
    this.asleep = true;
    this.count(false);
    this.pool.kick();
  }
  running(): void {
    if (!this.asleep) return;
    this.asleep = false;
    this.count(true);
  }
}

/** queue_work(): false = it was pending already. */
export function queueWork(k: Kernel, wq: Workqueue, work: Work): boolean {
  if (work.pending) return false;
  work.pending = true;
  queueWorkInner(k, wq, work);
  return true;
}
/** queue_work_on(): by the pool of that CPU, wherever the caller is. */
export function queueWorkOn(k: Kernel, cpu: number, wq: Workqueue, work: Work): boolean {
  if (work.pending) return false;
  work.pending = true;
  queueWorkInner(k, wq, work, cpu);
  return true;
}
/** __queue_work() */
function queueWorkInner(k: Kernel, wq: Workqueue, work: Work, cpu = k.cpu.index): void {
  const pool = (work.wq === wq ? work.running?.pool : null) ?? poolFor(k, wq, cpu); // an item that runs is queued where it runs
  work.wq = wq;
  work.queued++;
  work.queuedNs = k.now;
  if (pool.workers.length === 0) new Worker(pool);
  if (wq.active[pool.id] >= wq.maxActive) { wq.inactive[pool.id].push(work); return; }
  wq.active[pool.id]++;
  pool.list.push(work);
  pool.kick();
}
/** queue_delayed_work(): false = it was pending already. */
export function queueDelayedWork(k: Kernel, wq: Workqueue, work: Work, delay: Jiffies): boolean {
  if (work.pending) return false;
  if (delay === 0) return queueWork(k, wq, work);
  work.pending = true;
  work.delay ??= new TimerList(k, `delay of ${wq.name}`, (k) => delayedWorkTimerFn(k, wq, work));
  modTimer(k, work.delay, jiffies(k.jiffies + delay));
  return true;
}
/** mod_delayed_work(): starts the delay anew; leaves alone what is on a pool. */
export function modDelayedWork(k: Kernel, wq: Workqueue, work: Work, delay: Jiffies): boolean {
  const was = cancelDelayedWork(k, work);
  return !queueDelayedWork(k, wq, work, delay) || was;
}
/** cancel_delayed_work(): true = its delay was running, and it will not run. */
export function cancelDelayedWork(k: Kernel, work: Work): boolean {
  if (work.delay === null || !delTimer(k, work.delay)) return false;
  work.pending = false;
  return true;
}
const delayedWorkTimerFn = kfn('delayed_work_timer_fn', function* (k, wq: Workqueue, work: Work): Timed<void> { queueWorkInner(k, wq, work); });

/** Who is to run an item next, or runs it: its runner; else those of its bound pool who are at work, and let no other worker go before they sleep. */
function runnersOf(k: Kernel, work: Work): readonly Task[] {
  if (work.running !== null) return [work.running.task];
  return workerPools(k).all.find((p) => p.cpu >= 0 && p.list.includes(work))?.atWork ?? [];
}
/** Items of bound pools that stand behind workers who do not sleep, and that somebody waits for. */
export function itemsBehind(k: Kernel): { readonly name: string; readonly sinceNs: number; readonly runners: readonly Task[]; readonly waiters: readonly Task[] }[] {
  const pools = k.workers?.all.filter((p) => p.cpu >= 0 && p.nrRunning > 0) ?? [];
  return pools.flatMap((p) => p.list.filter((w) => w.flushers.active).map((w) => ({ name: itemName(w, p.cpu), sinceNs: w.queuedNs, runners: p.atWork, waiters: w.flushers.entries.map((e) => e.task) })));
}
const itemName = (work: Work, cpu: number): string => `${work.wq?.name ?? 'an item'} on CPU ${cpu}`;
/** What flush_work() sleeps for: the completion of a barrier behind the item. Whom it stands behind may change meanwhile. */
const flushed = (k: Kernel, work: Work, goal: number): Awaited => ({
  name: itemName(work, workerPools(k).all.find((p) => p.list.includes(work))?.cpu ?? work.running?.pool?.cpu ?? -1),
  get by() { return runnersOf(k, work); },
  get done() { return work.finished >= goal ? 1 : 0; },
});
/** flush_work(): waits for the last queueing to have run. False: there was nothing to wait for. */
export const flushWork = kfn('flush_work', function* (k, work: Work): Timed<boolean> {
  const goal = work.queued;
  if (work.finished >= goal) return false;
  const me = k.current, barrier = me.awaits = flushed(k, work, goal);
  tellAwaited(k, barrier, MAX_SCHEDULE_TIMEOUT);
  yield* waitEvent(k, work.flushers, () => work.finished >= goal);
  k.mark('wait_for_completion_end', k.recorder.intern(barrier.name));
  me.awaits = null;
  return true;
});

const workerThread = kfn('worker_thread', function* (k, me: Worker): Timed<void> {
  const { pool } = me;
  for (;;) {
    const i = pool.idle.indexOf(me);
    if (i >= 0 && pool.needMoreWorker) {
      pool.idle.splice(i, 1);
      if (pool.idle.length === 0 && !pool.managing) yield* maybeCreateWorker(k, pool);
      me.count(true);
      while (pool.list.length > 0 && (pool.cpu < 0 || pool.nrRunning <= 1)) {
        me.scheduled.push(must(pool.list.shift(), 'a pool has work'));
        yield* processScheduledWorks(k, me, pool);
      }
      me.count(false);
      pool.idle.push(me);
    }
    setCurrentState(k, TASK_IDLE);
    if (pool.needMoreWorker) { k.current.state = RUNNING; continue; }
    yield* schedule(k);
  }
});
/** Leaves one idle worker behind before it goes to work itself. */
const maybeCreateWorker = kfn('maybe_create_worker', function* (k, pool: WorkerPool): Timed<void> {
  const { memory } = workerPools(k);
  pool.managing = true;
  modTimer(k, pool.mayday, jiffies(k.jiffies + maydayInitial(k)));
  for (;;) {
    if (memory === null || (yield* memory(k))) { new Worker(pool); break; }
    if (!pool.needToCreate) break;
    yield* scheduleTimeoutInterruptible(k, jiffies(k.hz)); // CREATE_COOLDOWN
    if (!pool.needToCreate) break;
  }
  delTimer(k, pool.mayday);
  pool.managing = false;
});
const processScheduledWorks = kfn('process_scheduled_works', function* (k, me: Runner, pool: WorkerPool): Timed<void> {
  for (let next = me.scheduled.shift(); next !== undefined; next = me.scheduled.shift()) yield* processOneWork(k, me, pool, next);
});
const processOneWork = kfn('process_one_work', function* (k, me: Runner, pool: WorkerPool, work: Work): Timed<void> {
  if (work.running !== null && work.running !== me) { work.running.scheduled.push(work); return; }
  const wq = must(work.wq, 'an item on a pool was queued by a workqueue');
  work.pending = false;
  work.started = work.queued;
  work.running = me;
  me.work = work;
  if (pool.cpu < 0) pool.kick(); // unbound: as many workers as items
  yield* work.run(k);
  work.finished = Math.max(work.finished, work.started);
  work.running = null;
  me.work = null;
  nextActive(wq, pool);
  wakeUpAll(k, work.flushers);
  yield* condResched(k);
});
/** pwq_dec_nr_in_flight(): an item of the queue may take the place of the one that is done. */
function nextActive(wq: Workqueue, pool: WorkerPool): void {
  wq.active[pool.id]--;
  const next = wq.inactive[pool.id].shift();
  if (next === undefined) return;
  wq.active[pool.id]++;
  pool.list.push(next);
  pool.kick();
}

/** While a worker is being made: who is stuck in this pool calls its rescuer, every so often. */
const poolMaydayTimeout = kfn('pool_mayday_timeout', function* (k, pool: WorkerPool): Timed<void> {
  if (pool.needToCreate) for (const work of pool.list) if (work.wq !== null && work.wq.rescuer !== null) work.wq.rescuer.call(pool);
  modTimer(k, pool.mayday, jiffies(k.jiffies + maydayInterval(k)));
});
/** The thread of last resort of one WQ_MEM_RECLAIM queue: it was made when there was memory. */
class Rescuer implements Runner {
  readonly task: Task;
  readonly wq: Workqueue;
  readonly scheduled: Work[];
  work: Work | null;
  pool: WorkerPool | null;
  constructor(k: Kernel, wq: Workqueue) {
    this.wq = wq; this.scheduled = []; this.work = null; this.pool = null;
    this.task = spawn(k, wq.name, (k) => rescuerThread(k, this), { daemon: true, weight: WEIGHT_MIN_NICE });
    this.task.pf |= PF.WQ_WORKER;
  }
  call(pool: WorkerPool): void {
    if (!this.wq.maydays.includes(pool)) this.wq.maydays.push(pool);
    tryToWakeUp(pool.k, this.task, NORMAL, WAKE.event);
  }
}
const rescuerThread = kfn('rescuer_thread', function* (k, me: Rescuer): Timed<void> {
  const { wq } = me;
  for (;;) {
    setCurrentState(k, TASK_IDLE);
    const pool = wq.maydays.shift();
    if (pool === undefined) { yield* schedule(k); continue; }
    k.current.state = RUNNING;
    k.mark('workqueue_rescue', pool.id);
    me.pool = pool;
    for (let i = pool.list.length - 1; i >= 0; i--) if (pool.list[i].wq === wq) me.scheduled.unshift(...pool.list.splice(i, 1));
    yield* processScheduledWorks(k, me, pool);
    me.pool = null;
    pool.kick();
  }
});
