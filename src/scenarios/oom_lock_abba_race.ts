import type { MachineSpec, Scenario } from '../format/scenario.ts';
import { FILLER } from './full_machine.ts';
import { RIENTJES_2018 } from './mails.ts';

/** As small as the paths that matter here allow: every schedule of an exploration boots it anew. */
const made4: MachineSpec = {
  name: '4 MiB, 2 CPUs', cpus: 2, hz: 250, preempt: 'none', slots: ['DMA32', 'Normal'], speed: 1000,
  zones: [{ node: 0, name: 'DMA32', startPfn: 0, spanned: 1024, present: 1024, managed: 960, free: 140 }],
  usage: { inactiveAnon: 0, activeAnon: 0, inactiveFile: 0, activeFile: 0, unevictable: 20, shmem: 10, mapped: 10, slabReclaimable: 60, slabUnreclaimable: 60, kernelStack: 20, pageTables: 8 },
};
export const oomLockAbbaRace: Scenario = {
  id: 'oom-lock-abba-race',
  title: 'A notifier and an allocating task meet, or do not',
  mail: RIENTJES_2018,
  text: [
    'The task caller asks for memory, calls the OOM notifier, which takes and drops a mutex of its driver, and kills the victim. The task owner comes a moment later, takes the same mutex and asks for memory too, which by then is there.',
    'Run in the order of its times all is well. Explore tries other orders: if caller is held up between taking oom_lock and taking the mutex, for as long as owner needs to take it first, both wait for each other for ever.',
  ],
  profile: 'v4.17', seed: 1, machine: made4, sysctl: { 'vm.min_free_kbytes': 128, 'vm.watermark_boost_factor': 0 }, knobs: {}, untilNs: 6500e6, lingerNs: 20e6,
  workloads: [
    { type: 'notifier', name: 'driver', lock: 'driver_lock' }, { type: 'anon', name: 'victim', mb: 0.25, start: 0, adj: 1000 }, { ...FILLER, start: 10 },
    { type: 'asker', name: 'caller', start: 20, jitter: 1, pages: 8, cpu: 1 }, { type: 'asker', name: 'owner', start: 40, jitter: 1, lock: 'driver_lock', pages: 8, cpu: 0 },
  ],
  ends: 'oom-kill',
  explore: { bad: 'no-progress', from: 'oom_notify_begin', untilNs: 100e6, steps: 150, deviations: 1 },
};
