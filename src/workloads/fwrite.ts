/** A process that writes a file in order, 64 KiB at a time; the kernel slows it down where the disk does not keep up. */
import type { Timed } from '../sim/kfn.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { genericPerformWrite, truncateInodePages } from '../kernel/mm/file_write.ts';
import { open } from '../kernel/mm/filemap.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import { CG } from './cgroup.ts';
import { pace, startProcess } from './process.ts';
import { FOR_EVER, num, PAGES_PER_MIB, type Parameters, text, type Workload } from './workload.ts';

const CHUNK = 16;

function* writeLoop(k: Kernel, name: string, pages: number, loops: number, bytesPerS: number, truncate: boolean): Timed<boolean> {
  const t0 = k.now;
  let done = 0;
  for (let turn = 0; turn < loops; turn++) {
    const f = open(k, name, pages);
    if (truncate) yield* truncateInodePages(k, f.file);
    for (let at = 0; at < pages; at += CHUNK) {
      const count = Math.min(CHUNK, pages - at);
      if ((yield* genericPerformWrite(k, f, at, count)) < count) return false;
      done += count;
      yield* pace(k, t0, bytesPerS, done * 4096);
    }
  }
  return true;
}

export const fwrite: Workload = {
  id: 'fwrite',
  doc: 'writes a file on the disk in order, again and again',
  parameters: [
    { name: 'name', unit: '', default: 'writer', doc: 'name of the process' },
    { name: 'file', unit: '', default: 'out', doc: 'name of the file' },
    { name: 'mb', unit: 'MiB', default: 64, doc: 'how much of the file' },
    { name: 'rate', unit: 'MiB/s', default: 0, doc: 'how fast; 0 = as fast as it may' },
    { name: 'start', unit: 'ms', default: 0, doc: 'when it begins' },
    { name: 'loops', unit: '', default: 1, doc: 'how often' },
    { name: 'trunc', unit: '', default: 1, max: 1, doc: '1: cuts the file to nothing before each turn' },
    { name: 'adj', unit: '', default: 0, min: -1000, max: 1000, doc: 'oom_score_adj' },
    CG,
    { name: 'hold', unit: '', default: 0, max: 1, doc: '1: stays when it is done' },
  ],
  start(k: Kernel, p: Parameters): void {
    const pages = Math.floor(num(this, p, 'mb') * PAGES_PER_MIB), rate = num(this, p, 'rate') * 1048576, loops = num(this, p, 'loops'), truncate = num(this, p, 'trunc') > 0, hold = num(this, p, 'hold') > 0, file = text(p, 'file', 'out');
    startProcess(k, { ...p, name: p.name ?? 'writer' }, function* main(): Timed<void> {
      if ((yield* writeLoop(k, file, pages, loops, rate, truncate)) && hold) yield* clockNanosleep(k, FOR_EVER);
    });
  },
};
