import type { Scenario } from '../format/scenario.ts';
import { endAt } from './full_machine.ts';
import { ALONE, lazyMachine } from './lazy_rcu.ts';
import { HOCKO_2018 } from './mails.ts';

export const WAVES = 12;
const EVERY_MS = 80;
const of = (id: string, title: string, text: string, sizes: string): Scenario => ({
  id, title, mail: HOCKO_2018,
  text: [
    'A shrinker for lazy callbacks can count callbacks, and nothing else: a callback may free 32 bytes or two megabytes. Here a driver queues twelve waves of callbacks, of different number, and after each wave somebody asks all shrinkers for all they have (vm.drop_caches = 2).',
    text,
  ],
  ...lazyMachine(WAVES * EVERY_MS + 20),
  knobs: { 'rcu.fastNoHz': 'on', 'rcu.idleAccelBug': 'on', 'rcu.oomHook': 'shrinker-barrier' },
  workloads: [
    ALONE, { type: 'callrcu', name: 'driver', cpu: 1, count: 200, vary: 0.9, waves: WAVES, every: EVERY_MS, start: 21, jitter: 2, sizes },
    { type: 'dropslab', name: 'dropper', start: 30, every: EVERY_MS, times: WAVES }, endAt(WAVES * EVERY_MS + 20),
  ],
  ends: 'no-oom',
});
export const shrinkerCountConstant = of('shrinker-count-constant', 'A count of callbacks: all of one size', 'All objects have 64 KiB, so that the count tells how much memory there is.', 'constant');
export const shrinkerCountHeavy = of('shrinker-count-heavy', 'A count of callbacks: few large ones, many small ones', 'Each doubling of the size, from 16 KiB to 2 MiB, is half as frequent: a few large objects are most of the memory, and the count says little of it.', 'heavy');
export const shrinkerCountZero = of('shrinker-count-zero', 'A count of callbacks: they free no page', 'The objects share slabs with others that stay: no page comes back at all, but whoever asked has waited for a grace period.', 'zero');
