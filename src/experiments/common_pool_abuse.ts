import { commonPoolAbuse as story } from '../scenarios/common_pool_abuse.ts';
import type { Scenario } from '../format/scenario.ts';
import type { Experiment } from './experiment.ts';
import type { View } from './view.ts';

const isSpecial = (task: string): boolean => task.startsWith('special/');
/** Requests by where the page came from: 0 the allocator, 1 the reserve, -1 nowhere. */
const requests = (run: View, special: boolean, from: number): number => run.marks('mempool_alloc').filter((m) => isSpecial(m.task) === special && m.b === from).length;
const othersRefused = (run: View): number => requests(run, false, -1);
const reserved = (run: View): number => run.marks('mempool_alloc').filter((m) => m.b === 1).length;
/** The special one takes what it was promised, for as long as the others do. */
const behaves = (s: Scenario): Scenario => ({ ...s, workloads: s.workloads.map((w) => (w.name === 'special' ? { ...w, pages: 8, hold: 4, every: 12, rounds: 8, again: 0 } : w)) });
const memoryIsFree = (s: Scenario): Scenario => ({ ...s, workloads: s.workloads.filter((w) => w.type !== 'asker') });

export const commonPoolAbuseClaim: Experiment = {
  id: 'common-pool-abuse',
  mail: story.mail ?? '',
  claim: 'A reserve that all may use is emptied by the first driver that thinks it is special: what was kept for an emergency of all is then one driver\'s.',
  verdict: 'holds',
  because: 'A mempool gives to whoever asks as long as it has an element, and knows no shares: the one who takes more than it put in, and asks again and again, ends up with everybody\'s. The others\' pages that come back go to the reserve and from there to it as well. With a pool each, of the same pages in all, it can only use up its own.',
  inShort: 'requests of the others refused: some with the shared reserve, none with a reserve each; the special one is refused in both',
  shows: 'othersRefused',
  story,
  variants: [{ name: 'one reserve for all', knobs: { 'reserve.pool': 'shared' } }, { name: 'a reserve each', knobs: { 'reserve.pool': 'per-user' } }],
  controls: [{ change: 'the special one takes what it was promised', seeds: 10, edit: behaves }, { change: 'memory is not full', seeds: 10, edit: memoryIsFree }],
  figures: (run) => ({
    othersRefused: othersRefused(run), othersFromReservePages: requests(run, false, 1), specialFromReservePages: requests(run, true, 1), specialRefused: requests(run, true, -1), fromAllocatorPages: requests(run, false, 0) + requests(run, true, 0),
  }),
  predicate: ([shared, own]) => othersRefused(shared) > 0 && othersRefused(own) === 0 && requests(own, true, -1) > 0 && reserved(shared) > 0 && reserved(own) > 0,
};
