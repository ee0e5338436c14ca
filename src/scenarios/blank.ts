import type { Scenario } from '../format/scenario.ts';
import { small256 } from './machines.ts';

export const blank: Scenario = {
  id: 'blank',
  title: 'A blank machine',
  text: [
    'Nothing runs but init, kswapd and the reaper, all asleep. A place to begin: choose the machine, set its sysctls, give it work, or open a zoneinfo of your own.',
  ],
  profile: 'v6.1', seed: 1, machine: small256, sysctl: { 'vm.min_free_kbytes': 1848 }, knobs: {}, workloads: [], untilNs: 1e9, ends: 'no-oom',
};
