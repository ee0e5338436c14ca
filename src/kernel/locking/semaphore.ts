/**
 * kernel/locking/semaphore.c: a count, no inheritance; up() gives the unit to the first waiter. It has no owner: the trace
 * shows who took a unit last, and a drop by whoever gave one back.
 */
import { DONE, type Timed } from '../../sim/kfn.ts';
import { ROW, WAKE } from '../../sim/recorder.ts';
import { type Call, kfn, mightSleep, spend, type Kernel } from '../kernel.ts';
import { NORMAL, RUNNING, type Task, UNINTERRUPTIBLE } from '../sched/task.ts';
import { schedule, setCurrentState, tryToWakeUp } from '../sched/wake.ts';
import { Lock, miss, queue, unqueue } from './lock.ts';
import { checkWaitContext } from './wait_context.ts';

export class Semaphore extends Lock {
  readonly units: number;
  count: number; // units left
  readonly takers: Task[]; // who took a unit that nobody has given back
  signals: boolean; // a unit was given back by somebody who had none: then it stands for events, and nobody knows who must give the next
  constructor(k: Kernel, name: string, units: number) {
    super(k, name, 'semaphore', false, false);
    this.units = units; this.count = units; this.takers = []; this.signals = false;
  }
  override get holders(): readonly Task[] { return this.signals ? NOBODY : this.takers; }
}
const NOBODY: readonly Task[] = [];
function tryDown(k: Kernel, s: Semaphore): boolean {
  k.touch(s.object);
  if (s.count === 0) return false;
  s.count--;
  s.takers.push(k.current);
  k.trace(ROW.lockGot, s.id, k.current.id);
  return true;
}
/** Unlike the kernel's, true says that it was taken. */
export const downTrylock = (k: Kernel, s: Semaphore): boolean => tryDown(k, s) || miss(k, s);
export function down(k: Kernel, s: Semaphore): Call<void> { checkWaitContext(k, s); mightSleep(k); return !k.exploring && tryDown(k, s) ? DONE : downInner(k, s); }
const downInner = kfn('__down', function* (k, s: Semaphore): Timed<void> {
  if (k.exploring) yield spend(k.cost.atomic);
  if (tryDown(k, s)) return;
  const w = queue(k, s, true);
  while (!w.granted) { setCurrentState(k, UNINTERRUPTIBLE); yield* schedule(k); }
  k.current.state = RUNNING;
});
export function up(k: Kernel, s: Semaphore): void {
  k.touch(s.object);
  k.trace(ROW.lockDrop, s.id, k.current.id);
  const i = s.takers.indexOf(k.current);
  if (i < 0) s.signals = true;
  s.takers.splice(Math.max(0, i), 1); // then it is the oldest one's
  if (s.waiters.length === 0) { s.count++; return; }
  const w = s.waiters[0];
  w.granted = true;
  s.takers.push(w.task);
  k.trace(ROW.lockGot, s.id, w.task.id);
  unqueue(k, s, w);
  tryToWakeUp(k, w.task, NORMAL, WAKE.event);
}
