import { notifierLastChance as few, notifierLastChanceMany as many } from '../scenarios/notifier_last_chance.ts';
import { type Experiment, withWorkload } from './experiment.ts';
import { oomPathFigures, served } from './figures.ts';
import type { View } from './view.ts';

/** Calls of the notifier before the first kill; all of them if nobody dies. */
function callsBeforeKill(run: View): number {
  const kill = run.marks('mark_victim')[0];
  return run.marks('oom_notify_end').filter((m) => kill === undefined || m.timeNs < kill.timeNs).length;
}
const rounds = (run: View): number => run.marks('mm_vmscan_direct_reclaim_begin').filter((m) => m.task.startsWith('asker/')).length;
const INSIDE = { 'oom.notifierPlace': 'inside' }, OUTSIDE = { 'oom.notifierPlace': 'outside-mutex' };

export const notifierLastChanceClaim: Experiment = {
  id: 'notifier-last-chance',
  mail: few.mail ?? '',
  claim: 'The gain of calling notifiers before oom_lock is that the last look at the free list comes after them: what they freed is taken by who asked. The price is that a few pages no longer hold a kill back.',
  verdict: 'holds',
  because: 'Inside, freed > 0 makes out_of_memory() return before it chooses, whether or not the pages are of use; outside, only a zone above its high mark does.',
  real: 'A 6.1 used up all 20 batches of 64 pages before the kill inside, and left 15 of them unused outside; with 1024 pages, outside saved the first round too.',
  inShort: 'few: inside kills 0, outside kills ≥ 1; many: kills 0, and outside never needs out_of_memory()',
  shows: 'kills',
  story: few,
  variants: [{ name: 'few, inside', knobs: INSIDE }, { name: 'few, outside', knobs: OUTSIDE }, { name: 'many, inside', knobs: INSIDE, story: many }, { name: 'many, outside', knobs: OUTSIDE, story: many }],
  controls: [{ change: 'the notifier frees nothing', seeds: 10, edit: (s) => withWorkload(s, 'notifier', { pages: 0 }) }],
  figures: (run) => ({ callsBeforeKill: callsBeforeKill(run), roundsOfTheCaller: rounds(run), ...oomPathFigures(run) }),
  predicate: ([fewInside, fewOutside, manyInside, manyOutside]) =>
    fewInside.outcome.kills.length === 0 && served(fewInside) === 1 && fewOutside.outcome.kills.length > 0 && callsBeforeKill(fewOutside) > 0 &&
    [manyInside, manyOutside].every((run) => run.outcome.kills.length === 0 && served(run) === 1) && manyInside.outcome.firsts.oomNs !== null && manyOutside.outcome.firsts.oomNs === null, // out_of_memory() was not needed
};
