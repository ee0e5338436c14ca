/**
 * A check from outside: the folded trace alone must add up. Pages are neither made nor lost, no count is below zero, free pages
 * are those of the blocks. Knows nothing of how the machine keeps its books.
 */
import type { MachineShape } from '../format/machine.ts';
import { type Columns, FRAME, FRAME_TYPES, MT_COUNT, ORDERS } from '../format/rows.ts';
import { applyColumns, buddyCell, copyState, LOCK_CELLS, type MachineState, ZONE_CELLS } from '../format/state.ts';

export interface Invariants {
  /** How many statements were looked at. */
  readonly checked: number;
  /** Those that did not hold: row and what was found. */
  readonly broken: readonly string[];
}
const MOST_TOLD = 20;

export function checkTrace(shape: MachineShape, initial: MachineState, chunks: readonly Columns[]): Invariants {
  const s = copyState(initial), broken: string[] = [];
  let checked = 0;
  const hold = (ok: boolean, what: () => string): void => {
    checked++;
    if (!ok && broken.length < MOST_TOLD) broken.push(`row ${s.row}: ${what()}`);
  };
  checkState(s, shape, hold);
  for (const c of chunks) {
    applyColumns(s, shape.cpus, c, c.first + c.length);
    checkState(s, shape, hold);
  }
  return { checked, broken };
}
type Hold = (ok: boolean, what: () => string) => void;

function checkState(s: MachineState, shape: MachineShape, hold: Hold): void {
  shape.zones.forEach((z, i) => {
    const base = i * ZONE_CELLS.size, free = s.zones[base + ZONE_CELLS.free];
    let inBlocks = 0, blocksBelow = 0, frames = 0;
    for (let o = 0; o < ORDERS; o++) {
      for (let t = 0; t < MT_COUNT; t++) {
        const n = s.buddy[buddyCell(i, o, t)];
        inBlocks += n << o;
        if (n < 0) blocksBelow++;
      }
    }
    for (let t = 0; t < FRAME_TYPES; t++) frames += s.zones[base + ZONE_CELLS.types + t];
    let onLists = 0;
    for (let cpu = 0; cpu < shape.cpus; cpu++) onLists += s.pcp[i * shape.cpus + cpu];
    hold(free >= 0 && blocksBelow === 0, () => `zone ${z.name} has ${free} free pages, and ${blocksBelow} counts of blocks below 0`);
    hold(free === inBlocks, () => `zone ${z.name} counts ${free} free pages, its blocks hold ${inBlocks}`);
    hold(free === s.zones[base + ZONE_CELLS.types + FRAME.buddy], () => `zone ${z.name} counts ${free} free pages, ${s.zones[base + ZONE_CELLS.types + FRAME.buddy]} frames are free`);
    hold(onLists === s.zones[base + ZONE_CELLS.types + FRAME.pcp], () => `zone ${z.name} counts ${onLists} pages on lists, ${s.zones[base + ZONE_CELLS.types + FRAME.pcp]} frames are there`);
    hold(frames === z.spanned, () => `zone ${z.name} has ${z.spanned} frames, ${frames} are counted`);
  });
  let locksBelow = 0;
  for (let at = 0; at < s.locks.length; at += LOCK_CELLS.size) if (s.locks[at + LOCK_CELLS.holders] < 0 || s.locks[at + LOCK_CELLS.waiters] < 0) locksBelow++;
  hold(locksBelow === 0, () => `${locksBelow} locks have fewer than 0 holders or waiters`);
}
