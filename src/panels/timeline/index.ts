/** The lanes, from top to bottom. A new one is a file like these and a line here, or in late.ts if not every run has it. */
import { type AnyLane, anyLane } from './lane.ts';
import { locks } from './locks.ts';
import { marks } from './marks.ts';
import { memory } from './memory.ts';
import { pcp } from './pcp.ts';
import { reclaim } from './reclaim.ts';
import { tasks } from './tasks.ts';
import { zones } from './zones.ts';

export const lanes: AnyLane[] = [anyLane(zones), anyLane(pcp), anyLane(memory), anyLane(reclaim), anyLane(tasks), anyLane(locks), anyLane(marks)];
/** Those that are to be shown, from top to bottom. One that `order` does not name stands last. */
export function arranged(order: readonly string[], hidden: readonly string[]): AnyLane[] {
  const rank = ({ id }: AnyLane): number => (order.includes(id) ? order.indexOf(id) : order.length);
  return lanes.filter(({ id }) => !hidden.includes(id)).sort((a, b) => rank(a) - rank(b));
}
let about: Readonly<Record<string, string>> = {};
/** What a lane shows, in words; '' until they have come. */
export const aboutLane = (id: string): string => about[id] ?? '';
/** Puts those of late.ts into their places. The first picture does without them (docs/decisions/first_load.md). */
export async function allLanes(): Promise<void> {
  const { ABOUT, late } = await import('./late.ts');
  about = ABOUT;
  for (const { lane, below } of late) if (!lanes.includes(lane)) lanes.splice(lanes.findIndex(({ id }) => id === below) + 1, 0, lane);
}
