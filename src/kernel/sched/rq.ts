// A run queue: one list in the order of choice. FIFO by priority, then NORMAL and IDLE by vruntime.
import { Agenda, type Timer } from '../../base/agenda.ts';
import type { Deferred } from '../kernel.ts';
import { LoadAvg } from './pelt.ts';
import { rtTask, type Task } from './task.ts';

const first = (a: Task, b: Task): boolean => {
  if (rtTask(a) || rtTask(b)) return a.prio < b.prio || (a.prio === b.prio && a.queueSeq < b.queueSeq);
  return a.vruntime < b.vruntime || (a.vruntime === b.vruntime && a.queueSeq < b.queueSeq);
};

/** `vec`: its number, by which those pending at the same time are ordered (softirq.ts). */
export interface Softirq { readonly vec: number; readonly action: Deferred }

export class RunQueue {
  readonly index: number; // of its CPU
  readonly object: number; // for footprints: the queue and the wheel
  readonly list: Task[];
  readonly delayed: Task[]; // EEVDF: who sleeps with a debt and is still counted (eevdf.ts)
  minVruntime: number;
  readonly load: LoadAvg;
  weight: number; // of who is runnable here and not real-time, who runs included
  next: Task | null; // CFS's buddies: who preempted by waking up,
  last: Task | null; // and who was preempted so
  readonly wheel: Agenda; // timers in jiffies of this CPU, run by its ticks
  readonly due: Deferred[]; // timer functions that have expired and not run
  readonly softirqs: Softirq[]; // raised, not yet run
  readonly sleepers: Task[]; // whose hrtimer has expired, for the interrupt under way
  readonly tick: Timer;
  readonly ipi: Timer;
  tickedIdle: boolean; // a tick has come since the CPU went idle
  ksoftirqd: Task | null;
  constructor(index: number, object: number, tick: Timer, ipi: Timer) {
    this.index = index; this.object = object; this.list = []; this.delayed = []; this.minVruntime = 0; this.load = new LoadAvg(); this.weight = 0; this.next = null; this.last = null; this.wheel = new Agenda(); this.due = []; this.softirqs = []; this.sleepers = [];
    this.tick = tick; this.ipi = ipi; this.tickedIdle = false; this.ksoftirqd = null;
  }
  insert(task: Task): void {
    const list = this.list;
    let i = list.length;
    list.push(task);
    for (; i > 0 && first(task, list[i - 1]); i--) list[i] = list[i - 1];
    list[i] = task;
    task.queued = true;
  }
  remove(task: Task): void { // by hand: splice() allocates
    const list = this.list, last = list.length - 1;
    for (let i = list.indexOf(task); i < last; i++) list[i] = list[i + 1];
    list.pop();
    task.queued = false;
  }
}
