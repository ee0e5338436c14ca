/** What a user program is: a generator that runs as a task, with parameters that a scenario gives. */
import { ns } from '../base/units.ts';
import type { Parameter } from '../format/protocol.ts';
import type { Kernel } from '../kernel/kernel.ts';

/** Scenarios give sizes in MiB; programs touch pages of 4 KiB. */
export const PAGES_PER_MIB = 256;
/** How long a program sleeps that has done its work and keeps its memory: eleven days, longer than any run. */
export const FOR_EVER = ns(1e15);

export type Parameters = { readonly [name: string]: string | number | boolean };
export interface Workload {
  readonly id: string;
  readonly doc: string;
  readonly parameters: readonly Parameter[];
  /** Starts its task or tasks at time 0; they wait for their `start` themselves. */
  start(k: Kernel, p: Parameters): void;
}
/** The value of a number that the scenario gives, or its default. */
export function num(w: Workload, p: Parameters, name: string): number {
  const v = p[name] ?? w.parameters.find((i) => i.name === name)?.default;
  if (typeof v !== 'number') throw new Error(`workload ${w.id}: ${name} must be a number, found ${String(v)}`);
  return v;
}
export const text = (p: Parameters, name: string, otherwise: string): string => (typeof p[name] === 'string' ? String(p[name]) : otherwise);
