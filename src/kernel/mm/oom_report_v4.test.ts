/** The report of v4.13 and v4.17: lines and fields by the templates of page-alloc-reclaim-oom.md, 7.9. No capture of these kernels was taken. */
import { describe, expect, test } from 'vitest';
import type { ProfileName } from '../../format/scenario.ts';
import { runScenario } from '../../run/run.ts';
import { hogSwapZram } from '../../scenarios/hog_swap_zram.ts';
import { oneHog } from '../../scenarios/one_hog.ts';
import { GFP_KERNEL } from './constants.ts';
import { gfpNumber414, gfpNumber415 } from './gfp.ts';

const logOf = (profile: ProfileName, s = oneHog): string[] => runScenario({ ...s, profile }, { record: 'none' }).trace.tables.log.map((l) => l.text);
const report = (log: readonly string[]): string[] => log.slice(log.findIndex((l) => l.includes('invoked oom-killer')), log.findIndex((l) => l.startsWith('Killed process')) + 1);
/** A line with # for each number that stands for itself, as templates have N. */
const shape = (l: string): string => l.replace(/\([UMEHI]+\) /g, '').replace(/(?<![A-Za-z0-9])\d+/g, '#').replace(/ +$/, '');
const log417 = logOf('v4.17'), log413 = logOf('v4.13');

describe.each([['v4.17', report(log417)], ['v4.13', report(log413)]] as const)('the report of %s', (profile, lines) => {
  const blank = profile === 'v4.13' ? '  ' : ' ', at = (start: string): number => lines.findIndex((l) => l.startsWith(start));
  test('has the nodemask in its header, and the cpuset on a line of its own', () => {
    const number = profile === 'v4.13' ? '0x14280ca' : '0x6280ca'; // as reports of such kernels have it (from memory)
    expect(lines[0]).toBe(`hog invoked oom-killer: gfp_mask=${number}(GFP_HIGHUSER_MOVABLE|__GFP_ZERO), nodemask=(null),${blank}order=0, oom_score_adj=0`);
    expect(lines[1]).toBe('hog cpuset=/ mems_allowed=0');
    expect(lines[2]).toMatch(/^CPU: 0 PID: \d+ Comm: hog Not tainted 4\.1[37]\.0 #1$/);
  });
  test('has the Mem-Info of that time: unstable and bounce pages, stacks and page tables by zone, no boost, no highatomic reserve', () => {
    const mem = lines.slice(at('Mem-Info:')).map(shape);
    expect(mem.slice(1, 8)).toEqual([
      'active_anon:# inactive_anon:# isolated_anon:#', ' active_file:# inactive_file:# isolated_file:#', ' unevictable:# dirty:# writeback:# unstable:#',
      ' slab_reclaimable:# slab_unreclaimable:#', ' mapped:# shmem:# pagetables:# bounce:#', ' free:# free_pcp:# free_cma:#',
      'Node # active_anon:#kB inactive_anon:#kB active_file:#kB inactive_file:#kB unevictable:#kB isolated(anon):#kB isolated(file):#kB mapped:#kB dirty:#kB writeback:#kB shmem:#kB shmem_thp: #kB shmem_pmdmapped: #kB anon_thp: #kB writeback_tmp:#kB unstable:#kB all_unreclaimable? yes',
    ].map((l) => l.replace(/yes$/, mem[7].endsWith('yes') ? 'yes' : 'no')));
    expect(mem[8]).toBe('Node # DMA free:#kB min:#kB low:#kB high:#kB active_anon:#kB inactive_anon:#kB active_file:#kB inactive_file:#kB unevictable:#kB writepending:#kB present:#kB managed:#kB mlocked:#kB kernel_stack:#kB pagetables:#kB bounce:#kB free_pcp:#kB local_pcp:#kB free_cma:#kB');
    expect(lines).toContain('Swap cache stats: add 0, delete 0, find 0/0');
  });
  test('counts stacks and page tables in zones as the first block has them in all', () => {
    const sum = (field: string): number => lines.filter((l) => /^Node 0 DMA/.test(l)).reduce((n, l) => n + Number(new RegExp(` ${field}:(\\d+)kB`).exec(l)?.[1] ?? 0) / 4, 0);
    expect(sum('pagetables')).toBe(Number(/ pagetables:(\d+)/.exec(lines.join('\n'))?.[1]));
    expect(sum('kernel_stack') - oneHog.machine.usage.kernelStack).toBeGreaterThanOrEqual(0); // stacks of four pages, of who was born in the run
    expect((sum('kernel_stack') - oneHog.machine.usage.kernelStack) % 4).toBe(0);
  });
  test('lists the tasks under one line of names, and prints no summary', () => {
    const names = profile === 'v4.13' ? 'nr_ptes nr_pmds swapents' : 'pgtables_bytes swapents', head = at('[ pid ]');
    expect(lines[head]).toBe(`[ pid ]   uid  tgid total_vm      rss ${names} oom_score_adj name`);
    expect(lines[head - 1]).toBe('0 pages hwpoisoned');
    expect(lines[head + 1]).toMatch(profile === 'v4.13' ? /^\[ {4}\d\] {5}0 {5}\d +\d+ +\d+ {5}\d{3} {7}0 {8}0 {13}0 hog$/ : /^\[ {4}\d\] {5}0 {5}\d +\d+ +\d+ +\d+ {8}0 {13}0 hog$/);
    expect(lines.some((l) => l.startsWith('oom-kill:'))).toBe(false);
  });
  test('ends with two lines: who was chosen, with its share of all memory, and who was killed', () => {
    expect(lines.at(-2)).toMatch(/^Out of memory: Kill process \d+ \(hog\) score \d{3} or sacrifice child$/);
    expect(lines.at(-1)).toMatch(/^Killed process \d+ \(hog\) total-vm:\d+kB, anon-rss:\d+kB, file-rss:\d+kB, shmem-rss:\d+kB$/);
  });
  test('prints the trace without brackets for the task', () => {
    expect(lines.slice(at('Call Trace:')).some((l) => l.includes('TASK>'))).toBe(false);
    expect(lines.slice(at('Call Trace:'), at('Mem-Info:')).map((l) => l.trim())).toEqual(expect.arrayContaining(['dump_header', 'oom_kill_process', 'out_of_memory', '__alloc_pages_slowpath', 'handle_mm_fault']));
  });
});

test('GFP_KERNEL is 0x14000c0 to 4.14 and 0x6000c0 from 4.15 on (from memory of reports)', () => {
  expect([gfpNumber414(GFP_KERNEL), gfpNumber415(GFP_KERNEL)]).toEqual([0x14000c0, 0x6000c0]);
});
test('the swap cache counts what entered it, what left it, and what faults looked for', () => {
  const line = report(logOf('v4.17', hogSwapZram)).find((l) => l.startsWith('Swap cache stats')) ?? '', [added, deleted, hits, lookups] = [...line.matchAll(/\d+/g)].map((m) => Number(m[0]));
  expect(added).toBeGreaterThan(20_000); // swap of 24,575 pages is full
  expect(deleted).toBeLessThanOrEqual(added);
  expect(hits).toBeLessThanOrEqual(lookups);
});
