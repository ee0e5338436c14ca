/**
 * A task that pid 1 has made with CLONE_VM: it runs in the address space of init, with init's name and real-time class, and grows
 * there. A victim that shares its mm with init gives nothing back. Simplified: a task of ours makes it in init's place, and init's own
 * pages stay locked.
 */
import { must, ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { mmapPrivate, touch } from '../kernel/mm/memory.ts';
import { spawn } from '../kernel/sched/core.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import { cloneVm } from './process.ts';
import { FOR_EVER, num, PAGES_PER_MIB, type Parameters, type Workload } from './workload.ts';

/** It rests a millisecond before each 64 pages but the first of them, as the captures' one does. */
const STRIDE = 64, REST_NS = 1e6;

export const clonevm: Workload = {
  id: 'clonevm',
  doc: 'a task in the address space of init that touches 64 pages each millisecond and a little more',
  parameters: [
    { name: 'name', unit: '', default: 'init', doc: 'its name: that of pid 1, unless it gives itself another' },
    { name: 'mb', unit: 'MiB', default: 64, doc: 'how much it touches' },
    { name: 'start', unit: 'ms', default: 0, doc: 'when it is made' },
  ],
  start(k: Kernel, p: Parameters): void {
    const pages = Math.floor(num(this, p, 'mb') * PAGES_PER_MIB), at = ns(num(this, p, 'start') * 1e6), init = must(k.tasks.find((t) => t.pid === 1), 'a machine has an init');
    const m = k.mm.mms[init.mmId];
    function* grow(): Timed<void> {
      const vma = mmapPrivate(k, m, pages, { noreserve: true });
      if (vma === null) return;
      for (let i = 0; i < pages; i++) {
        if (!(yield* touch(k, m, vma, vma.start + i))) return;
        if (i % STRIDE === 0) yield* clockNanosleep(k, ns(k.now + REST_NS));
      }
      yield* clockNanosleep(k, FOR_EVER);
    }
    function* maker(): Timed<void> {
      yield* clockNanosleep(k, at);
      yield* cloneVm(k, init, m, String(p.name ?? 'init'), grow);
    }
    spawn(k, 'clone of init', maker);
  },
};
