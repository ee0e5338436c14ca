// A kernel without memory: what the tests of the scheduler and the locks run, and the engine's benchmark.
import { Kernel, type KernelConfig } from './kernel.ts';
import type { Mm } from './mm/mmzone.ts';
import { addCpus } from './sched/core.ts';

export type BareConfig = Omit<KernelConfig, 'mm'> & { readonly cpus?: number };
/** Boots CPUs and nothing else. Code that looks at `k.mm` must not run on it. */
export function bootBare(c: BareConfig = {}): Kernel {
  const k = new Kernel({ ...c, mm: null as unknown as Mm });
  addCpus(k, c.cpus ?? 1);
  return k;
}
