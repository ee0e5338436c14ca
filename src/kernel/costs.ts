/**
 * What operations cost on a CPU, in ns of a machine that executes one instruction a nanosecond (the captures under icount: speed
 * 1000). ONE table for the whole kernel, one figure a version, each row with its source. docs/model.md says how each was read off.
 */
import { column, type CostRow, row } from './cost_row.ts';

export const COST_TABLE = {
  fault_anon: row(3130, 3599), // captures 256M-1-hog_max: pages touched between two samples 20 ms apart, less the sampler (0.25 ms), rmqueue_page and touch_user
  touch_user: row(200, 200), // chosen: what a worker does in user mode for each page: two looks at the clock, one random word
  fault_file: row(2600, 2900), // chosen: an anon fault without the clearing of the page; what the pages around take is map_page
  map_page: row(410, 360), // probe page_cache, fault: 744 ns and 712 ns a page of a mapped file in memory, 16 to a fault, less fault_file and 160 ns of the program
  rmqueue_page: row(210, 231), // probe pcp_costs: a refill of 15 pages takes 3.15 us on 6.1, one of 480 takes 111 us on 6.12, less the page that is taken
  free_page_bulk: row(303, 338), // probe pcp_costs: 480 pages from the list to the buddy take 145 us and 162 us, less the page that is given back
  free_page: row(256, 304), // probe pcp_costs: one page given back, until it is on the list; capture 6.1-256M-1-mod_mempool: 644 ns a page, free_page_bulk and a list of the module in it
  zap_page: row(410, 200), // captures 256M-1-hog, -hog_max, -hog_quiet: anonymous pages gone and free pages come between samples while the victim exits tell the two parts apart; this is unmapping
  zap_page_locked: row(1090, 920), // capture 6.12-256M-1-mlock: the same; v6.1 in the same proportion
  release_page: row(597, 822), // the captures of zap_page: giving back what was gathered, less free_page_bulk
  alloc_slowpath: row(1000, 1000), // chosen: entry of the slow path, inside the 3-4 us between two rounds
  retry_round: row(2000, 2000), // captures 256M-1-hog: 3-4 us from the end of one direct reclaim to the next, less alloc_slowpath
  direct_priority: row(5720, 9900), // captures 6.1-256M-1-hog (100 us) and 6.12-256M-1-victims_clru (315 us): a fruitless direct reclaim, less its reports of pressure, over 13 and 2 x 13 priorities
  vmpressure_queue: row(1565, 1724), // docs/decisions/vmpressure.md: a report costs 6.4 us and 7.4 us in all, a wake-up and two switches among them; the split is chosen
  vmpressure_work: row(1305, 1486), // see vmpressure_queue
  kswapd_priority: row(6100, 10050), // the same captures: a fruitless pass of kswapd (73.5 us, 121 us), over 12 priorities
  memcg_priority: row(1420, 1360), // captures 6.1-256M-1-memcg_group and 6.12-256M-1-memcg: a fruitless reclaim of a group (44 us, 35.3 us), less its reports of pressure (none there on 6.12), over 13 and 2 x 13 priorities
  memcg_retry: row(2300, 2100), // the same captures: from the end of one such reclaim to the next
  shrink_object: row(900, 900), // capture 6.1-256M-1-hog: super_cache_scan, 65 objects in 78 us and 17 in 31 us, less its fixed part
  lru_isolate: row(150, 150), // chosen: taking one page off its list; its share of shrink_page
  lru_putback: row(150, 150), // chosen: putting one page back on a list; its share of shrink_page
  lru_gen_node: row(1500, 1500), // captures 6.12-256M-1-hog, -hog_slow, -4G-1-hog_big: a fruitless pass of kswapd takes 65 us or so many times 9.3 us more: six priorities, each with a second visit of the root group or not; what is left of a sixth of 65 us. Only where the LRU has generations
  lru_gen_visit: row(9300, 9300), // see lru_gen_node: one visit of the root group
  walk_pte: row(61, 61), // probe lru_gen_walks: 625 us for the 10,240 ptes of a program of which few were used since the walk before; 6.1 taken as 6.12
  walk_young: row(150, 150), // the same: 2,158 us for the same ptes when all had been used, less walk_pte
  shrink_page: row(1075, 1230), // captures 6.1-256M-1-swap_zram, 6.12-256M-1-swap_zram_clru: 44 us and 49 us between two batches of 32 pages none of which was freed, less the two above
  unmap_page: row(1400, 1600), // chosen: the share of try_to_unmap() in the time of a page swapped out
  zram_write: row(5000, 8000), // the same captures: 570 us and 870 us for a batch of 32 pages all swapped out, less the rows above; the split from zram_compress_kb is chosen
  zram_compress_kb: row(5000, 8000), // see zram_write: for each 1024 bytes that come out
  zram_read: row(2000, 3000), // chosen: less than half of zram_write, as decompression is
  zram_decompress_kb: row(2000, 3000), // chosen: less than half of zram_compress_kb
  fault_swap: row(4000, 4500), // chosen: a fault on a page in swap, apart from its allocation and its reading: about an anon fault
  copy_page: row(897, 909), // probe page_cache, read: one page of a file in memory to who reads it, in calls of 64 KiB
  add_page: row(2820, 3579), // probe page_cache, cache: a stream from the disk takes 4.85 us and 5.64 us a page in all, less copy_page, bio_end_page, rmqueue_page and its share of a request
  cache_page: row(1200, 1200), // chosen: finding one page of a file, or one name
  write_page: row(755, 752), // probe page_cache, write: 1,652 ns and 1,661 ns to write over a page that is dirty already, less copy_page
  dirty_page: row(1140, 480), // probe page_cache, rewrite: a clean page in memory takes 2.8 us and 2.1 us, less the above and writeback_page and bio_end_page for what the flusher writes meanwhile
  reserve_block: row(6550, 4029), // probe page_cache, write: a page that is new takes 9.6 us and 6.4 us, less all of these and rmqueue_page: ext4 and its reservation of a block
  writeback_page: row(1500, 1500), // chosen: the flusher, for each page it hands to the device
  blk_submit: row(4000, 4000), // chosen: one request from its bios to the device
  blk_irq: row(3000, 3000), // chosen: one interrupt of a device
  bio_end_page: row(700, 700), // chosen: the end of the I/O of one page
  kvfree_call: row(240, 245), // captures 6.1-256M-1-mod_kvfree, 6.12: mean of a call, double form, 0.24 us (4000 and 20000 calls; 0.25 us on a full 6.12)
  kvfree_call_single: row(170, 170), // capture 6.1-256M-1-mod_kvfree, s_plenty: 408 ns a call of the single form, less kvfree_call
  kvfree_object: row(250, 250), // capture 6.1-256M-1-mod_kvfree, 20000 objects of 512 bytes: from half of them back to nine tenths 2 ms
  mprotect_page: row(100, 100), // captures 6.1-256M-2-reap_fail and 6.1rt-256M-2-reap_fail: 251 and 377 pairs of mprotect() of 30,720 pages in 1.87 s and 1.90 s; 6.12 taken as 6.1
  oom_kill: row(40000, 40000), // chosen: select and kill, apart from the report
  oom_report: row(740000, 830000), // captures 256M-1-hog: last direct_reclaim_end to mark_victim (783 us, 868 us), less oom_kill
  oom_report_task: row(10000, 20000), // captures 6.12-256M-1-victims and -threads against -hog: some 130 us for seven more lines
  vmstat_update: row(5000, 5000), // chosen: a worker that looks at the lists of each zone
  psi_poll: row(2000, 2000), // chosen: psimon, for one look at the totals of a few CPUs and its triggers
  proc_sample: row(241000, 268800), // probe watcher: what watches a captured machine reads six files of /proc in 246 us and 274 us, one process running, less proc_sample_task
  proc_sample_task: row(5000, 5200), // the same with seven processes: 276 us and 305 us
  init_poll: row(4800, 4900), // the same: pid 1 of such a machine looks whether anything has happened; 5.8 us and 6.1 us from switch to switch, less the switch
  kmsg_line: row(3640, 3750), // the same: and reads the kernel log: 217 us and 235 us for the 58 and 61 lines of a report
  trace_line: row(17800, 13600), // the same: and reads the trace: what a line of mm_vmscan_lru_shrink_inactive takes, which most are
  proc_table: row(1505000, 1749000), // the same: a table of oom_score and sizes takes 2.18 ms and 2.45 ms with seven processes, 1.79 ms and 2.05 ms with three
  proc_table_task: row(96000, 100000), // see proc_table
  user_pick: row(20000, 20000), // chosen: a userspace killer, for each process that it looks at: one small file of /proc
  fork: row(60000, 60000), // chosen: fork() of a small process, page tables apart
  clone_thread: row(37000, 38000), // 6.1 and 6.12 recorded with sched_wakeup_new, as RT too: 60 threads with stacks, one every 42 us (median), less what their pages take
  exec_worker: row(200000, 200000), // chosen: from the start of a workload to its first touch
} as const satisfies Record<string, CostRow>;

export type Costs = { readonly [name in keyof typeof COST_TABLE]: number };
export const costsFor = (profile: string, speed: number): Costs => column(COST_TABLE, profile, speed);
