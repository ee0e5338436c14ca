/** RCU at an event: callbacks of each CPU by segment, and the grace period. From gauges (docs/formats.md). */
import type { MachineState } from '../format/state.ts';
import type { Trace } from './trace.ts';

/** As the gauges name them; `lazy` are some of the others. */
export const RCU_COLUMNS = ['DONE', 'WAIT', 'NEXT_READY', 'NEXT', 'invoking', 'lazy'] as const;
export interface RcuAt {
  /** By CPU, in the order of RCU_COLUMNS. */
  readonly cpus: readonly (readonly number[])[];
  /** `grace period 3 under way`, `2 grace periods over`. */
  readonly gracePeriod: string;
}
/** null: the run has no RCU callbacks, so far as it has come. */
export function rcuAt(trace: Trace, { gauges }: Pick<MachineState, 'gauges'>): RcuAt | null {
  const { tables, shape } = trace, of = (name: string): number => gauges[tables.stringIndex(name)] ?? 0;
  const names = Array.from({ length: shape.cpus }, (_, cpu) => RCU_COLUMNS.map((column) => `rcu_cbs cpu${cpu} ${column}`));
  if (names.flat().every((name) => tables.stringIndex(name) < 0)) return null;
  const begun = of('rcu_gpnum'), over = of('rcu_completed');
  return { cpus: names.map((columns) => columns.map(of)), gracePeriod: begun > over ? `grace period ${begun} under way` : `${over} grace period${over === 1 ? '' : 's'} over` };
}
