import type { Scenario } from '../format/scenario.ts';
import { VICTIMS } from './full_machine.ts';
import { made48 } from './machines.ts';

const machine = made48(2), [dma, dma32] = machine.zones;
export const starvedWorker: Scenario = {
  id: 'starved-worker',
  title: 'Work that waits behind a worker that never sleeps',
  text: [
    'A file system has a worker of CPU 0 write its log; for that the worker needs a page, and may not wait for file systems (GFP_NOFS). All memory is gone, kswapd has been woken once and has given up, and one page of cache is left. Such a request kills nobody: it reclaims in vain, calls that progress and goes round again, and in Linux 4.5 to 4.19 the worker sleeps a jiffy only where a round seems worth it.',
    'On CPU 1 somebody reclaims that last page, still finds none for itself, and asks each CPU for the free pages of its own list (drain_all_pages()). Those of CPU 0 are given back by an item that stands behind the worker that never sleeps: its pool lets no other worker go while one runs. So it waits for ever, and it is the only one who would ask the OOM killer for memory.',
    'A queue with a rescuer does not help, as nobody is short of a worker. With reclaim.workerNap=always, as from 4.20 on, the item runs as soon as the worker naps, and a process is killed.',
  ],
  profile: 'v4.17', seed: 1, machine: { ...machine, zones: [{ ...dma, free: 400 }, { ...dma32, free: 2200 }], usage: { ...machine.usage, inactiveFile: 60 } },
  sysctl: { 'vm.min_free_kbytes': 1024, 'vm.watermark_boost_factor': 0 }, knobs: {},
  workloads: [
    ...VICTIMS, { type: 'asker', name: 'filler', gfp: '__GFP_NOWARN', pf: 'MEMALLOC', pages: 0, start: 40 },
    { type: 'asker', name: 'early', gfp: 'GFP_NOWAIT|__GFP_NOWARN', start: 44, cpu: 1 }, // wakes kswapd: it runs on CPU 0, reclaims half of what is left and half again, and leaves pages on that CPU's list
    // begins 10 to 80 us before the worker: it must have the last page, and ask CPU 0 when the worker runs there already
    { type: 'asker', name: 'asker', start: 59.955, cpu: 1 }, { type: 'asker', name: 'log', wq: 'fs_log', gfp: 'GFP_NOFS', start: 60, cpu: 0 },
  ],
  untilNs: 80e6, lingerNs: 20e6, ends: 'no-oom', // within the run's time
};
