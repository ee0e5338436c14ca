/** A parent that starts children at a steady pace, each of which touches memory of its own as fast as it can and then holds it. */
import { ns } from '../base/units.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { mmapPrivate } from '../kernel/mm/memory.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import { touchRange } from './anon.ts';
import { CG } from './cgroup.ts';
import { forkProcess, type Program, startProcess } from './process.ts';
import { FOR_EVER, num, PAGES_PER_MIB, type Parameters, type Workload } from './workload.ts';

export const fork: Workload = {
  id: 'fork',
  doc: 'starts n children, one each `every` ms, each touching mb MiB at full speed',
  parameters: [
    { name: 'name', unit: '', default: 'storm', doc: 'name of the parent; children are numbered' },
    { name: 'n', unit: '', default: 16, doc: 'how many children' },
    { name: 'mb', unit: 'MiB', default: 16, doc: 'what each touches' },
    { name: 'every', unit: 'ms', default: 50, doc: 'from one child to the next' },
    { name: 'hold_s', unit: 's', default: 2, doc: 'how long a child keeps its memory before it ends' },
    { name: 'start', unit: 'ms', default: 0, doc: 'when the first begins' },
    { name: 'adj', unit: '', default: 0, min: -1000, max: 1000, doc: 'oom_score_adj of the parent' },
    CG,
    { name: 'cadj', unit: '', default: 0, min: -1000, max: 1000, doc: 'oom_score_adj of the children' },
    { name: 'crate', unit: 'MiB/s', default: 0, doc: 'how fast a child touches; 0 = as fast as it can' },
  ],
  start(k: Kernel, p: Parameters): void {
    const n = num(this, p, 'n'), pages = Math.floor(num(this, p, 'mb') * PAGES_PER_MIB), everyNs = num(this, p, 'every') * 1e6, holdNs = num(this, p, 'hold_s') * 1e9;
    const adj = num(this, p, 'cadj'), rate = num(this, p, 'crate') * 1048576, comm = String(p.name ?? 'storm');
    const child: Program = function* (_k, m) {
      const vma = mmapPrivate(k, m, pages, { noreserve: true });
      if (vma !== null && (yield* touchRange(k, m, vma, 0, pages, rate))) yield* clockNanosleep(k, ns(k.now + holdNs));
    };
    startProcess(k, p, function* parent(_k, m) {
      for (let i = 0; i < n; i++) {
        yield* forkProcess(k, m, `${comm}${String(i).padStart(2, '0')}`, adj, child);
        yield* clockNanosleep(k, ns(k.now + everyNs));
      }
      yield* clockNanosleep(k, FOR_EVER);
    });
  },
};
