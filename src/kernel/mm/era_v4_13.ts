/**
 * Profile v4.13, August 2017. Its oom_kill.c was read in a copy, its page_alloc.c only in the diffs that mails of that time show
 * (reference, 0.1 and 13): what is not named here is as in v4.17.
 */
import { ALLOC } from './constants.ts';
import type { Era } from './era.ts';
import { era4 } from './era_v4.ts';
import { gfpNumber414 } from './gfp.ts';
import { extra } from './task_extra.ts';

export const eraV413: Era = {
  ...era4, profile: 'v4.13', release: '4.13.0', version: '#1',
  waitsOnForIsolated: true,
  congestedByBatch: true,
  oomReserve: (k, t) => (extra(k, t).memdie ? ALLOC.NO_WATERMARKS : 0), // one thread, and all of the reserve
  oomPoints: (size, t, adj) => Math.max(1, size - (t.uid === 0 ? Math.trunc((size * 3) / 100) : 0) + adj), // CAP_SYS_ADMIN: whoever is root has it
  gfpNumber: gfpNumber414,
  victimExit: 'unaware',
};
