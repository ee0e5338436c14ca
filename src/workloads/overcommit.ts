/** A process that maps one block after the other, without MAP_NORESERVE, and uses each at once, until mmap() says ENOMEM: what vm.overcommit_memory = 2 is for. */
import type { Timed } from '../sim/kfn.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { mmapPrivate, touch } from '../kernel/mm/memory.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import { startProcess } from './process.ts';
import { FOR_EVER, num, PAGES_PER_MIB, type Parameters, type Workload } from './workload.ts';

const KB_PER_PAGE = 4, INFO = 6;

export const overcommit: Workload = {
  id: 'overcommit',
  doc: 'maps and uses one block after the other until a mapping is refused',
  parameters: [
    { name: 'name', unit: '', default: 'careful', doc: 'name of the process' },
    { name: 'step', unit: 'MiB', default: 4, doc: 'size of a block' },
    { name: 'start', unit: 'ms', default: 0, doc: 'when it begins' },
    { name: 'adj', unit: '', default: 0, min: -1000, max: 1000, doc: 'oom_score_adj' },
    { name: 'hold', unit: '', default: 0, max: 1, doc: '1: keeps its memory afterwards' },
  ],
  start(k: Kernel, p: Parameters): void {
    const pages = Math.max(1, Math.floor(num(this, p, 'step') * PAGES_PER_MIB)), hold = num(this, p, 'hold') > 0, name = String(p.name ?? 'careful');
    startProcess(k, { ...p, name }, function* main(_k, m): Timed<void> {
      for (let blocks = 0; ; blocks++) {
        const vma = mmapPrivate(k, m, pages);
        if (vma === null) {
          k.printk(INFO, `${name}: block ${blocks} of ${pages * KB_PER_PAGE} kB was refused (ENOMEM) after ${blocks * pages * KB_PER_PAGE} kB`);
          break;
        }
        for (let vpn = vma.start; vpn < vma.end; vpn++) if (!(yield* touch(k, m, vma, vpn))) return;
      }
      if (hold) yield* clockNanosleep(k, FOR_EVER);
    });
  },
};
