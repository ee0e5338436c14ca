/**
 * kernel/sched/pelt.c, of all versions here (from memory, docs/model.md): how much of its recent time a task wanted a CPU, and what the tasks of a queue weigh by that. Time is
 * cut into periods of 1024 units of 1024 ns; what was 32 periods ago counts half. Who sleeps stays in the load of its queue and fades there. Left out: the runnable and
 * utilisation averages, groups, the clock that stands still for interrupts and slow CPUs.
 */
import type { Kernel } from '../kernel.ts';
import type { RunQueue } from './rq.ts';
import type { Task } from './task.ts';

const UNIT_NS = 1024, PERIOD = 1024, HALF_LIFE = 32, LOAD_AVG_MAX = 47_742;
/** y^0 .. y^31 with y^32 = 1/2: by square roots and products alone, which every engine rounds alike, as Math.pow() need not. */
const POWERS: readonly number[] = (() => {
  let y = 0.5;
  for (let n = HALF_LIFE; n > 1; n /= 2) y = Math.sqrt(y);
  const powers = [1];
  while (powers.length < HALF_LIFE) powers.push(powers[powers.length - 1] * y);
  return powers;
})();
/** decay_load(): what is left of a sum after so many periods. After 63 half-lives nothing is. */
function decayed(sum: number, periods: number): number {
  if (periods > 63 * HALF_LIFE) return 0;
  let left = sum * POWERS[periods % HALF_LIFE];
  for (let n = periods; n >= HALF_LIFE; n -= HALF_LIFE) left /= 2;
  return Math.trunc(left);
}

/** struct sched_avg, for its load alone. */
export class LoadAvg {
  at: number; //     ns: up to here all is in `sum`
  contrib: number; // units of the period under way
  sum: number; //    units, older ones less; of a queue times weight
  constructor() { this.at = 0; this.contrib = 0; this.sum = 0; }
  /** What a sum would be that was always runnable, with weight 1. */
  get divider(): number { return LOAD_AVG_MAX - PERIOD + this.contrib; }
  /** ___update_load_sum(): adds the time since the last update, in which `load` wanted to run; 0: nobody did. */
  update(now: number, load: number): void {
    const passed = Math.floor((now - this.at) / UNIT_NS);
    if (passed <= 0) return;
    this.at += passed * UNIT_NS;
    const total = passed + this.contrib, periods = Math.floor(total / PERIOD), rest = total % PERIOD;
    let more = passed;
    if (periods > 0) {
      this.sum = decayed(this.sum, periods);
      more = decayed(PERIOD - this.contrib, periods) + LOAD_AVG_MAX - decayed(LOAD_AVG_MAX, periods) - PERIOD + rest; // what was left of the period then, whole ones, what has begun of this one
    }
    this.contrib = rest;
    this.sum += load * more;
  }
}
/** cpu_load(): what the tasks of a queue weigh, as of its last update. */
export const queueLoad = (rq: RunQueue): number => rq.load.sum / rq.load.divider;
/** task_h_load(): as of when the task last fell asleep. */
export const taskLoad = (t: Task): number => (t.weight * t.load.sum) / t.load.divider;
/** At a tick. */
export const tickLoad = (k: Kernel, rq: RunQueue): void => rq.load.update(k.now, rq.weight);

/** A task is runnable, woken or new, on this queue; a new one counts as if it had always been. One that comes from another queue takes along what is left of its own. */
export function loadBegins(k: Kernel, rq: RunQueue, t: Task, isNew: boolean): void {
  rq.load.update(k.now, rq.weight);
  if (isNew) { t.load.at = k.now; t.load.sum = t.load.divider; rq.load.sum += t.weight * t.load.sum; } else {
    t.load.update(k.now, 0);
    if (t.loadedOn !== rq.index) {
      takeAway(k, t);
      rq.load.sum += t.weight * t.load.sum;
    }
  }
  t.loadedOn = rq.index;
  t.loading = true;
  rq.weight += t.weight;
}
/** It sleeps, or a boost has made it a real-time task. */
export function loadEnds(k: Kernel, t: Task): void {
  if (!t.loading) return;
  const rq = k.rqs[t.loadedOn];
  rq.load.update(k.now, rq.weight);
  t.load.update(k.now, 1);
  t.loading = false;
  rq.weight -= t.weight;
}
/** It waits, and goes to another queue. */
export function loadMoves(k: Kernel, to: RunQueue, t: Task): void {
  if (!t.loading) return;
  loadEnds(k, t);
  loadBegins(k, to, t, false);
}
/** remove_entity_load_avg(): it has left its queue for another, or for good. */
export function takeAway(k: Kernel, t: Task): void {
  const { load } = k.rqs[t.loadedOn];
  load.sum = Math.max(0, load.sum - t.weight * t.load.sum);
}
