/**
 * kernel/signal.c, kernel/exit.c: a signal ends a sleep that hears it; a fatal one makes the task exit when it next goes
 * back to user mode. Kernel frames always return by themselves. Left out: handlers, masks, group stop, zombies and wait().
 */
import { assert } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import { ROW, WAKE } from '../sim/recorder.ts';
import { kfn, spend, type Kernel } from './kernel.ts';
import { DEAD, INTERRUPTIBLE, PF, RUNNING, type Task, WAKEKILL } from './sched/task.ts';
import { tryToWakeUp } from './sched/wake.ts';

export const SIGKILL = 9;

/** send_signal_locked() and complete_signal() for one task. Kernel threads hear none. */
export function sendSignal(k: Kernel, t: Task, sig: number, fatal: boolean): void {
  if (t.state === DEAD || t.kthread) return;
  k.trace(ROW.signal, t.id, sig, k.current.id);
  t.sigPending = true;
  if (fatal) {
    t.sigkillPending = true;
    if (!t.exiting) t.divert ??= () => exitFrame(k);
  }
  tryToWakeUp(k, t, fatal ? WAKEKILL | INTERRUPTIBLE : INTERRUPTIBLE, WAKE.signal);
  if (!fatal || !t.inUser || t.state !== RUNNING) return;
  const cpu = k.cpus[t.cpuIndex]; // user code stops where it is, within an interrupt's time
  if (cpu.top === t && cpu !== k.cpu) cpu.grant(t, k.cost.ipi);
  else t.left = 0;
}
/** What takes the place of the user program, and of a program that has come to its end. */
export function* exitFrame(k: Kernel): Timed<void> { yield* doExit(k); }

/** do_exit(): runs what was registered with `k.atExit` in the context of the task; it is buried when this returns. */
const doExit = kfn('do_exit', function* (k): Timed<void> {
  const me = k.current;
  me.exiting = true;
  me.pf |= PF.EXITING;
  yield spend(k.cost.exit);
  for (const work of k.atExit) yield* work(k);
});
/** The last frame has returned. */
export function bury(k: Kernel, t: Task): void {
  assert(t.held.length === 0 && t.preemptCount === 0, 'a task exits with a lock held');
  t.state = DEAD;
  if (!t.daemon) k.running--;
  k.trace(ROW.exit, t.id, 0);
}
