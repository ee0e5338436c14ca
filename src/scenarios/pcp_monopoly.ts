/** Pages for kvfree_rcu(): what becomes of a CPU's page lists if somebody may take from them without lock or mark (mail of 23 September 2020). */
import type { MachineSpec, Scenario } from '../format/scenario.ts';
import { endAt } from './full_machine.ts';
import { made192 } from './machines.ts';
import { GORMAN_2020 } from './mails.ts';

/** 240 MiB, for lists with batches of 15, nearly all of it in use when the run begins: the zone DMA is not for anybody, what is free lies in DMA32, and `file` pages can be reclaimed. */
const used240 = (free: number, file: number): MachineSpec => {
  const base = made192(2);
  return {
    ...base, name: '240 MiB, 2 CPUs', zones: base.zones.map((z) => (z.name === 'DMA' ? { ...z, free: 60 } : { ...z, spanned: 57344, present: 57344, managed: 53760, free })),
     usage: { ...base.usage, inactiveFile: file },
  };
};
const GIVEN = { profile: 'v5.9', seed: 1, sysctl: { 'vm.min_free_kbytes': 1024, 'vm.watermark_boost_factor': 0 } } as const;

export const pcpMonopoly: Scenario = {
  id: 'pcp-monopoly',
  title: 'One taker, one CPU\'s page lists',
  mail: GORMAN_2020,
  text: [
    'A kernel thread on CPU 0 takes pages and keeps them, as a loop of kvfree_rcu() would. Knob pcptake.source says how: off the CPU\'s own lists without lock or mark, as was proposed, or by GFP_NOWAIT. Beside it, on the same CPU, another thread of the kernel needs a page every 2 ms, and one does so on CPU 1.',
    'Without a lock nobody refills for the taker: it has what others have fetched. So the list is empty nearly always, each page of the neighbour costs a refill under zone->lock, and kswapd hears nothing of the taker. With GFP_NOWAIT it fetches its own, wakes kswapd at LOW, and is refused at MIN.',
  ],
  ...GIVEN, machine: used240(560, 300), knobs: { 'pcptake.source': 'pcp-lockless' },
  workloads: [
    { type: 'asker', name: 'neighbour', gfp: 'GFP_NOWAIT|__GFP_NOWARN', pages: 80, every: 2, start: 5, cpu: 0 }, { type: 'asker', name: 'other', gfp: 'GFP_NOWAIT|__GFP_NOWARN', pages: 80, every: 2, start: 5, cpu: 1 },
    { type: 'pcptake', name: 'taker', cpu: 0, start: 20, jitter: 4, for: 80, every: 500, burst: 8 }, endAt(180),
  ],
  untilNs: 200e6, lingerNs: 5e6, ends: 'no-oom',
};
export const pcpDrained: Scenario = {
  id: 'pcp-drained',
  title: 'Low memory empties every CPU\'s page lists',
  mail: GORMAN_2020,
  text: [
    'CPU 1 has pages on its lists and no use for them, but for a kernel thread that takes one without a lock every millisecond and gives it back at once. On CPU 0 memory runs out: a process reclaims file pages that it goes on to use.',
    'Direct reclaim that has freed something and still finds no page has every CPU give its lists back to the buddy. From then on the thread finds nothing, and nobody refills for it. Without the drains (knob pcp.drainOnReclaim) its lists stay as they are.',
  ],
  ...GIVEN, machine: used240(600, 1500), knobs: { 'pcptake.source': 'pcp-lockless' },
  workloads: [
    { type: 'isolate', cpu: 1 }, { type: 'asker', name: 'before', pages: 30, keep: 0, start: 1, cpu: 1 },
    { type: 'pcptake', name: 'taker', cpu: 1, start: 5, jitter: 1, for: 150, every: 1000, burst: 1, keep: 0 },
    { type: 'asker', name: 'eater', pages: 1400, start: 20, jitter: 4, cpu: 0 }, endAt(180),
  ],
  untilNs: 200e6, lingerNs: 5e6, ends: 'no-oom',
};
