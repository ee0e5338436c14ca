/** A scenario becomes a machine: the only place that knows format and kernel both. */
import type { MachineShape } from '../format/machine.ts';
import { withKnobs } from '../format/machine_knobs.ts';
import type { Scenario } from '../format/scenario.ts';
import { countFrames, emptyState, type MachineState, RSS_CELLS, TASK_CELLS, ZONE_CELLS, buddyCell } from '../format/state.ts';
import { costsFor } from '../kernel/costs.ts';
import { HUNG_TASK_TIMEOUT_SECS, hungTaskInit } from '../kernel/hung_task.ts';
import { Kernel } from '../kernel/kernel.ts';
import { createMm, mmInit } from '../kernel/mm/mm_init.ts';
import { addCpus } from '../kernel/sched/core.ts';
import { schedCostsFor } from '../kernel/sched/cost.ts';
import { lockupDetectorInit, WATCHDOG_THRESH } from '../kernel/watchdog.ts';
import { Chance } from '../sim/chance.ts';
import type { Keep } from '../sim/recorder.ts';
import { MT_COUNT, ORDERS } from '../format/rows.ts';
import { knobDefaults } from './knobs.ts';
import { parts } from './parts.ts';

export interface Booted { readonly k: Kernel; readonly shape: MachineShape; readonly initial: MachineState }

/** Values below /proc/sys/vm by their own names; those that are lists go apart. */
function vmSysctls(s: Scenario): { single: Record<string, number>; lowmemReserveRatio: readonly number[] } {
  const single: Record<string, number> = {};
  let lowmemReserveRatio: readonly number[] = [];
  for (const [name, value] of Object.entries(s.sysctl)) {
    if (name === 'vm.lowmem_reserve_ratio') lowmemReserveRatio = typeof value === 'number' ? [value] : value;
    else if (name.startsWith('vm.') && typeof value === 'number') single[name.slice(3)] = value;
  }
  return { single, lowmemReserveRatio };
}
/** A single value below /proc/sys/kernel. */
function kernelSysctl(s: Scenario, name: string, fallback: number): number {
  const value = s.sysctl[`kernel.${name}`];
  return typeof value === 'number' ? value : fallback;
}

/** Boots the scenario's machine and starts its workloads: they take their first step when the run does. */
export function bootScenario(scenario: Scenario, keep: Keep): Booted {
  const s = withKnobs(scenario);
  const { eras, workloads, atBoot } = parts(), era = eras.find((e) => e.profile === s.profile);
  if (era === undefined) throw new Error(`no profile ${s.profile}`);
  const { single, lowmemReserveRatio } = vmSysctls(s), layout = new Chance(s.seed);
  const knobs = { ...knobDefaults(s.profile, s.machine.preempt === 'rt'), ...s.knobs }, bins = knobs['lru.gen'] === 'on' ? new Chance(s.seed) : null;
  const mm = createMm(s.machine, single, lowmemReserveRatio, era, costsFor(s.profile, s.machine.speed), (n) => layout.below(n), bins === null ? null : (n) => bins.below(n));
  const k = new Kernel({ seed: s.seed, tape: s.choices ?? [], keep, mm, hz: s.machine.hz, preempt: s.machine.preempt, cost: schedCostsFor(s.profile, s.machine.speed), knobs, timerWheel: 'levels', fairness: era.fairness, idleKeepsTick: era.idleKeepsTick, schedIdleCpu: era.schedIdleCpu });
  const shape = shapeOf(k, s), initial = firstState(k, shape);
  addCpus(k, s.machine.cpus);
  mmInit(k);
  for (const register of atBoot) register(k);
  lockupDetectorInit(k, kernelSysctl(s, 'watchdog_thresh', WATCHDOG_THRESH));
  hungTaskInit(k, kernelSysctl(s, 'hung_task_timeout_secs', HUNG_TASK_TIMEOUT_SECS));
  for (const w of s.workloads) {
    const program = workloads.find((o) => o.id === w.type);
    if (program === undefined) throw new Error(`no workload of type ${w.type}`);
    program.start(k, w);
  }
  return { k, shape, initial };
}

function shapeOf(k: Kernel, s: Scenario): MachineShape {
  return {
    profile: s.profile, kernel: k.mm.era.release, cpus: s.machine.cpus, hz: s.machine.hz, preempt: s.machine.preempt, frames: k.mm.frames, swapPages: k.mm.swap.total,
    zones: k.mm.zones.map((z) => ({ name: z.name as MachineShape['zones'][number]['name'], node: z.node, startPfn: z.startPfn, spanned: z.spanned, present: z.present, managed: z.managed, reserve: [...z.reserve] })),
  };
}
/** The state before the first row, read off the machine before it has CPUs. */
function firstState(k: Kernel, shape: MachineShape): MachineState {
  const s = emptyState(shape), Z = ZONE_CELLS;
  s.frames.set(k.mm.word);
  for (const z of k.mm.zones) {
    const base = z.index * Z.size;
    s.zones[base + Z.free] = z.nrFree;
    s.zones.set([z.wmark[0], z.wmark[1], z.wmark[2], z.boost, z.nrReservedHighatomic], base + Z.wmark);
    for (let o = 0; o < ORDERS; o++) for (let t = 0; t < MT_COUNT; t++) s.buddy[buddyCell(z.index, o, t)] = z.freeBlocks[o * MT_COUNT + t];
    z.pcp.forEach((pcp, cpu) => { s.pcp[z.index * shape.cpus + cpu] = pcp.count; });
  }
  countFrames(s, shape);
  s.tasks = new Int32Array(shape.cpus * TASK_CELLS.size).fill(-1);
  for (let cpu = 0; cpu < shape.cpus; cpu++) {
    s.tasks.set([0, cpu, -1, 0, -1, 0], cpu * TASK_CELLS.size);
    s.current[cpu] = cpu;
  }
  s.rss = new Int32Array(RSS_CELLS.size);
  return s;
}
