/** Leading a person to an event: the cursor stands on it, in the middle of a window in which single steps are seen. */
import type { Trace } from '../analysis/trace.ts';
import { domainOf, store, timeOf } from './store.ts';
import { clampView } from './view.ts';

/** So much is seen around it at most. */
export const AROUND_NS = 10e6;

/** @param other  an event that is to be seen with it */
export function lookAt(event: number, other = event): void {
  store.getState().setCursor(event);
  const state = store.getState(), { trace, cursor, view, running } = state, at = timeOf(trace, cursor), domain = domainOf(state);
  const half = Math.min(AROUND_NS, view.toNs - view.fromNs) / 2 + Math.abs(at - timeOf(trace, other));
  // a run that goes on has more time than has come
  const whole = { ...domain, toNs: Math.max(domain.toNs, running && trace !== null ? trace.untilNs : 0) };
  store.setState({ view: clampView(at - half, at + half, whole), fitted: false });
}

/** The event to stand at in a run that grows; null = not known yet. `over`: no more rows come. */
export type Place = (trace: Trace, over: boolean) => number | null;
export interface Moment { readonly event: number; readonly timeNs: number }
/** Where a moment of another run of the same story is in this one: the same event if it is at that time, else the one that is nearest in time. */
export function momentIn({ event, timeNs }: Moment): Place {
  return (trace, over) => {
    const before = trace.eventAt(timeNs), after = Math.min(before + 1, trace.rows);
    if (!over && before >= trace.rows) return null;
    if (event <= trace.rows && trace.timeOfEvent(event) === timeNs) return event;
    return trace.timeOfEvent(after) - timeNs < timeNs - trace.timeOfEvent(before) ? after : before;
  };
}
