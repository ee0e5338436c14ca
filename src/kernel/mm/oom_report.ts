/**
 * mm/oom_kill.c, v6.1 and v6.12: dump_header(), dump_tasks(), the summary and the line of the kill.
 * Left out: cpusets and mempolicies, the table of unreclaimable slab caches (printed when
 * such slab is more than all of user memory): slab pages are not counted by cache here.
 */
import { ns, PAGE_BYTES } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, spend, type Kernel } from '../kernel.ts';
import type { Task } from '../sched/task.ts';
import { dumpStack } from './dump_stack.ts';
import { gfpMask } from './gfp.ts';
import { memCgroupFromTask } from './memcontrol.ts';
import { memcgTasks } from './memcg_oom.ts';
import { memCgroupPrintOomMeminfo } from './memcg_report.ts';
import type { MemCgroup } from './memcg_types.ts';
import type { MmStruct } from './mm_types.ts';
import { findLockTaskMm, type OomControl } from './oom_control.ts';
import { oomUnkillable } from './oom_kill.ts';
import { gfpZone } from './page_alloc.ts';
import { reportFormat } from './report_format.ts';
import { LOG, reportLine } from './report_line.ts';
import { RSS } from './rss.ts';
import { cpusetLine, memsAllowed, showMem } from './show_mem.ts';

const KB = 1024;
const right = (value: number, width: number): string => String(value).padStart(width);
const rssOf = (m: MmStruct): number => m.rss[RSS.anon] + m.rss[RSS.file] + m.rss[RSS.shmem];

/** Every process by the task that find_lock_task_mm() gives. */
function processes(k: Kernel, memcg: MemCgroup | null): Task[] {
  const found = new Map<number, Task>(); // by tgid, in the order of their birth, or of their joining the group
  for (const t of memcg === null ? k.tasks : memcgTasks(k, memcg)) {
    const has = oomUnkillable(t) || found.has(t.tgid) ? undefined : findLockTaskMm(k, t);
    if (has !== undefined) found.set(t.tgid, has);
  }
  return [...found.values()];
}

const COLUMNS = { pgtables_bytes: 'rss pgtables_bytes', 'rss split': 'rss rss_anon rss_file rss_shmem pgtables_bytes', nr_ptes: 'rss nr_ptes nr_pmds' };
/** dump_task(): pages, but for page tables in bytes; nr_ptes counts them. Tables above the lowest level are not modelled: nr_pmds is 0. */
function taskLine(k: Kernel, t: Task): string {
  const m = k.mm.mms[t.mmId], { columns, old } = reportFormat(k);
  const kinds = columns === 'rss split' ? [right(m.rss[RSS.anon], 8), right(m.rss[RSS.file], 8), right(m.rss[RSS.shmem], 9)] : [];
  const tables = columns === 'nr_ptes' ? [right(m.tables.size, 7), right(0, 7)] : [right(m.pgtablesBytes, 8)];
  return [
    `[${right(t.pid, old ? 5 : 7)}]`, right(t.uid, 5), right(t.tgid, 5), right(m.totalVm, 8), right(rssOf(m), 8), ...kinds, ...tables, right(m.rss[RSS.swap], 8),
    `        ${right(t.oomScoreAdj, 5)}`, t.comm,
  ].join(' ');
}
/** dump_tasks(). The cost of the first row is in that of the report. */
const dumpTasks = kfn('dump_tasks', function* (k: Kernel, memcg: MemCgroup | null): Timed<void> {
  const { columns, old } = reportFormat(k);
  if (!old) yield* reportLine(k, LOG.INFO, 'Tasks state (memory values in pages):');
  yield* reportLine(k, LOG.INFO, `${old ? '[ pid ]' : '[  pid  ]'}   uid  tgid total_vm      ${COLUMNS[columns]} swapents oom_score_adj name`);
  let rows = 0;
  for (const t of processes(k, memcg)) {
    if (rows++ === 0) { yield* reportLine(k, LOG.INFO, taskLine(k, t)); continue; }
    k.printk(LOG.INFO, taskLine(k, t));
    yield spend(ns(k.mm.costs.oom_report_task));
  }
});

/** The summary of 5.0 on: dump_oom_summary(), dump_oom_victim() from 6.8 on: the same line at the same place. */
const summary = (k: Kernel, oc: OomControl, victim: Task): string =>
  `oom-kill:constraint=${oc.constraint},nodemask=(null),cpuset=/,mems_allowed=${memsAllowed(k)},${oc.memcg === null ? 'global_oom' : `oom_memcg=${oc.memcg.path}`},task_memcg=${memCgroupFromTask(k, victim)?.path ?? '/'},task=${victim.comm},pid=${victim.pid},uid=${victim.uid}`;

/** dump_header(): the whole report but the line of the kill. @param victim  null: nobody is to be killed, there is no summary */
export const dumpHeader = kfn('dump_header', function* (k: Kernel, oc: OomControl, victim: Task | null): Timed<void> {
  const me = k.current, { nodemask, old } = reportFormat(k);
  yield* reportLine(k, LOG.WARNING, `${me.comm} invoked oom-killer: gfp_mask=${gfpMask(k, oc.gfp)}${nodemask ?? ', '}order=${oc.order}, oom_score_adj=${me.oomScoreAdj}`);
  if (old) yield* cpusetLine(k);
  yield* dumpStack(k);
  if (oc.memcg === null) yield* showMem(k, gfpZone(k, oc.gfp)); else yield* memCgroupPrintOomMeminfo(k, oc.memcg, victim);
  if ((k.mm.sysctl.oom_dump_tasks ?? 1) !== 0) yield* dumpTasks(k, oc.memcg);
  if (victim !== null && !old) yield* reportLine(k, LOG.INFO, summary(k, oc, victim));
});

/** The line of the kill. @param message  what it begins with: 'Out of memory'; in 4.x that stands on the line before it (oom_kill_process()) */
export function killedLine(k: Kernel, victim: Task, message: string): string {
  const m = k.mm.mms[victim.mmId], inKb = (pages: number): number => (pages * PAGE_BYTES) / KB;
  if (reportFormat(k).old) return `Killed process ${victim.pid} (${victim.comm}) total-vm:${inKb(m.totalVm)}kB, anon-rss:${inKb(m.rss[RSS.anon])}kB, file-rss:${inKb(m.rss[RSS.file])}kB, shmem-rss:${inKb(m.rss[RSS.shmem])}kB`;
  return [
    `${message}: Killed process ${victim.pid} (${victim.comm}) total-vm:${inKb(m.totalVm)}kB, anon-rss:${inKb(m.rss[RSS.anon])}kB, file-rss:${inKb(m.rss[RSS.file])}kB,`,
    `shmem-rss:${inKb(m.rss[RSS.shmem])}kB, UID:${victim.uid} pgtables:${Math.trunc(m.pgtablesBytes / KB)}kB oom_score_adj:${victim.oomScoreAdj}`,
  ].join(' ');
}
