/** Knobs that say how the kernel of a machine was built: a scenario has them in its machine, whoever turns them turns them there. */
import type { MachineSpec, Scenario } from './scenario.ts';

/** Knob `cpu.idleExit` of an emulator with a thread for each CPU: from a wake-up on one CPU to the woken task on an idle other one (fixtures/probe/sched_costs.csv: median; costs.test.ts). */
export const VCPU_IDLE_EXIT_US = 91;
export const MACHINE_KNOBS: readonly string[] = ['preempt', 'hz'];
const PREEMPT: readonly MachineSpec['preempt'][] = ['none', 'full', 'rt'];

/** The scenario with these knobs too; what is of the machine is moved there, also where the scenario itself has it among its knobs. Values are taken to be some that the catalog allows. */
export function withKnobs(s: Scenario, more: Readonly<Record<string, string | number>> = {}): Scenario {
  const all = { ...s.knobs, ...more }, names = Object.keys(all);
  if (!names.some((n) => MACHINE_KNOBS.includes(n))) return { ...s, knobs: all };
  const knobs = Object.fromEntries(Object.entries(all).filter(([n]) => !MACHINE_KNOBS.includes(n)));
  return { ...s, knobs, machine: { ...s.machine, hz: Number(all.hz ?? s.machine.hz), preempt: PREEMPT.find((p) => p === all.preempt) ?? s.machine.preempt } };
}
