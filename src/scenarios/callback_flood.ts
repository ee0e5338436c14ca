import type { Scenario } from '../format/scenario.ts';
import { made48 } from './machines.ts';
import { HOCKO_2018 } from './mails.ts';

export const callbackFlood: Scenario = {
  id: 'callback-flood',
  title: 'More callbacks than a busy CPU runs',
  mail: HOCKO_2018,
  text: [
    'A real-time process queues 100,000 RCU callbacks a second on a CPU that has no idle time. After each grace period a pass of the RCU softirq calls ten of them and gives the CPU back, ten passes a tick; the rest is left to ksoftirqd, which gets no CPU beside a real-time task. So the backlog grows.',
    'When more than qhimark (10,000) have come since the last look, the limit of a batch is lifted and those CPUs that have not reported are looked at at once. The backlog goes in one long softirq, and when no more than qlowmark (100) are left the limit is back.',
  ],
  profile: 'v4.17', seed: 1, machine: made48(2), sysctl: { 'vm.min_free_kbytes': 1024 }, knobs: {},
  workloads: [{ type: 'callrcu', name: 'flood', cpu: 1, start: 5, jitter: 4, count: 15_000, rate: 100_000, lazy: 0, sizes: 'zero', fifo: 50 }, { type: 'spin', name: 'busy', cpu: 1, prio: 10, start: 0, for_s: 0.4 }],
  untilNs: 400e6, lingerNs: 10e6, ends: 'no-oom',
};
