import { reaperCheckRace as story } from '../scenarios/reaper_check_race.ts';
import { type Experiment, withWorkload } from './experiment.ts';
import type { View } from './view.ts';

/** Has the exploration of this variant found a schedule in which pages go although a second MMU maps them? */
const found = (run: View): boolean => run.explored !== undefined && run.explored.bad !== null;
/** It was looked for, and did not come, in any schedule with as many deviations as the story asks for. */
const nowhere = (run: View): boolean => run.explored !== undefined && run.explored.bad === null && run.explored.covered.deviations >= (story.explore?.deviations ?? Infinity);

export const reaperCheckRaceClaim: Experiment = {
  id: 'reaper-check-race',
  mail: story.mail ?? '',
  claim: 'Whether the victim has MMU notifiers is to be asked when mmap_lock is held: asked before, the answer may be old when the pages go.',
  verdict: 'holds',
  because: 'Registration takes mmap_lock for writing. Between the question and the trylock somebody who held the lock may let go of it and another register: then the trylock gets it, and pages are unmapped under a notifier. When the reaper reads under the lock nobody can join until it has let go. No run with its own times shows it; the schedules do.',
  inShort: 'before: some schedule unmaps under a notifier; after: none with as many deviations',
  shows: 'badSchedules',
  explores: true,
  story,
  variants: [{ name: 'before', knobs: { 'oomReaper.check': 'before' } }, { name: 'after', knobs: { 'oomReaper.check': 'after' } }],
  controls: [{ change: 'nobody registers a notifier', seeds: 10, edit: (s) => withWorkload(s, 'mmunotifier', { register: -1 }) }],
  figures: ({ explored }) => ({ badSchedules: explored?.bad ? 1 : 0, badAfterSteps: explored?.bad?.steps ?? 0, deviations: explored?.bad?.deviations ?? 0, schedulesTried: explored?.covered.schedules ?? 0 }),
  predicate: ([before, after]) => found(before) && nowhere(after),
};
