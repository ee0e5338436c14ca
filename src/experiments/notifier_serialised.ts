import { notifierSerialised as story } from '../scenarios/notifier_serialised.ts';
import { type Experiment, withWorkload } from './experiment.ts';
import { oomPathFigures } from './figures.ts';
import type { View } from './view.ts';

const CALLBACK_MS = 50, CALLERS = 6;
/** From the first callback's begin to the last request's end. */
function lastLeavesAfterMs(run: View): number {
  const begin = run.marks('oom_notify_begin')[0], end = run.marks('ask_for_pages').at(-1);
  return begin === undefined || end === undefined ? 0 : (end.timeNs - begin.timeNs) / 1e6;
}

export const notifierSerialisedClaim: Experiment = {
  id: 'notifier-serialised',
  mail: story.mail ?? '',
  claim: 'A mutex round the chain makes K callers wait for each other, K times the callback in all; taking the chain\'s semaphore for reading would do.',
  verdict: 'holds',
  because: 'A mutex has one owner and a rwsem many readers.',
  real: 'A 6.1 built both ways let 16 callers of a callback of 1 s leave after 2.06, 3.08 ... 17.42 s with the mutex; without it 15 of them left after 1.03 s and the last after 2.05 s.',
  inShort: 'the last leaves: outside-mutex after ≥ 5 callbacks (250 ms), outside-rwsem after ≤ 3 (150 ms)',
  story,
  variants: [{ name: 'outside-mutex', knobs: { 'oom.notifierPlace': 'outside-mutex' } }, { name: 'outside-rwsem', knobs: { 'oom.notifierPlace': 'outside-rwsem' } }],
  controls: [{ change: 'the callback takes no time', seeds: 10, edit: (s) => withWorkload(s, 'notifier', { sleep: 0 }) }],
  figures: (run) => ({ lastLeavesAfterMs: lastLeavesAfterMs(run), ...oomPathFigures(run) }),
  predicate: ([mutex, rwsem]) => lastLeavesAfterMs(mutex) >= (CALLERS - 1) * CALLBACK_MS && lastLeavesAfterMs(rwsem) <= 3 * CALLBACK_MS, // those who lose the trylock after it come round once more
};
