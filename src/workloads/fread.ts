/** A process that reads a file in order: with read() of 64 KiB at a time, or through a mapping. */
import { ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import { spend, type Kernel } from '../kernel/kernel.ts';
import { filemapRead, open } from '../kernel/mm/filemap.ts';
import { mmapFile } from '../kernel/mm/filemap_fault.ts';
import { touch } from '../kernel/mm/memory.ts';
import type { MmStruct } from '../kernel/mm/mm_types.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import { CG } from './cgroup.ts';
import { pace, startProcess } from './process.ts';
import { FOR_EVER, num, PAGES_PER_MIB, type Parameters, text, type Workload } from './workload.ts';

const CHUNK = 16;

/** read() of 16 pages at a time, the file from its beginning in each turn. */
function* readLoop(k: Kernel, name: string, pages: number, loops: number, bytesPerS: number): Timed<boolean> {
  const t0 = k.now;
  let done = 0;
  for (let turn = 0; turn < loops; turn++) {
    const f = open(k, name, pages);
    for (let at = 0; at < pages; at += CHUNK) {
      const count = Math.min(CHUNK, pages - at);
      if ((yield* filemapRead(k, f, at, count)) < count) return false;
      done += count;
      yield* pace(k, t0, bytesPerS, done * 4096);
    }
  }
  return true;
}
/** Touches of a shared mapping, page by page. */
function* walkMapping(k: Kernel, m: MmStruct, name: string, pages: number, loops: number, bytesPerS: number): Timed<boolean> {
  const t0 = k.now, vma = mmapFile(k, m, open(k, name, pages).file, 0, pages);
  let done = 0;
  for (let turn = 0; turn < loops; turn++) {
    for (let i = 0; i < pages; i++) {
      if (!(yield* touch(k, m, vma, vma.start + i))) return false;
      yield spend(ns(100));
      done++;
      if (i % CHUNK === 0) yield* pace(k, t0, bytesPerS, done * 4096);
    }
  }
  return true;
}

export const fread: Workload = {
  id: 'fread',
  doc: 'reads a file on the disk in order, again and again',
  parameters: [
    { name: 'name', unit: '', default: 'reader', doc: 'name of the process' },
    { name: 'file', unit: '', default: 'big', doc: 'name of the file; programs that name the same one share its pages' },
    { name: 'mb', unit: 'MiB', default: 64, doc: 'how much of the file' },
    { name: 'rate', unit: 'MiB/s', default: 0, doc: 'how fast; 0 = as fast as it can' },
    { name: 'start', unit: 'ms', default: 0, doc: 'when it begins' },
    { name: 'loops', unit: '', default: 1, doc: 'how often' },
    { name: 'mmap', unit: '', default: 0, max: 1, doc: '1: through a mapping instead of read()' },
    { name: 'adj', unit: '', default: 0, min: -1000, max: 1000, doc: 'oom_score_adj' },
    CG,
    { name: 'hold', unit: '', default: 0, max: 1, doc: '1: stays when it is done' },
  ],
  start(k: Kernel, p: Parameters): void {
    const pages = Math.floor(num(this, p, 'mb') * PAGES_PER_MIB), rate = num(this, p, 'rate') * 1048576, loops = num(this, p, 'loops'), mapped = num(this, p, 'mmap') > 0, hold = num(this, p, 'hold') > 0, file = text(p, 'file', 'big');
    startProcess(k, { ...p, name: p.name ?? 'reader' }, function* main(_k, m): Timed<void> {
      const done = mapped ? yield* walkMapping(k, m, file, pages, loops, rate) : yield* readLoop(k, file, pages, loops, rate);
      if (done && hold) yield* clockNanosleep(k, FOR_EVER);
    });
  },
};
