import { GATES, oomGates as story, oomGates61 as later } from '../scenarios/oom_gates.ts';
import type { Experiment } from './experiment.ts';
import { oomPathFigures } from './figures.ts';
import type { Mark, View } from './view.ts';

/** What the reference says of each: does it get its page, are notifiers called for it, does it kill (page-alloc reference, 6.1 to 6.3 and the table of 4.3). */
const EXPECTED: Readonly<Record<string, { readonly page: boolean; readonly notifiers: boolean; readonly kills: boolean }>> = {
  dumpcore: { page: false, notifiers: false, kills: false }, costly: { page: false, notifiers: false, kills: false }, mayfail: { page: false, notifiers: false, kills: false },
  lowzone: { page: false, notifiers: false, kills: false }, thisnode: { page: false, notifiers: false, kills: false }, noretry: { page: false, notifiers: false, kills: false },
  nofs: { page: true, notifiers: true, kills: false }, // loops until somebody else's kill gives it a page
  nofail: { page: true, notifiers: true, kills: true },
};
const of = (marks: readonly Mark[], name: string): readonly Mark[] => marks.filter((m) => m.task.startsWith(`${name}/`));
const asExpected = (run: View, name: string): boolean => {
  const e = EXPECTED[name], asked = of(run.marks('ask_for_pages'), name);
  return asked.length === 1 && asked[0].c >= 0 === e.page && of(run.marks('oom_notify_begin'), name).length > 0 === e.notifiers && of(run.marks('mark_victim'), name).length > 0 === e.kills;
};
const names = GATES.map((g) => String(g.name));

export const oomGatesClaim: Experiment = {
  id: 'oom-gates',
  mail: story.mail ?? '',
  claim: 'Which requests may end in a kill is settled by gates that do not depend on where the notifiers are called; before oom_lock the notifiers run only for requests that pass them.',
  verdict: 'holds',
  because: 'The patch moves the tests into a predicate that it asks first: what ends a request is the same, and so is who dies. A charge that a memory cgroup refuses passes no such gates; the story memcg-limit has that.',
  real: 'A 6.1 was asked 79 cases of flags, order, zone and task, one by one; which gate ended each, whether notifiers ran and whether somebody died came out as here in profile v6.1.',
  inShort: 'page, notifiers and kill of each of the 8 gates as in the reference, in both places and on 6.1',
  shows: 'asTheReference',
  enumeration: true,
  story,
  variants: [{ name: 'inside', knobs: { 'oom.notifierPlace': 'inside' } }, { name: 'outside-mutex', knobs: { 'oom.notifierPlace': 'outside-mutex' } }, { name: 'v6.1', knobs: {}, story: later }],
  controls: [{ change: 'the task that dumps core does not', seeds: 10, edit: (s) => ({ ...s, workloads: s.workloads.map((w) => (w.name === 'dumpcore' ? { ...w, pf: '' } : w)) }) }],
  figures: (run) => ({ gates: names.length, asTheReference: names.filter((n) => asExpected(run, n)).length, ...oomPathFigures(run) }),
  predicate: (runs) => runs.every((run) => names.every((n) => asExpected(run, n))),
};
