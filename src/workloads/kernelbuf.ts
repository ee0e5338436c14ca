/** A buffer that the kernel allocates at once and keeps, page by page and per CPU: the trace ring of the captures' machines is one. */
import type { Timed } from '../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel/kernel.ts';
import { FRAME, GFP, GFP_KERNEL } from '../kernel/mm/constants.ts';
import { allocPages } from '../kernel/mm/page_alloc.ts';
import { spawn } from '../kernel/sched/core.ts';
import { num, type Parameters, type Workload } from './workload.ts';

const KB_PER_PAGE = 4;
/** One struct buffer_page of 64 bytes describes a page: that many pages fill a page of slab. (Captures: 8 pages of slab for a ring of 2 MiB, 16 for 4 MiB.) */
const DESCRIPTORS_PER_PAGE = 64;
const rbAllocatePages = kfn('__rb_allocate_pages', function* (k: Kernel, pages: number): Timed<void> {
  for (let i = 0; i < pages; i++) {
    if (i % DESCRIPTORS_PER_PAGE === 0 && (yield* allocPages(k, GFP_KERNEL | GFP.RETRY_MAYFAIL, 0, FRAME.slabUnreclaimable)) < 0) return;
    if ((yield* allocPages(k, GFP_KERNEL | GFP.RETRY_MAYFAIL, 0, FRAME.kernel)) < 0) return;
  }
});

export const kernelbuf: Workload = {
  id: 'kernelbuf',
  doc: 'a buffer of the kernel, allocated page by page when the run begins and kept',
  parameters: [
    { name: 'name', unit: '', default: 'kernelbuf', doc: 'name of the task that allocates it' },
    { name: 'kb', unit: 'kB', default: 0, doc: 'its size' },
  ],
  start(k: Kernel, p: Parameters): void {
    const pages = Math.floor(num(this, p, 'kb') / KB_PER_PAGE);
    function* program(): Timed<void> { yield* rbAllocatePages(k, pages); }
    spawn(k, String(p.name ?? 'kernelbuf'), program, {});
  },
};
