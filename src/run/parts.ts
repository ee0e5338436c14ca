/**
 * What a machine can be given beside the kernel itself: what a version does otherwise, programs, and what is registered at boot because a knob asks for it. They are many, and a page
 * that shows its first run needs one, so they are not imported where machines are booted: all_parts.ts puts all of them here, and the worker
 * begins with the first story's and fetches the others when a scenario needs them. Code, not state: no run is remembered.
 */
import type { Scenario } from '../format/scenario.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Era } from '../kernel/mm/era.ts';
import type { Workload } from '../workloads/workload.ts';

export interface Parts {
  readonly eras: readonly Era[];
  readonly workloads: readonly Workload[];
  /** Called once the CPUs and the memory are there, before any program starts. Each looks at its knob. */
  readonly atBoot: readonly ((k: Kernel) => void)[];
}
let known: Parts = { eras: [], workloads: [], atBoot: [] };

/** From now on these are there, and only these. */
export function provide(parts: Parts): void { known = parts; }
export const parts = (): Parts => known;
/** Whether what is there is enough: its version and programs are known, and it sets no knob that something at boot might ask for. */
export const isEnough = (s: Scenario): boolean => Object.keys(s.knobs).length === 0 && known.eras.some((e) => e.profile === s.profile) && s.workloads.every((w) => known.workloads.some((p) => p.id === w.type));
