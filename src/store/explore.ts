/** Exploring the schedules of the scenario on screen: in a worker of its own, so that the run stays as it is. */
import { useStore as useZustand } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { Client, type RunMessage } from '../client/client.ts';
import type { Explored, Exploring } from '../format/exploration.ts';
import type { Scenario } from '../format/scenario.ts';
import { startRun } from './run.ts';
import { scheduleWish } from './schedule.ts';
import { store } from './store.ts';

/** What was asked for: the scenario, and what it is an edit of. */
interface Asked { readonly scenario: Scenario; readonly story: Scenario }
export type Exploration =
  | { readonly kind: 'none' }
  | (Asked & { readonly kind: 'running'; readonly progress: Exploring | null; readonly stopping: boolean })
  | (Asked & { readonly kind: 'done'; readonly explored: Explored })
  | { readonly kind: 'failed'; readonly message: string };

export const exploration: StoreApi<{ readonly now: Exploration }> = createStore(() => ({ now: { kind: 'none' } }));
export const useExploration = (): Exploration => useZustand(exploration, (s) => s.now);
const set = (now: Exploration): void => exploration.setState({ now });

let client: Client | null = null;
/** The worker goes with its exploration: it holds nothing that anybody wants. */
function over(now: Exploration): void {
  client?.close();
  client = null;
  set(now);
}
function receive(message: RunMessage): void {
  const { now } = exploration.getState();
  if (now.kind !== 'running') return;
  if (message.kind === 'exploring') set({ ...now, progress: message.progress });
  else if (message.kind === 'explored') over({ kind: 'done', scenario: now.scenario, story: now.story, explored: message.explored });
  else if (message.kind === 'failed') over({ kind: 'failed', message: message.message });
}
/** @param bound  deviations from the timed order */
export function startExploring(bound: number): void {
  const { scenario, story } = store.getState();
  client ??= new Client({ catalog: () => {}, message: receive, lost: (why) => over({ kind: 'failed', message: `the simulation stopped answering (${why})` }) });
  set({ kind: 'running', scenario, story, progress: null, stopping: false });
  client.explore(scenario, bound);
}
/** Stops it; what it has covered until then is its result. */
export function cancelExploring(): void {
  const { now } = exploration.getState();
  if (now.kind !== 'running') return;
  set({ ...now, stopping: true });
  client?.enough();
}
/** The bad schedule as a run, standing where it is bad. */
export function showSchedule(): void {
  const { now } = exploration.getState();
  if (now.kind !== 'done' || now.explored.bad === null) return;
  const { bad } = now.explored;
  store.getState().openDialog(null);
  startRun({ ...now.scenario, choices: bad.choices }, now.story, scheduleWish(now.scenario, bad.event));
}
