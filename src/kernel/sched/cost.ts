import type { Ns } from '../../base/units.ts';
import { column, type CostRow, row } from '../cost_row.ts';

/** What scheduling, interrupts and locks cost on a CPU, ns, as in costs.ts. What is chosen has the size that is usual on a server of the 2010s; no kernel was asked for it. */
export const SCHED_TABLE = {
  switch_: row(1023, 1207), // probe sched_costs: two threads that wake each other and sleep: 2.51 us and 2.98 us from one to the other, less wake
  wake: row(1484, 1776), // probe sched_costs: a thread that sleeps, woken by another; the waker pays
  irq: row(500, 500), // chosen: an interrupt that only sets a flag
  ipi: row(800, 800), // chosen: from one CPU's request to the other's interrupt
  tick: row(2596, 2774), // probe sched_costs: what stands between two looks at the clock, 100 ticks of a busy CPU
  hrtimer: row(731, 737), // probe sched_costs: the interrupt of a timer whose function does nothing
  softirq: row(356, 324), // probe sched_costs: a tick with a timer of the wheel, less tick
  handoff: row(50, 50), // chosen: a spinlock's line from the CPU that unlocks to the one that spins
  atomic: row(20, 20), // chosen: one atomic instruction on a shared line
  exit: row(500, 500), // chosen: do_exit() apart from what is registered with it
  rcuGp: row(2000, 2000), // chosen: one step of the grace-period kthread: begin, end, a pass over the CPUs
  rcuCore: row(500, 500), // chosen: one pass of RCU's softirq, callbacks not counted
  rcuCallback: row(200, 200), // chosen: queueing a callback, or calling it, apart from what it does
} as const satisfies Record<string, CostRow>;

export type SchedCost = { readonly [name in keyof typeof SCHED_TABLE]: Ns };
export const schedCostsFor = (profile: string, speed: number): SchedCost => column(SCHED_TABLE, profile, speed);
export const SCHED_COST = schedCostsFor('v6.1', 1000);
