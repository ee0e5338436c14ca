/** The order of locks in sentences. */
import { type Breach, CONTEXTS, type Inversion, type LockOrder, type OrderEdge } from './lock_order.ts';

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
  const lock = names[b.lock], under = b.other < 0 ? CONTEXTS[b.other] : `under ${names[b.other]}`;
  switch (b.rule) {
    case 'irq': return `${lock} is taken in a hardirq, and a hardirq has come while it was held`;
    case 'sleeps': return `${lock}, for which a task may sleep, was asked for ${under}, which spins`;
    case 'wait': return `invalid wait context: ${lock} was asked for ${under}`;
    case 'atomic': return `sleeping in atomic: ${lock}, for which a task may sleep on RT, was asked for ${under}`;
    case 'switch': return `scheduling while atomic: a task slept for ${lock} ${under}`;
  }
}
