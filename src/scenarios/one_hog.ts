import type { Scenario } from '../format/scenario.ts';
import { small256 } from './machines.ts';

export const oneHog: Scenario = {
  id: 'one-hog',
  title: 'One hog, no swap',
  text: [
    'A process touches anonymous memory at 100 MiB/s on a machine of 256 MiB without swap. Nothing of it can be reclaimed.',
    'The request falls through the zones from DMA32 to DMA, wakes kswapd, which fails sixteen times and gives up, goes seventeen times through direct reclaim for nothing, and takes the OOM killer along.',
    'Debian 6.1.176 did just this under emulation; the machine of this story is that one, block for block.',
  ],
  profile: 'v6.1', seed: 1, machine: small256, sysctl: { 'vm.min_free_kbytes': 1848 }, knobs: {},
  workloads: [{ type: 'anon', name: 'hog', mb: 2048, rate: 100, start: 500 }],
  untilNs: 8e9, lingerNs: 200e6, ends: 'oom-kill',
};
