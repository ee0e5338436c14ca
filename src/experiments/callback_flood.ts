import { callbackFlood as story } from '../scenarios/callback_flood.ts';
import { type Experiment, withWorkload } from './experiment.ts';
import { invoked, posted } from './rcu_figures.ts';
import type { View } from './view.ts';

const QHIMARK = 10_000, QLOWMARK = 100;
/** Callbacks of the CPU after each batch and at each queueing. */
const backlog = (run: View): readonly { readonly timeNs: number; readonly c: number }[] => [...posted(run), ...run.marks('rcu_batch_end')].sort((a, b) => a.timeNs - b.timeNs);
const most = (run: View): number => backlog(run).reduce((n, m) => Math.max(n, m.c), 0);
const atEnd = (run: View): number => posted(run).length - invoked(run).length;
const lifted = (run: View): number => run.marks('rcu_flood').length;
/** From the first lift to the first time that no more than qlowmark are left; -1: never. */
function liftToLowMs(run: View): number {
  const from = run.marks('rcu_flood')[0], to = from === undefined ? undefined : run.marks('rcu_batch_end').find((m) => m.timeNs > from.timeNs && m.c <= QLOWMARK);
  return from === undefined || to === undefined ? -1 : (to.timeNs - from.timeNs) / 1e6;
}
/** It has grown at every look before the limit was lifted: nothing else held it back. */
function grewUntilLifted(run: View): boolean {
  const from = run.marks('rcu_flood')[0], ends = run.marks('rcu_batch_end').filter((m) => from !== undefined && m.timeNs < from.timeNs), step = Math.floor(ends.length / 8);
  return step > 0 && Array.from({ length: 7 }, (_, i) => ends[(i + 1) * step].c > ends[i * step].c).every(Boolean);
}

export const callbackFloodClaim: Experiment = {
  id: 'callback-flood',
  mail: story.mail ?? '',
  claim: 'Callbacks do not pile up without bound: beyond qhimark RCU stops limiting its batches.',
  verdict: 'holds',
  because: 'A softirq on a busy CPU makes ten passes of blimit callbacks, 25,000 a second at HZ 250, and ksoftirqd gets no CPU beside a real-time task. At qhimark __call_rcu_core() lifts the limit and forces a look at the CPUs; then each grace period is followed by a batch of all that is done. While the flood lasts the backlog is what comes in a grace period or two; after it no more than qlowmark are left, and the limit is back.',
  inShort: 'most callbacks: > qhimark and < 1.2 × qhimark, then ≤ qlowmark; qhimark out of reach: more, and they stay',
  shows: 'mostCallbacks',
  story,
  variants: [{ name: 'blimit 10, qhimark 10000', knobs: {} }, { name: 'qhimark 2000', knobs: { 'rcu.qhimark': 2000 } }, { name: 'blimit 100', knobs: { 'rcu.blimit': 100 } }, { name: 'qhimark out of reach', knobs: { 'rcu.qhimark': 1_000_000 } }],
  controls: [{ change: 'the CPU queues 20,000 a second: fewer than ten passes a tick run', seeds: 10, edit: (s) => withWorkload(s, 'callrcu', { rate: 20_000, count: 5000 }) }],
  figures: (run) => ({ mostCallbacks: most(run), leftAtEnd: atEnd(run), limitLifted: lifted(run), liftToQlowmarkMs: liftToLowMs(run), batches: run.marks('rcu_batch_end').length }),
  predicate: ([usual, early, large, never]) =>
    grewUntilLifted(usual) && most(usual) > QHIMARK && most(usual) < QHIMARK * 1.2 && atEnd(usual) <= QLOWMARK && liftToLowMs(usual) > 0 && most(early) < most(usual) / 2 && atEnd(early) <= QLOWMARK &&
    lifted(large) === 0 && most(large) < QHIMARK / 2 && lifted(never) === 0 && most(never) > most(usual) && atEnd(never) > QLOWMARK,
};
