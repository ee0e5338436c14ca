// kernel/sched/isolation.c, 4.17: isolcpus=. Before anything runs; domains and nohz_full are left out.
import { assert } from '../../base/units.ts';
import { isIdle } from '../../sim/cpu.ts';
import type { Kernel } from '../kernel.ts';
import { resched } from './wake.ts';

/** Takes a CPU out of the housekeeping ones: whoever is bound to none, or will be born so, stays off it. Context: boot. */
export function isolateCpu(k: Kernel, cpu: number): void {
  const rest = k.cpus.find((c) => c.index !== cpu && (k.housekeeping & (1 << c.index)) !== 0);
  assert(rest !== undefined && k.now === 0, 'a CPU is isolated at boot, and not the last one');
  const before = k.housekeeping;
  k.housekeeping &= ~(1 << cpu);
  for (const t of k.tasks) {
    if (isIdle(t) || t.allowed !== before) continue;
    t.allowed = k.housekeeping;
    if (!t.queued || t.cpuIndex !== cpu) continue;
    k.rqs[cpu].remove(t);
    t.cpuIndex = rest.index;
    k.rqs[rest.index].insert(t);
    resched(k, rest);
  }
}
