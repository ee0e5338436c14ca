import type { Scenario } from '../format/scenario.ts';
import { HOCKO_2017 } from './mails.ts';

export const reaperCheckRace: Scenario = {
  id: 'reaper-check-race',
  title: 'A notifier is registered while the reaper looks',
  mail: HOCKO_2017,
  text: [
    'The reaper must not unmap pages that a second MMU uses without telling it. The patch in question asks whether the victim has MMU notifiers, and only then takes mmap_lock. Registration takes mmap_lock for writing.',
    'A process is chosen by SysRq-f while its first thread holds mmap_lock for writing and waits for a driver, and its second stands behind it to register a notifier. Asked before the lock, the answer may be old when the reaper unmaps; asked after it, nobody can join any more.',
    'In the order of time nothing bad comes of it: the reaper fails to get mmap_lock and comes again when all is over. Explore looks at the other orders: the driver may be done between the question and the lock.',
  ],
  profile: 'v4.13', seed: 1,
  machine: {
    name: '8 MiB, 2 CPUs', cpus: 2, hz: 250, preempt: 'none', slots: ['DMA', 'DMA32', 'Normal', 'Movable', 'Device'], speed: 1000,
    zones: [{ node: 0, name: 'DMA', startPfn: 0, spanned: 2048, present: 2048, managed: 2000, free: 1500 }],
    usage: { inactiveAnon: 0, activeAnon: 0, inactiveFile: 0, activeFile: 0, unevictable: 0, shmem: 0, mapped: 0, slabReclaimable: 60, slabUnreclaimable: 60, kernelStack: 20, pageTables: 10 },
  },
  sysctl: { 'vm.min_free_kbytes': 128, 'vm.oom_dump_tasks': 0 }, knobs: { 'oomReaper.mmuNotifier': 'skip-sleep' },
  workloads: [{ type: 'mmunotifier', name: 'vmm', mb: 0.03125, adj: 1000, register: 7, jitter: 2, lock: 'driver_lock', wait: 6, hold: 'write' }, { type: 'asker', name: 'driver', lock: 'driver_lock', start: 2, wait: 140, cpu: 0 }, { type: 'sysrq', name: 'sysrq', start: 10 }],
  untilNs: 1.2e9, lingerNs: 20e6, ends: 'oom-kill',
  explore: { bad: 'unmap_under_notifier', from: 100e6, untilNs: 180e6, steps: 20, deviations: 3, schedules: 0 },
};
