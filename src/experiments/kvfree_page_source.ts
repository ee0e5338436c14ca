import { kvfreePageSource as story, kvfreePageSourceDrained as drained } from '../scenarios/kvfree_stories.ts';
import { type Experiment, type Variant, withWorkload } from './experiment.ts';
import { beforeFallback, belowMin, bulkPages, fallbacks, finite, missedWakes } from './kvfree_figures.ts';

const of = (source: string): Variant => ({ name: source, knobs: { 'kvfree.pageSource': source } });
export const kvfreePageSourceClaim: Experiment = {
  id: 'kvfree-page-source',
  mail: story.mail ?? '',
  claim: 'A function that takes pages off the per-CPU lists without locks takes them below the watermarks and wakes nobody; as the lists can easily be empty, it changes the shape of the problem only.',
  verdict: 'holds',
  because: 'A page on a per-CPU list is not counted as free any more, and no mark is looked at when it is taken from there; kswapd is woken by the slow path, which nobody enters. GFP_NOWAIT is refused at MIN, in the slow path. After a drain the list has nothing, while the allocator still has all that is above MIN; so the fallback is needed all the same, and sooner.',
  inShort: 'pages below MIN and missed wakes: pcp-lockless > 0, others 0; most fallbacks: none; lists drained: pcp-lockless falls back no later than inline-nowait',
  shows: 'belowMinPages',
  story,
  variants: [
    of('inline-nowait'), of('pcp-lockless'), of('pcp-lockless-min'), of('own-pool'), of('own-pool-grow'), of('rescue-pool'), of('none'),
    { ...of('inline-nowait'), name: 'inline-nowait, drained', story: drained }, { ...of('pcp-lockless'), name: 'pcp-lockless, drained', story: drained },
  ],
  controls: [{ change: 'memory is not full', seeds: 10, edit: (s) => withWorkload(s, 'kvfree', { leave: -1 }) }],
  figures: (run) => ({ belowMinPages: belowMin(run), missedWakes: missedWakes(run), fallbacks: fallbacks(run).length, beforeFallback: finite(beforeFallback(run)), bulkPages: bulkPages(run).length }),
  predicate: (runs) => {
    const [inline, lockless, min, pool, grow, rescue, none, inlineDrained, locklessDrained] = runs, others = [inline, min, pool, grow, rescue, none];
    return belowMin(lockless) > 0 && missedWakes(lockless) > 0 && others.every((run) => belowMin(run) === 0 && missedWakes(run) === 0 && fallbacks(run).length <= fallbacks(none).length) &&
      [inline, lockless, min, pool, grow, rescue].every((run) => fallbacks(run).length < fallbacks(none).length) && beforeFallback(locklessDrained) <= beforeFallback(inlineDrained) && fallbacks(locklessDrained).length > 0;
  },
};
