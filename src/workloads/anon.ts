/** A process that touches anonymous memory page by page: a hog, a grower, a worker with a fixed size. */
import { ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import { spend, type Kernel } from '../kernel/kernel.ts';
import { mmapPrivate, touch } from '../kernel/mm/memory.ts';
import { doMprotectPkey } from '../kernel/mm/mprotect.ts';
import type { MmStruct, Vma } from '../kernel/mm/mm_types.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import { CG } from './cgroup.ts';
import { createThread, pace, startProcess } from './process.ts';
import { FOR_EVER, num, PAGES_PER_MIB, type Parameters, type Workload } from './workload.ts';

/** Touches between two looks at the clock. */
const STRIDE = 16;

/** touch_thread(): pages from .. to - 1 of a mapping. false: killed. */
export function* touchRange(k: Kernel, m: MmStruct, vma: Vma, from: number, to: number, bytesPerS: number): Timed<boolean> {
  const t0 = k.now;
  for (let i = from, done = 0; i < to; i++) {
    yield spend(ns(k.mm.costs.touch_user));
    if (!(yield* touch(k, m, vma, vma.start + i))) return false;
    done++;
    if (done % STRIDE === 0) yield* pace(k, t0, bytesPerS, done * 4096);
  }
  return true;
}
/** Random touches of what is mapped, for `seconds`. At full speed time is charged once a STRIDE: a touch of a mapped page is nothing that could be seen. */
function* retouch(k: Kernel, m: MmStruct, vma: Vma, pages: number, bytesPerS: number, seconds: number): Timed<boolean> {
  const t0 = k.now, batch = bytesPerS > 0 ? 1 : STRIDE;
  for (let done = 1; k.now - t0 < seconds * 1e9; done++) {
    if (!(yield* touch(k, m, vma, vma.start + k.chance.below(pages)))) return false;
    if (done % batch === 0) yield spend(ns(batch * k.mm.costs.touch_user));
    if (done % STRIDE === 0) yield* pace(k, t0, bytesPerS, done * 4096);
  }
  return true;
}
function* flipProtection(k: Kernel, m: MmStruct, vma: Vma): Timed<void> {
  while (yield* doMprotectPkey(k, m, vma)) yield spend(ns(k.mm.costs.touch_user));
}

/** What the process does when it begins, in the task that is current: its first thread. */
export function* anonWorker(k: Kernel, p: Parameters, m: MmStruct): Timed<void> {
  const of = (name: string): number => num(anon, p, name), leader = k.current;
  const threads = of('thr'), pages = Math.floor(of('mb') * PAGES_PER_MIB), rate = (of('rate') * 1048576) / threads, hot = of('hot'), mprot = of('mprot');
  const vma = mmapPrivate(k, m, pages, { locked: of('mlock') > 0, noreserve: true });
  if (vma === null) return;
  k.mm.backing.fill.set(m.id, of('fillw'));
  const share = (i: number): number => Math.floor((pages * i) / threads);
  for (let i = 0; i < of('idlethr'); i++) yield* createThread(k, leader, m, leader.comm, function* sleeper(): Timed<void> { yield* clockNanosleep(k, FOR_EVER); });
  for (let i = 1; i < threads; i++) yield* createThread(k, leader, m, leader.comm, function* toucher(): Timed<void> { yield* touchRange(k, m, vma, share(i), share(i + 1), rate); });
  if (!(yield* touchRange(k, m, vma, 0, share(1), rate))) return;
  if (mprot >= 0) yield* createThread(k, leader, m, 'mprotector', () => flipProtection(k, m, vma), mprot);
  if (hot !== 0 && !(yield* retouch(k, m, vma, pages, hot < 0 ? 0 : hot * 1048576, of('hot_s')))) return;
  if (of('hold') > 0) yield* clockNanosleep(k, FOR_EVER);
}

export const anon: Workload = {
  id: 'anon',
  doc: 'writes one word into each page of an anonymous private mapping, in order',
  parameters: [
    { name: 'name', unit: '', default: 'hog', doc: 'name of the process' },
    { name: 'mb', unit: 'MiB', default: 64, doc: 'how much it touches' },
    { name: 'rate', unit: 'MiB/s', default: 0, doc: 'how fast; 0 = as fast as it can' },
    { name: 'start', unit: 'ms', default: 0, doc: 'when it begins' },
    { name: 'adj', unit: '', default: 0, min: -1000, max: 1000, doc: 'oom_score_adj' },
    CG,
    { name: 'thr', unit: '', default: 1, doc: 'threads that touch, each its share' },
    { name: 'idlethr', unit: '', default: 0, doc: 'threads besides that only sleep' },
    { name: 'mlock', unit: '', default: 0, max: 1, doc: '1: its pages are locked as they are touched' },
    { name: 'hot', unit: 'MiB/s', default: 0, min: -1, doc: 'after that: random touches at this rate; -1 = as fast as it can' },
    { name: 'hot_s', unit: 's', default: 1e6, doc: 'for how long it does that' },
    { name: 'mprot', unit: '', default: -1, min: -1, doc: 'after its target: a thread bound to this CPU that changes the protection of the whole mapping again and again; -1 = none' },
    { name: 'cpu', unit: '', default: -1, min: -1, doc: 'the CPU it is bound to; -1 = any' },
    { name: 'fillw', unit: 'words', default: 1, doc: 'random 8-byte words in each page, of 512: how badly it compresses' },
    { name: 'hold', unit: '', default: 1, max: 1, doc: '1: keeps its memory until it is killed' },
  ],
  start(k: Kernel, p: Parameters): void { startProcess(k, { ...p, name: p.name ?? 'hog' }, (_k, m) => anonWorker(k, p, m)); },
};
