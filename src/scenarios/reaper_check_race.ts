import type { Scenario } from '../format/scenario.ts';
import { HOCKO_2017 } from './mails.ts';

export const reaperCheckRace: Scenario = {
  id: 'reaper-check-race',
  title: 'A notifier is registered while the reaper looks',
  mail: HOCKO_2017,
  text: [
    'The reaper must not unmap pages that a second MMU uses without telling it. The patch in question asks whether the victim has MMU notifiers, and only then takes mmap_lock. Registration takes mmap_lock for writing.',
    'A process is chosen by SysRq-f in the very moment in which one of its threads registers a notifier. Asked before the lock, the answer may be old when the reaper unmaps; asked after it, nobody can join any more.',
    'In the order of time nothing bad comes of it here. Explore looks at the other orders.',
  ],
  profile: 'v4.13', seed: 1,
  machine: {
    name: '8 MiB, 2 CPUs', cpus: 2, hz: 250, preempt: 'none', slots: ['DMA', 'DMA32', 'Normal', 'Movable', 'Device'], speed: 1000,
    zones: [{ node: 0, name: 'DMA', startPfn: 0, spanned: 2048, present: 2048, managed: 2000, free: 1500 }],
    usage: { inactiveAnon: 0, activeAnon: 0, inactiveFile: 0, activeFile: 0, unevictable: 0, shmem: 0, mapped: 0, slabReclaimable: 60, slabUnreclaimable: 60, kernelStack: 20, pageTables: 10 },
  },
  sysctl: { 'vm.min_free_kbytes': 128, 'vm.oom_dump_tasks': 0 }, knobs: { 'oomReaper.mmuNotifier': 'skip-sleep' },
  workloads: [{ type: 'mmunotifier', name: 'vmm', mb: 0.03125, adj: 1000, register: 10 }, { type: 'sysrq', name: 'sysrq', start: 10 }],
  untilNs: 1.2e9, lingerNs: 20e6, ends: 'oom-kill',
};
