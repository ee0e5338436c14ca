import type { Scenario } from '../format/scenario.ts';
import { small256 } from './machines.ts';

export const atomicBurst: Scenario = {
  id: 'atomic-burst',
  title: 'Atomic burst below min',
  text: [
    'A process holds most of the memory; a network card then takes pages in bursts, in its interrupt. GFP_ATOMIC may not sleep, so it may go below min: to three eighths of it.',
    'Watch the free pages dip into the hatched part, what the reserve is for, and the requests that fail where even that is not enough. Nobody is killed: who cannot wait cannot kill either.',
  ],
  profile: 'v6.1', seed: 1, machine: small256, sysctl: { 'vm.min_free_kbytes': 1848 }, knobs: {},
  workloads: [
    { type: 'anon', name: 'holder', mb: 188, rate: 400, start: 100 },
    { type: 'atomic', name: 'eth0', start: 1000, every: 4, bursts: 120, burst: 32, order: 0, keep: 800, cpu: 0 },
    { type: 'stop', name: 'driver', start: 2000 },
  ],
  untilNs: 2.5e9, lingerNs: 100e6, ends: 'no-oom',
};
