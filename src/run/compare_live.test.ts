import { describe, expect, test } from 'vitest';
import type { Columns } from '../format/rows.ts';
import type { Scenario } from '../format/scenario.ts';
import { applyColumns, copyState, type MachineState, TASK_CELLS, ZONE_CELLS } from '../format/state.ts';
import { compareLive } from './compare_live.ts';
import { Run } from './run.ts';
import { twoHogs } from './testing/small_runs.ts';

/** A run that is folded after `stopAt` rows. */
function folded(scenario: Scenario, stopAt: number): { readonly run: Run; readonly state: MachineState } {
  const ready: Columns[] = [], run = new Run(scenario, (c) => { ready.push(c); }), state = copyState(run.booted.initial);
  while (!run.slice() && run.k.recorder.rows < stopAt);
  run.k.recorder.flush();
  for (const c of ready) applyColumns(state, run.booted.shape.cpus, c, c.first + c.length);
  return { run, state };
}

// at the end of each story: testing/story_tests.ts, which has run it anyway
describe('the fold of all rows is the machine that wrote them', () => {
  test.each([1, 20_000, 100_000, 150_000])('in the midst of a run, after %i rows or somewhat more', (rows) => {
    const { run, state } = folded(twoHogs, rows);
    expect(compareLive(run.k, state)).toEqual([]);
  });
});
test('a fold that differs is told by the place', () => {
  const { run, state } = folded(twoHogs, 50_000);
  state.zones[ZONE_CELLS.free] += 1;
  state.frames[5000] ^= 1;
  state.tasks[2 * TASK_CELLS.size + TASK_CELLS.state] ^= 1;
  expect(compareLive(run.k, state).map((d) => d.where)).toEqual(['word of pfn 5000', 'DMA free', 'init: state']);
});
