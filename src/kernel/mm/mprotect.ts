/**
 * mm/mprotect.c, v6.1 and v6.12: mprotect() over one whole mapping. Kept: mmap_lock for writing from the first page table to the last,
 * and a preemption point behind each table, so that a task may lose its CPU while it holds the lock. Left out: what the new
 * protection does to accesses, splitting and merging of mappings, locks of single VMAs (6.4 on).
 */
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import { downWriteKillable, upWrite } from '../locking/rwsem.ts';
import { condResched } from '../sched/core.ts';
import { PTRS_PER_PTE } from './memory.ts';
import { type MmStruct, UNMAPPED, type Vma } from './mm_types.ts';

/** change_protection(): every page that is there, a page table at a time. */
const changeProtection = kfn('change_protection', function* (k: Kernel, m: MmStruct, vma: Vma): Timed<void> {
  const end = Math.min(vma.end, m.pages.length);
  for (let from = vma.start; from < end;) {
    const to = Math.min(end, (Math.floor(from / PTRS_PER_PTE) + 1) * PTRS_PER_PTE);
    let present = 0;
    for (let vpn = from; vpn < to; vpn++) if (m.pages[vpn] !== UNMAPPED) present++;
    yield spend(ns(present * k.mm.costs.mprotect_page));
    yield* condResched(k);
    from = to;
  }
});
/** do_mprotect_pkey(). false: a fatal signal came before the lock. */
export const doMprotectPkey = kfn('do_mprotect_pkey', function* (k: Kernel, m: MmStruct, vma: Vma): Timed<boolean> {
  const lock = k.mm.sync.mmapLocks[m.id];
  if (!(yield* downWriteKillable(k, lock))) return false;
  yield* changeProtection(k, m, vma);
  upWrite(k, lock);
  return true;
});
