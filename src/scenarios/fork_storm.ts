import type { Scenario } from '../format/scenario.ts';
import { four512 } from './machines.ts';

export const forkStorm: Scenario = {
  id: 'fork-storm',
  title: 'Fork storm on four CPUs',
  text: [
    'A parent starts 32 children, one each 40 ms; each touches 30 MiB as fast as it can. Together they want twice what there is.',
    'Many allocators meet on one oom_lock: whoever fails mutex_trylock() sleeps a jiffy, calls that progress and reclaims again. The report that the holder prints takes its time on the same CPUs.',
  ],
  profile: 'v6.1', seed: 1, machine: four512, sysctl: { 'vm.min_free_kbytes': 2743 }, knobs: {},
  workloads: [
    { type: 'fork', name: 'storm', n: 32, mb: 30, every: 40, hold_s: 6, start: 300, adj: -900, cadj: 0 },
    { type: 'stop', name: 'driver', start: 7000 },
  ],
  untilNs: 7.5e9, lingerNs: 200e6, ends: 'oom-kill',
};
