// kernel/sched/core.c: going to sleep, and the one door out of a sleep.
import { ns } from '../../base/units.ts';
import { type Cpu, isIdle, WANT_RESCHED } from '../../sim/cpu.ts';
import { SCHEDULE, type Timed } from '../../sim/kfn.ts';
import { ROW, WAKE } from '../../sim/recorder.ts';
import { kfn, mightSleep, type Kernel } from '../kernel.ts';
import { setBuddies } from './cfs.ts';
import { beats, enqueue, place, selectCpu, updateCurr } from './fair.ts';
import { loadBegins, loadEnds } from './pelt.ts';
import { rtTask, RTLOCK_WAIT, RUNNING, type Task } from './task.ts';

/** schedule(): gives up the CPU. Who has set a state sleeps until woken; who is RUNNING goes to the back of the queue. */
export const schedule = kfn('schedule', function* (k): Timed<void> {
  mightSleep(k);
  const { worker, state } = k.current;
  if (worker === null || state === RUNNING) { yield SCHEDULE; return; }
  k.touchAll(); // its pool's books are not told one by one
  worker.sleeping();
  yield SCHEDULE;
  k.touchAll();
  worker.running();
});
/** cond_resched(): the only place where PREEMPT_NONE kernel code lets others run without sleeping. */
export const condResched = kfn('__cond_resched', function* (k): Timed<void> {
  mightSleep(k);
  if (k.cpu.attention & WANT_RESCHED) yield SCHEDULE; else k.rcu?.hooks.condResched();
});
/** What a loop asks before it pays for a call of condResched(). */
export const needResched = (k: Kernel): boolean => (k.cpu.attention & WANT_RESCHED) !== 0;

export function setCurrentState(k: Kernel, state: number): void {
  k.current.state = state;
  k.current.wokenBy = WAKE.no;
  k.touch(k.current.object);
}

/**
 * try_to_wake_up(): of all that race for a sleeper the first gets true, the others false.
 * On RT a task that sleeps on a spinlock_t keeps its own state aside: a wake-up for that state is noted there.
 */
export function tryToWakeUp(k: Kernel, t: Task, mask: number, reason: number): boolean {
  k.touch(t.object);
  if ((t.state & mask) === 0) {
    if ((t.savedState & mask) === 0) return false; // it may have the lock by now, and not yet have gone on
    t.savedState = RUNNING;
    t.wokenBy = reason;
    return true;
  }
  t.state = RUNNING;
  if (mask !== RTLOCK_WAIT) {
    t.wokenBy = reason;
    if (t.timer !== null) { k.touch(k.rqs[t.timerCpu].object); k.rqs[t.timerCpu].wheel.cancel(t.timer); }
  }
  k.trace(ROW.wake, t.id, reason);
  if (t.onCpu || t.queued) return true; // it has not got as far as schedule(), or was preempted before it: it will not sleep
  if (!k.exploring) k.cpu.owed += k.cost.wake;
  activate(k, t, false);
  return true;
}
/** Makes a task, woken or new, runnable on the CPU that suits it. */
export function activate(k: Kernel, t: Task, isNew: boolean): void {
  const cpu = k.cpus[selectCpu(k, t, isNew)];
  if (updateCurr(k, cpu)) resched(k, cpu);
  if (isNew && cpu !== k.cpu) updateCurr(k, k.cpu);
  place(k, t, cpu, isNew);
  enqueue(k, cpu, t, true);
  if (!rtTask(t)) loadBegins(k, k.rqs[cpu.index], t, isNew);
  if ((cpu.attention & WANT_RESCHED) !== 0 || !beats(k, t, cpu)) return;
  if (k.fairness === 'cfs') setBuddies(k, t, cpu);
  resched(k, cpu);
}
/** resched_curr(): sets the flag; another CPU hears of it by an interrupt. */
export function resched(k: Kernel, cpu: Cpu<Task>): void {
  k.touch(cpu.object);
  if (cpu.attention & WANT_RESCHED) return;
  cpu.attention |= WANT_RESCHED;
  const ipi = k.rqs[cpu.index].ipi;
  if ((cpu !== k.cpu || isIdle(cpu.top)) && ipi.slot < 0) k.agenda.arm(ipi, ns(k.now + k.cost.ipi));
}
/** rt_mutex_setprio(): a boost, or its end. Takes the place that the new priority deserves. */
export function setPrio(k: Kernel, t: Task, prio: number): void {
  t.prio = prio;
  if (rtTask(t)) loadEnds(k, t); else if (!t.loading && (t.queued || t.onCpu)) loadBegins(k, k.rqs[t.cpuIndex], t, false);
  k.touch(t.object);
  k.trace(ROW.prio, t.id, prio);
  const cpu = k.cpus[t.cpuIndex], rq = k.rqs[t.cpuIndex];
  if (t.queued) {
    k.touch(rq.object);
    rq.remove(t);
    rq.insert(t);
    if (beats(k, t, cpu)) resched(k, cpu);
  } else if (t.onCpu && rq.list.length > 0 && beats(k, rq.list[0], cpu)) resched(k, cpu);
}
