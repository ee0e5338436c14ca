/** Machines that stories run on: read off idle captures of real kernels (fixtures/captures), so that every figure is a real one. */
import type { MachineSpec } from '../format/scenario.ts';

/** Debian 6.1.176 on 256 MiB and one CPU, idle: capture 6.1-256M-1-hog before its workload. */
export const small256: MachineSpec = {
  name: '256 MiB, 1 CPU', cpus: 1, hz: 250, preempt: 'none', speed: 1000, slots: ['DMA', 'DMA32', 'Normal', 'Movable', 'Device'],
  zones: [
    {
      node: 0, name: 'DMA', startPfn: 1, spanned: 4095, present: 3998, managed: 3840, free: 3808, pcp: [0], pageblocks: [1, 7, 0, 0, 0],
      blocks: [[0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    },
    {
      node: 0, name: 'DMA32', startPfn: 4096, spanned: 61408, present: 61408, managed: 51816, free: 45262, pcp: [58], pageblocks: [8, 106, 6, 0, 0],
      blocks: [[1, 1, 1, 0, 2, 1, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 5, 6, 9, 4, 1, 40], [1, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    },
  ],
  usage: { inactiveAnon: 5, activeAnon: 5, inactiveFile: 0, activeFile: 0, unevictable: 435, shmem: 220, slabReclaimable: 2249, slabUnreclaimable: 1472, kernelStack: 184, pageTables: 73, mapped: 215 },
};
