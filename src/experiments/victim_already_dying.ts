import { victimAlreadyDying as story, victimAlreadyDying61 as later } from '../scenarios/victim_already_dying.ts';
import type { Experiment } from './experiment.ts';
import { oomPathFigures, served } from './figures.ts';

export const victimAlreadyDyingClaim: Experiment = {
  id: 'victim-already-dying',
  mail: story.mail ?? '',
  claim: 'A caller that has been killed already is not made to wait for another victim: it gets memory from the reserve and leaves.',
  verdict: 'holds',
  because: 'out_of_memory() asks task_will_free_mem(current) before it chooses.',
  real: 'A 6.1 marked the caller alone and served its request; the other candidate lived.',
  inShort: 'kills 0, one task marked, its request served, in both versions',
  shows: 'served',
  story,
  variants: [{ name: 'v4.17', knobs: {} }, { name: 'v6.1', knobs: {}, story: later }],
  controls: [{ change: 'nobody has sent it a signal', seeds: 10, edit: (s) => ({ ...s, workloads: s.workloads.filter((w) => w.name !== 'somebody') }) }],
  figures: oomPathFigures,
  predicate: (runs) => runs.every((run) => run.outcome.kills.length === 0 && run.marks('mark_victim').length === 1 && served(run) > 0),
};
