/**
 * kernel/sched/core.c: what the CPUs ask of the scheduler. The parts: fair.ts (whose turn, where), wake.ts (sleep and
 * wake-up), fork.ts (birth), softirq.ts, timer.ts; this file puts them together, and is where other rooms import from.
 */
import type { Timer } from '../../base/agenda.ts';
import { assert } from '../../base/units.ts';
import { Cpu, type CpuHost, isIdle, WANT_RESCHED } from '../../sim/cpu.ts';
import type { Timed } from '../../sim/kfn.ts';
import { ROW, TASK_STATE, WAKE } from '../../sim/recorder.ts';
import { type Deferred, kfn, type Kernel, spend } from '../kernel.ts';
import { bury, exitFrame } from '../signal.ts';
import { pickCfs } from './cfs.ts';
import { nextEevdf } from './eevdf.ts';
import { dequeueCurrent, enqueue, pull } from './fair.ts';
import { addTask } from './fork.ts';
import { takeAway } from './pelt.ts';
import { RunQueue } from './rq.ts';
import { doSoftirq } from './softirq.ts';
import { rtTask, RTLOCK_WAIT, RUNNING, signalPendingState, type Task } from './task.ts';
import { armTick, tickFires, tickSchedTimer } from './timer.ts';

export { spawn } from './fork.ts';
export { raiseSoftirq, SOFTIRQ_VEC } from './softirq.ts';
export { fatalSignalPending, signalPending, signalPendingState } from './task.ts';
export { condResched, needResched, resched, schedule, setCurrentState, tryToWakeUp } from './wake.ts';
export { sendSignal, SIGKILL } from '../signal.ts';

const schedHost = (k: Kernel): CpuHost<Task> => ({
  entered(cpu) {
    k.cpu = cpu;
    if (k.exploring) k.touch(cpu.current.object); // asked here: it is the hottest place
  },
  began(cpu, ctx) { k.cpu = cpu; k.show(ctx); },
  ended(cpu, ctx) { k.cpu = cpu; k.trace(ROW.leave, ctx.kind, 0); },
  schedule(cpu) {
    const prev = cpu.current;
    k.touch(prev.object);
    k.rcu?.hooks.contextSwitch(cpu, false);
    if (prev.state !== RUNNING && signalPendingState(prev, prev.state)) { prev.state = RUNNING; prev.wokenBy = WAKE.signal; }
    if (prev.state === RUNNING) enqueue(k, cpu, prev, true); else blocks(k, prev);
    pickNext(k, cpu);
  },
  preemptible(cpu) {
    const t = cpu.current;
    return isIdle(t) || (t.preemptCount === 0 && (k.preempt !== 'none' || t.inUser));
  },
  preempt(cpu) {
    k.cpu = cpu; // what attends to an interrupt has no frame of its own
    k.rcu?.hooks.contextSwitch(cpu, true);
    if (!isIdle(cpu.current)) enqueue(k, cpu, cpu.current, false);
    pickNext(k, cpu);
  },
  exited(cpu) {
    k.cpu = cpu;
    const t = cpu.current;
    if (!t.exiting) { t.frames.push(exitFrame(k)); t.divert = null; return; } // main() has returned
    dequeueCurrent(k, t);
    takeAway(k, t);
    k.rcu?.hooks.contextSwitch(cpu, false);
    bury(k, t);
    pickNext(k, cpu);
  },
  softirq() { return doSoftirq(k); },
  idles(cpu) { if (k.rcu !== null) { k.cpu = cpu; k.rcu.hooks.idleEnter(cpu); } },
  stirs(cpu) { if (k.rcu !== null) { k.cpu = cpu; k.rcu.hooks.idleExit(cpu); } },
});
function blocks(k: Kernel, t: Task): void {
  t.sleeps++;
  dequeueCurrent(k, t);
  k.trace(ROW.block, t.id, t.state === RTLOCK_WAIT ? TASK_STATE.uninterruptible : t.state);
}

function pickNext(k: Kernel, cpu: Cpu<Task>): void {
  const rq = k.rqs[cpu.index], prev = cpu.current;
  k.touch(rq.object);
  let next = choose(k, rq);
  if (next === null) { pull(k, cpu); next = choose(k, rq); }
  if (next === null) next = cpu.idle; else rq.remove(next);
  cpu.attention &= ~WANT_RESCHED;
  next.sliceFrom = next.used;
  next.parity = next.deadline;
  if (next === prev) return;
  k.touch(prev.object);
  k.touch(next.object);
  prev.onCpu = false;
  cpu.current = next;
  cpu.top = next;
  next.onCpu = true;
  next.cpuIndex = cpu.index;
  next.switches++;
  k.trace(ROW.switch_, prev.id, next.id);
  if (!isIdle(next)) next.left += k.cost.switch_;
  if (isIdle(next) || isIdle(prev)) { rq.tickedIdle = false; armTick(k, cpu); }
}
/** pick_next_task(). null: nobody waits here. */
function choose(k: Kernel, rq: RunQueue): Task | null {
  if (k.exploring) return rq.list.length === 0 ? null : rq.list[k.chance.choose(peers(rq.list))];
  return k.fairness === 'eevdf' ? nextEevdf(k, rq) : pickCfs(k, rq);
}
/** In an exploration any of the most urgent class may be next. */
const peers = (list: readonly Task[]): number => list.filter((t) => (rtTask(list[0]) ? t.prio === list[0].prio : true)).length;

const sysvecRescheduleIpi = kfn('sysvec_reschedule_ipi', function* (k): Timed<void> { yield spend(k.cost.irq); });

/** A device: `fire` of the timer is armed on the agenda by its owner, the handler runs on `cpu`. */
export function device(k: Kernel, name: string, cpu: number, handler: Deferred): Timer {
  const h = { call: () => handler(k), quiet: false };
  return k.timer(name, () => k.cpus[cpu].interrupt(h));
}

/** Gives a kernel its CPUs: with their idle tasks, ticks and IPIs. Tasks 0 .. n - 1 are the idle ones. */
export function addCpus(k: Kernel, n: number): void {
  assert(n >= 1 && n <= 32, 'a machine has 1 to 32 CPUs');
  const host = schedHost(k);
  for (let i = 0; i < n; i++) {
    const idle = addTask(k, `swapper/${i}`, true, true, { policy: 'idle', daemon: true });
    idle.cpuIndex = i;
    idle.onCpu = true;
    const cpu = new Cpu<Task>(k, host, i, idle, Number(k.knobs['cpu.idleExit'] ?? 0) * 1000), ticks = { call: () => tickSchedTimer(k), quiet: true }, ipi = { call: () => sysvecRescheduleIpi(k), quiet: false };
    k.cpus.push(cpu);
    k.rqs.push(new RunQueue(i, k.newObject(), k.timer(`tick${i}`, () => tickFires(k, i, ticks)), k.timer(`ipi${i}`, () => cpu.interrupt(ipi))));
    k.cpu = cpu;
    k.trace(ROW.spawn, idle.id, idle.id);
    k.trace(ROW.switch_, idle.id, idle.id);
  }
  k.cpu = k.cpus[0];
}
