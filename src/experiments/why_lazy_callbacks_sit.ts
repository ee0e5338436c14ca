import { whyLazyCallbacksSit as story } from '../scenarios/why_lazy_callbacks_sit.ts';
import { type Experiment, withWorkload } from './experiment.ts';
import { gracePeriodsAfterQueueing, invokedBefore, killNs, longestWaitNs, mostTicks, posted } from './rcu_figures.ts';
import type { View } from './view.ts';

const FIVE_S = 5e9;
const wakeToKillNs = (run: View): number => killNs(run) - (run.outcome.firsts.kswapdWakeNs ?? -Infinity);
/** From kswapd's first wake to the kill nothing came back, of less than 10,000 callbacks and within 5 s. */
const allSit = (run: View): boolean => posted(run).length > 1000 && posted(run).length < 10_000 && wakeToKillNs(run) < FIVE_S && invokedBefore(run, killNs(run)) === 0;

export const whyLazyCallbacksSitClaim: Experiment = {
  id: 'why-lazy-callbacks-sit',
  mail: story.mail ?? '',
  claim: 'It is not clear why callbacks that have waited since before reclaim began should not have run by the time of the kill: from the first wake of kswapd to the OOM killer there is time enough for a grace period.',
  verdict: 'refuted',
  because: 'There is time for many grace periods, and one is over long before the kill. But a CPU learns of it only by running RCU code itself; an idle CPU with RCU_FAST_NO_HZ whose callbacks all are lazy has no tick, asks to be woken in 5.75 to 6.75 s, and nothing else wakes it. With the inverted test of 4.12 to 4.18 they do not even ask for a grace period. Without RCU_FAST_NO_HZ the tick goes on, and all have run within four ticks.',
  inShort: 'RCU_FAST_NO_HZ: none invoked before the kill, though a grace period is over (test inverted: none is); without it: all within 4 ticks',
  shows: 'longestWaitMs',
  story,
  variants: [
    { name: 'RCU_FAST_NO_HZ', knobs: { 'rcu.fastNoHz': 'on', 'rcu.idleAccelBug': 'off' } }, { name: 'RCU_FAST_NO_HZ, test inverted', knobs: { 'rcu.fastNoHz': 'on', 'rcu.idleAccelBug': 'on' } }, { name: 'without it', knobs: { 'rcu.fastNoHz': 'off', 'rcu.idleAccelBug': 'off' } },
  ],
  controls: [{ change: 'the callbacks are not lazy (call_rcu())', seeds: 10, edit: (s) => withWorkload(s, 'callrcu', { lazy: 0 }) }],
  figures: (run) => ({
    queued: posted(run).length, invokedBeforeKill: invokedBefore(run, killNs(run)), gracePeriodsOverBeforeKill: gracePeriodsAfterQueueing(run, killNs(run)), longestWaitMs: Math.min(longestWaitNs(run), run.outcome.endNs) / 1e6,
    wakeToKillMs: wakeToKillNs(run) / 1e6, kills: run.outcome.kills.length,
  }),
  predicate: ([fast, inverted, ticking]) =>
    allSit(fast) && gracePeriodsAfterQueueing(fast, killNs(fast)) > 0 && allSit(inverted) && gracePeriodsAfterQueueing(inverted, killNs(inverted)) === 0 && mostTicks(ticking) <= 4,
};
