import { stalledCpu as story } from '../scenarios/stalled_cpu.ts';
import { type Experiment, withWorkload } from './experiment.ts';
import { served } from './figures.ts';
import { invoked, unfinished } from './rcu_figures.ts';
import type { View } from './view.ts';

const hook = (name: string): Readonly<Record<string, string>> => ({ 'rcu.oomHook': name });
const ASKERS = 3, PAGES = 400;
const inNotifier = (run: View): number => unfinished(run, 'rcu_oom_notify_begin', 'rcu_oom_notify_end');
const inBarrier = (run: View): number => unfinished(run, 'rcu_barrier_begin', 'rcu_barrier_end');
const calls = (run: View): number => run.marks('rcu_oom_notify_begin').length;
const goesOn = (run: View): boolean => inNotifier(run) === 0 && inBarrier(run) === 0 && served(run) === ASKERS * PAGES && run.outcome.kills.length > 1;

export const stalledCpuClaim: Experiment = {
  id: 'stalled-cpu',
  mail: story.mail ?? '',
  claim: 'A hook that waits for RCU under a lock of the OOM path depends on every CPU: one that reports no quiescent state stops the OOM killer, or all of reclaim.',
  verdict: 'holds',
  because: 'rcu_oom_notify() waits at its begin until the callbacks of the run before have been invoked, with oom_lock held: the first call passes, the second waits for ever, and all others lose the trylock; the first victim itself needs oom_lock on its way out (4.14 to 4.18), so that its memory does not come back either. A shrinker that calls rcu_barrier() waits in each reclaimer: one for the callbacks, the others for the mutex of rcu_barrier(). Kicks that do not wait hold up nobody, and the kills go on.',
  inShort: 'notifier: the second call waits with oom_lock held; shrinker-barrier: all wait; the others go on and are served',
  shows: 'served',
  story,
  variants: [
    { name: 'notifier', knobs: hook('notifier') }, { name: 'notifier-waits', knobs: hook('notifier-waits') }, { name: 'shrinker-nowait', knobs: hook('shrinker-nowait') }, { name: 'shrinker-barrier', knobs: hook('shrinker-barrier') }, { name: 'retry-kick', knobs: hook('retry-kick') }, { name: 'none', knobs: hook('none') },
  ],
  controls: [{ change: 'the loop says cond_resched()', seeds: 10, edit: (s) => withWorkload(s, 'kernelloop', { polite: 1 }) }],
  figures: (run) => ({
    callsOfTheNotifier: calls(run), waitingInNotifier: inNotifier(run), waitingInBarrier: inBarrier(run), served: served(run), kills: run.outcome.kills.length, callbacksInvoked: invoked(run).length, trylockMisses: run.misses('oom_lock'),
    gracePeriodsOver: run.marks('rcu_grace_period_end').length,
  }),
  predicate: ([notifier, waits, nowait, barrier, retry, none]) =>
    calls(notifier) === 2 && inNotifier(notifier) === 1 && notifier.outcome.kills.length === 1 && notifier.misses('oom_lock') > 0 && inNotifier(waits) === 1 &&
    inBarrier(barrier) === ASKERS && served(barrier) === 0 && barrier.outcome.kills.length === 0 && [nowait, retry, none].every(goesOn),
};
