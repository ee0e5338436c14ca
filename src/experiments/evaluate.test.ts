import { describe, expect, test } from 'vitest';
import type { Outcome } from '../format/scenario.ts';
import { runScenario } from '../run/run.ts';
import { notifierUnderOomLock as story } from '../scenarios/notifier_under_oom_lock.ts';
import { blank } from '../scenarios/blank.ts';
import { decide, scenarioOf, sumOf, trialsOf, type Tried } from './evaluate.ts';
import type { Experiment } from './experiment.ts';
import { figureName } from './figures.ts';
import { mailOf, shortMail } from './mails.ts';
import { PcpBooks } from '../analysis/pcp_books.ts';
import { type View, ViewMaker, viewOf } from './view.ts';

const e: Experiment = {
  id: 'drawn', mail: '', claim: '', verdict: 'holds', because: '', story,
  variants: [{ name: 'as it is', knobs: {} }, { name: 'another story', knobs: { preempt: 'full', 'oom.waiters': 'block' }, story: blank }],
  controls: [{ change: 'nothing runs', seeds: 3, edit: (s) => ({ ...s, workloads: [] }) }],
  figures: (run) => ({ events: run.outcome.events }), predicate: ([a, b]) => a.outcome.events > b.outcome.events,
};
const view = (events: number): View => ({ outcome: { events, hash: `h${events}` } as Outcome, marks: () => [], holds: () => [], misses: () => 0, pcp: new PcpBooks({ cpus: 0, zones: [] }, { zones: new Int32Array(0), pcp: new Int32Array(0) }) });
const tried = (control: number | null, seed: number, holds: boolean): Tried => ({ control, seed, holds, figures: [], hashes: [], explored: [] });

describe('the trials of an experiment', () => {
  test('are the claim with every seed that is asked for, then each control with its own', () => {
    expect(trialsOf(e, [4, 5]).map((t) => `${t.control}/${t.seed}`)).toEqual(['null/4', 'null/5', '0/1', '0/2', '0/3']);
  });
  test('are one where nothing goes by chance', () => {
    expect(trialsOf({ ...e, enumeration: true }, [4, 5]).filter((t) => t.control === null)).toEqual([{ control: null, seed: 4 }]);
  });
  test('run each variant on its own story, with its knobs and the seed; a control edits what the variant runs', () => {
    const [first, second] = e.variants, plain = { control: null, seed: 9 };
    expect(scenarioOf(e, first, plain)).toEqual({ ...story, seed: 9 });
    expect(scenarioOf(e, second, plain)).toEqual({ ...blank, seed: 9, knobs: { ...blank.knobs, 'oom.waiters': 'block' }, machine: { ...blank.machine, preempt: 'full' } });
    expect(scenarioOf(e, first, { control: 0, seed: 2 })).toEqual({ ...story, seed: 2, workloads: [] });
  });
  test('are decided by the predicate over the variants in their order', () => {
    expect(decide(e, { control: 0, seed: 2 }, [view(3), view(2)])).toEqual({ control: 0, seed: 2, holds: true, figures: [{ events: 3 }, { events: 2 }], hashes: ['h3', 'h2'], explored: [null, null] });
    expect(decide(e, { control: null, seed: 1 }, [view(2), view(3)]).holds).toBe(false);
  });
});
describe('their sum', () => {
  test('names the seeds that came out otherwise, in order, whatever the order in which they came', () => {
    expect(sumOf(e, [tried(null, 3, false), tried(0, 1, false), tried(null, 1, true), tried(null, 2, false)])).toEqual({ ran: [1, 2, 3], held: 1, failed: [2, 3], controls: [{ ran: 1, flipped: 1, failed: [] }] });
  });
  test('counts a control that holds without its cause as one that does not flip', () => {
    expect(sumOf(e, [tried(0, 2, true), tried(0, 1, false)]).controls).toEqual([{ ran: 2, flipped: 1, failed: [2] }]);
  });
});
test('a view that is made chunk by chunk, with names as they come, is that of the whole run', () => {
  const { outcome, trace } = runScenario(story), { tables, chunks } = trace, whole = viewOf(outcome, trace), maker = new ViewMaker(trace);
  // names in two halves, each before the rows that use it: here all rows come after the second
  const half = (from: number, to: number): typeof tables => ({ ...tables, strings: tables.strings.slice(from, to), tasks: tables.tasks.slice(from, to), locks: tables.locks.slice(from, to), stackParent: tables.stackParent.slice(from, to), stackFn: tables.stackFn.slice(from, to) });
  const middle = tables.strings.length >> 1;
  maker.learn(half(0, middle));
  maker.learn(half(middle, Infinity));
  for (const c of chunks) maker.fold(c);
  const made = maker.view(outcome);
  for (const name of ['oom_notify_begin', 'mark_victim', 'ask_for_pages']) {
    expect(whole.marks(name).length).toBeGreaterThan(0);
    expect(made.marks(name)).toEqual(whole.marks(name));
  }
  expect(whole.holds('oom_lock').length).toBeGreaterThan(0);
  expect(made.holds('oom_lock')).toEqual(whole.holds('oom_lock'));
});
describe('names', () => {
  test('a mail is taken apart, and said shortly', () => {
    const mail = mailOf('Ann B. Other, 3 May 2001, "Re: a, b and "c""');
    expect(mail).toEqual({ author: 'Ann B. Other', date: '3 May 2001', subject: 'Re: a, b and "c"', about: 'Re: a, b and "c"' });
    expect([shortMail(mail), shortMail(mailOf('somebody'))]).toEqual(['Other, 3 May 2001', 'somebody']);
    expect([mailOf('David Rientjes, 20 June 2018, "Re"').about, mailOf('Michal Hocko, 31 Aug 2017, "Re"').about]).toEqual(['notifier callbacks under oom_lock', 'the reaper and mmu notifiers']);
  });
  test('a figure that nobody has put into words is told by its own, with its unit apart', () => {
    expect([figureName('timeToSkipMs'), figureName('freedPages'), figureName('rounds')]).toEqual([
      { words: 'time to skip', unit: 'ms' }, { words: 'freed', unit: 'pages' }, { words: 'rounds', unit: '' },
    ]);
    expect(figureName('longestHoldMs')).toEqual({ words: 'longest hold of oom_lock', unit: 'ms' });
  });
});
