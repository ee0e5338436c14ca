/**
 * What watches a captured machine: pid 1 looks every 5 ms whether a process has ended and reads the kernel log, and now and then writes a table of all processes; a thread of
 * its own, whose stack is locked at once, reads six files of /proc. Both are real-time tasks: who runs when they begin goes back into the queue, which is why a victim's exit
 * and whoever waits for it take turns. They take their memory when the run begins, and the objects of the files that they keep open; their looks take time only, but for the first table.
 */
import { must, type Ns, ns } from '../base/units.ts';
import type { Timed } from '../sim/kfn.ts';
import { type Kernel, spend } from '../kernel/kernel.ts';
import { FRAME, GFP, GFP_KERNEL, GFP_KERNEL_ACCOUNT, MT } from '../kernel/mm/constants.ts';
import { mmapPrivate, touch } from '../kernel/mm/memory.ts';
import { allocPages } from '../kernel/mm/page_alloc.ts';
import { spawn } from '../kernel/sched/core.ts';
import { DEAD } from '../kernel/sched/task.ts';
import { clockNanosleep } from '../kernel/sched/timer.ts';
import { FOR_EVER, num, type Parameters, type Workload } from './workload.ts';

const KB_PER_PAGE = 4;

/** Inodes and entries of /proc for the first table, of kernel threads too: reclaimable slab grew by 31 pages more than without tables (6.12-256M-1-victims 49, -hog 18; on 6.1 42 and 12). */
const TABLE_SLABS: readonly { readonly order: number; readonly slabs: number }[] = [{ order: 1, slabs: 12 }, { order: 0, slabs: 7 }];
/** Pid 1 sleeps so long between two looks, and writes so many tables at most (the driver of the captures). */
const POLL_NS = 5e6, TABLES = 40;
/** Both have been at it for 0.3 s when a capture's time begins: their first look after that (captures 256M-1-hog_sched of 6.1, 6.12 and 6.12 as RT: 2.7, 3.1 and 3.0 ms; first samples of 39 captures with one CPU: 2.0 to 2.4 ms in half of them). */
const FIRST_LOOK_NS = 3.0e6, FIRST_SAMPLE_NS = 2.1e6;
/** It reads 1 MiB of the trace at a time; a line of mm_vmscan_lru_shrink_inactive has 292 bytes. Without an end it would keep its CPU where three tasks reclaim on others. */
const DRAIN_LINES = Math.floor(1048576 / 292);
const processes = (k: Kernel, alive: boolean): number => k.tasks.reduce((n, t) => n + (t.kthread || t.daemon || t.tgid !== t.pid || (alive && t.state === DEAD) ? 0 : 1), 0);
/** What captures trace that are read while they run (meta.json, options.events). */
const TRACED: ReadonlySet<string> = new Set([
  'reclaim_retry_zone', 'mark_victim', 'wake_reaper', 'start_task_reaping', 'finish_task_reaping', 'skip_task_reaping', 'mm_vmscan_kswapd_wake', 'mm_vmscan_kswapd_sleep', 'mm_vmscan_wakeup_kswapd',
  'mm_vmscan_direct_reclaim_begin', 'mm_vmscan_direct_reclaim_end', 'mm_vmscan_lru_shrink_inactive', 'mm_vmscan_throttled',
]);
/** What pid 1 does; `tableNs` from one table to the next, `drainNs` from one reading of the trace to the next, 0: none. */
function* watch(k: Kernel, tableNs: number, drainNs: number): Timed<void> {
  const { costs } = k.mm, { log } = k.recorder;
  yield* clockNanosleep(k, ns(FIRST_LOOK_NS));
  for (let read = log.length, next = k.now, drain = k.now, tables = 0; ; ) {
    const now = k.now;
    yield spend(ns(costs.init_poll));
    if (tableNs > 0 && now >= next && tables < TABLES) {
      yield spend(ns(costs.proc_table + costs.proc_table_task * processes(k, true)));
      if (tables++ === 0) for (const { order, slabs } of TABLE_SLABS) for (let i = 0; i < slabs; i++) yield* allocPages(k, (order > 0 ? GFP.COMP : 0) | GFP_KERNEL | GFP.RECLAIMABLE, order, FRAME.slabReclaimable);
      next = ns(now + tableNs);
    }
    while (read < log.length) { read++; yield spend(ns(costs.kmsg_line)); }
    if (drainNs > 0 && now >= drain) {
      let n = 0;
      for (; k.tracedLines > 0 && n < DRAIN_LINES; n++) { k.tracedLines--; yield spend(ns(costs.trace_line)); }
      k.mark('trace_read', n);
      drain = ns(k.now + drainNs);
    }
    yield* clockNanosleep(k, ns(k.now + POLL_NS));
  }
}
/** The thread: reads its files each `everyNs`, and at once where it comes too late. */
function* sample(k: Kernel, everyNs: number): Timed<void> {
  for (let next: Ns = ns(FIRST_SAMPLE_NS); ; next = ns(Math.max(next + everyNs, k.now))) {
    yield* clockNanosleep(k, next);
    yield spend(ns(k.mm.costs.proc_sample + k.mm.costs.proc_sample_task * processes(k, false)));
  }
}

export const sampler: Workload = {
  id: 'sampler',
  doc: 'what watches a captured machine: pid 1, and a thread of it with a locked stack that reads files of /proc; both real-time, and the objects of the files that they have open',
  parameters: [
    { name: 'name', unit: '', default: 'sampler', doc: 'name of the thread' },
    { name: 'locked_kb', unit: 'kB', default: 128, doc: 'its stack' },
    { name: 'every', unit: 'ms', default: 0, doc: 'from one look at /proc to the next; 0: neither the thread nor pid 1 looks at anything' },
    { name: 'drain', unit: 'ms', default: 0, doc: 'from one reading of the trace to the next; 0: it is read when all is over' },
    { name: 'table', unit: 'ms', default: 0, doc: 'from one table of all processes to the next, 40 in all; 0: none' },
  ],
  start(k: Kernel, p: Parameters): void {
    const locked = Math.floor(num(this, p, 'locked_kb') / KB_PER_PAGE);
    const everyNs = num(this, p, 'every') * 1e6, tableNs = num(this, p, 'table') * 1e6, drainNs = num(this, p, 'drain') * 1e6, init = must(k.tasks.find((t) => t.pid === 1), 'pid 1 stands before any program'), m = must(k.mm.mms[init.mmId], 'pid 1 has an address space');
    function* program(): Timed<void> {
      const stack = mmapPrivate(k, m, locked, { locked: true });
      if (stack === null) return;
      for (let vpn = stack.start; vpn < stack.end; vpn++) if (!(yield* touch(k, m, stack, vpn))) return;
      for (const [order, type, slabs] of k.mm.era.watcherSlabs) {
        const reclaimable = type === MT.reclaimable, gfp = (order > 0 ? GFP.COMP : 0) | (reclaimable ? GFP_KERNEL | GFP.RECLAIMABLE : GFP_KERNEL_ACCOUNT);
        for (let i = 0; i < slabs; i++) yield* allocPages(k, gfp, order, reclaimable ? FRAME.slabReclaimable : FRAME.slabUnreclaimable);
      }
      if (everyNs > 0) yield* sample(k, everyNs);
      else yield* clockNanosleep(k, FOR_EVER);
    }
    if (everyNs > 0) k.mm.initProgram = (own) => watch(own, tableNs, drainNs);
    if (everyNs > 0 && drainNs > 0) k.traced = TRACED;
    spawn(k, String(p.name ?? 'sampler'), program, { daemon: true, mmId: m.id, tgid: init.pid, policy: 'fifo', rtPrio: 20 });
  },
};
