/** One line of a report, and the time that it takes. */
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { spend, type Kernel } from '../kernel.ts';

/** Levels of the kernel log: pr_emerg(), pr_err(), printk() without one, and pr_info(). */
export const LOG = { EMERG: 0, ERR: 3, WARNING: 4, INFO: 6 } as const;

/**
 * A line's share of `oom_report` goes by its length: in the captures nearly all of the time between two lines is the printing of
 * the first. REPORT_UNITS: the one-hog report of a machine with one node and two zones, in these units (oom_report.test.ts checks the sum).
 */
const LINE_UNITS = 50, REPORT_UNITS = 4800;

/** One record of several lines: they are printed at once. */
export function* reportRecord(k: Kernel, level: number, lines: readonly string[]): Timed<void> {
  for (const text of lines) k.printk(level, text);
  yield spend(ns(Math.round((k.mm.costs.oom_report * (LINE_UNITS + lines.reduce((sum, text) => sum + text.length + 1, -1))) / REPORT_UNITS)));
}
export function* reportLine(k: Kernel, level: number, text: string): Timed<void> {
  k.printk(level, text);
  yield spend(ns(Math.round((k.mm.costs.oom_report * (LINE_UNITS + text.length)) / REPORT_UNITS)));
}
