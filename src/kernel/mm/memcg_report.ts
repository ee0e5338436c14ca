/**
 * mm/memcontrol.c mem_cgroup_print_oom_meminfo(), memory_stat_format(), v6.1 and v6.12; mem_cgroup_print_oom_info() of 4.x from memory: what a
 * report says of the group in place of Mem-Info. Pages are counted from the frames that are charged. Always 0: what is left out (huge pages,
 * sockets, percpu, ...), and what memory.stat counts by events that nobody keeps by group (workingset, activations).
 */
import { PAGE_BYTES, PAGE_KB } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { kfn, type Kernel } from '../kernel.ts';
import type { Task } from '../sched/task.ts';
import { FRAME, FRAME_DIRTY, FRAME_TYPE_MASK, FRAME_WRITEBACK, ownerBits } from './constants.ts';
import { memCgroupFromTask } from './memcontrol.ts';
import type { MemCgroup } from './memcg_types.ts';
import { LRU } from './mmzone.ts';
import { PAGE_COUNTER_MAX, type PageCounter } from './page_counter.ts';
import { reportFormat } from './report_format.ts';
import { LOG, reportLine, reportRecord } from './report_line.ts';

/** memory.stat by name: pages that the group and those below it have. */
function pagesOf(k: Kernel, top: MemCgroup): Record<string, number> {
  const n: Record<string, number> = { anon: 0, file: 0, kernel: top.kmem, kernel_stack: 0, pagetables: 0, shmem: 0, file_mapped: 0, file_dirty: 0, file_writeback: 0, swapcached: 0 };
  const { memcgs, word } = k.mm, add = (name: string): void => { n[name]++; };
  if (memcgs === null) return n;
  const mine = memcgs.groups.map((g) => g.isBelow(top)), owned = ownerBits(254);
  for (let pfn = 0; pfn < word.length; pfn++) {
    if (memcgs.of[pfn] === 0 || !mine[memcgs.of[pfn]]) continue;
    const w = word[pfn], type = w & FRAME_TYPE_MASK;
    if (type === FRAME.anon || type === FRAME.swapcache) add('anon');
    else if (type === FRAME.file || type === FRAME.shmem) add('file');
    else if (type === FRAME.stack) add('kernel_stack');
    else if (type === FRAME.table) add('pagetables');
    if (type === FRAME.shmem) add('shmem');
    if (type === FRAME.swapcache) add('swapcached');
    if (type === FRAME.file && w & FRAME_DIRTY) add('file_dirty');
    if (w & FRAME_WRITEBACK) add('file_writeback');
    if (type === FRAME.file && w & owned) add('file_mapped');
  }
  const list = (lru: number): number => top.lruvecs.reduce((sum, v) => sum + v.total[lru], 0);
  return { ...n, inactive_anon: list(LRU.INACTIVE_ANON), active_anon: list(LRU.ACTIVE_ANON), inactive_file: list(LRU.INACTIVE_FILE), active_file: list(LRU.ACTIVE_FILE), unevictable: list(LRU.UNEVICTABLE) };
}

/** RT kernels are built without huge pages and NUMA, and Debian's with zswap, which its cloud kernels have not. */
const NOT_RT = /^(anon_thp|file_thp|shmem_thp|thp_.*|pgpromote_success|numa_.*)$/, ONLY_RT = /^zsw/;
const MEMORY = 'anon file kernel kernel_stack pagetables sec_pagetables percpu sock vmalloc shmem zswap zswapped file_mapped file_dirty file_writeback swapcached anon_thp file_thp shmem_thp inactive_anon active_anon inactive_file active_file unevictable slab_reclaimable slab_unreclaimable slab workingset_refault_anon workingset_refault_file workingset_activate_anon workingset_activate_file workingset_restore_anon workingset_restore_file workingset_nodereclaim';
/** Captures 6.1-256M-1-memcg_group (its facts: the log is cut), 6.12-256M-1-memcg, and 6.12rt-256M-1-memcg; that zswap's names stand at the same place in 6.1-rt is a guess. */
const NAMES: Readonly<Record<string, string>> = {
  'v6.1': `${MEMORY} pgscan pgsteal pgscan_kswapd pgscan_direct pgsteal_kswapd pgsteal_direct pgfault pgmajfault pgrefill pgactivate pgdeactivate pglazyfree pglazyfreed zswpin zswpout thp_fault_alloc thp_collapse_alloc`,
  'v6.12': `${MEMORY} pgdemote_kswapd pgdemote_direct pgdemote_khugepaged pgpromote_success pgscan pgsteal pgscan_kswapd pgscan_direct pgscan_khugepaged pgsteal_kswapd pgsteal_direct pgsteal_khugepaged pgfault pgmajfault pgrefill pgactivate pgdeactivate pglazyfree pglazyfreed swpin_zero swpout_zero zswpin zswpout zswpwb thp_fault_alloc thp_collapse_alloc thp_swpout thp_swpout_fallback numa_pages_migrated numa_pte_updates numa_hint_faults`,
};
/** memory_stat_format(): bytes of what is memory, counts of what are events. */
function memoryStat(k: Kernel, memcg: MemCgroup): string[] {
  const pages = pagesOf(k, memcg), { thp } = reportFormat(k), names = (NAMES[k.mm.era.profile] ?? NAMES['v6.1']).split(' ');
  const value = (name: string): number => (name === 'slab' || name === 'slab_unreclaimable' ? memcg.objectBytes : name in pages ? pages[name] * PAGE_BYTES : (memcg.stat[name] ?? 0));
  return names.filter((name) => !(thp ? ONLY_RT : NOT_RT).test(name)).map((name) => `${name} ${value(name)}`);
}
const kb = (pages: number): number => pages * PAGE_KB;
const counter = (name: string, c: PageCounter): string => `${name}: usage ${kb(c.usage)}kB, limit ${kb(c.max)}kB, failcnt ${c.failcnt}`;

/** CONSOLE_LOG_MAX, and the stamp that a console puts before each line. */
const CONSOLE_LOG_MAX = 1024, STAMP = '[    0.000000] '.length;
/** One record of many lines, as 6.1 prints the statistics: a console shows as many as fit its buffer, each with its stamp. */
function fitting(lines: readonly string[]): string[] {
  let room = CONSOLE_LOG_MAX;
  return lines.slice(0, Math.max(0, lines.findIndex((line) => (room -= STAMP + line.length + 1) < 0)));
}

/** mem_cgroup_print_oom_meminfo(). @param victim  null: nobody is to be killed */
export const memCgroupPrintOomMeminfo = kfn('mem_cgroup_print_oom_meminfo', function* (k: Kernel, memcg: MemCgroup, victim: Task | null): Timed<void> {
  if (reportFormat(k).old) { yield* printOomInfo(k, memcg, victim); return; }
  yield* reportLine(k, LOG.INFO, counter('memory', memcg.memory));
  yield* reportLine(k, LOG.INFO, counter('swap', memcg.swap));
  yield* reportLine(k, LOG.INFO, `Memory cgroup stats for ${memcg.path}:`);
  const stat = memoryStat(k, memcg);
  if (k.mm.era.memcg.statLines) for (const line of stat) yield* reportLine(k, LOG.INFO, line);
  else yield* reportRecord(k, LOG.INFO, fitting(stat));
});

const STATS_4 = { cache: 'file', rss: 'anon', rss_huge: '', shmem: 'shmem', mapped_file: 'file_mapped', dirty: 'file_dirty', writeback: 'file_writeback', inactive_anon: 'inactive_anon', active_anon: 'active_anon', inactive_file: 'inactive_file', active_file: 'active_file', unevictable: 'unevictable' };
/** 4.x, from memory: counters of v1 too, and one line for each group. */
function* printOomInfo(k: Kernel, memcg: MemCgroup, victim: Task | null): Timed<void> {
  const unused = { usage: 0, max: PAGE_COUNTER_MAX, failcnt: 0 };
  if (victim !== null) yield* reportLine(k, LOG.INFO, `Task in ${memCgroupFromTask(k, victim)?.path ?? '/'} killed as a result of limit of ${memcg.path}`);
  yield* reportLine(k, LOG.INFO, counter('memory', memcg.memory));
  for (const name of ['memory+swap', 'kmem']) yield* reportLine(k, LOG.INFO, `${name}: usage ${unused.usage}kB, limit ${kb(unused.max)}kB, failcnt ${unused.failcnt}`);
  for (const g of k.mm.memcgs?.below(memcg) ?? []) {
    const pages = pagesOf(k, g);
    yield* reportLine(k, LOG.INFO, `Memory cgroup stats for ${g.path}: ${Object.entries(STATS_4).map(([name, of]) => `${name}:${kb(pages[of] ?? 0)}KB`).join(' ')}`);
  }
}
