/** How far a request may go below a watermark, and who may use the high-order reserve, as all profiles before 6.3 have it (mm/page_alloc.c v4.18-rc1 and v6.1: __zone_watermark_ok()). */
import { ALLOC } from './constants.ts';
import type { Era } from './era.ts';

export const marksBefore63: Pick<Era, 'unusableFree' | 'lowerMark' | 'mayUseHighatomic'> = {
  unusableFree: (z, order, flags) => (1 << order) - 1 + (flags & (ALLOC.HARDER | ALLOC.OOM) ? 0 : z.nrReservedHighatomic),
  lowerMark(mark, flags) {
    let min = mark;
    if (flags & ALLOC.HIGH) min -= Math.trunc(min / 2);
    if (flags & ALLOC.OOM) min -= Math.trunc(min / 2);
    else if (flags & ALLOC.HARDER) min -= Math.trunc(min / 4);
    return min;
  },
  mayUseHighatomic: (flags) => (flags & (ALLOC.HARDER | ALLOC.OOM)) !== 0,
};
