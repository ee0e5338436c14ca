/**
 * kernel/time/timer.c, tick-sched.c, hrtimer.c: the tick, timers in jiffies, sleepers to the ns.
 * A timer in jiffies stands on the wheel of one CPU and runs in that CPU's timer softirq, after a tick. An idle CPU has no
 * tick: it is woken for its next timer only; of 6.1 and 6.12 it keeps the first one.
 */
import type { Timer } from '../../base/agenda.ts';
import { must, ns, type Jiffies, type Ns } from '../../base/units.ts';
import { type Cpu, type Handler, isIdle } from '../../sim/cpu.ts';
import type { Timed } from '../../sim/kfn.ts';
import { WAKE } from '../../sim/recorder.ts';
import { type Deferred, kfn, type Kernel, spend } from '../kernel.ts';
import { idleFor, turnIsOver } from './fair.ts';
import { raiseSoftirq, SOFTIRQ_VEC } from './softirq.ts';
import { INTERRUPTIBLE, rtTask, RUNNING, signalPending, type Task } from './task.ts';
import { resched, schedule, setCurrentState, tryToWakeUp } from './wake.ts';

/**
 * Stops the tick of an idle CPU until its next timer, or until RCU needs it; starts it again for a busy one. Where no driver of cpuidle is there, the stable kernels
 * 6.1.176 and 6.12.117 let the next tick come all the same, and stop it only if the CPU is idle still when it has (a kprobe saw tick_nohz_idle_retain_tick() first, and
 * tick_nohz_idle_stop_tick() after a tick, each time).
 */
export function armTick(k: Kernel, cpu: Cpu<Task>): void {
  const rq = k.rqs[cpu.index], rcuNs = k.rcu === null ? Infinity : k.rcu.cpus[cpu.index].nextTickNs, next = Math.min(rq.wheel.heap[0]?.at ?? Infinity, rcuNs);
  if (k.ticks && (!isIdle(cpu.current) || (k.idleKeepsTick && !rq.tickedIdle))) k.agenda.arm(rq.tick, ns((Math.floor(k.now / k.tickNs) + 1) * k.tickNs));
  else if (next !== Infinity) k.agenda.arm(rq.tick, ns(Math.max(next, k.now)));
  else k.agenda.cancel(rq.tick);
}
/** Fires at every tick of a busy CPU, and at the next timer of an idle one. */
export function tickFires(k: Kernel, index: number, handler: Handler): void {
  const cpu = k.cpus[index], tick = k.rqs[index].tick;
  if (k.ticks && !isIdle(cpu.current)) k.agenda.arm(tick, ns(tick.at + k.tickNs));
  cpu.interrupt(handler);
}
/**
 * The jiffy at which the wheel runs a timer that is to expire at `expires`. Before v4.8 it is that jiffy. Since then the
 * levels of the wheel are 1, 8, 64 .. jiffies wide, by how far off the timer is, and it goes to the end of its bucket, so
 * that it is never early: n jiffies below 63 take n to n + 1 ticks. Captures of 6.1 and 6.12 at HZ=250 show it: kswapd's
 * nap of 25 jiffies ends at the 26th tick, kcompactd's of 125 at the 128th.
 */
export function wheelExpiry(k: Kernel, expires: number): number {
  if (k.timerWheel === 'exact') return expires;
  const delta = expires - k.jiffies;
  let width = 1;
  for (let start = 63, level = 0; delta >= start && level < 8; start *= 8, level++) width *= 8; // LVL_START(n) = 63 << 3(n - 1)
  return (Math.floor(expires / width) + 1) * width;
}
/** Puts a timer on this CPU's wheel. */
export function armWheel(k: Kernel, timer: Timer, expires: number): void {
  k.touchAll(); // when it expires follows from the clock
  k.rqs[k.cpu.index].wheel.arm(timer, ns(wheelExpiry(k, expires) * k.tickNs));
  if (!k.ticks || isIdle(k.cpu.current)) armTick(k, k.cpu);
}

export const tickSchedTimer = kfn('tick_sched_timer', function* (k): Timed<void> {
  k.touchAll();
  yield spend(k.cost.tick);
  const { cpu } = k, rq = k.rqs[cpu.index], t = cpu.current;
  rq.tickedIdle = isIdle(t);
  if (!isIdle(t) && !rtTask(t) && (turnIsOver(k, t, cpu) || (k.exploring && rq.list.length > 0))) {
    if (!cpu.top.shown) k.show(cpu.top);
    resched(k, cpu);
  }
  const puller = isIdle(t) ? null : idleFor(k, rq);
  if (puller !== null) resched(k, puller); // nohz_csd_func(): it balances as one that goes idle does
  for (const run of k.atTick) run();
  const timer = rq.wheel.heap[0];
  if (timer !== undefined && timer.at <= k.now) raiseSoftirq(k, SOFTIRQ_VEC.TIMER, runTimerSoftirq);
  else if (rq.tick.slot < 0) armTick(k, cpu);
});
const runTimerSoftirq = kfn('run_timer_softirq', function* (k): Timed<void> {
  const { wheel, due } = k.rqs[k.cpu.index];
  k.touchAll();
  for (let t = wheel.heap[0]; t !== undefined && t.at <= k.now; t = wheel.heap[0]) {
    wheel.cancel(t);
    t.fire();
    while (due.length > 0) {
      const run = must(due.shift(), 'a timer function is due');
      yield* run(k);
    }
  }
  yield spend(k.cost.softirq);
  armTick(k, k.cpu);
});

/** struct timer_list: runs `run` in the timer softirq of the CPU on which it was last armed. */
export class TimerList {
  readonly timer: Timer;
  cpu: number;
  constructor(k: Kernel, name: string, run: Deferred) {
    this.cpu = 0;
    this.timer = k.timer(name, () => { k.rqs[this.cpu].due.push(run); });
  }
  get pending(): boolean { return this.timer.slot >= 0; }
}
/** mod_timer(): expires at the jiffy `expires`. True: it was pending. */
export function modTimer(k: Kernel, t: TimerList, expires: Jiffies): boolean {
  const was = delTimer(k, t);
  t.cpu = k.cpu.index;
  armWheel(k, t.timer, expires);
  return was;
}
export function delTimer(k: Kernel, t: TimerList): boolean {
  if (!t.pending) return false;
  k.rqs[t.cpu].wheel.cancel(t.timer);
  return true;
}

const hrtimerInterrupt = kfn('hrtimer_interrupt', function* (k): Timed<void> {
  yield spend(k.cost.hrtimer);
  const { sleepers } = k.rqs[k.cpu.index];
  for (const t of sleepers) tryToWakeUp(k, t, INTERRUPTIBLE, WAKE.timeout);
  sleepers.length = 0;
});
/**
 * clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME): sleeps to the very ns `until`, by a timer of this CPU.
 * @returns false: a signal ended it
 */
export const clockNanosleep = kfn('clock_nanosleep', function* (k, until: Ns): Timed<boolean> {
  const me = k.current;
  me.sleeper ??= k.timer(`hrtimer of ${me.comm}`, () => {
    const cpu = k.cpus[me.timerCpu], { sleepers } = k.rqs[me.timerCpu];
    if (sleepers.push(me) === 1) cpu.interrupt({ call: () => hrtimerInterrupt(k), quiet: false });
  });
  k.touchAll();
  while (k.now < until && !signalPending(me)) {
    setCurrentState(k, INTERRUPTIBLE);
    me.timerCpu = k.cpu.index;
    k.agenda.arm(me.sleeper, until);
    yield* schedule(k);
    k.touchAll();
    k.agenda.cancel(me.sleeper);
  }
  me.state = RUNNING;
  return !signalPending(me) || k.now >= until;
});
