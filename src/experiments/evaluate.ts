/**
 * How an experiment is evaluated, wherever its runs are made. A trial is all variants with one seed, as they stand or with a control's edit; each is decided
 * by itself, so that trials may come in any order, and a sum can be drawn of those that are there.
 */
import type { Explored } from '../format/exploration.ts';
import { withKnobs } from '../format/machine_knobs.ts';
import type { Scenario } from '../format/scenario.ts';
import type { Experiment, Variant } from './experiment.ts';
import type { View } from './view.ts';

export interface Trial {
  /** Index of the control whose edit is applied; null = the claim as it stands. */
  readonly control: number | null;
  readonly seed: number;
}
export type Figures = Readonly<Record<string, number>>;
/** A trial that was run. One entry a variant. */
export interface Tried extends Trial {
  readonly holds: boolean;
  readonly figures: readonly Figures[];
  readonly hashes: readonly string[];
  /** What the exploration of each has come to; null where schedules are not explored. */
  readonly explored: readonly (Explored | null)[];
}
export interface ControlSum {
  /** Seeds that were run. */
  readonly ran: number;
  readonly flipped: number;
  /** Seeds for which the predicate still holds although its cause was removed. */
  readonly failed: readonly number[];
}
export interface Sum {
  /** Seeds that were run, in order. */
  readonly ran: readonly number[];
  readonly held: number;
  /** Seeds whose outcome is not the verdict's. */
  readonly failed: readonly number[];
  readonly controls: readonly ControlSum[];
}

/** Seeds that are worth a run: where nothing goes by chance, one. */
export const seedsFor = (e: Experiment, asked: readonly number[]): readonly number[] => (e.enumeration ? asked.slice(0, 1) : asked);
export const trialsOf = (e: Experiment, asked: readonly number[]): readonly Trial[] => [
  ...seedsFor(e, asked).map((seed) => ({ control: null, seed })),
  ...e.controls.flatMap((c, control) => Array.from({ length: c.seeds }, (_, i) => ({ control, seed: i + 1 }))),
];
export const sameTrial = (a: Trial, b: Trial): boolean => a.control === b.control && a.seed === b.seed;

/** What is run for a variant in a trial. */
export function scenarioOf(e: Experiment, v: Variant, { control, seed }: Trial): Scenario {
  const written = v.story ?? e.story, base = control === null ? written : e.controls[control].edit(written);
  return { ...withKnobs(base, v.knobs), seed };
}
/** `views`: one a variant, in their order. */
export const decide = (e: Experiment, trial: Trial, views: readonly View[]): Tried => ({
  ...trial, holds: e.predicate(views), figures: views.map((view) => e.figures(view)), hashes: views.map((view) => view.outcome.hash), explored: views.map((view) => view.explored ?? null),
});
export function sumOf(e: Experiment, tried: readonly Tried[]): Sum {
  const of = (control: number | null): readonly Tried[] => tried.filter((t) => t.control === control).sort((a, b) => a.seed - b.seed), seeds = (list: readonly Tried[]): number[] => list.map((t) => t.seed);
  const claim = of(null), failed = seeds(claim.filter((t) => !t.holds));
  return {
    ran: seeds(claim), held: claim.length - failed.length, failed,
    controls: e.controls.map((_, i) => { const all = of(i), still = seeds(all.filter((t) => t.holds)); return { ran: all.length, flipped: all.length - still.length, failed: still }; }),
  };
}
