import type { Scenario } from '../format/scenario.ts';
import { made16 } from './common_pool_abuse.ts';
import { GORMAN_2020 } from './mails.ts';

export const rawLockNesting: Scenario = {
  id: 'raw-lock-nesting',
  title: 'kvfree_rcu() under zone->lock',
  mail: GORMAN_2020,
  text: [
    'A probe hangs on a tracepoint that the allocator passes with zone->lock held, and gives objects back with kvfree_rcu() from there. Now and then kvfree_rcu() needs a page for their pointers. If it allocates that page where it stands, the allocator asks for zone->lock, which this CPU has: it waits for itself.',
    'May it look first? Without preemption spin_lock() leaves no trace that it could see; with preemption it does. On PREEMPT_RT (knob preempt) zone->lock is slept for and leaves none either, and the raw lock of kvfree_rcu() is not to be slept under at all: an invalid wait context, whether anybody waits or not. Left to somebody else (knob kvfree.allocUnderLock), it never happens.',
  ],
  profile: 'v5.9', seed: 1, machine: made16(2), sysctl: { 'vm.min_free_kbytes': 256, 'vm.watermark_boost_factor': 0 }, knobs: { 'kvfree.allocUnderLock': 'inline-always' }, untilNs: 1500e6, lingerNs: 1000e6,
  workloads: [{ type: 'mapprobe', name: 'tracer', start: 20, jitter: 10, pages: 110, gap: 0.1, objects: 1600, each: 16, cpu: 0 }],
  ends: 'deadlock',
};
