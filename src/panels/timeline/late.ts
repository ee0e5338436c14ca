/** Lanes that not every run has: they come after the first picture, each below the lane that it names. */
import { type AnyLane, anyLane } from './lane.ts';
import { ABOUT } from './about.ts';
import { pace } from './pace.ts';
import { pools } from './pools.ts';
import { rcu } from './rcu.ts';

export { ABOUT };
export const late: readonly { readonly lane: AnyLane; readonly below: string }[] = [{ lane: anyLane(pace), below: 'reclaim' }, { lane: anyLane(rcu), below: 'locks' }, { lane: anyLane(pools), below: 'rcu' }];
