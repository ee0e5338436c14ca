import type { Scenario } from '../format/scenario.ts';
import { made48 } from './machines.ts';

export const memcgLimit: Scenario = {
  id: 'memcg-limit',
  title: 'A group at its limit, on a machine with room',
  text: [
    'A worker and a grower share a memory cgroup with memory.max 6 MiB; outside it a larger process holds 7 MiB. The machine has free memory all the while: kswapd is never woken. When the group has used up its limit, try_charge_memcg() refuses the next page: 18 times the group alone is reclaimed from, with no swap to put its pages into, and then somebody is killed.',
    'The kill stays inside: oom_badness() measures by the limit and looks at the tasks of the group only, so the larger process outside is safe. mem_cgroup_out_of_memory() waits for oom_lock where an allocation would only try it; the OOM notifier that is registered here is not asked, and vm.panic_on_oom=1 does not apply. A third process that grows later in the same group meets the same limit.',
  ],
  profile: 'v6.1', seed: 1, machine: made48(2), sysctl: { 'vm.min_free_kbytes': 1024, 'vm.watermark_boost_factor': 0, 'vm.panic_on_oom': 1 }, knobs: {},
  workloads: [
    { type: 'cgroup', name: 'box', max: 6 },
    { type: 'notifier', name: 'balloon' },
    { type: 'anon', name: 'outside', mb: 7, rate: 200, start: 10 },
    { type: 'anon', name: 'inside', mb: 2, rate: 200, start: 20, cg: 'box' },
    { type: 'anon', name: 'grower', mb: 64, rate: 50, start: 60, cg: 'box' },
    { type: 'anon', name: 'later', mb: 64, rate: 50, start: 300, cg: 'box' },
    { type: 'stop', name: 'driver', start: 600 },
  ],
  untilNs: 700e6, lingerNs: 50e6, ends: 'oom-kill',
};
