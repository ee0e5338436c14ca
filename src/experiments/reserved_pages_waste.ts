import type { Scenario } from '../format/scenario.ts';
import { MANY, MIXED, NEED, reservedPagesWaste as story, reservedPagesWasteMany as many, reservedPagesWasteMixed as mixed, THREADS } from '../scenarios/reserved_pages_waste.ts';
import { type Experiment, withWorkload } from './experiment.ts';
import type { View } from './view.ts';

const RESERVES = ['perthread_pages_reserve', 'perthread_pages_release', 'create_reserved_pages_pool', 'destroy_unreserve_pages_pool'];
const of = (run: View, name: string): number => run.marks(name).reduce((sum, m) => sum + m.b, 0);
/** Pages kept behind each change, in order. */
const pinned = (run: View): readonly { readonly timeNs: number; readonly c: number }[] => RESERVES.flatMap((name) => run.marks(name)).sort((a, b) => a.timeNs - b.timeNs);
const mostPinned = (run: View): number => pinned(run).reduce((most, m) => Math.max(most, m.c), 0);
/** Before the first section, and with a pool since the mount. */
const idle = (run: View): number => { const first = run.marks('section_page')[0]?.timeNs ?? 0; return run.marks('create_reserved_pages_pool').filter((m) => m.timeNs < first).at(-1)?.c ?? 0; };
const used = (run: View): number => run.marks('section_page').filter((m) => m.b >= 0).length;
/** Pages kept when all sections have allocated what they need and none is over: nobody's use. With a pool, all of it. */
function unused(run: View): number {
  const first = run.marks('perthread_pages_release')[0];
  return first === undefined ? idle(run) : first.b + first.c;
}
const leftAtEnd = (run: View): number => pinned(run).at(-1)?.c ?? 0;
const turns = (n: number): number => Array.from({ length: n }, (_, i) => MIXED[i % MIXED.length]).reduce((sum, need) => sum + need, 0);
const apart = (s: Scenario): Scenario => ({ ...withWorkload(s, 'fssection', { apart: 30, into: 2, hold: 10, until: 4000 }), untilNs: 4500e6 });

export const reservedPagesWasteClaim: Experiment = {
  id: 'reserved-pages-waste',
  mail: story.mail ?? '',
  claim: 'Pages that every thread reserves for its own section are wasted as long as memory does not run out, the more of them the more threads write; one pool that all share wastes only the largest single need.',
  verdict: 'holds',
  because: 'Whoever reserves at the begin of a section takes its worst case out of the allocator, used or not: N threads with P pages pin N times P. A pool is drawn from by one section at a time, so the largest need of any file system is enough for all, 64 pages of 8, 32 and 64 and not their sum of 104. It has a price: it is pinned while nobody writes, and when memory has run out sections go one after the other.',
  inShort: 'pages pinned at most: 640, 6400, and 3440 of three file systems; with one pool 64, also before the first section; none is left at the end',
  shows: 'mostPinnedPages',
  enumeration: true,
  story,
  variants: [
    { name: 'by each of 10', knobs: { 'reserve.kind': 'per-thread' } }, { name: 'one pool', knobs: { 'reserve.kind': 'global' } },
    { name: 'by each of 100', knobs: { 'reserve.kind': 'per-thread' }, story: many }, { name: 'one pool for 100', knobs: { 'reserve.kind': 'global' }, story: many },
    { name: 'by each of 100, three file systems', knobs: { 'reserve.kind': 'per-thread' }, story: mixed }, { name: 'one pool for three file systems', knobs: { 'reserve.kind': 'global' }, story: mixed },
  ],
  controls: [
    { change: 'one thread writes', seeds: 10, edit: (s) => withWorkload(s, 'fssection', { n: 1 }) },
    { change: 'sections come one after the other', seeds: 10, edit: apart },
  ],
  figures: (run) => ({ mostPinnedPages: mostPinned(run), unusedPages: unused(run), pinnedIdlePages: idle(run), inSectionsPages: used(run), reservedBeforehandPages: of(run, 'perthread_pages_reserve'), leftPinnedPages: leftAtEnd(run) }),
  predicate: (runs) => {
    const expected = [THREADS * NEED, MANY * NEED, turns(MANY)];
    return runs.every((run) => leftAtEnd(run) === 0) && expected.every((sum, i) => {
      const [own, pool] = runs.slice(2 * i);
      return mostPinned(own) === sum && unused(own) === sum - used(own) && idle(own) === 0 && mostPinned(pool) === NEED && unused(pool) === NEED && idle(pool) === NEED;
    });
  },
};
