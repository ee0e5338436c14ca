/** Free pages against need, zone by zone, from the state at the cursor. Pure: numbers in, words and numbers out. */
import type { MachineShape } from '../../format/machine.ts';
import { FRAME, MT_COUNT, ORDERS, WMARK_CELL } from '../../format/rows.ts';
import { buddyCell, type MachineState, ZONE_CELLS } from '../../format/state.ts';
import { count } from '../../ui/format.ts';
import { mixOf, type UseColour, USES } from '../../ui/uses.ts';
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

/** Pressure stall information (kernel/sched/psi.c) came with 4.20; the shape says of which version the kernel is. */
export function hasPsi(profile: string): boolean {
  const [, major, minor] = (/^v(\d+)\.(\d+)/.exec(profile) ?? []).map(Number);
  return !(major < 4 || (major === 4 && minor < 20));
}

/** Free blocks of each order, all migrate types together. */
export const freeBlocks = (state: MachineState, zone: number): number[] =>
  Array.from({ length: ORDERS }, (_, order) => Array.from({ length: MT_COUNT }, (__, type) => state.buddy[buddyCell(zone, order, type)]).reduce((a, b) => a + b, 0));

const groups: readonly (readonly [name: string, colour: UseColour, ...types: number[]])[] = [
  ['anon', USES.anon, FRAME.anon, FRAME.swapcache],
  ['file', USES.file, FRAME.file],
  ['shmem', USES.shmem, FRAME.shmem],
  ['slab', USES.slab, FRAME.slabReclaimable, FRAME.slabUnreclaimable],
  ['page tables', USES.table, FRAME.table],
  ['stacks', USES.stack, FRAME.stack],
  ['kernel', USES.kernel, FRAME.kernel],
  ['zram', USES.zram, FRAME.zram],
  ['per-CPU lists', USES.pcp, FRAME.pcp],
  ['free', USES.free, FRAME.buddy],
];
/** What the memory that the allocator manages is used for; kinds that no page of the run ever is are left out. */
export function usage(shape: MachineShape, state: MachineState, ever: (type: number) => boolean): Part[] {
  const total = (type: number): number => shape.zones.reduce((sum, _, zone) => sum + state.zones[zone * ZONE_CELLS.size + ZONE_CELLS.types + type], 0);
  return groups.map(([name, colour, ...types]) => ({ name, fill: mixOf(colour), pages: types.reduce((sum, t) => sum + total(t), 0), some: types.some(ever) })).filter(({ some }) => some);
}
