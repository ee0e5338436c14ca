/** Where a bad schedule is to be looked at. An exploration calls tasks stuck as soon as none of them can move; the panels call a loop of trylocks a wait only after some rounds, so there a ring comes later. */
import { waitGraphAt } from '../analysis/wait_graph.ts';
import { ROW } from '../format/rows.ts';
import { NO_PROGRESS, type Scenario } from '../format/scenario.ts';
import type { Place } from './look.ts';
import type { Wish } from './run.ts';

/** A ring is closed by somebody who begins to wait, loses once more, or falls asleep. */
const CLOSES: readonly number[] = [ROW.lockWait, ROW.lockMiss, ROW.block];
/** So many events are asked at most: a ring comes within a few rounds of those that are in it, or not at all. */
const ASKED = 2000;

/** The first event from `event` on at which the panels have a ring; `event` itself where none comes. */
export function ringFrom(event: number): Place {
  let row = event - 1, left = ASKED;
  return (trace, over) => {
    for (; row < trace.rows && left > 0; row++) {
      if (row >= event && !CLOSES.includes(trace.kindAt(row))) continue;
      left--;
      if (waitGraphAt(trace, row + 1).rings.length > 0) return row + 1;
    }
    return over || (left === 0 && trace.rows >= event) ? event : null;
  };
}
/** @param event  the exploration's: where it is bad */
export const scheduleWish = (scenario: Scenario, event: number): Wish =>
  (scenario.explore?.bad === NO_PROGRESS ? { event: ringFrom(event), around: event, view: null, tab: 'Locks' } : { event, around: event, view: null, tab: 'Stack' });
