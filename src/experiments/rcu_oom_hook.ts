import { rcuOomHook as story, rcuOomHookEmpty as empty } from '../scenarios/rcu_oom_hook.ts';
import type { Experiment } from './experiment.ts';
import { served } from './figures.ts';
import { invoked, JIFFY_NS, killNs } from './rcu_figures.ts';
import { longestNs, type View } from './view.ts';

const hook = (name: string): Readonly<Record<string, string>> => ({ 'rcu.oomHook': name });
const kickNs = (run: View): number => run.marks('rcu_oom_kick')[0]?.timeNs ?? Infinity;
/** From the kick to the last lazy callback; Infinity where nobody kicked or something is left. */
const backNs = (run: View): number => {
  const last = run.marks('rcu_invoke_kfree_callback').at(-1);
  return last === undefined ? Infinity : last.timeNs - kickNs(run);
};
/** From the kick to the end of the first grace period that began after it. */
function gracePeriodNs(run: View): number {
  const from = run.marks('rcu_grace_period_start').find((m) => m.timeNs >= kickNs(run)), to = run.marks('rcu_grace_period_end').find((m) => m.b === from?.b);
  return to === undefined ? Infinity : to.timeNs - kickNs(run);
}
const kills = (run: View): number => run.outcome.kills.length;
const fine = (run: View): boolean => kills(run) === 0 && served(run) === 1;
/** Calls of the notifier that say "freed", for a caller who is not served and for whom nobody is killed. */
const livelock = (run: View): boolean => kills(run) === 0 && served(run) === 0 && run.marks('rcu_oom_notify_end').length > 100;
const lateKill = (run: View): boolean => kills(run) > 0 && invoked(run).every((m) => m.timeNs > kickNs(run));

export const rcuOomHookClaim: Experiment = {
  id: 'rcu-oom-hook',
  mail: story.mail ?? '',
  claim: 'Lazy RCU callbacks should not be an OOM notifier: a shrinker that reclaim asks in its last resort, or the allocator\'s own retry loop, would do it earlier and without oom_lock.',
  verdict: 'holds if',
  because: 'It holds if the rounds that are left take longer than the memory needs to come back, some 15 ms here. With dirty pages on a slow disk a round without progress sleeps HZ/10, and one kick in the first round is enough; without them sixteen rounds are over in 2 ms, and a kick that does not wait comes too late as well. The notifier always does: the choice of a victim follows it at once. As first posted, claiming a page, it never lets anybody be killed.',
  inShort: 'kills: none, notifier > 0; all others 0 and the request served; claiming with nothing to free: a livelock',
  shows: 'kills',
  story,
  variants: [
    { name: 'none', knobs: hook('none') }, { name: 'notifier', knobs: hook('notifier') }, { name: 'notifier-claims', knobs: hook('notifier-claims') }, { name: 'notifier-claims, nothing to free', knobs: hook('notifier-claims'), story: empty },
    { name: 'notifier-waits', knobs: hook('notifier-waits') }, { name: 'shrinker-nowait', knobs: hook('shrinker-nowait') }, { name: 'shrinker-barrier', knobs: hook('shrinker-barrier') }, { name: 'retry-kick', knobs: hook('retry-kick') },
  ],
  controls: [{ change: 'no dirty pages: a round without progress does not sleep', seeds: 10, edit: (s) => ({ ...s, workloads: s.workloads.filter((w) => w.type !== 'fwrite') }) }],
  figures: (run) => ({
    kills: kills(run), served: served(run), kickToMemoryBackMs: Number.isFinite(backNs(run)) ? backNs(run) / 1e6 : -1, gracePeriodMs: Number.isFinite(gracePeriodNs(run)) ? gracePeriodNs(run) / 1e6 : -1,
    kicks: run.marks('rcu_oom_kick').length, ipis: run.marks('ipi_raise').length, longestHoldOfOomLockMs: longestNs(run.holds('oom_lock')) / 1e6, killMs: Number.isFinite(killNs(run)) ? killNs(run) / 1e6 : -1,
    directReclaims: run.marks('mm_vmscan_direct_reclaim_begin').length,
  }),
  predicate: ([none, notifier, claims, claimsNothing, waits, nowait, barrier, retry]) =>
    kills(none) > 0 && invoked(none).length === 0 && lateKill(notifier) && backNs(notifier) <= gracePeriodNs(notifier) + 8 * JIFFY_NS &&
    [claims, waits, nowait, barrier, retry].every(fine) && livelock(claimsNothing),
};
