import { ns, type Ns } from '../../base/units.ts';

/** What scheduling, interrupts and locks cost on a CPU. */
export interface SchedCost {
  readonly switch_: Ns; //  from one task to another, caches not counted
  readonly irq: Ns; //      an interrupt that only sets a flag
  readonly ipi: Ns; //      from one CPU's request to the other's interrupt
  readonly tick: Ns;
  readonly hrtimer: Ns; //  an interrupt that wakes a sleeper of clock_nanosleep()
  readonly softirq: Ns; //  one pass over a pending softirq
  readonly handoff: Ns; //  a spinlock's line from the CPU that unlocks to the one that spins
  readonly atomic: Ns; //   one atomic instruction on a shared line
  readonly exit: Ns; //     do_exit() apart from what is registered with it
  readonly rcuGp: Ns; //    one step of the grace-period kthread: begin, end, a pass over the CPUs
  readonly rcuCore: Ns; //  one pass of RCU's softirq, callbacks not counted
  readonly rcuCallback: Ns; // queueing a callback, or calling it, apart from what it does
}
/** All chosen, at the size usual on a server of the 2010s; no capture gives them one by one. */
export const SCHED_COST: SchedCost = {
  switch_: ns(1000), irq: ns(500), ipi: ns(800), tick: ns(1000), hrtimer: ns(1000), softirq: ns(200), handoff: ns(50), atomic: ns(20), exit: ns(500), rcuGp: ns(2000), rcuCore: ns(500), rcuCallback: ns(200),
};
