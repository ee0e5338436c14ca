import type { MachineSpec, Scenario, WorkloadSpec } from '../format/scenario.ts';
import { GORMAN_2020 } from './mails.ts';

/** Made up, and as small as the argument allows: 16 MiB of one zone, of which next to nothing can be reclaimed. */
export const made16 = (cpus: number, preempt: MachineSpec['preempt'] = 'none'): MachineSpec => ({
  name: `16 MiB, ${cpus} CPU${cpus > 1 ? 's' : ''}`, cpus, hz: 250, preempt, slots: ['DMA32', 'Normal'], speed: 1000,
  zones: [{ node: 0, name: 'DMA32', startPfn: 0, spanned: 4096, present: 4096, managed: 3840, free: 400 }],
  usage: { inactiveAnon: 0, activeAnon: 0, inactiveFile: 0, activeFile: 0, unevictable: 60, shmem: 40, mapped: 40, slabReclaimable: 0, slabUnreclaimable: 600, kernelStack: 60, pageTables: 20 },
});
/** Takes what even GFP_ATOMIC may have, and once more what kswapd has found since. */
const fill: readonly WorkloadSpec[] = [10, 25, 40].map((start, i) => ({ type: 'asker', name: `filler${i}`, gfp: 'GFP_ATOMIC|__GFP_NOWARN', pages: 0, start }));
/** What each was promised. */
const PROMISED = 8;

export const commonPoolAbuse: Scenario = {
  id: 'common-pool-abuse',
  title: 'One reserve for all, and one user who is special',
  mail: GORMAN_2020,
  text: [
    'Four drivers may not sleep when they need pages, and the kernel keeps a reserve for the time when there are none: eight pages for each of them. Three take eight pages for some milliseconds and give them back, as they said. The fourth calls itself a memory allocator, takes forty, asks every millisecond for what it has not got, and keeps them.',
    'With one reserve for all, all of it is soon with the fourth, and the requests of the others fail although each of them was promised enough. With a reserve each, at the same price, the fourth goes without.',
  ],
  profile: 'v5.9', seed: 1, machine: made16(2), sysctl: { 'vm.min_free_kbytes': 256, 'vm.watermark_boost_factor': 0 }, knobs: { 'reserve.pool': 'shared' }, untilNs: 300e6, lingerNs: 20e6,
  workloads: [
    { type: 'pooluser', name: 'driver', n: 3, reserve: PROMISED, pages: PROMISED, hold: 4, every: 12, rounds: 10, start: 55, jitter: 12 },
    { type: 'pooluser', name: 'special', reserve: PROMISED, pages: 40, hold: 80, every: 100, rounds: 1, again: 1, start: 60, jitter: 20, gfp: 'GFP_ATOMIC' },
    ...fill,
  ],
  ends: 'no-oom',
};
