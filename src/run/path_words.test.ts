import { expect, test } from 'vitest';
import { ladderAt } from '../analysis/path.ts';
import { Trace } from '../analysis/trace.ts';
import { whyAt } from '../analysis/why.ts';
import { must } from '../base/units.ts';
import { ROW } from '../format/rows.ts';
import { copyState } from '../format/state.ts';
import { memcgLimit } from '../scenarios/memcg_limit.ts';
import { runScenario } from './run.ts';

const run = runScenario(memcgLimit).trace, trace = new Trace(run.shape, copyState(run.initial), memcgLimit.untilNs);
trace.addTables(run.tables);
for (const c of run.chunks) trace.append(c, { strings: [], stackParent: [], stackFn: [], tasks: [], locks: [], log: [] });

/** At each 7th event: the sentence speaks of a wait for room or for a page only where a ladder of that kind is, and the ladder has the last of its questions at or before the cursor. */
test('wherever the sentence says what a task waits for, the path lists the decisions of just that', () => {
  let charges = 0;
  for (let event = 1; event <= trace.rows; event += 7) {
    const words = whyAt(trace, event), told = / room in its memory cgroup/.test(words) ? 'charge' : /(?:waits for a|gets no) page:/.test(words) ? 'allocation' : null;
    if (told === null) continue;
    const ladder = must(ladderAt(trace, event, trace.taskOfEvent(event)), `event ${event}: ${words}`);
    expect([event, ladder.kind]).toEqual([event, told]);
    expect(ladder.rounds[ladder.current].steps.some((s) => !s.later && s.event <= event), `event ${event}`).toBe(true);
    if (told === 'charge') charges++;
  }
  expect(charges).toBeGreaterThan(100);
});
/** The story says it: 18 times the group alone is reclaimed from, then somebody is killed. */
test('the first charge that kills has as many rounds as the story tells of reclaim', () => {
  const kill = Array.from({ length: trace.rows }, (_, row) => row).find((row) => trace.kindAt(row) === ROW.mark && trace.tables.strings[trace.aAt(row)] === 'mark_victim');
  const event = must(kill, 'there is a kill') + 1, ladder = must(ladderAt(trace, event, trace.taskOfEvent(event)), 'it is made for a charge');
  const rounds = ladder.rounds.slice(0, ladder.current + 1), reclaims = rounds.flatMap((r) => r.steps).filter((s) => s.kind === 'inside' && s.fn === 'try_to_free_mem_cgroup_pages' && !s.later);
  expect([ladder.kind, rounds.length, reclaims.length]).toEqual(['charge', 18, 18]);
});
