/** Changes to the scenario that have not been run. */
import type { ProfileName, Scenario } from '../format/scenario.ts';
import { sameHardware } from './differences.ts';
import { type Field, fieldsOf } from './fields.ts';
import { askedBeside, startBeside, startRun } from './run.ts';
import { editBase, partOf } from './sides.ts';
import { store } from './store.ts';

/** In a comparison a change is run when it has rested for so long. */
const RESTED_MS = 700;
let timer: ReturnType<typeof setTimeout> | undefined;

function edited(): void {
  const { draft, compare, problems } = store.getState();
  clearTimeout(timer);
  if (compare === null || Object.keys(problems).length > 0) return;
  timer = setTimeout(() => {
    const now = store.getState();
    if (now.compare !== null && now.draft === draft && draft !== askedBeside()) startBeside(draft);
  }, RESTED_MS);
}
/** In a comparison it is B that runs. */
function run(scenario: Scenario): void {
  clearTimeout(timer);
  const { compare, story } = store.getState();
  if (compare === null) startRun(scenario, story);
  else startBeside(scenario);
}

/** A schedule belongs to the scenario that it was found in: what is changed runs in the order of its times. */
function inTimedOrder(draft: Scenario): Scenario {
  const { choices: _, ...rest } = draft;
  return rest;
}
/** What reads as the scenario that the edits are held against is that scenario, with all that no field shows. */
function settled(draft: Scenario): Scenario {
  const state = store.getState(), base = editBase(state);
  const alike = base.profile === draft.profile && sameHardware(base, draft) && base.workloads.length === draft.workloads.length && base.workloads.every((w, i) => w.type === draft.workloads[i].type);
  return alike && fieldsOf(draft, state.catalog).every((f) => f.read(draft) === f.read(base)) ? base : draft;
}

/** A text that cannot be read leaves the draft as it was, and says so beside the field. */
export function editField(field: Field, text: string): void {
  const { draft, problems } = store.getState();
  const result = field.write(draft, text);
  const { [field.name]: _, ...others } = problems;
  if (result.ok) store.setState({ draft: settled(inTimedOrder(result.value)), problems: others });
  else store.setState({ problems: { ...others, [field.name]: result.problem.message } });
  edited();
}

export function runDraft(): void {
  const { draft, problems } = store.getState();
  if (Object.keys(problems).length === 0) run(draft);
}
/** Another era of the kernel is another run: it starts at once. */
export function runProfile(profile: ProfileName): void {
  run({ ...inTimedOrder(store.getState().draft), profile });
}

/** The story as it is written, run at once; in a comparison B as A is. */
export function resetDraft(): void {
  const state = store.getState(), { story, compare } = state;
  run(compare === null ? story : (partOf(state, 'A')?.scenario ?? story));
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
