/**
 * Pages that stand on per-CPU lists when the run begins. /proc gives only their number; which lists they are on was asked of booted kernels
 * (docs/model.md, guess 2): in the zone that the kernel itself allocates from, every list that the kernel uses holds what is left of a
 * refill or two, blocks of order 1 to 3 among them (Era.pcpAtStart); single unmovable pages come last, half of what remains at the most, and more where
 * zram has been set up; all else is movable. In the zones below everything is movable. On 6.12 as RT the list has been refilled three times since a page last came back to it.
 */
import { FRAME, MT } from './constants.ts';
import type { Era } from './era.ts';
import type { UsedFrames } from './layout.ts';
import { listAddTail, type Mm, type PerCpuPages, type Zone } from './mmzone.ts';
import type { ZoneMap } from './memory_map.ts';
import { orderToPindex } from './pcp.ts';

/**
 * pcp->alloc_factor of 6.12 as RT: the ring of the trace moves 840 pages (120 + 240 + 480) from the buddy lists of 256 MiB in ten recordings and 1320 (480 more) in five, and 945 and 1425
 * (from 15 on) without RT (docs/model.md, guess 2).
 */
const RT_ALLOC_FACTOR = 3;

/** Of what is left after the blocks, where zram has been set up: 257 of 264 pages on 6.1, 341 of 370 on 6.12; as RT 12 of 46, 162 of 612 (one boot each, DMA32 of 256 MiB). */
const ZRAM_SHARE = { none: 0.94, rt: 0.26 };

/** Of 6.1, and of the profiles before it, on which nobody has recorded a machine. */
export const WATCHER_SLABS_TO_6_1: Era['watcherSlabs'] = [[1, MT.reclaimable, 5], [0, MT.reclaimable, 2], [2, MT.unmovable, 3], [1, MT.unmovable, 1]];

/** How many single unmovable pages stand on a list that has room for `rest`. @param typical  what the era's machines have */
const unmovableSingles = (rest: number, typical: number, rt: boolean, zram: boolean): number =>
  zram ? Math.floor(rest * (rt ? ZRAM_SHARE.rt : ZRAM_SHARE.none)) : Math.min(typical, rest >> 1);
/** `2^order` frames in one aligned piece, taken out of an ascending list; -1: there is none. */
function takeRun(frames: number[], order: number): number {
  const size = 1 << order;
  for (let i = frames.length - size; i >= 0; i--) {
    if ((frames[i] & (size - 1)) === 0 && frames[i + size - 1] === frames[i] + size - 1) return frames.splice(i, size)[0];
  }
  return -1;
}
function stand(m: Mm, pcp: PerCpuPages, pfn: number, order: number, type: number): void {
  m.word.fill(FRAME.pcp, pfn, pfn + (1 << order));
  m.vpn[pfn] = type;
  listAddTail(m, pcp.heads[orderToPindex(type, order)], pfn);
  pcp.count += 1 << order;
}

export function fillPcp(m: Mm, z: Zone, used: UsedFrames, map: ZoneMap, kernelsOwn: boolean, rt: boolean, zram: boolean): void {
  z.pcp.forEach((pcp, cpu) => {
    pcp.batch = m.era.pcpBatch(z.managed);
    pcp.high = map.pcpHigh?.[cpu] ?? 0;
    if (kernelsOwn && rt) pcp.allocFactor = RT_ALLOC_FACTOR;
    const wanted = map.pcp?.[cpu] ?? 0;
    for (const [order, type, blocks] of kernelsOwn ? m.era.pcpAtStart(rt) : []) {
      const most = order === 0 && type === MT.unmovable ? unmovableSingles(wanted - pcp.count, blocks, rt, zram) : blocks;
      for (let n = 0; n < most && pcp.count + (1 << order) <= wanted; n++) {
        const pfn = takeRun(used.byType[type], order);
        if (pfn >= 0) stand(m, pcp, pfn, order, type);
      }
    }
    while (pcp.count < wanted) {
      const pfn = [MT.movable, MT.unmovable, MT.reclaimable].map((t) => used.byType[t]).find((l) => l.length > 0)?.pop();
      if (pfn === undefined) return;
      stand(m, pcp, pfn, 0, MT.movable);
    }
  });
}
