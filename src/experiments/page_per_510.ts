import { COUNTS, pagePer510 as story, pagePer510Later as later } from '../scenarios/kvfree_stories.ts';
import { type Experiment, withWorkload } from './experiment.ts';
import { bulkPages, calls } from './kvfree_figures.ts';
import type { View } from './view.ts';

const pagesOf = (run: View, count: number): number => bulkPages(run).filter((m) => m.task.startsWith(`n${count}/`)).length;
const asExpected = (run: View, capacity: number): number => COUNTS.filter((n) => pagesOf(run, n) === Math.ceil(n / capacity)).length;
const CAPACITY = 510, LATER = 507;

export const pagePer510Claim: Experiment = {
  id: 'page-per-510',
  mail: story.mail ?? '',
  claim: 'kvfree_rcu() needs one page for some 500 objects, so that its load on the allocator is small.',
  verdict: 'holds',
  because: 'A bulk page is a header of 16 bytes and pointers of 8 in 4096 bytes: 510. Since 6.6 the header has a list and the grace period of the page, 40 bytes: 507. On 32 bits it is 8 bytes and pointers of 4: 1022.',
  real: 'A 6.1 and a 6.12 were asked to free 2000 objects each by the form with one argument: the caller took 4 pages on both.',
  inShort: 'pages of each of 8 drivers: ceil(objects / 510) on 5.9, ceil(objects / 507) on 6.12',
  shows: 'bulkPages',
  enumeration: true,
  story,
  variants: [{ name: 'v5.9', knobs: {} }, { name: 'v6.12', knobs: {}, story: later }],
  controls: [{ change: 'pointers of 32 bits: 1022 in a page', seeds: 10, edit: (s) => withWorkload(s, 'kvfree', { pointer: 4 }) }],
  figures: (run) => ({ objects: calls(run).length, bulkPages: bulkPages(run).length, driversAs510: asExpected(run, CAPACITY), driversAs507: asExpected(run, LATER) }),
  predicate: ([v59, v612]) => asExpected(v59, CAPACITY) === COUNTS.length && asExpected(v612, LATER) === COUNTS.length,
};
