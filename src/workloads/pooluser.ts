/**
 * Users of an emergency reserve of pages: kernel threads that work as drivers do which may not sleep. Each was promised some pages when it registered, and takes
 * some for a while, round by round, from the allocator and, where that has none, from the reserve: everybody's or its own (knob reserve.pool). What it was
 * promised and what it takes are two things: nobody checks.
 */
import { ns, type Ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel/kernel.ts';
import { GFP_NAMES, gfpFromNames } from '../kernel/mm/gfp.ts';
import { type Mempool, mempoolAlloc, mempoolFree, mempoolNamed, mempoolResize } from '../kernel/mm/mempool.ts';
import { spawn } from '../kernel/sched/core.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import { num, type Parameters, text, type Workload } from './workload.ts';

interface Use { readonly gfp: number; readonly reserve: number; readonly pages: number; readonly holdNs: number; readonly everyNs: number; readonly rounds: number; readonly againNs: number }

/** One round: what is missing is asked for again after a while, where the user does that, for as long as it would have held it. */
const takePages = kfn('take_pages', function* (k: Kernel, pool: Mempool, u: Use): Timed<void> {
  const held: number[] = [], end = k.now + Math.floor((u.holdNs * (750 + k.chance.below(500))) / 1000);
  for (;;) {
    while (held.length < u.pages) {
      const pfn = yield* mempoolAlloc(k, pool, u.gfp);
      if (pfn < 0) break;
      held.push(pfn);
    }
    if (held.length === u.pages || u.againNs === 0 || k.now + u.againNs >= end) break;
    yield* clockNanosleep(k, ns(k.now + u.againNs));
  }
  if (k.now < end) yield* clockNanosleep(k, ns(end));
  for (const pfn of held) yield* mempoolFree(k, pool, pfn);
});
const kthread = kfn('kthread', function* (k: Kernel, pool: Mempool, from: Ns, u: Use): Timed<void> {
  yield* mempoolResize(k, pool, pool.minNr + u.reserve);
  yield* clockNanosleep(k, from);
  for (let round = 0; round < u.rounds; round++) {
    const next = k.now + u.everyNs;
    yield* takePages(k, pool, u);
    if (k.now < next) yield* clockNanosleep(k, ns(next));
  }
});

export const pooluser: Workload = {
  id: 'pooluser',
  doc: 'kernel threads that may not sleep and fall back to an emergency reserve of pages, which they share or have each (knob reserve.pool)',
  parameters: [
    { name: 'name', unit: '', default: 'user', doc: 'name of the threads; with more than one a number follows' },
    { name: 'n', unit: '', default: 1, doc: 'how many threads' },
    { name: 'reserve', unit: 'pages', default: 8, doc: 'what each adds to the reserve when it registers' },
    { name: 'pages', unit: 'pages', default: 8, doc: 'what each takes in a round' },
    { name: 'hold', unit: 'ms', default: 4, doc: 'from the begin of a round until it gives back what it got, a quarter more or less by chance' },
    { name: 'every', unit: 'ms', default: 12, doc: 'from one round to the next' },
    { name: 'rounds', unit: '', default: 10, doc: 'how many' },
    { name: 'again', unit: 'ms', default: 0, doc: 'after how long it asks again for what it did not get; 0 = it does without' },
    { name: 'gfp', unit: '', default: 'GFP_NOWAIT', doc: 'flags by their names, with | between them', words: GFP_NAMES },
    { name: 'start', unit: 'ms', default: 0, doc: 'when they begin' },
    { name: 'jitter', unit: 'ms', default: 0, doc: 'each begins up to so much later, by chance' },
    { name: 'cpu', unit: '', default: -1, min: -1, doc: 'the CPU that they are bound to; -1 = any' },
  ],
  start(k: Kernel, p: Parameters): void {
    const n = num(this, p, 'n'), name = text(p, 'name', 'user'), gfp = gfpFromNames(text(p, 'gfp', 'GFP_NOWAIT')), cpu = num(this, p, 'cpu');
    if (gfp === undefined) throw new Error(`workload pooluser: gfp has a name that is none: ${text(p, 'gfp', '')}`);
    const u: Use = { gfp, reserve: num(this, p, 'reserve'), pages: num(this, p, 'pages'), holdNs: num(this, p, 'hold') * 1e6, everyNs: num(this, p, 'every') * 1e6, rounds: num(this, p, 'rounds'), againNs: num(this, p, 'again') * 1e6 };
    for (let i = 0; i < n; i++) {
      const from = ns(Math.round((num(this, p, 'start') + (num(this, p, 'jitter') * k.chance.below(1000)) / 1000) * 1e6)), comm = n > 1 ? `${name}${i}` : name;
      const pool = mempoolNamed(k, k.knob('reserve.pool') === 'shared' ? 'emergency' : comm);
      spawn(k, comm, (k) => kthread(k, pool, from, u), cpu < 0 ? {} : { cpus: [Math.min(cpu, k.cpus.length - 1)] });
    }
  },
};
