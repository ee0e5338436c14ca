import { growAfterEmergency as story } from '../scenarios/kvfree_stories.ts';
import { type Experiment, withWorkload } from './experiment.ts';
import { calls, fallbacks } from './kvfree_figures.ts';
import type { View } from './view.ts';

const WAVE = 8000;
/** Fallbacks of one burst, by the numbers of its objects. */
const inWave = (run: View, wave: number): number => fallbacks(run).filter((m) => Math.floor(m.b / WAVE) === wave).length;
const givenBack = (run: View): number => run.marks('kvfree_shrink').reduce((n, m) => n + m.c, 0);
/** The pool shrinks after the last burst, not in it. */
const shrinksAfter = (run: View): boolean => run.marks('kvfree_shrink').every((m) => m.timeNs > (calls(run).at(-1)?.timeNs ?? Infinity));

export const growAfterEmergencyClaim: Experiment = {
  id: 'grow-after-emergency',
  mail: story.mail ?? '',
  claim: 'After an emergency the pool for kvfree_rcu() could be larger for a while, so that the next one finds pages, and shrink again later.',
  verdict: 'holds',
  because: 'The worker knows how many objects had no page and raises the target by as many pages as would have held them; emptied pages fill it too. It was never code: how much and for how long is chosen here. It helps the second of two bursts that are alike and further apart than the worker takes; nothing helps the first.',
  inShort: 'own-pool: fallbacks in both bursts; own-pool-grow: in the first only, and extra pages given back afterwards',
  shows: 'fallbacksOfSecondBurst',
  story,
  variants: [{ name: 'own-pool', knobs: { 'kvfree.pageSource': 'own-pool' } }, { name: 'own-pool-grow', knobs: { 'kvfree.pageSource': 'own-pool-grow' } }],
  controls: [{ change: 'bursts of 2000 objects, which five pages hold', seeds: 10, edit: (s) => withWorkload(s, 'kvfree', { count: 2000 }) }],
  figures: (run) => ({ fallbacksOfFirstBurst: inWave(run, 0), fallbacksOfSecondBurst: inWave(run, 1), givenBackPages: givenBack(run) }),
  predicate: ([fixed, grow]) => inWave(fixed, 0) > 0 && inWave(fixed, 1) > 0 && inWave(grow, 0) > 0 && inWave(grow, 1) === 0 && givenBack(fixed) === 0 && givenBack(grow) > 0 && shrinksAfter(grow),
};
