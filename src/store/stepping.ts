/** Steps of the cursor. Each stops playing: who steps wants to look. */
import { parseCondition } from '../analysis/occurrences.ts';
import { type Direction, stepEvent as eventStep, stepInto as intoStep, stepJiffy as jiffyStep, stepOut as outStep, stepOver as overStep } from '../analysis/steps.ts';
import type { Trace } from '../analysis/trace.ts';
import { store, timeOf } from './store.ts';

function step(to: (trace: Trace, cursor: number, selected: number | null) => number | null): void {
  const { trace, cursor, selectedTask, setCursor } = store.getState();
  if (trace === null) return;
  store.setState({ playing: false });
  const event = to(trace, cursor, selectedTask);
  if (event !== null) setCursor(event);
}
export const stepEvent = (direction: Direction): void => step((trace, cursor) => eventStep(trace, cursor, direction));
export const stepCall = (direction: Direction): void => step((trace, cursor, selected) => overStep(trace, cursor, direction, selected));
export const stepInto = (direction: Direction): void => step((trace, cursor, selected) => intoStep(trace, cursor, direction, selected));
export const stepOut = (direction: Direction): void => step((trace, cursor, selected) => outStep(trace, cursor, direction, selected));
export const stepJiffy = (direction: Direction): void => step((trace, cursor) => jiffyStep(trace, cursor, direction));
export const goToStart = (): void => step(() => 0);
export const goToEnd = (): void => step((trace) => trace.rows);

/** Goes to the next or previous event at which the chosen condition comes true, and says which one it is. */
export function findOccurrence(direction: Direction): void {
  const { trace, cursor, occurrence, running, setCursor } = store.getState();
  if (trace === null) return;
  const condition = parseCondition(occurrence, trace);
  if (!condition.ok) {
    store.setState({ found: { kind: 'unknown', why: condition.problem.message }, playing: false });
    return;
  }
  const event = direction > 0 ? condition.value.next(cursor) : condition.value.previous(cursor);
  if (event === null) {
    store.setState({ playing: false, found: { kind: 'none', ever: condition.value.place(trace.rows)?.total !== 0, direction, running } });
    return;
  }
  const awayNs = timeOf(trace, event) - timeOf(trace, cursor);
  setCursor(event);
  store.setState({ playing: false, found: { kind: 'at', place: condition.value.place(event), awayNs } });
}
/** To the next station of an object, or the one before: what that takes is fetched when it is asked for first. */
export function stepStation(direction: 1 | -1): void {
  void import('./follow.ts').then((m) => m.stepStation(direction));
}
