import { notifierAfterSuspend as story } from '../scenarios/notifier_after_suspend.ts';
import type { Experiment } from './experiment.ts';
import { callbacks, oomPathFigures, refused } from './figures.ts';

export const notifierAfterSuspendClaim: Experiment = {
  id: 'notifier-after-suspend',
  mail: story.mail ?? '',
  claim: 'With the chain before oom_lock the notifiers also run while the OOM killer is disabled; inside out_of_memory() they do not.',
  verdict: 'holds',
  because: 'out_of_memory() asks oom_killer_disabled before everything else; the patch calls the chain earlier and is held back by pm_suspended_storage() alone.',
  real: 'A 6.1 with the killer disabled called out_of_memory() once and no notifier, and the request failed.',
  inShort: 'callbacks: inside 0, outside > 0; kills 0 and a request refused in both',
  shows: 'callbacks',
  story,
  variants: [{ name: 'inside', knobs: { 'oom.notifierPlace': 'inside' } }, { name: 'outside-mutex', knobs: { 'oom.notifierPlace': 'outside-mutex' } }],
  controls: [{ change: 'the machine is not suspended', seeds: 10, edit: (s) => ({ ...s, workloads: s.workloads.filter((w) => w.type !== 'suspend') }) }],
  figures: oomPathFigures,
  predicate: ([inside, outside]) => callbacks(inside) === 0 && callbacks(outside) > 0 && [inside, outside].every((run) => run.outcome.kills.length === 0 && refused(run) > 0),
};
