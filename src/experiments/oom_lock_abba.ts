import { oomLockAbba as story } from '../scenarios/oom_lock_abba.ts';
import { type Experiment, withWorkload } from './experiment.ts';
import { oomPathFigures, served } from './figures.ts';
import type { View } from './view.ts';

/** When owner is sent SIGKILL. */
const SIGKILL_MS = 350;
/** Neither caller nor owner has its page, and nobody was killed for it, until owner is sent a signal. */
const stuck = (run: View): boolean => run.outcome.kills.length === 0 && run.marks('ask_for_pages').every((m) => m.timeNs >= SIGKILL_MS * 1e6);

export const oomLockAbbaClaim: Experiment = {
  id: 'oom-lock-abba',
  mail: story.mail ?? '',
  claim: 'A callback that waits for somebody who allocates hangs the machine, wherever the chain is called; only callbacks that keep the rule are safe.',
  verdict: 'holds',
  because: 'Inside, owner never gets oom_lock from caller, who waits for owner: a ring with a trylock in it, which no lock dependency tells of, and which a signal to owner does not open: nobody asks for one on that way. Before oom_lock owner waits for oom_notifier_lock, which caller holds; with the read side owner enters the callback and waits for the mutex that it holds itself.',
  inShort: 'nobody served, nobody killed before SIGKILL at 350 ms; then outside-mutex is served, outside-rwsem is not',
  story,
  variants: [
    { name: 'inside', knobs: { 'oom.notifierPlace': 'inside' } }, { name: 'outside-mutex', knobs: { 'oom.notifierPlace': 'outside-mutex' } }, { name: 'outside-rwsem', knobs: { 'oom.notifierPlace': 'outside-rwsem' } },
  ],
  controls: [{ change: 'the callback keeps the rule: it takes no lock that an allocating task may hold', seeds: 10, edit: (s) => withWorkload(s, 'notifier', { lock: '' }) }],
  figures: (run) => ({ stuck: stuck(run) ? 1 : 0, servedInTime: served(run) === 0 ? 0 : run.marks('ask_for_pages').filter((m) => m.c >= 0 && m.timeNs < SIGKILL_MS * 1e6).length, ...oomPathFigures(run) }),
  // then the signal ends a killable wait for oom_notifier_lock, and not owner's wait for its own mutex
  predicate: (runs) => runs.every(stuck) && served(runs[1]) > 0 && served(runs[2]) === 0,
};
