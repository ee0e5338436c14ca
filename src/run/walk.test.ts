import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Trace } from '../analysis/trace.ts';
import { applyColumns, copyState } from '../format/state.ts';
import { oneHog } from '../scenarios/one_hog.ts';
import { type RunTrace, runScenario } from './run.ts';
import { twoHogs } from './testing/small_runs.ts';
import { stateSum, walk } from './walk.ts';

const NOTHING = { strings: [], stackParent: [], stackFn: [], tasks: [], locks: [], log: [] };
/** The run as a page has it. */
function opened(t: RunTrace): Trace {
  const trace = new Trace(t.shape, copyState(t.initial), 8e9);
  trace.addTables(t.tables);
  for (const c of t.chunks) trace.append(c, NOTHING);
  return trace;
}

describe('a random walk forward and back shows the states of a straight run', () => {
  for (const scenario of [oneHog, twoHogs]) {
    test(scenario.id, () => {
      const run = runScenario(scenario).trace, page = opened(run);
      fc.assert(fc.property(fc.integer(), (seed) => { expect(walk(run, page, page.rows, 60, seed)).toEqual([]); }), { numRuns: 3 });
    });
  }
});

test('the sum of a state changes with each of its parts, and not with the length of its tables', () => {
  const { trace } = runScenario({ ...twoHogs, untilNs: 1e9 }), s = copyState(trace.initial);
  for (const c of trace.chunks) applyColumns(s, trace.shape.cpus, c, c.first + c.length);
  const sum = stateSum(s);
  for (const part of [s.frames, s.zones, s.buddy, s.pcp, s.tasks, s.gauges]) {
    const at = part.findIndex((v) => v > 0);
    if (at < 0) continue; // nothing of this kind has happened yet
    part[at] += 1;
    expect(stateSum(s)).not.toBe(sum);
    part[at] -= 1;
  }
  const longer = new Int32Array(s.tasks.length + 60).fill(-1);
  longer.set(s.tasks);
  expect(stateSum({ ...s, tasks: longer })).toBe(sum);
});
