import { pcpMonopoly as story } from '../scenarios/pcp_monopoly.ts';
import { type Experiment, withWorkload } from './experiment.ts';
import { pcpFigures, takerWakes, takesOf } from './pcp_figures.ts';
import type { View } from './view.ts';

/** Refills that the neighbour on the taker's CPU has to make for 100 pages of its own. */
const refillsOf100 = (run: View): number => { const u = takesOf(run, 'neighbour'); return u === undefined ? 0 : (100 * u.refills) / u.taken; };

export const pcpMonopolyClaim: Experiment = {
  id: 'pcp-monopoly',
  mail: story.mail ?? '',
  claim: 'Who takes pages off a CPU\'s lists without lock or mark empties them for everybody there, goes past the marks and lets kswapd sleep. A loop of GFP_NOWAIT does harm too, but of another class: it stops at the mark and wakes kswapd.',
  verdict: 'holds',
  because: 'Only a request that finds its list empty and passes a mark refills it, by a batch under zone->lock; __rcu_alloc_page_lockless() does neither, so each of its pages is one that somebody else has fetched. get_page_from_freelist() is where marks are looked at, the slow path where kswapd is woken.',
  real: 'A 6.1 served a loop of GFP_NOWAIT in refills of 15, woke kswapd as soon as 535 pages were free, which is LOW, and refused it with 414 free, just below MIN. The lockless way is in no kernel.',
  inShort: 'pcp-lockless: ≥ 3 times as many refills by others and ≥ 3 times as long empty as with none, no wake by the taker; inline-nowait: own refills, kswapd woken, refused, nothing below MIN',
  shows: 'neighbourRefills',
  story,
  variants: ['pcp-lockless', 'inline-nowait', 'none'].map((source) => ({ name: source, knobs: { 'pcptake.source': source } })),
  controls: [{ change: 'it gives each page back at once', seeds: 10, edit: (s) => withWorkload(s, 'pcptake', { burst: 1, keep: 0 }) }],
  figures: (run) => ({ neighbourRefills: takesOf(run, 'neighbour')?.refills ?? 0, ...pcpFigures(run, 0) }),
  predicate([lockless, nowait, none]) {
    const taker = takesOf(lockless, 'taker'), asks = takesOf(nowait, 'taker');
    if (taker === undefined || asks === undefined) return false;
    const monopolised = refillsOf100(lockless) >= 3 * refillsOf100(none) && lockless.pcp.emptyNs(0) >= 3 * none.pcp.emptyNs(0);
    const unheard = taker.refills === 0 && takerWakes(lockless) === 0 && taker.missedWakes > 0 && taker.belowMin > 0;
    const obeys = asks.refills > 0 && takerWakes(nowait) > 0 && nowait.marks('pcp_take').some((m) => m.b < 0) && asks.belowMin === 0 && asks.missedWakes === 0;
    return monopolised && unheard && obeys;
  },
};
