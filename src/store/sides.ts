/**
 * Two runs side by side. The run that is shown (stepped through, inspected) lies in the store's own fields, so that panels need not know of a second one;
 * the other lies in `compare.other`. Which of the two is A and which is B says `compare.shown`. All pure.
 */
import { type Alignment, counterpart, type Pair } from '../analysis/compare.ts';
import type { Trace } from '../analysis/trace.ts';
import type { Scenario } from '../format/scenario.ts';
import type { Phase } from './status.ts';
import type { AppState, Note } from './store.ts';

export type Side = 'A' | 'B';
/** A run, and where we stand in it. */
export interface RunPart {
  readonly trace: Trace | null;
  /** Counts up when rows were appended, at most once an animation frame. */
  readonly version: number;
  /** Event number 0..rows. 0 = the machine before its first event; the state shown is the one after row `cursor - 1`. */
  readonly cursor: number;
  readonly selectedTask: number | null;
  readonly running: boolean;
  readonly phase: Phase;
  readonly scenario: Scenario;
  readonly notes: readonly Note[];
}
export interface Compare {
  readonly shown: Side;
  /** The cursor of this one was set; the other's follows. */
  readonly lead: Side;
  readonly align: Alignment;
  readonly other: RunPart;
  /** Null until B has booted. */
  readonly pair: Pair | null;
  /** Event number of the first difference; null = none, or none so far. */
  readonly first: number | null;
  /** Lanes that were collapsed before: they are again when the comparison is left. */
  readonly collapsedBefore: readonly string[];
}

export const otherSide = (side: Side): Side => (side === 'A' ? 'B' : 'A');
export const partOfState = ({ trace, version, cursor, selectedTask, running, phase, scenario, notes }: RunPart): RunPart => ({ trace, version, cursor, selectedTask, running, phase, scenario, notes });
const isShown = (state: AppState, side: Side): boolean => (state.compare?.shown ?? 'A') === side;
/** Null = there is no such run: only B can be missing. */
export function partOf(state: AppState, side: Side): RunPart | null {
  return isShown(state, side) ? state : (state.compare?.other ?? null);
}
/** What to set so that run `side` has `patch`. */
export function patched(state: AppState, side: Side, patch: Partial<RunPart>): Partial<AppState> {
  if (isShown(state, side)) return patch;
  return state.compare === null ? {} : { compare: { ...state.compare, other: { ...state.compare.other, ...patch } } };
}

/** The cursor that follows the one that leads, and the first difference, as far as rows have come. */
export function aligned(state: AppState): Partial<AppState> {
  const { compare } = state;
  if (compare === null || compare.pair === null || state.trace === null || compare.other.trace === null) return {};
  const { pair, lead, shown, align, other } = compare;
  pair.advance();
  const a = partOf(state, 'A'), b = partOf(state, 'B'), first = pair.firstDifference({ a: a?.running === false, b: b?.running === false });
  const there = lead === shown ? counterpart(state.trace, compare.other.trace, state.cursor, align, pair.same) : other.cursor;
  const here = lead === shown ? state.cursor : counterpart(compare.other.trace, state.trace, other.cursor, align, pair.same);
  if (there === other.cursor && here === state.cursor && first === compare.first) return {};
  return { cursor: here, compare: { ...compare, first, other: { ...other, cursor: there } } };
}
/** The run that has not been simulated up to the cursor of the other: what it shows is of an earlier time. Null = both are there, or one has ended before. */
export function behind(state: AppState): Side | null {
  const { compare } = state;
  if (compare === null) return null;
  const lead = partOf(state, compare.lead), side = otherSide(compare.lead), late = partOf(state, side);
  if (lead === null || lead.trace === null || lead.cursor <= 0 || late === null || late.trace === null || late.phase.kind === 'ended') return null;
  return late.trace.endNs <= lead.trace.timeOfEvent(lead.cursor) ? side : null;
}
/** The task of the other run that has the same name and number; null = none. */
export function twinTask(state: AppState, id: number | null): number | null {
  const from = state.trace?.tables.tasks, to = state.compare?.other.trace?.tables.tasks, task = id === null ? undefined : from?.[id];
  if (task === undefined || to === undefined) return null;
  return to.find((t) => t?.comm === task.comm && t.pid === task.pid)?.id ?? null;
}
/** The two runs change places: the other one is shown. */
export function swapped(state: AppState): Partial<AppState> {
  const { compare } = state;
  if (compare === null || compare.other.trace === null) return {};
  return { ...compare.other, found: { kind: 'nothing' }, playing: false, compare: { ...compare, shown: otherSide(compare.shown), other: partOfState(state) } };
}
/** What edits are held against: in a comparison they make B another run than A. */
export const editBase = (state: AppState): Scenario => (state.compare === null ? state.story : (partOf(state, 'A') ?? state).scenario);
/** The scenario that was run last for the edits: they wait while it is not the draft. */
export const editRun = (state: AppState): Scenario => (partOf(state, 'B') ?? state).scenario;
/** How both stand: as long as one runs, so do they. */
export function overallPhase(state: AppState): Phase {
  const other = state.compare?.other;
  return other?.running === true && !state.running ? other.phase : state.phase;
}
export const anyRunning = (state: AppState): boolean => state.running || state.compare?.other.running === true;
