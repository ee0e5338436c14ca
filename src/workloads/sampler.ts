/**
 * What watches a captured machine: a thread of pid 1, whose stack is locked at once, and the kernel's objects for the files that it keeps open.
 * It takes its memory when the run begins and sleeps; its looks at /proc, which allocate next to nothing, are not simulated.
 */
import { must } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { FRAME, GFP, GFP_KERNEL, GFP_KERNEL_ACCOUNT } from '../kernel/mm/constants.ts';
import { mmapPrivate, touch } from '../kernel/mm/memory.ts';
import { allocPages } from '../kernel/mm/page_alloc.ts';
import { spawn } from '../kernel/sched/core.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import { copyProcess } from './process.ts';
import { FOR_EVER, num, type Parameters, type Workload } from './workload.ts';

const KB_PER_PAGE = 4;
/** New slabs in /proc/slabinfo between a machine at rest and the start of its workload, on five machines of 6.1 and 6.12 (docs/model.md, guess 5). */
const SLABS: readonly { readonly order: number; readonly slabs: number; readonly reclaimable: boolean }[] = [
  { order: 1, slabs: 6, reclaimable: true }, // proc_inode_cache
  { order: 0, slabs: 3, reclaimable: true }, // dentry
  { order: 3, slabs: 1, reclaimable: false }, // kmalloc-cg-4k
  { order: 2, slabs: 1, reclaimable: false }, // kmalloc-cg-2k
  { order: 1, slabs: 1, reclaimable: false }, // task_group
];

export const sampler: Workload = {
  id: 'sampler',
  doc: 'what watches a captured machine: a thread of pid 1 with a locked stack, and the objects of the files that it has open',
  parameters: [
    { name: 'name', unit: '', default: 'sampler', doc: 'name of the thread' },
    { name: 'locked_kb', unit: 'kB', default: 128, doc: 'its stack' },
  ],
  start(k: Kernel, p: Parameters): void {
    const locked = Math.floor(num(this, p, 'locked_kb') / KB_PER_PAGE);
    const init = must(k.tasks.find((t) => t.pid === 1), 'pid 1 stands before any program'), m = must(k.mm.mms[init.mmId], 'pid 1 has an address space');
    function* program(): Timed<void> {
      yield* copyProcess(k, m.users);
      const stack = mmapPrivate(k, m, locked, { locked: true });
      if (stack === null) return;
      for (let vpn = stack.start; vpn < stack.end; vpn++) if (!(yield* touch(k, m, stack, vpn))) return;
      for (const { order, slabs, reclaimable } of SLABS) {
        const gfp = (order > 0 ? GFP.COMP : 0) | (reclaimable ? GFP_KERNEL | GFP.RECLAIMABLE : GFP_KERNEL_ACCOUNT);
        for (let i = 0; i < slabs; i++) yield* allocPages(k, gfp, order, reclaimable ? FRAME.slabReclaimable : FRAME.slabUnreclaimable);
      }
      yield* clockNanosleep(k, FOR_EVER);
    }
    spawn(k, String(p.name ?? 'sampler'), program, { daemon: true, mmId: m.id, tgid: init.pid });
  },
};
