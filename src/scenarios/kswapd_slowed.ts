import type { Scenario } from '../format/scenario.ts';
import { made192 } from './machines.ts';
import { GORMAN_2020 } from './mails.ts';

const made = made192(1), [dma, dma32] = made.zones;
const KVFREE = { type: 'kvload', name: 'driver', start: 150, jitter: 8, until: 496 };
export const kswapdSlowed: Scenario = {
  id: 'kswapd-slowed',
  title: 'kvfree_rcu() beside kswapd',
  text: [
    'A program grows by 20 MiB/s, and kswapd makes room for it by compressing pages into zram: reclaim that itself allocates. On the same CPU a driver frees 3.4 million objects a second by kvfree_rcu(), near the most that a CPU can, and its pages of pointers come off the per-CPU lists, without a look at any mark.',
    'The mail fears that kswapd finds its list empty and becomes slow. It does so one to four times in all: it frees ten times as fast into that list as the driver takes. But pages that are in flight, or stand on lists of up to 378 pages, are not free ones: in the last tenth of a second kswapd is woken again and again, up to seven times as often in all, works in small pieces, and gets up to a tenth less done in a millisecond.',
    'All of that counts as pressure on memory, kswapd\'s own work too. A daemon that kills when there were 35 ms of it within half a second, as lmkd does with its usual 70 in a second, kills the program.',
  ],
  mail: GORMAN_2020, profile: 'v5.9', seed: 1,
  machine: {
    ...made, name: '1.1 GiB, 1 CPU, nearly all of it in use', zones: [{ ...dma, free: 40 }, { ...dma32, spanned: 300_000, present: 300_000, managed: 280_000, free: 1600 }], swap: { kind: 'zram', pages: 8192 },
  },
  sysctl: { 'vm.min_free_kbytes': 512, 'vm.watermark_boost_factor': 0 }, knobs: {},
  workloads: [
    { type: 'killer', name: 'lmkd', threshold: 35, window: 500 }, { type: 'anon', name: 'app', mb: 14, rate: 20, start: 20, fillw: 64, adj: 500 }, { ...KVFREE, rate: 3.4e6 }, { type: 'stop', name: 'end', start: 500 },
  ],
  untilNs: 510e6, lingerNs: 10e6, ends: 'no-oom',
};
const withRate = (rate: number): Scenario['workloads'] => kswapdSlowed.workloads.map((w) => (w.type === 'kvload' ? { ...w, rate } : w));
/** The daemon does not mind: what becomes of kswapd when nobody ends it. */
export const kswapdSlowedPatient: Scenario = {
  ...kswapdSlowed, id: 'kswapd-slowed-patient', title: 'kvfree_rcu() beside kswapd, nobody kills',
  text: ['As in the story before, but the daemon would wait for 400 ms of stall, which never come: the load goes on to the end, and with it what it does to kswapd.'],
  workloads: kswapdSlowed.workloads.map((w) => (w.type === 'killer' ? { ...w, threshold: 400 } : w)),
};
/** A million objects a second: less than a third. */
export const kswapdSlowedLight: Scenario = {
  ...kswapdSlowed, id: 'kswapd-slowed-light', title: 'A little kvfree_rcu() beside kswapd',
  text: ['As in the story before, but the driver frees a million objects a second. At 510 pointers a page that are two pages a millisecond, some sixty in flight: kswapd does not notice, and nobody is killed.'], workloads: withRate(1e6),
};
export const kswapdSlowedOff: Scenario = {
  ...kswapdSlowed, id: 'kswapd-slowed-off', title: 'kswapd and zram alone',
  text: ['The same machine, program and daemon without any kvfree_rcu(): what kswapd gets done in a millisecond when nobody is in its way.'], workloads: kswapdSlowed.workloads.filter((w) => w.type !== 'kvload'),
};
