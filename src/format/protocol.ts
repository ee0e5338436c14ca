/** What crosses the wire between page and worker: two unions told apart by `kind`. Columns are transferred, never cloned. */
import type { Explored, Exploring } from './exploration.ts';
import type { MachineShape, TableGrowth } from './machine.ts';
import type { Columns } from './rows.ts';
import type { Outcome, ProfileName, Scenario } from './scenario.ts';
import type { MachineState } from './state.ts';

export interface KnobInfo {
  readonly name: string;
  /** Allowed values; empty = any number between `min` and `max`. */
  readonly values: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly unit?: string;
  readonly default: string | number;
  /** Where a profile has another default. */
  readonly defaults?: Readonly<Partial<Record<ProfileName, string | number>>>;
  /** What every profile has on PREEMPT_RT, if that is something of its own. */
  readonly onRt?: string | number;
  readonly profiles: readonly ProfileName[];
  readonly doc: string;
}
/** A knob as a run needs it: without words. */
export type KnobRule = Omit<KnobInfo, 'doc'>;
/** What a knob stands at where a scenario of this profile does not name it. */
export const defaultOf = (info: KnobRule, profile: ProfileName, rt = false): string | number => (rt ? info.onRt : undefined) ?? info.defaults?.[profile] ?? info.default;
/**
 * One value of a workload. `values`: a text is one of these. `words`: it is made of these, with | between them. A number is at least `min` (0 where it says nothing), at most `max` and whole, or as its unit
 * allows (store/fields.ts).
 */
export interface Parameter {
  readonly name: string;
  readonly unit: string;
  readonly default: string | number | boolean;
  readonly doc: string;
  readonly min?: number;
  readonly max?: number;
  readonly whole?: boolean;
  readonly values?: readonly string[];
  readonly words?: readonly string[];
}
export interface WorkloadInfo {
  readonly id: string;
  readonly doc: string;
  readonly parameters: readonly Parameter[];
}
/** Names and documentation of all that the machine knows: the page learns them from here and imports none of it. */
export interface Catalog {
  readonly engine: string;
  readonly profiles: readonly ProfileName[];
  readonly knobs: readonly KnobInfo[];
  readonly sysctls: readonly KnobInfo[];
  readonly workloads: readonly WorkloadInfo[];
}

export type ToWorker =
  | { readonly kind: 'run'; readonly run: number; readonly scenario: Scenario }
  /** All schedules of a scenario up to a bound; null = its own. */
  | { readonly kind: 'explore'; readonly run: number; readonly scenario: Scenario; readonly bound: number | null }
  /** The page has copied these columns: the worker may fill them anew. Memory that was never written costs more than the rows that are put there. */
  | { readonly kind: 'spent'; readonly run: number; readonly columns: Columns }
  | { readonly kind: 'cancel'; readonly run: number };

export type FromWorker =
  | { readonly kind: 'catalog'; readonly catalog: Catalog }
  | { readonly kind: 'booted'; readonly run: number; readonly shape: MachineShape; readonly initial: MachineState; readonly tables: TableGrowth }
  | { readonly kind: 'chunk'; readonly run: number; readonly columns: Columns; readonly tables: TableGrowth; readonly timeNs: number; readonly untilNs: number; readonly hash: string }
  | { readonly kind: 'end'; readonly run: number; readonly outcome: Outcome }
  | { readonly kind: 'exploring'; readonly run: number; readonly progress: Exploring }
  | { readonly kind: 'explored'; readonly run: number; readonly explored: Explored }
  | { readonly kind: 'cancelled'; readonly run: number }
  /** The scenario was refused (bad input), or the run stopped on a broken invariant: `at` says where. */
  | { readonly kind: 'failed'; readonly run: number; readonly message: string; readonly at: { readonly timeNs: number; readonly row: number; readonly stack: readonly string[] } | null };
