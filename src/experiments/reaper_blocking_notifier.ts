import { reaperBlockingNotifier as story, reaperSlowNotifier as slow } from '../scenarios/reaper_blocking_notifier.ts';
import { type Experiment, withWorkload } from './experiment.ts';
import { aboutFirst, laterOomCalls, nextVictimMs, reaped, reaperFigures, reaperHolds } from './figures.ts';
import { longestNs, type View } from './view.ts';

const CALLBACK_NS = 300e6;
/** Nobody else dies, and those who ask go on reclaiming. */
const hangs = (run: View): boolean => run.outcome.kills.length === 1 && aboutFirst(run, 'finish_task_reaping').length === 0 && run.marks('mm_vmscan_direct_reclaim_begin').length > 100;
const goesOn = (run: View): boolean => run.outcome.kills.length > 1 && nextVictimMs(run) <= 1250 && reaperHolds(run).every((h) => h.toNs - h.fromNs < 1.1e9);
const TELLS = (oomLock: string): Readonly<Record<string, string>> => ({ 'oomReaper.mmuNotifier': 'invalidate', 'oomReaper.oomLock': oomLock });

export const reaperBlockingNotifierClaim: Experiment = {
  id: 'reaper-blocking-notifier',
  mail: story.mail ?? '',
  claim: 'To call notifiers round the unmapping is risky: one that sleeps for a slow or dead device keeps the reaper, and with it the way out of the OOM.',
  verdict: 'holds',
  because: 'Under oom_lock nobody gets into out_of_memory() while the callback sleeps, and those who lose the trylock call it progress; without the lock each call finds a victim on its way and waits. Neither ends by itself. Where a callback may refuse (4.19), or a victim with an unsafe one is skipped (4.16), the next victim comes a second later.',
  real: 'A 6.1 whose callback slept 3 s against the rule killed nobody for 8.4 s; one whose callback refused gave up after 10 rounds and killed again 3.06 s after the first kill.',
  inShort: 'for ever: one kill, and while it sleeps calls of out_of_memory() 0 with oom_lock held, > 0 without; refused or skipped: the next victim after 1 s',
  shows: 'nextVictimMs',
  story,
  variants: [
    { name: 'for ever, oom_lock held', knobs: TELLS('held') }, { name: 'for ever, oom_lock free', knobs: TELLS('free') }, { name: '300 ms a mapping, oom_lock held', knobs: TELLS('held'), story: slow },
    { name: 'for ever, but it may refuse', knobs: { 'oomReaper.mmuNotifier': 'nonblock', 'oomReaper.oomLock': 'free' } }, { name: 'for ever, and says that it is not safe', knobs: { 'oomReaper.mmuNotifier': 'safe-flag', 'oomReaper.oomLock': 'held' } },
  ],
  controls: [{ change: 'the callback does not sleep', seeds: 10, edit: (s) => withWorkload(s, 'mmunotifier', { sleep: 0, safe: 1 }) }],
  figures: reaperFigures,
  predicate: ([held, free, late, refused, unsafe]) =>
    hangs(held) && laterOomCalls(held) === 0 && held.misses('oom_lock') > 0 && hangs(free) && laterOomCalls(free) > 0 &&
    late.outcome.kills.length === 1 && reaped(late) === 1 && longestNs(reaperHolds(late)) >= CALLBACK_NS && [refused, unsafe].every(goesOn),
};
