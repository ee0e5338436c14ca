import { reaperTrylockQueued as queued, reaperTrylockRetries as story, reaperTrylockRetries61 as later } from '../scenarios/reaper_trylock_retries.ts';
import { type Experiment, withWorkload } from './experiment.ts';
import { aboutFirst, gapsMs, nextVictimMs, reaped, reaperFigures, sinceKillMs } from './figures.ts';
import type { View } from './view.ts';

const ATTEMPTS = 10, APART_MS = 100;
const attemptsNs = (run: View): readonly number[] => aboutFirst(run, 'skip_task_reaping').map((m) => m.timeNs);
/** Ten times a tenth of a second, and a jiffy or two each for the timer; then somebody else. */
const givesUp = (run: View): boolean =>
  reaped(run) === 0 && attemptsNs(run).length === ATTEMPTS && gapsMs(attemptsNs(run)).every((ms) => ms >= APART_MS && ms <= APART_MS + 15) &&
  run.outcome.kills.length > 1 && nextVictimMs(run) > sinceKillMs(run, attemptsNs(run).at(-1));
const begins = (run: View): number => sinceKillMs(run, attemptsNs(run)[0]);

export const reaperTrylockRetriesClaim: Experiment = {
  id: 'reaper-trylock-retries',
  mail: story.mail ?? '',
  claim: 'If mmap_lock cannot be taken for a second the reaper gives the victim up, and the OOM killer takes another one. A writer that only waits behind a reader is enough for that.',
  verdict: 'holds',
  because: 'The reaper tries ten times, HZ/10 apart, at once in 4.13 and from 2 s after the kill since 5.18; MMF_OOM_SKIP is set whatever came of it. A fair rwsem refuses readers, and their trylocks, while a writer waits; where readers pass waiting writers the first attempt succeeds.',
  real: '6.1 kernels skipped ten times, 104 ms apart, from 2.02 s on, and killed again after 3.1 to 3.2 s.',
  inShort: '10 failed trylocks ≥ 100 ms apart, then a second victim; where readers pass: reaped at the first attempt',
  shows: 'failedTrylocks',
  story,
  variants: [
    { name: 'a writer holds it, 4.13', knobs: {} }, { name: 'a writer holds it, 6.1', knobs: {}, story: later },
    { name: 'a writer waits, fair', knobs: { 'rwsem.fair': 'on' }, story: queued }, { name: 'a writer waits, readers pass', knobs: { 'rwsem.fair': 'off' }, story: queued },
  ],
  controls: [{ change: 'nobody holds mmap_lock or waits for it', seeds: 10, edit: (s) => withWorkload(s, 'mmunotifier', { hold: 'nothing', writer: 0 }) }],
  figures: (run) => ({ firstAttemptMs: attemptsNs(run).length > 0 ? begins(run) : sinceKillMs(run, run.marks('start_task_reaping')[0]?.timeNs), ...reaperFigures(run) }),
  predicate: ([held, since518, fair, passes]) =>
    [held, since518, fair].every(givesUp) && begins(held) < APART_MS && begins(fair) < APART_MS && begins(since518) >= 2000 && begins(since518) < 2100 &&
    reaped(passes) === 1 && attemptsNs(passes).length === 0 && passes.outcome.kills.length === 1,
};
