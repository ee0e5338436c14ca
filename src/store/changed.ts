/** What of the draft somebody has turned, against the scenario that it is held against. Pure. */
import type { Scenario } from '../format/scenario.ts';
import type { Field } from './fields.ts';
import { memoryMib } from './resize.ts';

export const MIN_FREE = 'vm.min_free_kbytes';
/** Nothing is written to min_free_kbytes: the kernel computes it from the memory that it finds. */
export const isComputed = (s: Scenario): boolean => s.sysctl[MIN_FREE] === undefined;
export function asComputed(s: Scenario): Scenario {
  const { [MIN_FREE]: _, ...sysctl } = s.sysctl;
  return { ...s, sysctl };
}

/** A knob that neither of the two names reads otherwise where their kernels have another default for it: that is the profile's doing, as marks that are computed for another size are the memory's. */
export function isChanged(field: Field, draft: Scenario, base: Scenario): boolean {
  const { name } = field, byProfile = field.group === 'Kernel' && draft.knobs[name] === undefined && base.knobs[name] === undefined;
  const byMemory = name === MIN_FREE && isComputed(draft) && memoryMib(draft.machine) !== memoryMib(base.machine);
  return !byProfile && !byMemory && field.read(draft) !== field.read(base);
}
/** The profile counts as one change, and so does each workload more or less. */
export function changeCount(fields: readonly Field[], draft: Scenario, base: Scenario): number {
  return fields.filter((f) => isChanged(f, draft, base)).length + Math.abs(draft.workloads.length - base.workloads.length) + (draft.profile === base.profile ? 0 : 1);
}
