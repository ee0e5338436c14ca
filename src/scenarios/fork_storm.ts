import type { Scenario } from '../format/scenario.ts';
import { four512 } from './machines.ts';

export const forkStorm: Scenario = {
  id: 'fork-storm',
  title: 'Fork storm on four CPUs',
  text: [
    'A parent starts 20 children, one each 5 ms; each touches 30 MiB as fast as it can. Together they want half as much again as there is.',
    'Many allocators meet on one oom_lock: whoever fails mutex_trylock() sleeps a jiffy, calls that progress and reclaims again. The report that the holder prints takes its time on the same CPUs.',
  ],
  profile: 'v6.1', seed: 1, machine: four512, sysctl: { 'vm.min_free_kbytes': 2743 }, knobs: {},
  workloads: [
    { type: 'fork', name: 'storm', n: 20, mb: 30, every: 5, hold_s: 3, start: 300, adj: -900, cadj: 0 },
    { type: 'stop', name: 'driver', start: 4000 },
  ],
  untilNs: 4.5e9, lingerNs: 200e6, ends: 'oom-kill',
};
