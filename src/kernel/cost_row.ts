import { ns, type Ns } from '../base/units.ts';

/** What one operation costs in each version that has figures of its own, ns. */
export interface CostRow { readonly v6_1: number; readonly v6_12: number }
export const row = (v6_1: number, v6_12: number): CostRow => ({ v6_1, v6_12 });
/** One version's column on a machine of this speed (ns an instruction, times 1000). A profile without a column has 6.1's. */
export function column<T extends Readonly<Record<string, CostRow>>>(table: T, profile: string, speed: number): { readonly [name in keyof T]: Ns } {
  const of = (r: CostRow): Ns => ns(Math.round(((profile === 'v6.12' ? r.v6_12 : r.v6_1) * speed) / 1000));
  return Object.fromEntries(Object.entries(table).map(([name, r]) => [name, of(r)])) as { [name in keyof T]: Ns };
}
