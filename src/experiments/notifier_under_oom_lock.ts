import { notifierUnderOomLock as story } from '../scenarios/notifier_under_oom_lock.ts';
import { type Experiment, withWorkload } from './experiment.ts';
import { oomPathFigures } from './figures.ts';
import { lengthNs, spans, type View } from './view.ts';

const CALLBACK_NS = 100e6;
/** Holds of oom_lock in which the task that holds it runs a callback from its begin to its end. */
const holdsWithCallback = (run: View): readonly { readonly fromNs: number; readonly toNs: number; readonly task: string }[] => {
  const callbacks = spans(run, 'oom_notify_begin', 'oom_notify_end');
  return run.holds('oom_lock').filter((h) => callbacks.some((c) => c.task === h.task && c.fromNs >= h.fromNs && c.toNs <= h.toNs));
};

export const notifierUnderOomLockClaim: Experiment = {
  id: 'notifier-under-oom-lock',
  mail: story.mail ?? '',
  claim: 'OOM notifiers run with oom_lock held, so a callback that sleeps keeps everybody out of the OOM killer for as long as it sleeps; called before the lock, they do not.',
  verdict: 'holds',
  because: 'out_of_memory() calls the chain, and its callers hold oom_lock; a real 6.1 held it for 108 ms with a callback of 100 ms, and for at most 4 ms (two of 18 times 8 and 12) with the chain outside.',
  story,
  variants: [
    { name: 'inside', knobs: { 'oom.notifierPlace': 'inside' } },
    { name: 'outside-mutex', knobs: { 'oom.notifierPlace': 'outside-mutex' } },
    { name: 'outside-rwsem', knobs: { 'oom.notifierPlace': 'outside-rwsem' } },
  ],
  controls: [{ change: 'the callback does not sleep', seeds: 10, edit: (s) => withWorkload(s, 'notifier', { sleep: 0 }) }],
  figures: oomPathFigures,
  predicate: ([inside, ...outside]) => holdsWithCallback(inside).some((h) => lengthNs(h) >= CALLBACK_NS) && outside.every((run) => holdsWithCallback(run).every((h) => lengthNs(h) < CALLBACK_NS)),
};
