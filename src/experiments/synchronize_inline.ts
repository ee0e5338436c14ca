import { synchronizeInline as story, synchronizeInlineDouble as double } from '../scenarios/kvfree_stories.ts';
import type { Experiment } from './experiment.ts';
import { allFreed, calls, longestGapNs, SYNCHRONOUS, LINKED } from './kvfree_figures.ts';
import { spans, type View } from './view.ts';

const inChannel = (run: View, channel: number): number => calls(run).filter((m) => m.c === channel).length;
/** Grace periods that lie wholly between the call and the end of one object, at least, of all objects. */
function fewestGracePeriods(run: View): number {
  const gps = spans(run, 'rcu_grace_period_start', 'rcu_grace_period_end'), freed = new Map(run.marks('kvfree_free').map((m) => [m.b, m.timeNs]));
  return calls(run).reduce((least, m) => Math.min(least, gps.filter((g) => g.fromNs >= m.timeNs && g.toNs <= (freed.get(m.b) ?? 0)).length), Infinity);
}
const MS = 1e6;

export const synchronizeInlineClaim: Experiment = {
  id: 'synchronize-inline',
  mail: story.mail ?? '',
  claim: 'Without a page kvfree_rcu() with two arguments links the object; with one argument its caller waits for a grace period, for each object.',
  verdict: 'holds',
  because: 'Without an rcu_head there is nowhere to keep the object: synchronize_rcu() and then kvfree() in the caller, about three ticks each when the machine is idle. With an rcu_head the list is in the objects themselves, and nothing waits.',
  real: 'A full 6.1 took 12.0 ms for each of 334 objects with one argument, and 0.24 µs a call with two.',
  inShort: 'two arguments: all linked, no wait; one: all synchronous, a whole grace period each',
  shows: 'longestWaitOfCallerMs',
  story,
  variants: [{ name: 'one argument', knobs: {} }, { name: 'two arguments', knobs: {}, story: double }],
  controls: [{ change: 'there are pages: the allocator is asked', seeds: 10, edit: (s) => ({ ...s, knobs: { ...s.knobs, 'kvfree.pageSource': 'inline-nowait' } }) }],
  figures: (run) => ({ linked: inChannel(run, LINKED), waitedFor: inChannel(run, SYNCHRONOUS), longestWaitOfCallerMs: longestGapNs(run) / MS, fewestGracePeriodsOfAnObject: fewestGracePeriods(run) }),
  predicate: ([single, two]) =>
    [single, two].every(allFreed) && inChannel(single, SYNCHRONOUS) === calls(single).length && fewestGracePeriods(single) >= 1 && longestGapNs(single) > MS &&
    inChannel(two, LINKED) === calls(two).length && fewestGracePeriods(two) >= 1 && longestGapNs(two) < MS,
};
