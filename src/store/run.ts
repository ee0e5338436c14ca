/**
 * Runs: a scenario goes to the worker, rows come back and are appended, the page is told once an animation frame.
 * What is on screen stays there until the next run has booted; a scenario that is refused changes nothing.
 */
import { Trace } from '../analysis/trace.ts';
import { Client, type RunMessage } from '../client/client.ts';
import type { Scenario } from '../format/scenario.ts';
import type { Phase } from './status.ts';
import { type AppState, domainOf, store } from './store.ts';
import type { View } from './view.ts';

/** Where to stand in the new run, as soon as its rows are there. */
export interface Wish {
  readonly event: number;
  readonly view: View | null;
  readonly tab?: AppState['tab'];
  /** Called when the wished event has come, or the run has ended without it. */
  readonly arrived?: (trace: Trace) => void;
}

let client: Client | null = null;
/** Asked for and not yet booted. */
let next: Scenario | null = null;
/** How the run on screen stood before the next one was asked for. */
let before: Phase = { kind: 'idle' };
let wish: Wish | null = null;
let progress: { readonly timeNs: number; readonly untilNs: number } | null = null;
let frame = false;

/** Starts a run. `story` is what the scenario is an edit of. */
export function startRun(scenario: Scenario, story: Scenario, where: Wish | null = null): void {
  client ??= new Client({ catalog: (catalog) => store.setState({ catalog }), message: receive, lost });
  const { phase } = store.getState();
  if (next === null) before = phase.kind === 'running' ? { kind: 'stopped', timeNs: phase.timeNs } : phase;
  next = scenario;
  wish = where;
  progress = { timeNs: 0, untilNs: scenario.untilNs };
  store.setState({ story, draft: scenario, running: true, playing: false, notice: null, problems: {}, phase: { kind: 'running', timeNs: 0, untilNs: scenario.untilNs } });
  client.run(scenario);
}

/** Stops the run; what has been computed can be read. */
export function stopRun(): void {
  const { running, trace } = store.getState();
  if (!running) return;
  client?.cancel();
  finish(next === null ? { kind: 'stopped', timeNs: trace?.endNs ?? 0 } : before);
  next = null;
}

function receive(message: RunMessage): void {
  switch (message.kind) {
    case 'booted': boot(message); break;
    case 'chunk':
      store.getState().trace?.append(message.columns, message.tables);
      store.getState().trace?.reached(message.timeNs);
      progress = { timeNs: message.timeNs, untilNs: message.untilNs };
      tellSoon();
      break;
    case 'end':
      store.getState().trace?.reached(message.outcome.endNs);
      finish({ kind: 'ended', outcome: message.outcome });
      break;
    case 'cancelled': break;
    case 'failed': fail(message); break;
  }
}

function boot(message: Extract<RunMessage, { readonly kind: 'booted' }>): void {
  if (next === null) return;
  const scenario = next;
  const trace = new Trace(message.shape, message.initial, scenario.untilNs);
  trace.addTables(message.tables);
  next = null;
  store.setState((s) => ({
    scenario, trace, version: s.version + 1, cursor: 0, fitted: true, view: { fromNs: 0, toNs: scenario.untilNs }, selectedTask: null, hover: null, found: { kind: 'nothing' }, notes: [],
  }));
}

/** One update for all the rows of a frame. A page in the background gets no frames: there the timer does it. */
function tellSoon(): void {
  if (frame) return;
  frame = true;
  let done = false;
  const once = (): void => {
    if (done) return;
    done = true;
    frame = false;
    tell();
  };
  requestAnimationFrame(once);
  setTimeout(once, 250);
}
function tell(): void {
  const { phase, running, version, fitted } = store.getState();
  const patch: Partial<AppState> = { version: version + 1 };
  store.setState(running && progress !== null && phase.kind === 'running' ? { ...patch, phase: { kind: 'running', ...progress } } : patch);
  if (fitted) store.setState({ view: domainOf(store.getState()) });
  grant(false);
}
/** Goes where the wish says, once the rows are there or will never be. */
function grant(over: boolean): void {
  const { trace } = store.getState();
  if (wish === null || trace === null || next !== null || (trace.rows < wish.event && !over)) return;
  const { event, view, tab, arrived } = wish;
  wish = null;
  if (view !== null) store.getState().setView(view.fromNs, view.toNs);
  store.getState().setCursor(event);
  if (tab !== undefined) store.setState({ tab });
  arrived?.(trace);
}

function finish(phase: Phase): void {
  progress = null;
  store.setState((s) => ({ running: false, phase, version: s.version + 1 }));
  if (store.getState().fitted) store.getState().fit();
  grant(true);
}

function fail(message: Extract<RunMessage, { readonly kind: 'failed' }>): void {
  const refused = next !== null;
  next = null;
  if (refused) wish = null;
  const where = message.at === null ? '' : ` It happened at ${(message.at.timeNs / 1e9).toFixed(6)} s, event ${message.at.row}, in ${message.at.stack.at(-1) ?? 'no function'}.`;
  finish(refused && before.kind !== 'idle' ? before : { kind: 'failed', message: message.message });
  const rest = refused ? 'The run on screen is unchanged.' : `What was computed until then can be read.${where}`;
  store.setState({ notice: { kind: 'error', title: refused ? 'This cannot be run' : 'The run has failed', text: `${message.message}. ${rest}` } });
}

function lost(why: string): void {
  const phase: Phase = { kind: 'failed', message: 'the simulation stopped answering' };
  next = null;
  finish(phase);
  store.setState({ notice: { kind: 'error', title: 'The simulation stopped answering and was started again', text: `Your scenario is kept (${why}). Run it again, or change it first.` } });
}
