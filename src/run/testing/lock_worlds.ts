/**
 * Small worlds of tasks and locks, drawn in text and run on the simulated primitives under the watch of progress.ts.
 *
 *     A cpu0: lock:m 2 lock:n unlock:n unlock:m
 *     B: sleep500 lock:m unlock:m
 *
 * One line a task: a name, where it runs (`cpu0`), how (`fifo50`, `idle`), then what it does, in system calls. A number is that many ms
 * of work on the CPU. By their first letter m, n, o, L are mutexes, r rwsems, s semaphores, x spinlocks, c completions, q wait queues;
 * `s2` has two units. `irq cpu0 5 x` is an interrupt at 5 ms whose handler takes x. `c by B C` says who will complete c. `alloc` = from here
 * on it is inside an allocation. Lines `also: ...` and `at 500: ...` are not run: they say what a picture has to show (stalls.test.ts).
 */
import { Trace } from '../../analysis/trace.ts';
import { jiffies, must, ns } from '../../base/units.ts';
import type { MachineShape } from '../../format/machine.ts';
import { emptyState } from '../../format/state.ts';
import { bootBare } from '../../kernel/bare.ts';
import { kfn, type Kernel, type Preemption, spend } from '../../kernel/kernel.ts';
import { Mutex, mutexLock, mutexLockKillable, mutexTrylock, mutexUnlock } from '../../kernel/locking/mutex.ts';
import { downRead, downReadTrylock, downWrite, downWriteTrylock, RwSem, upRead, upWrite } from '../../kernel/locking/rwsem.ts';
import { down, downTrylock, Semaphore, up } from '../../kernel/locking/semaphore.ts';
import { SpinLock, spinLock, spinTrylock, spinUnlock } from '../../kernel/locking/spinlock.ts';
import { complete, Completion, waitForCompletion } from '../../kernel/sched/completion.ts';
import { condResched, device, schedule, sendSignal, setCurrentState, SIGKILL, spawn } from '../../kernel/sched/core.ts';
import { INTERRUPTIBLE, type Task, UNINTERRUPTIBLE } from '../../kernel/sched/task.ts';
import { clockNanosleep } from '../../kernel/sched/timer.ts';
import { scheduleTimeoutUninterruptible, waitEvent, WaitQueue, wakeUp } from '../../kernel/sched/wait.ts';
import type { Timed } from '../../sim/kfn.ts';
import { ProgressWatch, type Signs, type Stall } from '../progress.ts';

const MS = 1_000_000;

class World {
  readonly k: Kernel;
  readonly tasks: Map<string, Task>;
  readonly allocating: Set<Task>;
  readonly by: Map<string, readonly string[]>;
  private readonly things: Map<string, unknown>;
  done: number; // things that have come forward
  constructor(cpus: number, preempt: Preemption) {
    this.k = bootBare({ cpus, preempt, keep: 'all' });
    this.tasks = new Map(); this.things = new Map(); this.allocating = new Set(); this.by = new Map(); this.done = 0;
  }
  private thing<T>(name: string, make: () => T): T {
    if (!this.things.has(name)) this.things.set(name, make());
    return this.things.get(name) as T;
  }
  mutex(name: string): Mutex { return this.thing(name, () => new Mutex(this.k, name)); }
  rwsem(name: string): RwSem { return this.thing(name, () => new RwSem(this.k, name)); }
  spin(name: string): SpinLock { return this.thing(name, () => new SpinLock(this.k, name, { raw: name[0] === 'q' })); }
  sem(name: string): Semaphore { return this.thing(name, () => new Semaphore(this.k, name, Number(name.slice(1) || 1))); }
  queue(name: string): WaitQueue { return this.thing(name, () => new WaitQueue(this.k)); }
  completion(name: string): Completion { return this.thing(name, () => new Completion(this.k, name, (this.by.get(name) ?? []).map((t) => this.task(t)))); }
  task(name: string): Task { return must(this.tasks.get(name), `nobody is called ${name}`); }
}
/** One try of a lock, by its kind. */
function tried(k: Kernel, w: World, how: string, name: string): boolean {
  switch (name[0]) {
    case 'r': return how.includes('read') ? downReadTrylock(k, w.rwsem(name)) : downWriteTrylock(k, w.rwsem(name));
    case 's': return downTrylock(k, w.sem(name));
    default: return mutexTrylock(k, w.mutex(name));
  }
}
/** `try` naps a jiffy between two tries, `slowtry` 25, `busytry` none; a number is how often at most. */
const tryLoop = kfn('try_loop', function* (k: Kernel, w: World, how: string, name: string): Timed<void> {
  const most = Number(/\d+$/.exec(how)?.[0] ?? Infinity);
  const kind = name[0] === 'r' ? (how.includes('read') ? 'read_' : 'write_') : '';
  for (let n = 1; !k.decide(`${kind}trylock(${name})`, tried(k, w, how, name)) && n < most; n++) {
    yield spend(ns(MS / 5));
    if (how.startsWith('busy')) yield* condResched(k); else yield* scheduleTimeoutUninterruptible(k, jiffies(how.startsWith('slow') ? 25 : 1));
  }
});
const sysLock = kfn('sys_lock', function* (k: Kernel, w: World, how: string, name: string): Timed<boolean> {
  switch (how) {
    case 'lock': yield* mutexLock(k, w.mutex(name)); break;
    case 'killable':
      if (yield* mutexLockKillable(k, w.mutex(name))) break;
      for (const l of [...k.current.held]) mutexUnlock(k, l as Mutex); // as a system call that fails unwinds
      return false;
    case 'unlock': if (w.mutex(name).owner === k.current) mutexUnlock(k, w.mutex(name)); break;
    case 'read': yield* downRead(k, w.rwsem(name)); break;
    case 'write': yield* downWrite(k, w.rwsem(name)); break;
    case 'upread': upRead(k, w.rwsem(name)); break;
    case 'upwrite': upWrite(k, w.rwsem(name)); break;
    case 'spin': yield* spinLock(k, w.spin(name)); break;
    case 'unspin': spinUnlock(k, w.spin(name)); break;
    case 'tryspin': spinTrylock(k, w.spin(name)); break;
    case 'down': yield* down(k, w.sem(name)); break;
    case 'up': up(k, w.sem(name)); break;
    default: yield* tryLoop(k, w, how, name); break;
  }
  return true;
});
const sysWait = kfn('sys_wait', function* (k: Kernel, w: World, how: string, name: string): Timed<void> {
  switch (how) {
    case 'wait': yield* waitForCompletion(k, w.completion(name)); break;
    case 'waitfor1s': yield* waitForCompletion(k, w.completion(name), UNINTERRUPTIBLE, jiffies(250)); break;
    case 'done': complete(k, w.completion(name)); break;
    case 'await': yield* waitEvent(k, w.queue(name), () => false, UNINTERRUPTIBLE, jiffies(2500)); break; // ten seconds
    case 'wake': wakeUp(k, w.queue(name)); break;
    default: sendSignal(k, w.task(name), SIGKILL, true); break;
  }
});
const compute = kfn('compute', function* (_: Kernel, ms: number): Timed<void> { for (let left = ms; left > 0; left--) yield spend(ns(MS)); });
const pause = kfn('sys_pause', function* (k: Kernel): Timed<void> { for (;;) { setCurrentState(k, INTERRUPTIBLE); yield* schedule(k); } });
const WAITS = ['wait', 'waitfor1s', 'done', 'await', 'wake', 'kill'];

const allocPages = kfn('__alloc_pages', function* (k: Kernel, w: World, ops: readonly string[]): Timed<void> { yield* program(k, w, ops); });
function* life(k: Kernel, w: World, ops: readonly string[]): Timed<void> {
  yield spend(ns(1000 * k.current.id)); // so that who comes first does not depend on who is born first
  yield* program(k, w, ops);
}
function* program(k: Kernel, w: World, ops: readonly string[]): Timed<void> {
  for (const [at, op] of ops.entries()) {
    const [how, name] = op.split(':'), n = Number(/\d+$/.exec(how)?.[0] ?? 0);
    if (name !== undefined && WAITS.includes(how)) yield* sysWait(k, w, how, name);
    else if (name !== undefined) { if (!(yield* sysLock(k, w, how, name))) return; }
    else if (/^\d/.test(how)) yield* compute(k, Number(how));
    else if (how.startsWith('nap')) yield* scheduleTimeoutUninterruptible(k, jiffies(n));
    else if (how.startsWith('sleep')) yield* clockNanosleep(k, ns(k.now + n * MS));
    else if (how === 'pause') yield* pause(k);
    else if (how === 'irqsoff') k.cpu.irqsOff++;
    else if (how === 'irqson') k.cpu.irqsOff--;
    else if (how === 'alloc') {
      w.allocating.add(k.current);
      yield* allocPages(k, w, ops.slice(at + 1));
      return;
    }
    else if (how.startsWith('work')) for (let i = 0; i < n; i++) { w.done++; yield* clockNanosleep(k, ns(k.now + 100 * MS)); } // n tenths of a second
    else throw new Error(`nobody can ${op}`);
  }
}
const handler = kfn('irq_handler', function* (k: Kernel, x: SpinLock): Timed<void> {
  yield* spinLock(k, x);
  spinUnlock(k, x);
});
function line(w: World, text: string): void {
  const irq = /^irq cpu(\d) (\d+) (\w+)$/.exec(text), by = /^(\w+) by (.*)$/.exec(text), { k } = w;
  if (irq !== null) { k.agenda.arm(device(k, 'nic', Number(irq[1]), (k) => handler(k, w.spin(irq[3]))), ns(Number(irq[2]) * MS)); return; }
  if (by !== null) { w.by.set(by[1], by[2].split(' ')); return; }
  const [head, ops] = text.split(': '), [name, ...where] = head.split(' '), cpu = where.find((x) => x.startsWith('cpu')), fifo = where.find((x) => x.startsWith('fifo'));
  const cpus = cpu === undefined ? {} : { cpus: [Number(cpu.slice(3))] };
  const policy = fifo !== undefined ? { policy: 'fifo' as const, rtPrio: Number(fifo.slice(4)) } : where.includes('idle') ? { policy: 'idle' as const } : {};
  w.tasks.set(name, spawn(k, name, () => life(k, w, ops.trim().split(/\s+/)), { ...cpus, ...policy }));
}
const signsOf = (w: World): Signs => ({
  progress: (k) => `${w.done} ${k.running}`,
  allocating: (_, t) => w.allocating.has(t),
  dying: () => false,
});
export interface LockWorld { readonly k: Kernel; readonly stall: Stall | null; readonly trace: Trace }
/** What a page would hold of it: the rows and the tables, and how far the machine has come. */
function traceOf(k: Kernel, preempt: Preemption): Trace {
  const shape: MachineShape = { profile: 'v6.1', kernel: '6.1', cpus: k.cpus.length, hz: k.hz, preempt, frames: 0, swapPages: 0, zones: [] }, trace = new Trace(shape, emptyState(shape), k.now);
  trace.addTables(k.recorder.takeGrowth());
  for (const c of k.recorder.chunks) trace.append(c, NOTHING);
  trace.reached(k.now);
  return trace;
}
const NOTHING = { strings: [], stackParent: [], stackFn: [], tasks: [], locks: [], log: [] };
const isPicture = (text: string): boolean => /^(also|at \d+): /.test(text);
/** Runs a drawn world for 30 s, or until it is stuck. */
export function lockWorld(text: string, preempt: Preemption = 'full', endNs = 30e9): LockWorld {
  const w = new World(4, preempt), { k } = w, watch = new ProgressWatch(signsOf(w));
  for (const l of text.split('\n').map((x) => x.trim()).filter((x) => x !== '' && !isPicture(x))) line(w, l);
  let stall: Stall | null = null;
  while (stall === null) {
    const next = k.agenda.heap[0], at = next === undefined ? endNs : Math.min(next.at, endNs);
    while (watch.dueNs < at && stall === null) stall = watch.look(k);
    if (next === undefined || next.at > endNs) break;
    if (stall === null) k.step();
  }
  if (stall === null) { k.now = ns(endNs); stall = watch.atEnd(k); }
  k.recorder.flush();
  return { k, stall, trace: traceOf(k, preempt) };
}
