/** The order of locks in sentences. */
import type { Breach, Inversion, LockOrder, OrderEdge } from './lock_order.ts';

export type TaskName = (id: number) => string;
/** `L under oom_lock, once by hog; oom_lock under L, 853 times, first by holder, all of them trylocks that failed` */
export function inversionWords({ classes: { names } }: LockOrder, inversion: Inversion, task: TaskName): string {
  if (inversion.length === 1 && inversion[0].held === inversion[0].taken) return `${names[inversion[0].taken]} again by its own holder, ${times(inversion[0], task)}`;
  return inversion.map((e) => `${names[e.taken]} under ${names[e.held]}, ${times(e, task)}`).join('; ');
}
export function times(e: OrderEdge, task: TaskName): string {
  const lost = e.lost === 0 ? '' : e.lost === e.count ? ', all of them trylocks that failed' : `, ${e.lost} of them trylocks that failed`;
  return `${e.count === 1 ? 'once by' : `${e.count} times, first by`} ${task(e.task)}${lost}`;
}
export function breachWords({ classes: { names } }: LockOrder, b: Breach): string {
  return b.rule === 'irq'
    ? `${names[b.lock]} is taken in a hardirq, and a hardirq has come while it was held`
    : `${names[b.lock]}, for which a task may sleep, was asked for under ${names[b.other]}, which spins`;
}
