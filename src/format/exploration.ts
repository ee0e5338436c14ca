/** What an exploration says: how far it is, and what came of it. */
export interface BadSchedule {
  /** `choices` of the scenario that runs this schedule. */
  readonly choices: readonly number[];
  /** Steps of the stretch until it is bad, and how many of them deviate from the timed order. */
  readonly steps: number;
  readonly deviations: number;
  readonly what: string;
  /** Where it is bad, in the run by these choices. */
  readonly event: number;
  readonly timeNs: number;
}
/** What was looked at. Nothing is said of anything else. */
export interface Covered {
  /** Tasks that ran in any of the schedules. */
  readonly tasks: number;
  /** The longest a schedule was followed. */
  readonly steps: number;
  /** Every schedule with up to so many deviations was tried; -1 = not even those without any. */
  readonly deviations: number;
  /** Every order was tried, less those that only exchange independent steps. */
  readonly complete: boolean;
  /** Some schedules went on beyond the last step that was followed. */
  readonly longer: boolean;
  /** What ended the search before everything was tried. */
  readonly cut: 'bad' | 'schedules' | 'cancelled' | null;
  /** Schedules that were run, those of them that were cut off as the same in another order, and steps in all. */
  readonly schedules: number;
  readonly pruned: number;
  readonly stepsRun: number;
}
export interface Explored {
  readonly bad: BadSchedule | null;
  readonly covered: Covered;
  /** The same in a sentence. */
  readonly words: string;
}
/** While it goes on: what it is at, and how much it has done. */
export interface Exploring {
  readonly doing: string;
  readonly schedules: number;
  readonly stepsRun: number;
  readonly depth: number;
}
