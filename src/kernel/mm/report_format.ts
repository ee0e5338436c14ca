/** Where the reports of the versions differ in words: captures 6.1-256M-1-hog, 6.1rt-256M-1-hog and 6.12-256M-1-hog of Debian's kernels. */
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
}
interface Words { readonly uid: boolean; readonly thpBlank: string; readonly hwpoisoned: 'always' | 'rt' }
const WORDS: Readonly<Record<string, Words>> = {
  'v4.13': { uid: false, thpBlank: ' ', hwpoisoned: 'always' },
  'v4.17': { uid: false, thpBlank: ' ', hwpoisoned: 'always' },
  'v6.1': { uid: false, thpBlank: ' ', hwpoisoned: 'rt' },
  'v6.12': { uid: true, thpBlank: '', hwpoisoned: 'always' },
};

export function reportFormat(k: Kernel): ReportFormat {
  const { profile, release } = k.mm.era, words = must(WORDS[profile], 'a profile without a report format'), rt = k.preempt === 'rt';
  return { uid: words.uid, thpBlank: words.thpBlank, hwpoisoned: words.hwpoisoned === 'always' || rt, thp: !rt, release: rt ? release.replace('-cloud-', '-rt-') : release };
}
