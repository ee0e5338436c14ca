import type { Scenario } from '../format/scenario.ts';
import { made48 } from './machines.ts';
import { HOCKO_2018 } from './mails.ts';

export const lazyRcuShrinker: Scenario = {
  id: 'lazy-rcu-shrinker', title: 'Lazy RCU since 6.2: brought in by reclaim', mail: HOCKO_2018,
  text: [
    'A driver hands 400 objects of 16 KiB, 6.3 MiB of 48, to call_rcu() on a machine whose callbacks are offloaded (rcu_nocbs=all). Since kernel 6.2 such calls are lazy: they lie beside the list for up to ten seconds, and no grace period begins for them. Meanwhile a program writes 16 MiB and exits; so much is there only if the objects come back.',
    'When memory runs short, kswapd asks all shrinkers, and the one of lazy callbacks (rcu-lazy) moves all of them to the list and wakes the thread that asks for a grace period. It waits for nothing. The program goes through some rounds of direct reclaim that free nothing; the grace period ends with the next tick or the one after it, before there have been sixteen of them. The memory is there, and nobody is killed.',
    'With the knob rcu.lazyShrinker off nobody tells RCU that memory is short: the program dies while 6.3 MiB wait for their ten seconds. With rcu.lazy or rcu.nocbs off the callbacks ran long before.',
  ],
  profile: 'v6.12', seed: 1, machine: made48(1), sysctl: { 'vm.min_free_kbytes': 1024, 'vm.watermark_boost_factor': 0 }, knobs: { 'rcu.nocbs': 'all' },
  workloads: [
    { type: 'callrcu', name: 'driver', cpu: 0, start: 21, jitter: 4, count: 400, order: 2, lazy: 0 },
    { type: 'anon', name: 'program', mb: 16, rate: 100, start: 60, hold: 0 },
  ],
  untilNs: 400e6, lingerNs: 50e6, ends: 'no-oom',
};
