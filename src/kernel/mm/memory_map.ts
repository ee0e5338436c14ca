/** What the kernel is told about a machine when it boots. The scenario's MachineSpec has this shape (format/scenario.ts), so it can be handed over as it is. */
import type { Usage } from './layout.ts';

export interface ZoneMap {
  readonly node: number;
  readonly name: string;
  readonly startPfn: number;
  readonly spanned: number;
  readonly present: number;
  readonly managed: number;
  readonly free: number;
  readonly pcp?: readonly number[];
  readonly pcpHigh?: readonly number[];
  readonly blocks?: readonly (readonly number[])[];
  readonly pageblocks?: readonly number[];
}
export interface MemoryMap {
  readonly cpus: number;
  readonly preempt?: string;
  readonly slots: readonly string[];
  readonly zones: readonly ZoneMap[];
  readonly usage: Usage;
  readonly committed?: number;
  readonly boot?: { readonly reserve?: readonly (readonly number[])[]; readonly minLowHigh?: readonly (readonly [number, number, number])[] };
  readonly swap?: { readonly kind: 'disk' | 'zram'; readonly pages: number };
  readonly disk?: { readonly mbPerS: number; readonly requestsPerS: number };
}
