/** Machines that stories run on: what `oomscope replay` reads from captures of real kernels, so that every figure is a real one. */
import type { MachineSpec } from '../format/scenario.ts';

/** Debian 6.1.176, 256 MiB, one CPU, before the workload of capture 6.1-256M-1-hog. */
export const small256: MachineSpec = {
  name: '256 MiB, 1 CPU', cpus: 1, hz: 250, preempt: 'none', slots: ['DMA', 'DMA32', 'Normal', 'Movable', 'Device'], speed: 1000, boot: { minLowHigh: [[33, 41, 49], [428, 535, 642]] },
  zones: [
    {
      node: 0, name: 'DMA', startPfn: 1, spanned: 4095, present: 3998, managed: 3840, free: 3808, pcp: [0], pcpHigh: [41], pageblocks: [1, 7, 0, 0, 0],
      blocks: [[0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    },
    {
      node: 0, name: 'DMA32', startPfn: 4096, spanned: 61408, present: 61408, managed: 51816, free: 45262, pcp: [58], pcpHigh: [535], pageblocks: [8, 106, 6, 0, 0],
      blocks: [[1, 1, 1, 0, 2, 1, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 5, 6, 9, 4, 1, 40], [1, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    },
  ],
  usage: { inactiveAnon: 5, activeAnon: 5, inactiveFile: 0, activeFile: 0, unevictable: 435, shmem: 220, mapped: 215, slabReclaimable: 2249, slabUnreclaimable: 1477, kernelStack: 184, pageTables: 73 },
};
/** Debian 6.1.176, 256 MiB, two CPUs, a disk: before the workload of capture 6.1-256M-2-cache. */
export const two256: MachineSpec = {
  name: '256 MiB, 2 CPUs', cpus: 2, hz: 250, preempt: 'none', slots: ['DMA', 'DMA32', 'Normal', 'Movable', 'Device'], speed: 1000, boot: { minLowHigh: [[33, 41, 49], [427, 533, 639]] }, disk: { mbPerS: 60, requestsPerS: 4000 },
  zones: [
    {
      node: 0, name: 'DMA', startPfn: 1, spanned: 4095, present: 3998, managed: 3840, free: 3808, pcp: [0, 0], pcpHigh: [20, 20], pageblocks: [1, 7, 0, 0, 0],
      blocks: [[0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    },
    {
      node: 0, name: 'DMA32', startPfn: 4096, spanned: 61405, present: 61405, managed: 51752, free: 45216, pcp: [46, 46], pcpHigh: [266, 266], pageblocks: [8, 106, 6, 0, 0],
      blocks: [[0, 1, 0, 0, 1, 0, 2, 0, 1, 0, 0], [0, 0, 1, 1, 1, 6, 5, 8, 4, 1, 40], [0, 1, 0, 0, 1, 1, 1, 1, 0, 1, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    },
  ],
  usage: { inactiveAnon: 4, activeAnon: 80, inactiveFile: 0, activeFile: 0, unevictable: 432, shmem: 291, mapped: 216, slabReclaimable: 2282, slabUnreclaimable: 1661, kernelStack: 224, pageTables: 76 },
};
/** Debian 6.1.176, 512 MiB, four CPUs: before the workload of capture 6.1-512M-4-forkstorm. */
export const four512: MachineSpec = {
  name: '512 MiB, 4 CPUs', cpus: 4, hz: 250, preempt: 'none', slots: ['DMA', 'DMA32', 'Normal', 'Movable', 'Device'], speed: 1000, boot: { minLowHigh: [[22, 27, 32], [662, 827, 992]] },
  zones: [
    {
      node: 0, name: 'DMA', startPfn: 1, spanned: 4095, present: 3998, managed: 3840, free: 3808, pcp: [0, 0, 0, 0], pcpHigh: [6, 6, 6, 6], pageblocks: [1, 7, 0, 0, 0],
      blocks: [[0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    },
    {
      node: 0, name: 'DMA32', startPfn: 4096, spanned: 126944, present: 126944, managed: 116049, free: 109310, pcp: [177, 119, 20, 107], pcpHigh: [206, 206, 206, 206], pageblocks: [34, 208, 6, 0, 0],
      blocks: [[0, 1, 0, 18, 11, 8, 9, 9, 1, 1, 0], [0, 1, 1, 0, 1, 0, 0, 0, 0, 2, 102], [0, 1, 1, 0, 0, 1, 1, 1, 0, 1, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    },
  ],
  usage: { inactiveAnon: 14, activeAnon: 6, inactiveFile: 0, activeFile: 0, unevictable: 418, shmem: 221, mapped: 190, slabReclaimable: 2213, slabUnreclaimable: 1911, kernelStack: 272, pageTables: 61 },
};
/** A machine that is made up: 48 MiB, so that a run that fills it has few events; zones, slots and what is in use in the proportions of the captured ones. */
export const made48 = (cpus: number): MachineSpec => ({
  name: `48 MiB, ${cpus} CPU${cpus > 1 ? 's' : ''}`, cpus, hz: 250, preempt: 'none', slots: ['DMA', 'DMA32', 'Normal', 'Movable', 'Device'], speed: 1000,
  zones: [
    { node: 0, name: 'DMA', startPfn: 1, spanned: 4095, present: 3998, managed: 3840, free: 1500 },
    { node: 0, name: 'DMA32', startPfn: 4096, spanned: 8192, present: 8192, managed: 7680, free: 3900 },
  ],
  usage: { inactiveAnon: 4, activeAnon: 4, inactiveFile: 0, activeFile: 0, unevictable: 200, shmem: 180, mapped: 150, slabReclaimable: 700, slabUnreclaimable: 600, kernelStack: 100, pageTables: 40 },
});
/** The same with 144 MiB more, so that 100 MiB of it can wait for RCU. */
export const made192 = (cpus: number): MachineSpec => ({
  ...made48(cpus), name: `192 MiB, ${cpus} CPU${cpus > 1 ? 's' : ''}`,
  zones: [
    { node: 0, name: 'DMA', startPfn: 1, spanned: 4095, present: 3998, managed: 3840, free: 1500 },
    { node: 0, name: 'DMA32', startPfn: 4096, spanned: 45056, present: 45056, managed: 42240, free: 30500 },
  ],
});
