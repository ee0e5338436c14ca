import { shrinkerCountConstant as constant, shrinkerCountHeavy as heavy, shrinkerCountZero as zero, WAVES } from '../scenarios/shrinker_count_is_a_guess.ts';
import { type Experiment, withWorkload } from './experiment.ts';
import { invoked } from './rcu_figures.ts';
import type { View } from './view.ts';

interface Scan { readonly fromNs: number; readonly toNs: number; readonly promised: number; readonly freed: number; readonly gracePeriods: number }
/** The scans that were promised something: callbacks counted before, pages freed until it returned, grace periods that it waited through. */
function scans(run: View): Scan[] {
  const ends = run.marks('rcu_lazy_scan_end'), gpEnds = run.marks('rcu_grace_period_end'), all = invoked(run);
  return run.marks('rcu_lazy_scan_begin').flatMap((m): Scan[] => {
    const end = ends.find((e) => e.task === m.task && e.timeNs >= m.timeNs);
    if (m.b === 0 || end === undefined) return [];
    const within = (t: number): boolean => t >= m.timeNs && t <= end.timeNs;
    const gracePeriods = run.marks('rcu_grace_period_start').filter((s) => within(s.timeNs) && gpEnds.some((e) => e.b === s.b && within(e.timeNs))).length;
    return [{ fromNs: m.timeNs, toNs: end.timeNs, promised: m.b, freed: all.filter((x) => within(x.timeNs)).reduce((n, x) => n + x.c, 0), gracePeriods }];
  });
}
const mean = (of: readonly number[]): number => of.reduce((n, x) => n + x, 0) / of.length;
/** Pearson's r of promised callbacks and freed pages; 0 where one of them does not vary. */
function correlation(all: readonly Scan[]): number {
  const x = all.map((s) => s.promised), y = all.map((s) => s.freed), mx = mean(x), my = mean(y);
  let xy = 0, xx = 0, yy = 0;
  for (let i = 0; i < x.length; i++) { xy += (x[i] - mx) * (y[i] - my); xx += (x[i] - mx) * (x[i] - mx); yy += (y[i] - my) * (y[i] - my); }
  return xx === 0 || yy === 0 ? 0 : xy / Math.sqrt(xx * yy);
}
const freed = (run: View): number => scans(run).reduce((n, s) => n + s.freed, 0);
const ENOUGH = WAVES - 2;

export const shrinkerCountIsAGuessClaim: Experiment = {
  id: 'shrinker-count-is-a-guess',
  mail: constant.mail ?? '',
  claim: 'A shrinker for RCU callbacks can say how many there are, and nobody can tell from that how much memory they free.',
  verdict: 'holds',
  because: 'count_objects() adds up len_lazy of the CPUs. With objects of one size that is memory (r = 1); with sizes of which each doubling is half as frequent a few objects decide (r below .99); and callbacks whose objects share slabs free no page, while a scan that waits for rcu_barrier() has waited for a whole grace period.',
  inShort: 'correlation of promised and freed: one size ≥ 0.99, heavy-tailed < 0.99; no page: 0 freed, ≥ 1 grace period a scan',
  shows: 'correlation',
  story: constant,
  variants: [{ name: 'one size', knobs: {} }, { name: 'heavy-tailed', knobs: {}, story: heavy }, { name: 'no page', knobs: {}, story: zero }],
  controls: [{ change: 'the heavy-tailed sizes become one size', seeds: 10, edit: (s) => (s.id === heavy.id ? withWorkload(s, 'callrcu', { sizes: 'constant' }) : s) }],
  figures: (run) => ({
    scans: scans(run).length, promised: scans(run).reduce((n, s) => n + s.promised, 0), freedPages: freed(run), correlation: correlation(scans(run)),
    fewestGracePeriodsOfAScan: Math.min(...scans(run).map((s) => s.gracePeriods)), longestScanMs: Math.max(...scans(run).map((s) => s.toNs - s.fromNs)) / 1e6,
  }),
  predicate: ([one, tail, none]) =>
    [one, tail, none].every((run) => scans(run).length >= ENOUGH) && correlation(scans(one)) >= 0.99 && correlation(scans(tail)) < 0.99 && freed(none) === 0 && scans(none).every((s) => s.gracePeriods >= 1),
};
