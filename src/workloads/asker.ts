/** Kernel threads, items of a workqueue, or processes in a system call, that ask for pages: which flags, how many, of what order, with what in their hands. */
import { ns, type Ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel/kernel.ts';
import { mutexLock, mutexUnlock } from '../kernel/locking/mutex.ts';
import { FRAME, GFP, PF } from '../kernel/mm/constants.ts';
import { GFP_NAMES, gfpFromNames } from '../kernel/mm/gfp.ts';
import { allocPages } from '../kernel/mm/page_alloc.ts';
import { freePages } from '../kernel/mm/pcp.ts';
import { fatalSignalPending, spawn } from '../kernel/sched/core.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import type { Policy } from '../kernel/sched/task.ts';
import { queueWorkOn, Work, Workqueue } from '../kernel/workqueue.ts';
import { CG } from './cgroup.ts';
import { startProcess } from './process.ts';
import { namedMutex } from './named_mutex.ts';
import { num, type Parameters, text, type Workload } from './workload.ts';

/** What one of them does. `pages` 0 = until it is refused. */
interface Request { readonly gfp: number; readonly order: number; readonly pages: number; readonly everyNs: number; readonly waitNs: number; readonly lock: string; readonly keep: boolean; readonly pf: number }
const PF_WORDS: Readonly<Record<string, number>> = { DUMPCORE: PF.DUMPCORE, MEMALLOC: PF.MEMALLOC };
const POLICIES: readonly string[] = ['normal', 'idle'] satisfies Policy[];

const askForPages = kfn('ask_for_pages', function* (k: Kernel, r: Request): Timed<void> {
  const lock = r.lock === '' ? null : namedMutex(k, r.lock), got: number[] = [], { current } = k;
  current.pf |= r.pf;
  if (lock !== null) yield* mutexLock(k, lock);
  if (r.waitNs > 0) yield* clockNanosleep(k, ns(k.now + r.waitNs));
  for (let i = 0; (r.pages === 0 || i < r.pages) && !fatalSignalPending(current); i++) {
    const pfn = yield* allocPages(k, r.gfp | (r.order > 0 ? GFP.COMP : 0), r.order, FRAME.kernel);
    if (r.pages > 0) k.mark('ask_for_pages', r.order, pfn);
    if (pfn < 0) break;
    got.push(pfn);
    if (r.everyNs > 0) yield* clockNanosleep(k, ns(k.now + r.everyNs));
  }
  if (lock !== null) mutexUnlock(k, lock);
  if (!r.keep) for (const pfn of got) yield* freePages(k, pfn, r.order);
});

/** kernel/kthread.c kthread(): sleeps until its time, then does its work. */
const kthread = kfn('kthread', function* (k: Kernel, from: Ns, r: Request): Timed<void> {
  if (k.now < from) yield* clockNanosleep(k, from);
  yield* askForPages(k, r);
});

/** The same, but it has a worker of its CPU ask: an item of a workqueue, as a file system or a driver queues one. */
const queueAsking = kfn('queue_asking', function* (k: Kernel, from: Ns, wq: Workqueue, work: Work): Timed<void> {
  if (k.now < from) yield* clockNanosleep(k, from);
  queueWorkOn(k, k.cpu.index, wq, work);
});

function* sysAsk(k: Kernel, r: Request): Timed<void> { yield* askForPages(k, r); }

export const asker: Workload = {
  id: 'asker',
  doc: 'kernel threads that ask for pages with flags and order of one\'s choice, and keep them',
  parameters: [
    { name: 'name', unit: '', default: 'asker', doc: 'name of the threads; with more than one a number follows' },
    { name: 'n', unit: '', default: 1, doc: 'how many threads' },
    { name: 'start', unit: 'ms', default: 0, doc: 'when they begin' },
    { name: 'jitter', unit: 'ms', default: 0, doc: 'each begins up to so much later, by chance' },
    { name: 'gfp', unit: '', default: 'GFP_KERNEL', doc: 'flags by their names, with | between them', words: GFP_NAMES },
    { name: 'order', unit: '', default: 0, max: 10, doc: 'of each request' },
    { name: 'pages', unit: 'requests', default: 1, doc: 'how many each makes; 0 = until it is refused' },
    { name: 'every', unit: 'ms', default: 0, doc: 'from one request to the next' },
    { name: 'lock', unit: '', default: '', doc: 'a mutex that is held all the while; none if empty' },
    { name: 'wait', unit: 'ms', default: 0, doc: 'from taking the mutex to the first request' },
    { name: 'user', unit: '', default: 0, max: 1, doc: '1: processes that can be killed, as if each request came from a system call' },
    { name: 'adj', unit: '', default: 0, min: -1000, max: 1000, doc: 'oom_score_adj of such a process' },
    { ...CG, doc: `of such processes: ${CG.doc}` },
    { name: 'keep', unit: '', default: 1, max: 1, doc: '0: all is given back at the end' },
    { name: 'pf', unit: '', default: '', doc: 'flags of the thread: DUMPCORE, MEMALLOC', words: Object.keys(PF_WORDS) },
    { name: 'wq', unit: '', default: '', doc: 'name of a workqueue: each thread queues an item on its CPU, and a worker does the asking; none if empty' },
    { name: 'policy', unit: '', default: 'normal', doc: 'normal or idle', values: POLICIES },
    { name: 'cpu', unit: '', default: -1, min: -1, doc: 'the CPU that they are bound to; -1 = any' },
  ],
  start(k: Kernel, p: Parameters): void {
    const n = num(this, p, 'n'), name = text(p, 'name', 'asker'), gfp = gfpFromNames(text(p, 'gfp', 'GFP_KERNEL')), policy = text(p, 'policy', 'normal'), cpu = num(this, p, 'cpu'), wq = text(p, 'wq', '') === '' ? null : new Workqueue(k, text(p, 'wq', ''));
    if (gfp === undefined) throw new Error(`workload asker: gfp has a name that is none: ${text(p, 'gfp', '')}`);
    const r: Request = { gfp, order: num(this, p, 'order'), pages: num(this, p, 'pages'), everyNs: num(this, p, 'every') * 1e6, waitNs: num(this, p, 'wait') * 1e6, lock: text(p, 'lock', ''), keep: num(this, p, 'keep') > 0, pf: pfOf(text(p, 'pf', '')) };
    for (let i = 0; i < n; i++) {
      const from = ns(Math.round((num(this, p, 'start') + (num(this, p, 'jitter') * k.chance.below(1000)) / 1000) * 1e6));
      const comm = n > 1 ? `${name}${i}` : name;
      if (num(this, p, 'user') > 0) startProcess(k, { name: comm, start: from / 1e6, adj: num(this, p, 'adj'), cpu, cg: text(p, 'cg', '') }, (k) => sysAsk(k, r));
      else spawn(k, comm, wq === null ? (k) => kthread(k, from, r) : (k) => queueAsking(k, from, wq, new Work(k, (k) => askForPages(k, r))), { policy: policy === 'idle' ? 'idle' : 'normal', ...(cpu < 0 ? {} : { cpus: [Math.min(cpu, k.cpus.length - 1)] }) });
    }
  },
};
const pfOf = (names: string): number => names.split('|').reduce((all, n) => all | (PF_WORDS[n] ?? 0), 0);
