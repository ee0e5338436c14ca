import { oomLockAbba as story } from '../scenarios/oom_lock_abba.ts';
import { type Experiment, withWorkload } from './experiment.ts';
import { oomPathFigures, served } from './figures.ts';
import type { View } from './view.ts';

const LAST_CALL_MS = 350;
/** Neither A nor B has its page, and nobody was killed for it, when the driver ends the processes. */
const stuck = (run: View): boolean => run.outcome.kills.length === 0 && run.marks('ask_for_pages').every((m) => m.timeNs >= LAST_CALL_MS * 1e6);

export const oomLockAbbaClaim: Experiment = {
  id: 'oom-lock-abba',
  mail: story.mail ?? '',
  claim: 'A callback that waits for somebody who allocates hangs the machine, wherever the chain is called; only callbacks that keep the rule are safe.',
  verdict: 'holds',
  because: 'Inside, B never gets oom_lock from A, who waits for B: a ring with a trylock in it, so that no lock dependency is reported. Before oom_lock B waits for oom_notifier_lock, which A holds; with the read side B enters the callback and waits for the mutex that it holds itself.',
  story,
  variants: [
    { name: 'inside', knobs: { 'oom.notifierPlace': 'inside' } }, { name: 'outside-mutex', knobs: { 'oom.notifierPlace': 'outside-mutex' } }, { name: 'outside-rwsem', knobs: { 'oom.notifierPlace': 'outside-rwsem' } },
  ],
  controls: [{ change: 'the callback keeps the rule: it takes no lock that an allocating task may hold', seeds: 10, edit: (s) => withWorkload(s, 'notifier', { lock: '' }) }],
  figures: (run) => ({ stuck: stuck(run) ? 1 : 0, servedInTime: served(run) === 0 ? 0 : run.marks('ask_for_pages').filter((m) => m.c >= 0 && m.timeNs < LAST_CALL_MS * 1e6).length, ...oomPathFigures(run) }),
  // a fatal signal to B ends the first two (a killable wait; a caller that is dying), not a wait for one's own mutex
  predicate: (runs) => runs.every(stuck) && served(runs[0]) > 0 && served(runs[1]) > 0 && served(runs[2]) === 0,
};
