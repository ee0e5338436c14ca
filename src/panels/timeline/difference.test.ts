import { describe, expect, it } from 'vitest';
import { Pair } from '../../analysis/compare.ts';
import { traceFromText } from '../../analysis/testing/drawn_trace.ts';
import { oneHog } from '../../scenarios/one_hog.ts';
import type { RunPart } from '../../store/sides.ts';
import { store } from '../../store/store.ts';
import { differenceLabels } from './difference.ts';

const a = traceFromText(`
  ms       0     10     20     30
  hog      run   .      .      run
  DMA32    100   90     80     80`);
const b = traceFromText(`
  ms       0     10
  hog      run   run
  DMA32    100   90`);
const part = (trace: RunPart['trace'], cursor: number, running: boolean): RunPart => ({ trace, version: 1, cursor, selectedTask: null, running, phase: running ? { kind: 'running', timeNs: 10e6, untilNs: 30e6 } : { kind: 'stopped', timeNs: 30e6 }, scenario: oneHog, notes: [] });
/** What is said with A at so many ms, while B has come to 10 ms. */
function said(ms: number): string[] {
  const event = a.eventAt(ms * 1e6), there = Math.min(b.rows, b.eventAt(ms * 1e6));
  store.setState({ ...part(a, event, false), compare: { shown: 'A', lead: 'A', align: 'time', other: part(b, there, true), pair: new Pair(a, b), first: null, collapsedBefore: [] } });
  return differenceLabels(a, b, event, there).map((row) => row.value);
}

describe('the difference at the cursors', () => {
  it('is a number where both have been simulated, and a dash where B has not: what B had earlier is no difference', () => {
    expect(said(5)).toEqual(['B − A, pages', '0']);
    expect(said(25)).toEqual(['B: not simulated yet', '–']);
  });
});
