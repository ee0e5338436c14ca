/** A run to its end under every check there is, and what it showed. */
import { expect } from 'vitest';
import { type Milestone, milestones } from '../../cli/replay.ts';
import type { Columns } from '../../format/rows.ts';
import type { Outcome, Scenario } from '../../format/scenario.ts';
import { applyColumns, copyState } from '../../format/state.ts';
import { checkBlock } from '../../kernel/block/check_block.ts';
import { checkMemcgs } from '../../kernel/mm/check_memcg.ts';
import { checkReclaim } from '../../kernel/mm/check_reclaim.ts';
import { compareLive } from '../compare_live.ts';
import { judge } from '../judge.ts';
import { Run } from '../run.ts';

export interface Seen {
  readonly run: Run;
  readonly outcome: Outcome;
  /** How often each tracepoint was met. */
  readonly marks: ReadonlyMap<string, number>;
  /** The milestones of a replay, in order. */
  readonly events: readonly Milestone[];
  readonly directNs: readonly number[];
  /** The kernel log. */
  readonly log: readonly string[];
}
/** Runs to the end; every so often, and at the end, nothing is miscounted, and the trace tells the truth. */
export function held(s: Scenario, every: number): Seen {
  const chunks: Columns[] = [], run = new Run(s, (c) => { chunks.push(c); }), first = copyState(run.booted.initial);
  for (let n = 0; !run.ended; n++) { run.slice(1e6, 2000); if (n % every === 0) { checkReclaim(run.k); checkMemcgs(run.k); checkBlock(run.k); } }
  checkReclaim(run.k);
  checkMemcgs(run.k);
  checkBlock(run.k);
  const outcome = run.outcome();
  expect([run.stall, outcome.deadlocks]).toEqual([null, []]); // victims that cannot die, hung disks, thrashing: none of these is a stall
  const tables = run.k.recorder.takeGrowth();
  expect(judge({ shape: run.booted.shape, initial: first, tables, chunks }).broken).toEqual([]);
  const state = copyState(first);
  for (const c of chunks) applyColumns(state, run.booted.shape.cpus, c, c.first + c.length);
  expect(compareLive(run.k, state).filter((d) => !d.where.endsWith(': owner'))).toEqual([]); // of several readers of a lock, one of whom has let go, the fold does not know the other
  return { run, outcome, events: milestones({ tables, chunks }).events, log: tables.log.map((l) => l.text), ...readMarks(chunks, tables.strings) };
}
function readMarks(chunks: readonly Columns[], strings: readonly string[]): { readonly marks: ReadonlyMap<string, number>; readonly directNs: readonly number[] } {
  const marks = new Map<string, number>(), begun = new Map<number, number>(), directNs: number[] = [];
  for (const c of chunks) {
    for (let i = 0; i < c.length; i++) {
      if (c.kind[i] !== 9) continue;
      const name = strings[c.a[i]];
      marks.set(name, (marks.get(name) ?? 0) + 1);
      if (name === 'mm_vmscan_direct_reclaim_begin') begun.set(c.task[i], c.time[i]);
      if (name === 'mm_vmscan_direct_reclaim_end') directNs.push(c.time[i] - (begun.get(c.task[i]) ?? 0));
    }
  }
  return { marks, directNs };
}
