/** Changes to the scenario that have not been run. */
import type { ProfileName, Scenario } from '../format/scenario.ts';
import { askedBeside, startBeside, startRun } from './run.ts';
import { partOf } from './sides.ts';
import { store } from './store.ts';

/** In a comparison a change is run when it has rested for so long. */
const RESTED_MS = 700;
let timer: ReturnType<typeof setTimeout> | undefined;

/** The draft has changed. */
export function edited(): void {
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
export function inTimedOrder(draft: Scenario): Scenario {
  const { choices: _, ...rest } = draft;
  return rest;
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
