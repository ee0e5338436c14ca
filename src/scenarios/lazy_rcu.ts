/** What the stories about lazy RCU callbacks begin with: a machine of which 100 MiB wait for RCU on an idle CPU, while the other CPU runs out of memory. */
import type { Scenario, WorkloadSpec } from '../format/scenario.ts';
import { VICTIMS } from './full_machine.ts';
import { made192 } from './machines.ts';

/** CPU 1 is for the driver alone: whatever else runs there would wake it. */
export const ALONE: WorkloadSpec = { type: 'isolate', cpu: 1 };
/** 1600 objects of 64 KiB: 100 MiB. Queued between two ticks. */
export const LAZY: WorkloadSpec = { type: 'callrcu', name: 'driver', cpu: 1, count: 1600, order: 4, lazy: 1, start: 21, jitter: 1.5 };
/** Takes what is free: first in blocks, then page by page. */
const fill = (startMs: number): readonly WorkloadSpec[] => [
  { type: 'asker', name: 'filler', gfp: 'GFP_NOWAIT|__GFP_NOWARN', order: 4, pages: 0, start: startMs, cpu: 0 }, { type: 'asker', name: 'filler2', gfp: 'GFP_NOWAIT|__GFP_NOWARN', pages: 0, start: startMs + 15, cpu: 0 },
];
export const victims: readonly WorkloadSpec[] = VICTIMS.map((w) => ({ ...w, cpu: 0 }));
export const FILL = fill(40);
export const lazyMachine = (endMs: number): Pick<Scenario, 'profile' | 'seed' | 'machine' | 'sysctl' | 'untilNs' | 'lingerNs'> => ({
  profile: 'v4.17', seed: 1, machine: made192(2), sysctl: { 'vm.min_free_kbytes': 1024, 'vm.watermark_boost_factor': 0 }, untilNs: (endMs + 100) * 1e6, lingerNs: 50e6,
});
