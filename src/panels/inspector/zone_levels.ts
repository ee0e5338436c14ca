/** Free pages against need, zone by zone, from the state at the cursor. Pure: numbers in, words and numbers out. */
import type { MachineShape } from '../../format/machine.ts';
import { FRAME, MT_COUNT, ORDERS, WMARK_CELL } from '../../format/rows.ts';
import { buddyCell, type MachineState, ZONE_CELLS } from '../../format/state.ts';
import { count } from '../../ui/format.ts';
import type { Part } from './bars.tsx';

export interface ZoneNeed {
  readonly zone: number;
  readonly name: string;
  readonly free: number;
  /** With boost. */
  readonly min: number;
  readonly low: number;
  readonly high: number;
  readonly boost: number;
  /** What this zone keeps back from a request that any zone may serve. */
  readonly reserve: number;
  /** Free pages over min and reserve; not above 0 = a request must go the slow path to its end. */
  readonly left: number;
  readonly words: string;
}

interface Levels {
  readonly min: number;
  readonly low: number;
  readonly high: number;
  readonly boost: number;
  readonly reserve: number;
}
function words(free: number, n: Levels): string {
  const plus = `${n.boost > 0 ? ` (boost ${count(n.boost)})` : ''}${n.reserve > 0 ? ` + reserve ${count(n.reserve)}` : ''}`, have = count(free);
  if (free <= n.min + n.reserve) return `${have} ≤ min ${count(n.min)}${plus}: short by ${count(n.min + n.reserve - free + 1)}`;
  if (free <= n.low + n.reserve) return `${have} ≤ low ${count(n.low)}${plus}: kswapd is needed`;
  if (free <= n.high + n.reserve) return `${have} ≤ high ${count(n.high)}${plus}: kswapd works on`;
  return `${have} > high ${count(n.high)}${plus}: enough`;
}

/** In the order in which a request falls through them. */
export function zoneNeeds(shape: MachineShape, state: MachineState): ZoneNeed[] {
  const needs = shape.zones.map((z, zone): ZoneNeed => {
    const cell = (i: number): number => state.zones[zone * ZONE_CELLS.size + i], mark = (w: number): number => cell(ZONE_CELLS.wmark + w);
    const boost = mark(WMARK_CELL.boost), reserve = z.reserve.reduce((most, r) => Math.max(most, r), 0), free = cell(ZONE_CELLS.free);
    const levels = { min: mark(WMARK_CELL.min) + boost, low: mark(WMARK_CELL.low) + boost, high: mark(WMARK_CELL.high) + boost, boost, reserve };
    return { zone, name: z.name, free, ...levels, left: free - levels.min - reserve, words: words(free, levels) };
  });
  return needs.reverse();
}

/** Free blocks of each order, all migrate types together. */
export const freeBlocks = (state: MachineState, zone: number): number[] =>
  Array.from({ length: ORDERS }, (_, order) => Array.from({ length: MT_COUNT }, (__, type) => state.buddy[buddyCell(zone, order, type)]).reduce((a, b) => a + b, 0));

const groups: readonly (readonly [name: string, className: string, ...types: number[]])[] = [
  ['anon', 'fill-run', FRAME.anon, FRAME.swapcache],
  ['file', 'fill-ink3', FRAME.file],
  ['shmem', 'fill-ink2', FRAME.shmem],
  ['slab', 'fill-direct', FRAME.slabReclaimable, FRAME.slabUnreclaimable],
  ['page tables', 'fill-mark', FRAME.table],
  ['stacks', 'fill-mark', FRAME.stack],
  ['kernel', 'fill-s3', FRAME.kernel],
  ['zram', 'fill-ink3', FRAME.zram],
  ['per-CPU lists', 'fill-kswapd', FRAME.pcp],
  ['free', 'fill-ok', FRAME.buddy],
];
/** What the memory that the allocator manages is used for; kinds without a page are left out. */
export function usage(shape: MachineShape, state: MachineState): Part[] {
  const total = (type: number): number => shape.zones.reduce((sum, _, zone) => sum + state.zones[zone * ZONE_CELLS.size + ZONE_CELLS.types + type], 0);
  return groups.map(([name, className, ...types]) => ({ name, className, pages: types.reduce((sum, t) => sum + total(t), 0) })).filter((part) => part.pages > 0);
}
