import { describe, expect, it } from 'vitest';
import { Trace } from '../analysis/trace.ts';
import { waitGraphAt } from '../analysis/wait_graph.ts';
import { must } from '../base/units.ts';
import { exploreWhole } from '../explore/story.ts';
import { copyState } from '../format/state.ts';
import { runScenario } from '../run/run.ts';
import { oomLockAbbaRace } from '../scenarios/oom_lock_abba_race.ts';
import { momentIn } from './look.ts';
import { ringFrom, scheduleWish } from './schedule.ts';

const bad = must(exploreWhole(oomLockAbbaRace).bad, 'A and B meet in some schedule');
const { trace: ran, outcome } = runScenario({ ...oomLockAbbaRace, choices: bad.choices });

describe('a bad schedule', () => {
  it('that ends in a ring is looked at where the panels have it, which is some rounds of the trylock after the event that the exploration names', () => {
    const trace = new Trace(ran.shape, copyState(ran.initial), outcome.endNs), place = ringFrom(bad.event), growth = ran.tables;
    let event: number | null = null;
    for (const [i, columns] of ran.chunks.entries()) {
      trace.append(columns, i === 0 ? growth : { strings: [], stackParent: [], stackFn: [], tasks: [], locks: [], log: [] });
      event = place(trace, false);
      if (event !== null) break;
    }
    const at = must(event, 'the ring comes');
    expect(at).toBeGreaterThan(bad.event);
    expect([waitGraphAt(trace, bad.event).rings.length, waitGraphAt(trace, at - 1).rings.length]).toEqual([0, 0]);
    expect(waitGraphAt(trace, at).rings.map((r) => r.kind)).toEqual(['livelock']);
    expect(trace.timeOfEvent(at) - trace.timeOfEvent(bad.event)).toBeLessThan(100e6); // eight jiffies, and not the five seconds until the run is called stuck
  });
  it('without a ring is looked at where the exploration says', () => {
    const trace = new Trace(ran.shape, copyState(ran.initial), outcome.endNs);
    expect([ringFrom(40)(trace, false), ringFrom(40)(trace, true)]).toEqual([null, 40]);
  });
  it('of a tracepoint is shown at that tracepoint, with the stack', () => {
    const { explore: _, ...rest } = oomLockAbbaRace;
    expect(scheduleWish(rest, 40)).toEqual({ event: 40, around: 40, view: null, tab: 'Stack' });
    expect(scheduleWish(oomLockAbbaRace, 40)).toMatchObject({ around: 40, tab: 'Locks' });
  });
});

describe('a moment in another run of the same story', () => {
  const trace = new Trace(ran.shape, copyState(ran.initial), outcome.endNs);
  trace.append(ran.chunks[0], ran.tables);
  it('is the same event where it comes at the same time, though others come then too', () => {
    const event = 1 + Array.from({ length: 1000 }, (_, i) => i).findIndex((i) => trace.timeAt(i) === trace.timeAt(i + 1));
    expect(momentIn({ event, timeNs: trace.timeOfEvent(event) })(trace, false)).toBe(event);
  });
  it('is else the event that is nearest in time', () => {
    const event = 1 + Array.from({ length: 1000 }, (_, i) => i).findIndex((i) => trace.timeAt(i + 1) - trace.timeAt(i) > 100), from = trace.timeOfEvent(event), to = trace.timeOfEvent(event + 1);
    expect([from + 1, to - 1].map((timeNs) => momentIn({ event: 5000, timeNs })(trace, false))).toEqual([event, event + 1]);
  });
  it('is not known before the run has come so far; in one that is over it is the last event', () => {
    const late = { event: 9, timeNs: 1e12 };
    expect([momentIn(late)(trace, false), momentIn(late)(trace, true)]).toEqual([null, trace.rows]);
  });
});
