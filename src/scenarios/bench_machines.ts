/** Machines and scenarios that only `npm run bench` and `npm run check:long` run: too large for a story, and told to nobody. */
import type { MachineSpec, Scenario } from '../format/scenario.ts';
import { made48 } from './machines.ts';

/** Debian 6.1.176 on 4 GiB and one CPU, idle: capture 6.1-4G-1-idle. Where free blocks lie is not taken from there, only how many pages are free. */
export const machine4G: MachineSpec = {
  name: '4 GiB, 1 CPU', cpus: 1, hz: 250, preempt: 'none', speed: 1000, slots: ['DMA', 'DMA32', 'Normal', 'Movable', 'Device'],
  zones: [
    { node: 0, name: 'DMA', startPfn: 1, spanned: 4095, present: 3998, managed: 3840, free: 3712 },
    { node: 0, name: 'DMA32', startPfn: 4096, spanned: 1044480, present: 782304, managed: 757818, free: 755429 },
    { node: 0, name: 'Normal', startPfn: 1048576, spanned: 262144, present: 262144, managed: 243660, free: 236181 },
  ],
  usage: { inactiveAnon: 13, activeAnon: 13, inactiveFile: 0, activeFile: 0, unevictable: 429, shmem: 221, slabReclaimable: 2247, slabUnreclaimable: 1515, kernelStack: 184, pageTables: 68, mapped: 208 },
};
/**
 * The same with Normal grown to 64 GiB in all. Of what was added a 64th is the frames' own descriptors; the rest of what Normal does not
 * manage, and what is in use of it, stays as on the machine of the capture.
 */
const GROWN = 15990784 - 262144;
/** Free memory in blocks as large as can be, all movable: what is left over of the largest order in one block of each order below it. */
const wholeBlocks = (free: number): number[][] => [0, 1, 2, 3, 4].map((type) => Array.from({ length: 11 }, (_, order) => (type !== 1 ? 0 : order < 10 ? (free >> order) & 1 : free >> 10)));
export const machine64G: MachineSpec = {
  ...machine4G, name: '64 GiB, 1 CPU',
  zones: machine4G.zones.map((z) => {
    if (z.name !== 'Normal') return z;
    const free = z.free + GROWN - GROWN / 64;
    return { ...z, spanned: z.spanned + GROWN, present: z.present + GROWN, managed: z.managed + GROWN - GROWN / 64, free, blocks: wholeBlocks(free) };
  }),
};

const idle = (id: string, machine: MachineSpec, untilNs: number): Scenario => ({ id, title: machine.name, text: [], profile: 'v6.1', seed: 1, machine, sysctl: {}, knobs: {}, workloads: [], untilNs, ends: 'no-oom' });
/** A hog that touches 100 MiB a second until it is killed. */
export const hog4G: Scenario = { ...idle('bench-4g-hog', machine4G, 120e9), workloads: [{ type: 'anon', name: 'hog', mb: 8192, rate: 100, start: 0 }], ends: 'oom-kill' };
/** One hog after another, so that there are events enough. */
export const hogs4G: Scenario = { ...hog4G, id: 'bench-4g-hogs', workloads: [0, 60, 120].map((s) => ({ type: 'anon', name: 'hog', mb: 8192, rate: 100, start: s * 1000 })), untilNs: 240e9 };
export const idle64G: Scenario = idle('bench-64g-idle', machine64G, 1e6);
/** A million callbacks in flight: CPU 1 passes through no quiescent state for three seconds, meanwhile CPU 0 queues them; then all are called. */
export const callbacks1M: Scenario = {
  ...idle('bench-callbacks', made48(2), 10e9), profile: 'v4.17',
  workloads: [{ type: 'kernelloop', cpu: 1, for_s: 3 }, { type: 'callrcu', cpu: 0, count: 1_000_000, sizes: 'zero', lazy: 0, start: 20 }],
};
