import type { Scenario } from '../format/scenario.ts';
import { two256 } from './machines.ts';

export const hogSwapDisk: Scenario = {
  id: 'hog-swap-disk',
  title: 'Hog with swap on a disk',
  text: [
    'A hog grows by 20 MiB/s while a worker goes on using its 60 MiB. Swap of 128 MiB lies on a disk of 40 MB/s.',
    'kswapd pushes anonymous pages out; the worker faults its own back in, and each of these reads waits for the disk. The kill comes when swap is full and nothing else can be reclaimed: long after the first wake.',
  ],
  profile: 'v6.1', seed: 1, machine: { ...two256, swap: { kind: 'disk', pages: 32767 }, disk: { mbPerS: 40, requestsPerS: 1500 } }, sysctl: { 'vm.min_free_kbytes': 1847 }, knobs: {},
  workloads: [
    { type: 'anon', name: 'hog', mb: 2048, rate: 20, start: 500 },
    { type: 'anon', name: 'worker', mb: 60, rate: 200, start: 100, hot: 20 },
    { type: 'stop', name: 'driver', start: 16_000 },
  ],
  untilNs: 17e9, lingerNs: 200e6, ends: 'oom-kill',
};
