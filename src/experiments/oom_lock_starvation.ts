import type { Scenario } from '../format/scenario.ts';
import { oomLockStarvation as many, oomLockStarvationFew as few, oomLockStarvationNormal as normal, oomLockStarvationOne as one } from '../scenarios/oom_lock_starvation.ts';
import type { Experiment } from './experiment.ts';
import { oomPathFigures } from './figures.ts';
import type { View } from './view.ts';

const CALLBACK_MS = 20;
/** From the moment when the holder's sleep in its notifier is over to its unlock of oom_lock; where it does not get that far, to the end of the run. */
function wakeToUnlockMs(run: View): number {
  const begin = run.marks('oom_notify_begin').find((m) => m.task.startsWith('holder/'));
  const hold = run.holds('oom_lock').find((h) => begin !== undefined && h.task === begin.task && h.toNs > begin.timeNs);
  return begin === undefined ? 0 : ((hold?.toNs ?? run.outcome.endNs) - begin.timeNs) / 1e6 - CALLBACK_MS;
}
const TRYLOCK = { 'oom.waiters': 'trylock' };
const losers = (s: Scenario, n: number): Scenario => ({ ...s, workloads: s.workloads.map((w) => (w.name === 'looper' ? { ...w, n } : w)) });

export const oomLockStarvationClaim: Experiment = {
  id: 'oom-lock-starvation',
  mail: many.mail ?? '',
  claim: 'Those who fail to get oom_lock go round reclaim and eat the CPU that its holder needs; waiting for the lock instead would leave it to the holder.',
  verdict: 'holds if',
  because: 'It holds if the losers together need more CPU for a round than a jiffy of all CPUs has (N x c > CPUs x jiffy: here some 0.1 ms against 1 ms, so ten losers); below that their sleeps of a jiffy leave gaps.',
  real: 'A 6.1 on one CPU, where a loser makes 17 rounds between two tries and the callback takes 20 ms, needed 28 ms from its begin to the kill with 4 losers and a SCHED_IDLE holder, 203 ms with 16, and 63 ms with 16 and an ordinary holder.',
  inShort: 'wake to unlock: 28 losers ≥ 5 × 1 loser, 4 losers ≤ 2 × 1 loser, block ≤ half of trylock',
  story: many,
  variants: [
    { name: '28 losers, idle holder, trylock', knobs: TRYLOCK }, { name: '4 losers, idle holder, trylock', knobs: TRYLOCK, story: few }, { name: '1 loser, idle holder, trylock', knobs: TRYLOCK, story: one },
    { name: '28 losers, ordinary holder, trylock', knobs: TRYLOCK, story: normal }, { name: '28 losers, idle holder, block', knobs: { 'oom.waiters': 'block' } },
  ],
  controls: [{ change: 'four losers in place of twenty-eight', seeds: 10, edit: (s) => losers(s, 4) }],
  figures: (run) => ({ wakeToUnlockMs: wakeToUnlockMs(run), ...oomPathFigures(run) }),
  predicate: ([starved, gaps, single, , blocked]) =>
    wakeToUnlockMs(starved) >= 5 * wakeToUnlockMs(single) && wakeToUnlockMs(gaps) <= 2 * wakeToUnlockMs(single) && wakeToUnlockMs(blocked) <= wakeToUnlockMs(starved) / 2,
};
