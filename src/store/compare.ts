/** Comparing: the run on screen becomes A, and what is changed from then on makes a run B beside it. */
import type { Alignment } from '../analysis/compare.ts';
import type { Trace } from '../analysis/trace.ts';
import type { Scenario } from '../format/scenario.ts';
import { lookAt } from './look.ts';
import { askedBeside, dropBeside, startBeside, type Wish } from './run.ts';
import { aligned, type Compare, partOf, patched, type Side, swapped } from './sides.ts';
import { type AppState, store } from './store.ts';

/** Lanes that stand collapsed at first: two runs need the room. */
const SHUT = ['pcp', 'memory', 'tasks', 'locks'];
/** And this one where the machine at the cursor stands below the lanes: a page that narrow has less height for them (app/shell.css). */
const SHUT_NARROW = 'reclaim', NARROW_PX = 1180;

/** What B was when its comparison was left, by A's run: it is B again when that run is compared again. */
const leftB = new WeakMap<Trace, Scenario>();

/** The run on screen is A. B runs at once if it is given, if the draft has changes that were not run, or if this A had one before; else it waits for a change. */
export function openCompare(other: Scenario | null = null, where: Wish | null = null): void {
  const { trace, compare, draft, scenario, problems, collapsed } = store.getState();
  if (trace === null || compare !== null) return;
  store.setState({
    collapsed: [...new Set([...collapsed, ...SHUT, ...(globalThis.innerWidth <= NARROW_PX ? [SHUT_NARROW] : [])])],
    compare: {
      shown: 'A', lead: 'A', align: 'divergence', pair: null, first: null, collapsedBefore: collapsed,
      other: { trace: null, version: 0, cursor: 0, selectedTask: null, running: false, phase: { kind: 'idle' }, scenario: other ?? scenario, notes: [] },
    },
  });
  const edits = draft !== scenario && Object.keys(problems).length === 0 ? draft : null, next = other ?? edits ?? leftB.get(trace) ?? null;
  if (next !== null) startBeside(next, where);
}
/** How two runs stand: an event of each, and what `Compare` says of them. */
export interface Placed extends Pick<Compare, 'shown' | 'lead' | 'align'> {
  readonly a: number;
  readonly b: number;
}
function placeBoth({ a, b, shown, lead, align }: Placed): void {
  store.setState((s): Partial<AppState> => {
    const withA = { ...s, ...patched(s, 'A', { cursor: Math.min(a, partOf(s, 'A')?.trace?.rows ?? 0) }) };
    const { compare, ...both } = { ...withA, ...patched(withA, 'B', { cursor: Math.min(b, partOf(s, 'B')?.trace?.rows ?? 0) }) };
    if (compare === null) return {};
    const placed = { ...both, compare: { ...compare, lead, align } }, state = { ...placed, ...(compare.shown === shown ? {} : swapped(placed)) };
    return { ...state, ...aligned(state) };
  });
}
/**
 * Opens a comparison that stood somewhere before: in a link, or before a reload. A must have booted.
 * @param arrived  B is where it was
 * @returns        to be called when A is where it was
 */
export function reopenCompare(scenario: Scenario, placed: Placed | null, arrived: (trace: Trace) => void): () => void {
  let there = 0;
  const one = (): void => { if (++there === 2 && placed !== null) placeBoth(placed); };
  openCompare(scenario, { event: placed?.b ?? 0, view: null, arrived: (trace) => { arrived(trace); one(); } });
  return one;
}
/** B is dropped; A stays, and keeps B's changes for the next comparison. */
export function leaveCompare(): void {
  const state = store.getState(), a = partOf(state, 'A'), b = Object.keys(state.problems).length === 0 ? state.draft : (askedBeside() ?? state.draft);
  if (state.compare !== null && a !== null && a.trace !== null) {
    if (b === a.scenario) leftB.delete(a.trace);
    else leftB.set(a.trace, b);
  }
  dropBeside();
  store.setState((s) => {
    const { compare } = s;
    if (compare === null) return {};
    const back = compare.shown === 'B' ? compare.other : {};
    const scenario = partOf(s, 'A')?.scenario ?? s.scenario;
    return { ...back, compare: null, collapsed: compare.collapsedBefore, draft: scenario, problems: {}, playing: false, found: { kind: 'nothing' } };
  });
  const { fitted, fit } = store.getState();
  if (fitted) fit();
}
export function toggleCompare(): void {
  if (store.getState().compare === null) openCompare();
  else leaveCompare();
}

/** Which run is stepped through and inspected. */
export function showSide(side: Side): void {
  store.setState((s) => (s.compare === null || s.compare.shown === side ? {} : swapped(s)));
}
export function switchSide(): void {
  const { compare } = store.getState();
  if (compare !== null) showSide(compare.shown === 'A' ? 'B' : 'A');
}
export function setAlign(align: Alignment): void {
  store.setState((s) => {
    if (s.compare === null) return {};
    const now = { ...s, compare: { ...s.compare, align } };
    return { compare: now.compare, ...aligned(now) };
  });
}
/** To the first event that differs, if there is one, in both runs. */
export function goToFirstDifference(): void {
  const { compare } = store.getState();
  if (compare === null || compare.first === null) return;
  store.setState({ playing: false });
  setAlign('divergence');
  lookAt(compare.first);
}
