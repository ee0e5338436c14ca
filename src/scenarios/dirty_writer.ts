import type { Scenario } from '../format/scenario.ts';
import { two256 } from './machines.ts';

export const dirtyWriter: Scenario = {
  id: 'dirty-writer',
  title: 'Dirty writer and a hog',
  text: [
    'A process writes a file as fast as it may to a disk of 15 MB/s, and another grows to 110 MiB. Dirty pages cannot be dropped: they must be written first.',
    'balance_dirty_pages() makes the writer wait, the flusher works, and reclaim meets pages under writeback.',
  ],
  profile: 'v6.1', seed: 1, machine: { ...two256, disk: { mbPerS: 15, requestsPerS: 4000 } }, sysctl: { 'vm.min_free_kbytes': 1847 }, knobs: {},
  workloads: [
    { type: 'fwrite', name: 'writer', file: '/mnt/out', mb: 150, rate: 0, start: 300, loops: 100 },
    { type: 'anon', name: 'grower', mb: 110, rate: 15, start: 1500 },
    { type: 'stop', name: 'driver', start: 12_000 },
  ],
  untilNs: 12.5e9, lingerNs: 200e6, ends: 'no-oom',
};
