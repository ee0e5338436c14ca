import type { Scenario } from '../format/scenario.ts';
import { small256 } from './machines.ts';

export const hogSwapZram: Scenario = {
  id: 'hog-swap-zram',
  title: 'Hog with swap on zram',
  text: [
    'The swap device is memory itself: zram of 96 MiB, with pages that compress to about half. To give a page back, reclaim must first allocate some.',
    'So the free memory that kswapd works for is eaten by the work. Look at the zram frames growing in the map while the anonymous ones go.',
  ],
  profile: 'v6.1', seed: 1, machine: { ...small256, swap: { kind: 'zram', pages: 24575 } }, sysctl: { 'vm.min_free_kbytes': 1848 }, knobs: {},
  workloads: [
    { type: 'anon', name: 'hog', mb: 2048, rate: 40, start: 500, fillw: 256 },
    { type: 'anon', name: 'worker', mb: 40, rate: 200, start: 100, hot: 40, fillw: 256 },
    { type: 'stop', name: 'driver', start: 7000 },
  ],
  untilNs: 8e9, lingerNs: 200e6, ends: 'oom-kill',
};
