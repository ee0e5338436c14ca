import { pcpDrained as story } from '../scenarios/pcp_monopoly.ts';
import type { Experiment } from './experiment.ts';
import { drains, pcpFigures, refusedTakes } from './pcp_figures.ts';

export const pcpDrainedClaim: Experiment = {
  id: 'pcp-drained',
  mail: story.mail ?? '',
  claim: 'A CPU\'s page lists can be empty at any time: low memory itself has all of them given back, and then a source that looks nowhere else has nothing.',
  verdict: 'holds',
  because: '__alloc_pages_direct_reclaim() drains all per-CPU lists once when it has made progress and still found no page: what it freed lies on a list and counts for no mark. The lockless source does not refill.',
  inShort: 'drainOnReclaim on: the first take after a drain fails; off: direct reclaim all the same, and no take fails',
  shows: 'refusedTakes',
  story,
  variants: [{ name: 'drains', knobs: { 'pcp.drainOnReclaim': 'on' } }, { name: 'no drains', knobs: { 'pcp.drainOnReclaim': 'off' } }],
  controls: [{ change: 'the other CPU needs no more than is free', seeds: 10, edit: (s) => ({ ...s, workloads: s.workloads.map((w) => (w.name === 'eater' ? { ...w, pages: 250 } : w)) }) }],
  figures: (run) => ({ ...pcpFigures(run, 1), drains: drains(run).length, directReclaims: run.marks('mm_vmscan_direct_reclaim_begin').length }),
  predicate([on, off]) {
    const drained = drains(on)[0], next = on.marks('pcp_take').find((m) => drained !== undefined && m.timeNs > drained.toNs);
    const before = on.marks('pcp_take').filter((m) => drained !== undefined && m.timeNs < drained.fromNs);
    return next !== undefined && next.b < 0 && before.length > 0 && before.every((m) => m.b >= 0) && off.marks('mm_vmscan_direct_reclaim_begin').length > 0 && refusedTakes(off) === 0;
  },
};
