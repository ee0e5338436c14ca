import { reaperMmuNotifier as story } from '../scenarios/reaper_mmu_notifier.ts';
import { type Experiment, withWorkload } from './experiment.ts';
import { gapsMs, nextVictimMs, reaped, reaperFigures, reaperHolds, untoldPages } from './figures.ts';
import { longestNs, type View } from './view.ts';

const HZ_MS = 1000, ATTEMPTS = 10;
/** A second, or ten tenths, and somebody else: those who ask look again some rounds of reclaim later, each of which takes a while on this machine. */
const secondVictim = (run: View): boolean => nextVictimMs(run) >= HZ_MS && nextVictimMs(run) <= 1.25 * HZ_MS;
/** Its memory was taken by the first attempt, and nobody else had to die. */
const done = (run: View): boolean => reaped(run) === 1 && reaperHolds(run).length === 1 && run.outcome.kills.length === 1;
const way = (name: string): { readonly name: string; readonly knobs: Readonly<Record<string, string>> } => ({ name, knobs: { 'oomReaper.mmuNotifier': name } });

export const reaperMmuNotifierClaim: Experiment = {
  id: 'reaper-mmu-notifier',
  mail: story.mail ?? '',
  claim: 'The reaper must not unmap a victim\'s pages without a word to its MMU notifiers. To leave such a victim alone for a second is enough, for notifiers do not go away within ten attempts; better would be to know which of them are safe to call.',
  verdict: 'holds',
  because: '4.13 calls nobody, so a second MMU keeps pages that were freed. To skip after HZ or after ten times HZ/10 takes as long and frees as little: the next victim dies a second later. Called round each mapping, callbacks that do not sleep let the reaper take it all at once.',
  real: 'A 6.1 with such a callback reaped with ten calls, one a mapping, 2.0 to 2.1 s after the kill.',
  inShort: 'ignore: pages go untold; skip-sleep, retry: nothing reaped and a second victim after 1 s; the others: told, and reaped',
  shows: 'nextVictimMs',
  story,
  variants: ['ignore', 'skip-sleep', 'retry', 'invalidate', 'safe-flag', 'nonblock'].map(way),
  controls: [{ change: 'the victim has no notifier', seeds: 10, edit: (s) => withWorkload(s, 'mmunotifier', { register: -1 }) }],
  figures: reaperFigures,
  predicate: ([ignore, sleep, retry, ...told]) =>
    done(ignore) && untoldPages(ignore) > 0 && [sleep, retry, ...told].every((run) => untoldPages(run) === 0) &&
    [sleep, retry].every((run) => reaped(run) === 0 && secondVictim(run)) && reaperHolds(sleep).length === 1 && longestNs(reaperHolds(sleep)) >= HZ_MS * 1e6 &&
    reaperHolds(retry).length === ATTEMPTS && gapsMs(reaperHolds(retry).map((h) => h.fromNs)).every((ms) => ms >= HZ_MS / ATTEMPTS) &&
    told.every((run) => done(run) && run.marks('invalidate_range_start').length > 0),
};
