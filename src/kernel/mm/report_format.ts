/**
 * Where the reports of the versions differ in words: captures 6.1-256M-1-hog, 6.1rt-256M-1-hog and 6.12-256M-1-hog of Debian's kernels; for
 * 4.13, 4.17 and 5.9 the templates of reference 7.9, and docs/model.md where those are from memory.
 */
import { must } from '../../base/units.ts';
import type { Kernel } from '../kernel.ts';

export interface ReportFormat {
  /** `Hardware name:` is preceded by a line that names the user too (6.11 on). */
  readonly uid: boolean;
  /** Between the colon and the number of the three huge page fields. */
  readonly thpBlank: string;
  /** A kernel with CONFIG_MEMORY_FAILURE counts poisoned pages. Debian's 6.1 has it in the RT flavour alone. */
  readonly hwpoisoned: boolean;
  /** A kernel with CONFIG_TRANSPARENT_HUGEPAGE, which excludes PREEMPT_RT. */
  readonly thp: boolean;
  readonly release: string;
  /** Behind the gfp mask of the header; null: the nodemask stands in the summary. Such a header has a line for the cpuset below it. */
  readonly nodemask: string | null;
  /** 4.x: fields of Mem-Info that are gone, others that were not there or stood on another line; no title of the task table, no summary. */
  readonly old: boolean;
  /** To 5.16: fields of Mem-Info that came later are not there, `kernel_stack` has moved to the node by 5.9, `pagetables` has not; no `<TASK>` in the trace. */
  readonly before61: boolean;
  /** Columns of the task table behind `rss`, and blanks before a pid. */
  readonly columns: 'pgtables_bytes' | 'rss split' | 'nr_ptes';
}
interface Words extends Omit<ReportFormat, 'hwpoisoned' | 'thp' | 'release'> { readonly hwpoisoned: 'always' | 'rt' }
const WORDS: Readonly<Record<string, Words>> = {
  'v4.13': { uid: false, thpBlank: ' ', hwpoisoned: 'always', nodemask: ', nodemask=(null),  ', old: true, before61: true, columns: 'nr_ptes' },
  'v4.17': { uid: false, thpBlank: ' ', hwpoisoned: 'always', nodemask: ', nodemask=(null), ', old: true, before61: true, columns: 'pgtables_bytes' },
  'v5.9': { uid: false, thpBlank: ' ', hwpoisoned: 'always', nodemask: null, old: false, before61: true, columns: 'pgtables_bytes' },
  'v6.1': { uid: false, thpBlank: ' ', hwpoisoned: 'rt', nodemask: null, old: false, before61: false, columns: 'pgtables_bytes' },
  'v6.12': { uid: true, thpBlank: '', hwpoisoned: 'always', nodemask: null, old: false, before61: false, columns: 'rss split' },
};

export function reportFormat(k: Kernel): ReportFormat {
  const { profile, release } = k.mm.era, words = must(WORDS[profile], 'a profile without a report format'), rt = k.preempt === 'rt';
  return { ...words, hwpoisoned: words.hwpoisoned === 'always' || rt, thp: !rt, release: rt ? release.replace('-cloud-', '-rt-') : release };
}
