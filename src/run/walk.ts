/**
 * A walk through a run, forward and back, by the page's way of looking back (analysis/trace.ts) against the plain fold from the
 * start. For the tests, and at length for check:long.
 */
import { assert } from '../base/units.ts';
import { applyColumns, copyState, type MachineState } from '../format/state.ts';
import type { RunTrace } from './run.ts';

/** The part of a Trace that is walked: run may not know analysis. */
export interface Walkable { stateAt(row: number): MachineState }

/** 32 bits over everything that a state says. Cells that do not exist and cells that say "nothing" differ between tables of different length, so trailing ones do not count. */
export function stateSum(s: MachineState): number {
  let h = 0x811c9dc5 ^ s.row;
  const take = (a: ArrayLike<number>, none: number): void => {
    let n = a.length;
    while (n > 0 && a[n - 1] === none) n--;
    for (let i = 0; i < n; i++) h = Math.imul(h ^ a[i], 0x01000193) ^ (h >>> 15);
    h = Math.imul(h ^ n, 0x01000193);
  };
  take(s.frames, 0); take(s.zones, 0); take(s.buddy, 0); take(s.pcp, 0); take(s.current, 0); take(s.context, 0); take(s.rss, 0); take(s.gauges, 0);
  take(s.tasks, -1);
  takeLocks(s.locks, take);
  return h >>> 0;
}
function takeLocks(locks: Int32Array, take: (a: ArrayLike<number>, none: number) => void): void {
  let n = locks.length;
  while (n >= 5 && locks[n - 5] === -1 && locks[n - 4] === 0 && locks[n - 3] === 0 && locks[n - 2] === 0) n -= 5;
  take(locks.subarray(0, n), -2);
}

/** A step of the walk: how many events forward or back. Small and large, so that neighbours and leaps both come. */
function stride(random: () => number): number {
  const size = [1, 3, 40, 1000, 30_000, 400_000][random() % 6];
  return (1 + (random() % size)) * (random() & 1 ? 1 : -1);
}
export function xorshift(seed: number): () => number {
  let x = seed | 0 || 1;
  return () => { x ^= x << 13; x ^= x >>> 17; x ^= x << 5; return x >>> 0; };
}

/**
 * Where a random walk of `steps` steps leads, by event number. The plain fold meets them in order, one pass; then the walk is
 * made and each state compared.
 * @returns the events at which the states differ
 */
export function walk(trace: RunTrace, looker: Walkable, rows: number, steps: number, seed: number): number[] {
  const random = xorshift(seed), path: number[] = [0, rows];
  while (path.length < steps) {
    const next = path[path.length - 1] + stride(random);
    path.push(next < 0 || next > rows ? random() % (rows + 1) : next);
  }
  const sums = straightSums(trace, [...new Set(path)].sort((a, b) => a - b));
  return path.filter((event) => stateSum(looker.stateAt(event - 1)) !== sums.get(event));
}
function straightSums(trace: RunTrace, events: readonly number[]): Map<number, number> {
  const state = copyState(trace.initial), sums = new Map<number, number>();
  let chunk = 0;
  for (const event of events) {
    while (state.row < event) {
      const c = trace.chunks[chunk];
      assert(c !== undefined, 'the walk leads beyond the run');
      applyColumns(state, trace.shape.cpus, c, Math.min(event, c.first + c.length));
      if (state.row === c.first + c.length) chunk++;
    }
    sums.set(event, stateSum(state));
  }
  return sums;
}
