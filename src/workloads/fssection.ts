/**
 * Threads in critical sections of file systems: a section may need up to so many pages and must not fail, so pages are kept for it (knob reserve.kind): by each thread for its
 * section, in one pool for all since the mount, or not at all: then it relies on PF_MEMALLOC, which ignores the marks.
 */
import { ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel/kernel.ts';
import { FRAME, GFP_KERNEL, GFP_NOFS, PF } from '../kernel/mm/constants.ts';
import { allocPages } from '../kernel/mm/page_alloc.ts';
import { freePages } from '../kernel/mm/pcp.ts';
import { createReservedPagesPool, destroyUnreservePagesPool, perthreadPagesRelease, perthreadPagesReserve } from '../kernel/mm/reserved_pages.ts';
import { spawn } from '../kernel/sched/core.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import { num, type Parameters, text, type Workload } from './workload.ts';

/** Pages that a section of each file system may need: `8|32|64` are three. */
export const readNeeds = (words: string): number[] => words.split('|').map((w) => {
  if (!/^[1-9]\d{0,4}$/.test(w.trim())) throw new Error(`workload fssection: needs are numbers of pages with | between them, found ${w}`);
  return Number(w);
});
/** What each of `n` threads may need: they take turns with the file systems. */
export const needsOfThreads = (n: number, needs: readonly number[]): number[] => Array.from({ length: n }, (_, i) => needs[i % needs.length]);

interface Section { readonly need: number; readonly used: number; readonly kind: string; readonly startNs: number; readonly intoNs: number; readonly holdNs: number; readonly everyNs: number; readonly rounds: number }
/** One section: what it needs is allocated inside, one page after the other, some time after its begin, and is under I/O until its end. */
const writeSection = kfn('write_section', function* (k: Kernel, s: Section): Timed<void> {
  const me = k.current, before = me.pf & PF.MEMALLOC, inside: number[] = [];
  if (s.kind === 'per-thread' && !(yield* perthreadPagesReserve(k, s.need, GFP_KERNEL))) return; // the beginning is where it may still fail
  yield* clockNanosleep(k, ns(k.now + s.intoNs));
  if (s.kind === 'memalloc') me.pf |= PF.MEMALLOC;
  for (let i = 0; i < Math.min(s.used, s.need); i++) {
    const pfn = yield* allocPages(k, GFP_NOFS, 0, FRAME.kernel);
    k.mark('section_page', pfn, s.need);
    if (pfn >= 0) inside.push(pfn);
  }
  me.pf = (me.pf & ~PF.MEMALLOC) | before;
  yield* clockNanosleep(k, ns(k.now + s.holdNs - s.intoNs));
  for (const pfn of inside) yield* freePages(k, pfn, 0);
  if (s.kind === 'per-thread') yield* perthreadPagesRelease(k, s.need);
});
const kthread = kfn('kthread', function* (k: Kernel, s: Section): Timed<void> {
  yield* clockNanosleep(k, ns(s.startNs));
  for (let round = 0; round < s.rounds; round++) {
    const next = k.now + s.everyNs;
    yield* writeSection(k, s);
    if (k.now < next) yield* clockNanosleep(k, ns(next));
  }
});
/** Mounts the file systems, and unmounts them when the sections are over. */
const mount = kfn('mount', function* (k: Kernel, needs: readonly number[], untilNs: number): Timed<void> {
  for (const nr of needs) yield* createReservedPagesPool(k, nr);
  yield* clockNanosleep(k, ns(untilNs));
  for (const nr of needs) yield* destroyUnreservePagesPool(k, nr);
});

export const fssection: Workload = {
  id: 'fssection',
  doc: 'threads that write as file systems do which must allocate on the way: pages are kept for them by each thread, in one pool, or not at all (knob reserve.kind)',
  parameters: [
    { name: 'name', unit: '', default: 'writer', doc: 'name of the threads; with more than one a number follows' },
    { name: 'n', unit: '', default: 10, doc: 'how many threads' },
    { name: 'needs', unit: 'pages', default: '64', doc: 'what a section may need at most, of each file system, with | between them; threads take turns with these' },
    { name: 'used', unit: 'pages', default: 2, doc: 'what a section really allocates' },
    { name: 'start', unit: 'ms', default: 100, doc: 'when the first begins' },
    { name: 'apart', unit: 'ms', default: 0, doc: 'from the begin of one thread to that of the next' },
    { name: 'into', unit: 'ms', default: 50, doc: 'how far into a section it comes to allocate' },
    { name: 'hold', unit: 'ms', default: 200, doc: 'how long a section lasts, at least so long' },
    { name: 'every', unit: 'ms', default: 400, doc: 'from one section of a thread to its next' },
    { name: 'rounds', unit: '', default: 1, doc: 'how many sections each has' },
    { name: 'until', unit: 'ms', default: 600, doc: 'when the file systems are unmounted' },
  ],
  start(k: Kernel, p: Parameters): void {
    const n = num(this, p, 'n'), name = text(p, 'name', 'writer'), needs = readNeeds(String(p.needs ?? '64')), kind = k.knob('reserve.kind');
    if (kind === 'global') spawn(k, 'mount', (k) => mount(k, needs, num(this, p, 'until') * 1e6));
    needsOfThreads(n, needs).forEach((need, i) => {
      const s: Section = { need, kind, used: num(this, p, 'used'), startNs: (num(this, p, 'start') + i * num(this, p, 'apart')) * 1e6, intoNs: num(this, p, 'into') * 1e6, holdNs: num(this, p, 'hold') * 1e6, everyNs: num(this, p, 'every') * 1e6, rounds: num(this, p, 'rounds') };
      spawn(k, n > 1 ? `${name}${i}` : name, (k) => kthread(k, s));
    });
  },
};
