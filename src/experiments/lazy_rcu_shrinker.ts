import { lazyRcuShrinker as story } from '../scenarios/lazy_rcu_shrinker.ts';
import type { Experiment } from './experiment.ts';
import { invoked, invokedBefore, JIFFY_NS, longestWaitNs, posted } from './rcu_figures.ts';
import type { View } from './view.ts';

/** The first scan of the shrinker of lazy callbacks, and the first direct reclaim; Infinity: none. */
const scanNs = (run: View): number => run.marks('rcu_lazy_scan_begin')[0]?.timeNs ?? Infinity;
const reclaimNs = (run: View): number => run.marks('mm_vmscan_direct_reclaim_begin')[0]?.timeNs ?? Infinity;
const firstNs = (run: View): number => invoked(run)[0]?.timeNs ?? Infinity;
const nobodyDies = (run: View): boolean => run.outcome.kills.length === 0;
/** All were invoked, none before the shrinker's scan, the first within so many jiffies of it. */
const broughtIn = (run: View, jiffies: number): boolean =>
  invokedBefore(run, scanNs(run)) === 0 && invoked(run).length === posted(run).length && firstNs(run) - scanNs(run) <= jiffies * JIFFY_NS;
const sinceMs = (toNs: number, fromNs: number): number => (toNs < Infinity && fromNs < Infinity ? (toNs - fromNs) / 1e6 : -1);

export const lazyRcuShrinkerClaim: Experiment = {
  id: 'lazy-rcu-shrinker',
  mail: story.mail ?? '',
  claim: 'Memory that waits in RCU callbacks is for a shrinker to bring in, in the course of reclaim, and not for an OOM notifier, which comes after it.',
  verdict: 'holds',
  because: 'Kernel 6.2 has made call_rcu() lazy on offloaded CPUs, with a shrinker from the start. Whoever reclaims first, here kswapd, makes it move all callbacks from the bypass to the list and wake the thread that asks for a grace period; it waits for nothing. The sixteen rounds without progress that the allocator goes through take some five milliseconds, and the grace period is over before they are: it ends with a tick. Without the shrinker the callbacks lie in the bypass while the program is killed.',
  real: 'Debian 6.12 with 97 MiB in 400 lazy callbacks: the scan came at priority 3 of the first direct reclaim, the first callback 1.4 ms after that reclaim began and 1064 ms after its call_rcu(); the kill 980 ms later, when the memory was used up.',
  inShort: 'lazy: none invoked before the scan, all after it, nobody killed; not lazy, not offloaded: all invoked within 6 ticks of call_rcu()',
  shows: 'longestWaitMs',
  story,
  variants: [{ name: 'lazy', knobs: { 'rcu.nocbs': 'all', 'rcu.lazy': 'on' } }, { name: 'not lazy', knobs: { 'rcu.nocbs': 'all', 'rcu.lazy': 'off' } }, { name: 'not offloaded', knobs: { 'rcu.nocbs': 'off' } }],
  controls: [{ change: 'the shrinker is not there', seeds: 10, edit: (s) => ({ ...s, knobs: { ...s.knobs, 'rcu.lazyShrinker': 'off' } }) }],
  figures: (run) => ({
    queued: posted(run).length, invokedBeforeScan: invokedBefore(run, scanNs(run)), longestWaitMs: Math.min(longestWaitNs(run), run.outcome.endNs) / 1e6, scanToFirstMs: sinceMs(firstNs(run), scanNs(run)), reclaimToFirstMs: sinceMs(firstNs(run), reclaimNs(run)),
    directReclaims: run.marks('mm_vmscan_direct_reclaim_begin').length, kills: run.outcome.kills.length,
  }),
  predicate: ([lazy, hurried, plain]) =>
    [lazy, hurried, plain].every(nobodyDies) && scanNs(lazy) < Infinity && broughtIn(lazy, 3) && longestWaitNs(hurried) <= 6 * JIFFY_NS && longestWaitNs(plain) <= 6 * JIFFY_NS,
};
