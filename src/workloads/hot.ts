/** A process with a working set: it fills its memory once, and then uses pages of it at random for as long as it is told. */
import { ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import { spend, type Kernel } from '../kernel/kernel.ts';
import { mmapPrivate, touch } from '../kernel/mm/memory.ts';
import { CG } from './cgroup.ts';
import { pace, startProcess } from './process.ts';
import { num, PAGES_PER_MIB, type Parameters, type Workload } from './workload.ts';

const STRIDE = 16;

export const hot: Workload = {
  id: 'hot',
  doc: 'fills anonymous memory, then uses random pages of it again and again',
  parameters: [
    { name: 'name', unit: '', default: 'worker', doc: 'name of the process' },
    { name: 'mb', unit: 'MiB', default: 40, doc: 'size of its memory' },
    { name: 'rate', unit: 'MiB/s', default: 0, doc: 'how fast it fills it; 0 = as fast as it can' },
    { name: 'hot', unit: 'MiB/s', default: 40, doc: 'how fast it uses pages afterwards, counted as whole pages; 0 = as fast as it can' },
    { name: 'seconds', unit: 's', default: 1000, doc: 'for how long' },
    { name: 'set', unit: '%', default: 100, doc: 'share of its memory that it goes on using' },
    { name: 'fillw', unit: 'words', default: 64, doc: 'random 8-byte words in each page, of 512: how badly it compresses' },
    { name: 'start', unit: 'ms', default: 0, doc: 'when it begins' },
    { name: 'adj', unit: '', default: 0, min: -1000, max: 1000, doc: 'oom_score_adj' },
    CG,
  ],
  start(k: Kernel, p: Parameters): void {
    const pages = Math.floor(num(this, p, 'mb') * PAGES_PER_MIB), rate = num(this, p, 'rate') * 1048576, again = num(this, p, 'hot') * 1048576, until = num(this, p, 'seconds') * 1e9;
    const set = Math.max(1, Math.floor((pages * num(this, p, 'set')) / 100)), words = num(this, p, 'fillw');
    startProcess(k, { ...p, name: p.name ?? 'worker' }, function* main(_k, m): Timed<void> {
      const vma = mmapPrivate(k, m, pages, { noreserve: true }), t0 = k.now;
      if (vma === null) return;
      k.mm.backing.fill.set(m.id, words);
      for (let i = 0; i < pages; i++) {
        if (!(yield* touch(k, m, vma, vma.start + i))) return;
        if ((i + 1) % STRIDE === 0) yield* pace(k, t0, rate, (i + 1) * 4096);
      }
      const t1 = k.now;
      for (let done = 1; k.now - t1 < until; done++) {
        if (!(yield* touch(k, m, vma, vma.start + k.chance.below(set)))) return;
        yield spend(ns(100));
        if (done % STRIDE === 0) yield* pace(k, t1, again, done * 4096);
      }
    });
  },
};
