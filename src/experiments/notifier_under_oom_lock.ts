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
  because: 'out_of_memory() calls the chain, and its callers hold oom_lock. Before the lock, the chain is under a mutex of its own or the read side of its semaphore, and oom_lock is free meanwhile.',
  real: 'A 6.1 held oom_lock for 108 ms with a callback of 100 ms. The same kernel built with the chain outside held it for at most 4 ms in 16 of 18 series, and for 8 and 12 ms in the other two.',
  inShort: 'hold with the callback in it: inside ≥ 100 ms, outside none of 100 ms',
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
