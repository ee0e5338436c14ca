/** The lanes, from top to bottom. A new one is a file like these and a line here. */
import { type AnyLane, anyLane } from './lane.ts';
import { locks } from './locks.ts';
import { marks } from './marks.ts';
import { memory } from './memory.ts';
import { pcp } from './pcp.ts';
import { pools } from './pools.ts';
import { rcu } from './rcu.ts';
import { reclaim } from './reclaim.ts';
import { tasks } from './tasks.ts';
import { zones } from './zones.ts';

export const lanes: readonly AnyLane[] = [anyLane(zones), anyLane(pcp), anyLane(memory), anyLane(reclaim), anyLane(tasks), anyLane(locks), anyLane(rcu), anyLane(pools), anyLane(marks)];
