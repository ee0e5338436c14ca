import type { Scenario } from '../format/scenario.ts';
import { two256 } from './machines.ts';

export const cacheSlowHog: Scenario = {
  id: 'cache-slow-hog',
  title: 'Page cache against a slow hog: no kill',
  text: [
    'One process streams a file of 400 MiB at 25 MiB/s, so that the page cache fills what is free. Another grows slowly to 80 MiB.',
    'kswapd keeps up: it takes clean pages of the file from the inactive list, the watermarks hold, and nobody dies.',
  ],
  profile: 'v6.1', seed: 1, machine: two256, sysctl: { 'vm.min_free_kbytes': 1847 }, knobs: {},
  workloads: [
    { type: 'fread', name: 'reader', file: '/mnt/big', mb: 400, rate: 25, start: 300, loops: 100 },
    { type: 'anon', name: 'grower', mb: 80, rate: 8, start: 1500 },
    { type: 'stop', name: 'driver', start: 12_000 },
  ],
  untilNs: 12.5e9, lingerNs: 200e6, ends: 'no-oom',
};
