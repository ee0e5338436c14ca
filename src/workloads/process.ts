/**
 * A process as the captures' workers are: one static program in a tmpfs, so that it has shared pages of its text, a few of its
 * own, and page tables before it does anything. Figures: the OOM reports of captures 256M-1-hog, less what the hog touched.
 */
import { must, ns, PAGE_BYTES } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import { kfn, spend, type Kernel } from '../kernel/kernel.ts';
import { FRAME, GFP, GFP_KERNEL, GFP_KERNEL_ACCOUNT, GFP_PGTABLE_USER } from '../kernel/mm/constants.ts';
import { cgroupAttachTask, cgroupByPath, postFork } from '../kernel/mm/cgroup.ts';
import { exitMmap } from '../kernel/mm/exit_mmap.ts';
import { dupMmap } from '../kernel/mm/fork.ts';
import { objCgroupCharge } from '../kernel/mm/memcontrol.ts';
import { mmAlloc, mmAllocPgd, mmap, mmapPrivate, touch } from '../kernel/mm/memory.ts';
import type { MmStruct } from '../kernel/mm/mm_types.ts';
import { account } from '../kernel/mm/overcommit.ts';
import { freePages } from '../kernel/mm/pcp.ts';
import { allocPages } from '../kernel/mm/page_alloc.ts';
import { RSS } from '../kernel/mm/rss.ts';
import { extra } from '../kernel/mm/task_extra.ts';
import { syncRss } from '../kernel/mm/rss_sync.ts';
import { spawn } from '../kernel/sched/core.ts';
import type { Task, TaskOptions } from '../kernel/sched/task.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import type { Parameters } from './workload.ts';

/** Pages. `vm` is mapped in all; `committed` of it counts as promised (Committed_AS grows by 888 kB with each worker of the captures); `shmem` and `file` are the program's text, shared and never given back by an exit. */
const PROGRAM = { vm: 443, committed: 222, shmem: 203, file: 1, anon: 15, tables: 9, slab: 3 };
/**
 * Objects that fit a slab of their cache, its order (slabinfo of capture 6.12-256M-1-threads), and how many objects of slabs that are
 * there already are free: of task_struct 11 to 22, for 60 threads fill 111 to 141 pages of slab (five recordings of `threads`, 6.1 and 6.12); seven processes took no new slab of mm_struct.
 */
const TASK_SLAB = { order: 3, objects: 3, free: 16 }, MM_SLAB = { order: 2, objects: 11, free: 11 }, STACK_PAGES = 4;
/** What else a thread with a stack fills: two mappings, a pid, nodes of the tree of mappings: some ten pages of slab for 60. */
const THREAD_SLAB = { order: 0, objects: 6, free: 0 };

/** A thread of the captures' workers has 64 KiB. */
const THREAD_STACK_PAGES = 16;

/** The nth object of a cache (from 0): a new slab when those that are there are full. */
const allocateSlab = kfn('allocate_slab', function* (k: Kernel, nth: number, cache: { readonly order: number; readonly objects: number; readonly free: number }): Timed<void> {
  if (nth >= cache.free && (nth - cache.free) % cache.objects === 0) yield* allocPages(k, GFP_KERNEL | GFP.COMP, cache.order, FRAME.slabUnreclaimable);
});
/** fork() or clone(): a task_struct, and a kernel stack of four pages. */
export const copyProcess = kfn('copy_process', function* (k: Kernel, nth: number): Timed<number[]> {
  const stack: number[] = [];
  yield* allocateSlab(k, nth, TASK_SLAB);
  for (let i = 0; i < STACK_PAGES; i++) stack.push(yield* allocPages(k, GFP_KERNEL_ACCOUNT, 0, FRAME.stack));
  return stack.filter((pfn) => pfn >= 0);
});
/**
 * execve(): its mm_struct and smaller objects, page tables of the upper levels. In all a process takes 30 pages before its first touch (docs/model.md, guess 5).
 * What fork() had copied of its parent's tables comes back before its own are made (exec_mmap()): on 6.12 that is why the list begins with refills of one batch again.
 */
const doExecveatCommon = kfn('do_execveat_common', function* (k: Kernel, m: MmStruct): Timed<boolean> {
  extra(k, k.current).stack.push(...(yield* copyProcess(k, m.id - 1)));
  if (!(yield* mmAllocPgd(k, m))) return false;
  const copied: number[] = [];
  for (let i = 0; i < PROGRAM.tables; i++) copied.push(yield* allocPages(k, GFP_PGTABLE_USER, 0, FRAME.table));
  yield* allocateSlab(k, m.id - 1, MM_SLAB);
  for (let i = 0; i < PROGRAM.slab; i++) yield* allocPages(k, GFP_KERNEL_ACCOUNT, 0, FRAME.slabUnreclaimable);
  for (const pfn of copied) if (pfn >= 0) yield* freePages(k, pfn, 0);
  for (let i = 0; i < PROGRAM.tables; i++) {
    const pfn = yield* allocPages(k, GFP_PGTABLE_USER, 0, FRAME.table);
    if (pfn < 0) return false;
    m.tables.set(-1 - i, pfn);
    m.pgtablesBytes += PAGE_BYTES;
  }
  yield spend(ns(k.mm.costs.exec_worker));
  return true;
});
function* loadProgram(k: Kernel, m: MmStruct, locked: boolean): Timed<boolean> {
  if (!(yield* doExecveatCommon(k, m)) || !account(k, m, PROGRAM.committed)) return false;
  const own = mmap(m, PROGRAM.anon, 'anon', { locked });
  m.totalVm += PROGRAM.vm - PROGRAM.anon;
  m.rss[RSS.shmem] += PROGRAM.shmem;
  m.rss[RSS.file] += PROGRAM.file;
  for (let vpn = own.start; vpn < own.end; vpn++) if (!(yield* touch(k, m, own, vpn))) return false;
  syncRss(k, m.id);
  return true;
}

/** Writes itself into cgroup.procs, and makes a mapping there, as the captures' workers do: their statistics have those two, and nothing of before. */
function* joinGroup(k: Kernel, cg: string): Timed<boolean> {
  const memcg = must(cgroupByPath(k, `/${cg}`), 'a process joins a group that is there');
  cgroupAttachTask(k, k.current, memcg);
  return yield* objCgroupCharge(k, memcg, k.mm.era.memcg.mappingBytes);
}

export type Program = (k: Kernel, m: MmStruct) => Timed<void>;
/** Starts a process that loads its program (`locked`: mlockall() before it touches anything), sleeps until `start` ms, and runs `main`. */
export function startProcess(k: Kernel, p: Parameters, main: Program): Task {
  const m = mmAlloc(k), startNs = ns(Number(p.start ?? 0) * 1e6), cg = String(p.cg ?? '');
  function* program(): Timed<void> {
    if (!(yield* loadProgram(k, m, p.locked === true))) return;
    if (cg !== '' && !(yield* joinGroup(k, cg))) return;
    if (k.now < startNs) yield* clockNanosleep(k, startNs);
    yield* main(k, m);
  }
  m.users = 1;
  return spawn(k, String(p.name ?? 'worker'), program, {
    mmId: m.id, oomScoreAdj: Number(p.adj ?? 0), uid: Number(p.uid ?? 0),
    ...(Number(p.fifo ?? 0) > 0 ? { policy: 'fifo' as const, rtPrio: Number(p.fifo) } : {}), ...(Number(p.cpu ?? -1) < 0 ? {} : { cpus: [Math.min(Number(p.cpu), k.cpus.length - 1)] }),
  });
}
/** The CPUs that a task may use, for a child of it. */
const cpusOf = (k: Kernel, t: Task): number[] => k.cpus.map((c) => c.index).filter((i) => t.allowed & (1 << i));
function* cloneInto(k: Kernel, m: MmStruct, comm: string, o: TaskOptions, main: Program): Timed<Task> {
  const stack = yield* copyProcess(k, m.users);
  m.users++;
  function* program(): Timed<void> { yield* main(k, m); }
  const t = spawn(k, comm, program, { mmId: m.id, ...o });
  postFork(k, t);
  extra(k, t).stack.push(...stack);
  return t;
}
/** Another thread of a process: clone(CLONE_VM | CLONE_THREAD). On the leader's CPUs, or bound to one of its own. */
export const startThread = (k: Kernel, leader: Task, m: MmStruct, comm: string, main: Program, cpu = -1): Timed<Task> =>
  cloneInto(k, m, comm, { tgid: leader.pid, oomScoreAdj: leader.oomScoreAdj, uid: leader.uid, cpus: cpu >= 0 ? [Math.min(cpu, k.cpus.length - 1)] : cpusOf(k, leader) }, main);
/** pthread_create(): a thread with a stack of its own, into whose topmost page its maker writes first: 60 sleeping threads of capture 6.12-256M-1-threads have 64 anonymous pages. */
export function* createThread(k: Kernel, leader: Task, m: MmStruct, comm: string, main: Program, cpu = -1): Timed<Task> {
  const stack = mmapPrivate(k, m, THREAD_STACK_PAGES);
  if (stack !== null) yield* touch(k, m, stack, stack.end - 1);
  yield* allocateSlab(k, m.users, THREAD_SLAB);
  yield spend(ns(k.mm.costs.clone_thread));
  return yield* startThread(k, leader, m, comm, main, cpu);
}
/** A process of its own in the address space of `parent`: clone(CLONE_VM). It has its parent's class, CPUs and oom_score_adj. */
export const cloneVm = (k: Kernel, parent: Task, m: MmStruct, comm: string, main: Program): Timed<Task> =>
  cloneInto(k, m, comm, { policy: parent.policy, rtPrio: parent.rtPrio, oomScoreAdj: parent.oomScoreAdj, uid: parent.uid, cpus: cpusOf(k, parent) }, main);
/** fork(): a child with a copy of the current process's address space. null: no memory. */
export function* forkProcess(k: Kernel, parent: MmStruct, comm: string, oomScoreAdj: number, main: Program): Timed<Task | null> {
  const child = mmAlloc(k);
  child.memcg = parent.memcg;
  const stack = yield* copyProcess(k, child.id - 1);
  if (!(yield* mmAllocPgd(k, child)) || !(yield* dupMmap(k, parent, child))) {
    yield* exitMmap(k, child);
    for (const pfn of stack) yield* freePages(k, pfn, 0);
    return null;
  }
  child.rss[RSS.shmem] = PROGRAM.shmem;
  child.rss[RSS.file] = PROGRAM.file;
  child.users = 1;
  function* program(): Timed<void> { yield* main(k, child); }
  const t = spawn(k, comm, program, { mmId: child.id, oomScoreAdj, uid: k.current.uid });
  postFork(k, t);
  extra(k, t).parent = k.current.tgid;
  extra(k, t).stack.push(...stack);
  return t;
}
/** The pace of a worker: asleep until `done` bytes are due at `bytesPerS`, if that is more than half a millisecond away. */
export function* pace(k: Kernel, t0: number, bytesPerS: number, done: number): Timed<void> {
  if (bytesPerS <= 0) return;
  const due = t0 + Math.floor((done / bytesPerS) * 1e9);
  if (due > k.now + 500_000) yield* clockNanosleep(k, ns(due));
}
