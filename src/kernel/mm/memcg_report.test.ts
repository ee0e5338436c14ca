/** The report of a group that is at its limit beside the dmesg of captures 6.1-256M-1-memcg_group and 6.12-256M-1-memcg, as oom_report.test.ts does it for the machine's. */
import { describe, expect, it } from 'vitest';
import { must } from '../../base/units.ts';
import { captureScenario, captureText } from '../../../fixtures/capture_files.ts';
import { dmesgLines, parse, reportOf } from '../../../fixtures/report_lines.ts';
import { runScenario } from '../../run/run.ts';
import { memcgLimit } from '../../scenarios/memcg_limit.ts';
import { costsFor } from '../costs.ts';
import type { LogLine } from '../../sim/recorder.ts';

const PAGE = 4096;
/**
 * How far a value may be off. Page tables: a captured mapping begins in the middle of one, which a simulated one shares with the program's own pages;
 * so two pages of tables for each of the two processes are another's, and the hog has as many pages more.
 */
const TOLERANCE: Readonly<Record<string, number>> = {
  anon: 4 * PAGE, kernel: 4 * PAGE, pagetables: 4 * PAGE, pgfault: 4, pgtables: 16, pgtables_bytes: 4 * PAGE, 'file-rss': 4, 'shmem-rss': 4, rss_file: 1, rss_shmem: 2,
  inactive_anon: Infinity, active_anon: Infinity, // the generations of 6.12 call pages active that the classic lists do not: their sum is compared
};
const SHARE: Readonly<Record<string, number>> = { 'anon-rss': 0.01, rss: 0.01, rss_anon: 0.01 };
const OWN = /^(PID|pid|tgid|process)$/;

const logs = new Map<string, readonly LogLine[]>();
const logOf = (capture: string): readonly LogLine[] => {
  const known = logs.get(capture) ?? runScenario(captureScenario(capture), { record: 'none' }).trace.tables.log;
  logs.set(capture, known);
  return known;
};
for (const capture of ['6.1-256M-1-memcg_group', '6.12-256M-1-memcg']) {
  describe(`the report of capture ${capture}`, () => {
    const oursText = reportOf(logOf(capture).map((l) => l.text)), realText = reportOf(dmesgLines(capture)), ours = parse(oursText), real = parse(realText);
    const own = (i: number): boolean => /^(CPU|Hardware name): | invoked oom-killer: /.test(realText[i]);

    it('has the same lines with the same fields in the same order, as far as a console shows them', () => {
      expect(ours.filter((_, i) => !own(i)).map((l) => l.shape)).toEqual(real.filter((_, i) => !own(i)).map((l) => l.shape));
    });
    it('begins with the charge that failed: of a page in both, or of a page table where the captured one came to the end of one', () => {
      const header = /^hog invoked oom-killer: gfp_mask=(0xcc0\(GFP_KERNEL\)|0x400dc0\(GFP_KERNEL_ACCOUNT\|__GFP_ZERO\)), order=0, oom_score_adj=0$/;
      expect([oursText[0], realText[0]]).toEqual([expect.stringMatching(header), expect.stringMatching(header)]);
    });
    it('agrees on usage, limit, failures and small objects, and nearly on what is charged for whom', () => {
      let anon = [0, 0];
      ours.forEach((l, i) => {
        if (own(i)) return;
        expect(l.fields.map((f) => f.key)).toEqual(real[i].fields.map((f) => f.key));
        l.fields.forEach((f, n) => {
          const r = real[i].fields[n].value;
          if (/_anon$/.test(f.key) && f.key !== 'rss_anon' && !/refault|activate|restore/.test(f.key)) anon = [anon[0] + f.value, anon[1] + r];
          if (!OWN.test(f.key)) expect(Math.abs(f.value - r), `${realText[i]}: ${f.value}`).toBeLessThanOrEqual(f.key in SHARE ? r * SHARE[f.key] : (TOLERANCE[f.key] ?? 0));
        });
      });
      expect(Math.abs(anon[0] - anon[1])).toBeLessThanOrEqual(6 * PAGE); // and the captured kernel holds a few pages in batches before its lists
    });
    it('takes about the time that it took there', () => {
      const at = (text: string): number => must(logOf(capture).find((l) => l.text.includes(text)), text).timeNs, real = (text: string): number => Number(/^\[ *([\d.]+)\]/.exec(must(captureText(capture, 'dmesg.txt').split('\n').find((l) => l.includes(text)), text))?.[1]) * 1e9;
      const mine = at('Killed process') - at('invoked oom-killer') - costsFor(captureScenario(capture).profile, 1000).oom_kill, theirs = real('Killed process') - real('invoked oom-killer');
      expect(mine / theirs).toBeGreaterThan(0.6);
      expect(mine / theirs).toBeLessThan(1.4);
    });
  });
}
it('says of the group that dies as a whole what the capture says, and prints the first victim once more', () => {
  const after = (lines: readonly string[]): string[] => lines.slice(lines.findIndex((l) => l.includes('Killed process'))).filter((l) => /Killed process|memory\.oom\.group/.test(l)).map((l) => l.replace(/\d+/g, '#'));
  expect(after(logOf('6.1-256M-1-memcg_group').map((l) => l.text))).toEqual(after(dmesgLines('6.1-256M-1-memcg_group')));
});
it('is printed by 4.x in the words of that time: the task, its group, three counters and one line of statistics', () => {
  const text = runScenario({ ...memcgLimit, profile: 'v4.17' }, { record: 'none' }).trace.tables.log.map((l) => l.text), from = text.findIndex((l) => l.startsWith('Task in'));
  expect(text.slice(from, from + 4).map((l) => l.replace(/\d+/g, '#'))).toEqual(['Task in /box killed as a result of limit of /box', 'memory: usage #kB, limit #kB, failcnt #', 'memory+swap: usage #kB, limit #kB, failcnt #', 'kmem: usage #kB, limit #kB, failcnt #']);
  expect(text[from + 4]).toMatch(/^Memory cgroup stats for \/box: cache:0KB rss:\d+KB rss_huge:0KB shmem:0KB mapped_file:0KB dirty:0KB writeback:0KB inactive_anon:0KB active_anon:\d+KB inactive_file:0KB active_file:0KB unevictable:0KB$/);
});
