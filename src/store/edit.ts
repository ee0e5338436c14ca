/** What the fields of the knobs change in the draft. Apart from running it (draft.ts): what a field reads and writes is not needed until the knobs are drawn. */
import type { Scenario } from '../format/scenario.ts';
import { asComputed, isComputed, MIN_FREE } from './changed.ts';
import { sameHardware } from './differences.ts';
import { edited, inTimedOrder } from './draft.ts';
import { type Field, fieldsOf } from './fields.ts';
import { memoryMib, withCpus } from './resize.ts';
import { editBase } from './sides.ts';
import { store } from './store.ts';

/** What reads as the scenario that the edits are held against is that scenario, with all that no field shows. */
function settled(draft: Scenario): Scenario {
  const state = store.getState(), base = editBase(state);
  const alike = base.profile === draft.profile && sameHardware(base, draft) && base.workloads.length === draft.workloads.length && base.workloads.every((w, i) => w.type === draft.workloads[i].type);
  return alike && fieldsOf(draft, state.catalog).every((f) => f.read(draft) === f.read(base)) ? base : draft;
}
/**
 * Another size has other watermarks: what the story writes to min_free_kbytes was read on a machine of its own size, and stays there. Back at that size
 * the machine is the story's again, and so is that value.
 */
function resized(draft: Scenario): Scenario {
  const state = store.getState(), base = editBase(state), { cpus, hz, preempt } = draft.machine;
  if (memoryMib(draft.machine) !== memoryMib(base.machine)) return draft.sysctl[MIN_FREE] === state.story.sysctl[MIN_FREE] ? asComputed(draft) : draft;
  const machine = { ...(cpus === base.machine.cpus ? base.machine : withCpus(base.machine, cpus)), hz, preempt };
  return { ...draft, machine, sysctl: isComputed(draft) && !isComputed(base) ? { ...draft.sysctl, [MIN_FREE]: base.sysctl[MIN_FREE] } : draft.sysctl };
}
/** What else follows from a field that was written. */
function followed(field: Field, draft: Scenario): Scenario {
  if (field.name === 'machine.memory') return resized(draft);
  return field.name === MIN_FREE && draft.sysctl[MIN_FREE] === 0 ? asComputed(draft) : draft; // as the field's own words have it
}

/** A text that cannot be read leaves the draft as it was, and says so beside the field. */
export function editField(field: Field, text: string): void {
  const { draft, problems } = store.getState();
  const result = field.write(draft, text);
  const { [field.name]: _, ...others } = problems;
  if (result.ok) store.setState({ draft: settled(followed(field, inTimedOrder(result.value))), problems: others });
  else store.setState({ problems: { ...others, [field.name]: result.problem.message } });
  edited();
}

/** Another workload, with its parameters as they are by default; they appear as fields. */
export function addWork(type: string): void {
  const { draft } = store.getState();
  store.setState({ draft: { ...inTimedOrder(draft), workloads: [...draft.workloads, { type }] } });
  edited();
}
export function dropLastWork(): void {
  const { draft } = store.getState();
  store.setState({ draft: { ...inTimedOrder(draft), workloads: draft.workloads.slice(0, -1) }, problems: {} });
  edited();
}
