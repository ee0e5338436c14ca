import { oomLockAbba as story } from '../scenarios/oom_lock_abba.ts';
import { type Experiment, withWorkload } from './experiment.ts';
import { oomPathFigures, served } from './figures.ts';
import type { View } from './view.ts';

/** When B is sent SIGKILL. */
const SIGKILL_MS = 350;
/** Neither A nor B has its page, and nobody was killed for it, until B is sent a signal. */
const stuck = (run: View): boolean => run.outcome.kills.length === 0 && run.marks('ask_for_pages').every((m) => m.timeNs >= SIGKILL_MS * 1e6);

export const oomLockAbbaClaim: Experiment = {
  id: 'oom-lock-abba',
  mail: story.mail ?? '',
  claim: 'A callback that waits for somebody who allocates hangs the machine, wherever the chain is called; only callbacks that keep the rule are safe.',
  verdict: 'holds',
  because: 'Inside, B never gets oom_lock from A, who waits for B: a ring with a trylock in it, which no lock dependency tells of, and which a signal to B does not open: nobody asks for one on that way. Before oom_lock B waits for oom_notifier_lock, which A holds; with the read side B enters the callback and waits for the mutex that it holds itself.',
  inShort: 'nobody served, nobody killed before SIGKILL at 350 ms; then outside-mutex is served, outside-rwsem is not',
  story,
  variants: [
    { name: 'inside', knobs: { 'oom.notifierPlace': 'inside' } }, { name: 'outside-mutex', knobs: { 'oom.notifierPlace': 'outside-mutex' } }, { name: 'outside-rwsem', knobs: { 'oom.notifierPlace': 'outside-rwsem' } },
  ],
  controls: [{ change: 'the callback keeps the rule: it takes no lock that an allocating task may hold', seeds: 10, edit: (s) => withWorkload(s, 'notifier', { lock: '' }) }],
  figures: (run) => ({ stuck: stuck(run) ? 1 : 0, servedInTime: served(run) === 0 ? 0 : run.marks('ask_for_pages').filter((m) => m.c >= 0 && m.timeNs < SIGKILL_MS * 1e6).length, ...oomPathFigures(run) }),
  // then the signal ends a killable wait for oom_notifier_lock, and not B's wait for its own mutex
  predicate: (runs) => runs.every(stuck) && served(runs[1]) > 0 && served(runs[2]) === 0,
};
