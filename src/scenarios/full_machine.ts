/** What the stories about the OOM path begin with: a small machine that is filled at 40 ms, victims that nobody misses, an end. */
import type { Scenario, WorkloadSpec } from '../format/scenario.ts';
import { made48 } from './machines.ts';

export const FILLER: WorkloadSpec = { type: 'asker', name: 'filler', gfp: 'GFP_NOWAIT|__GFP_NOWARN', pages: 0, start: 40 };
/** Processes of 4 MiB and twice 1 MiB, in the order in which they would die. */
export const VICTIMS: readonly WorkloadSpec[] = [
  { type: 'anon', name: 'victim', mb: 4, start: 0, adj: 1000 }, { type: 'anon', name: 'spare', mb: 1, start: 0, adj: 900 }, { type: 'anon', name: 'spare2', mb: 1, start: 0, adj: 800 },
];
/** Boosts would move the mark in the course of a run; the captures that answer the same questions had them off too. */
export const fullMachine = (cpus: number, endMs: number): Pick<Scenario, 'profile' | 'seed' | 'machine' | 'sysctl' | 'knobs' | 'untilNs' | 'lingerNs'> => ({
  profile: 'v4.17', seed: 1, machine: made48(cpus), sysctl: { 'vm.min_free_kbytes': 1024, 'vm.watermark_boost_factor': 0 }, knobs: {}, untilNs: (endMs + 100) * 1e6, lingerNs: 50e6,
});
export const endAt = (ms: number): WorkloadSpec => ({ type: 'stop', name: 'driver', start: ms });
