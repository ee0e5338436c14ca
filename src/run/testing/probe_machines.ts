/** The machines of the module's captures: 256 MiB with one CPU and with two on Debian's 6.1.176, and with two on a 6.1.176 of our own with few options. */
import type { MachineSpec } from '../../format/scenario.ts';
import { small256, two256 } from '../../scenarios/machines.ts';

export interface ProbeMachine { readonly machine: MachineSpec; readonly minFreeKbytes: number }
/** Captures 6.1-256M-1-mod_*. */
export const debian1: ProbeMachine = { machine: small256, minFreeKbytes: 1848 };
/** Captures 6.1-256M-2-mod_*. */
export const debian2: ProbeMachine = { machine: two256, minFreeKbytes: 1848 };
/** Captures 6.1n-256M-2-mod_*, from their zoneinfo and meminfo. Where free blocks lie is of no account: the machine is filled before anything is asked. */
export const own2: ProbeMachine = {
  machine: {
    name: '256 MiB, 2 CPUs, own kernel', cpus: 2, hz: 250, preempt: 'none', slots: ['DMA', 'DMA32', 'Normal', 'Movable'], speed: 1000,
    zones: [
      { node: 0, name: 'DMA', startPfn: 1, spanned: 4095, present: 3998, managed: 3840, free: 3840, pcp: [0, 0] },
      { node: 0, name: 'DMA32', startPfn: 4096, spanned: 61_408, present: 61_408, managed: 57_496, free: 53_837, pcp: [38, 177] },
    ],
    usage: { inactiveAnon: 4, activeAnon: 4, inactiveFile: 0, activeFile: 0, unevictable: 430, shmem: 220, mapped: 215, slabReclaimable: 300, slabUnreclaimable: 700, kernelStack: 120, pageTables: 60 },
  },
  minFreeKbytes: 1961,
};
