/**
 * A claim of a mail as an experiment: a story run in several variants, a predicate over what was recorded, and what must come of it. The verdict is
 * reasoned from the reference and written down; the runs say whether it holds for a seed. A control removes one named cause: the predicate must then
 * come out the other way.
 */
import type { Scenario } from '../format/scenario.ts';
import type { View } from './view.ts';

export type Verdict = 'holds' | 'refuted' | 'holds if';
export interface Variant {
  readonly name: string;
  readonly knobs: Readonly<Record<string, string | number>>;
  /** Another story than the experiment's: the same on another kernel. */
  readonly story?: Scenario;
}
export interface Control {
  /** The cause that is removed, in words. */
  readonly change: string;
  /** Seeds 1 .. seeds. */
  readonly seeds: number;
  readonly edit: (s: Scenario) => Scenario;
}
export interface Experiment {
  readonly id: string;
  readonly mail: string;
  /** What the mail says would happen, in our own words. */
  readonly claim: string;
  readonly verdict: Verdict;
  /** Why the verdict is that one, from the reference. */
  readonly because: string;
  /** What a real kernel did when it was asked the same, from the captures; absent = none was asked. */
  readonly real?: string;
  /** What the predicate asks, short enough for a line or two, by the names of the variants. */
  readonly inShort?: string;
  /** Nothing in it goes by chance: one run a variant says it all. */
  readonly enumeration?: boolean;
  /** It is settled by exploring schedules, not by runs with seeds alone: the schedules of each variant are explored, and views say what was found. */
  readonly explores?: boolean;
  readonly story: Scenario;
  readonly variants: readonly Variant[];
  readonly controls: readonly Control[];
  /** The figure that is shown first; absent = the first of `figures`. */
  readonly shows?: string;
  /** By name with a unit at its end; a name without one is a count. What they say in words: FIGURE_WORDS. */
  figures(run: View): Readonly<Record<string, number>>;
  /** Over the runs of the variants, in their order. It is true where the mail's claim came about as the verdict says. */
  predicate(runs: readonly View[]): boolean;
}

export const withWorkload = (s: Scenario, type: string, change: Readonly<Record<string, string | number | boolean>>): Scenario => ({
  ...s, workloads: s.workloads.map((w) => (w.type === type ? { ...w, ...change } : w)),
});
