/** Changes to the scenario that have not been run. */
import type { Field } from './fields.ts';
import { startRun } from './run.ts';
import { store } from './store.ts';

/** A text that cannot be read leaves the draft as it was, and says so beside the field. */
export function editField(field: Field, text: string): void {
  const { draft, problems } = store.getState();
  const result = field.write(draft, text);
  const { [field.name]: _, ...others } = problems;
  if (result.ok) store.setState({ draft: result.value, problems: others });
  else store.setState({ problems: { ...others, [field.name]: result.problem.message } });
}

export function runDraft(): void {
  const { draft, story, problems } = store.getState();
  if (Object.keys(problems).length === 0) startRun(draft, story);
}

/** The story as it is written, run at once. */
export function resetDraft(): void {
  const { story } = store.getState();
  startRun(story, story);
}

/** Another workload, with its parameters as they are by default; they appear as fields. */
export function addWork(type: string): void {
  const { draft } = store.getState();
  store.setState({ draft: { ...draft, workloads: [...draft.workloads, { type }] } });
}
export function dropLastWork(): void {
  const { draft } = store.getState();
  store.setState({ draft: { ...draft, workloads: draft.workloads.slice(0, -1) }, problems: {} });
}
