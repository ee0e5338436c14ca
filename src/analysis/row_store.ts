/** The rows of a run in segments of equal length, so that a row's place follows from its number and appending never copies what is there. */
import { assert } from '../base/units.ts';
import type { Columns } from '../format/rows.ts';

const SEGMENT_BITS = 16;
export const SEGMENT_ROWS = 1 << SEGMENT_BITS;
export const SEGMENT_MASK = SEGMENT_ROWS - 1;
const MASK = SEGMENT_MASK;

export interface Segment {
  readonly time: Float64Array;
  readonly cpu: Uint8Array;
  readonly kind: Uint8Array;
  readonly task: Uint16Array;
  readonly stack: Uint32Array;
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly c: Int32Array;
}
const newSegment = (): Segment => ({
  time: new Float64Array(SEGMENT_ROWS), cpu: new Uint8Array(SEGMENT_ROWS), kind: new Uint8Array(SEGMENT_ROWS), task: new Uint16Array(SEGMENT_ROWS),
  stack: new Uint32Array(SEGMENT_ROWS), a: new Int32Array(SEGMENT_ROWS), b: new Int32Array(SEGMENT_ROWS), c: new Int32Array(SEGMENT_ROWS),
});

export class RowStore {
  length: number;
  private readonly segments: Segment[];
  constructor() {
    this.length = 0;
    this.segments = [];
  }
  append(columns: Columns): void {
    assert(columns.first === this.length, 'chunks arrive in order and without gaps');
    for (let done = 0; done < columns.length;) {
      const at = this.length & MASK;
      if (at === 0) this.segments.push(newSegment());
      const n = Math.min(columns.length - done, SEGMENT_ROWS - at), s = this.segments[this.segments.length - 1], end = done + n;
      s.time.set(columns.time.subarray(done, end), at);
      s.cpu.set(columns.cpu.subarray(done, end), at);
      s.kind.set(columns.kind.subarray(done, end), at);
      s.task.set(columns.task.subarray(done, end), at);
      s.stack.set(columns.stack.subarray(done, end), at);
      s.a.set(columns.a.subarray(done, end), at);
      s.b.set(columns.b.subarray(done, end), at);
      s.c.set(columns.c.subarray(done, end), at);
      this.length += n;
      done = end;
    }
  }
  /** The segment that row `row` lies in, at `row & SEGMENT_MASK`: for loops over many rows. */
  segment(row: number): Segment {
    return this.segments[row >> SEGMENT_BITS];
  }
  time(row: number): number { return this.segments[row >> SEGMENT_BITS].time[row & MASK]; }
  cpu(row: number): number { return this.segments[row >> SEGMENT_BITS].cpu[row & MASK]; }
  kind(row: number): number { return this.segments[row >> SEGMENT_BITS].kind[row & MASK]; }
  task(row: number): number { return this.segments[row >> SEGMENT_BITS].task[row & MASK]; }
  stack(row: number): number { return this.segments[row >> SEGMENT_BITS].stack[row & MASK]; }
  a(row: number): number { return this.segments[row >> SEGMENT_BITS].a[row & MASK]; }
  b(row: number): number { return this.segments[row >> SEGMENT_BITS].b[row & MASK]; }
  c(row: number): number { return this.segments[row >> SEGMENT_BITS].c[row & MASK]; }

  /** The first row in `from .. to - 1` at `timeNs` or later; `to` if there is none. Cheap when the answer is near `from`. */
  firstAt(timeNs: number, from: number, to: number): number {
    let step = 1, lo = from;
    while (lo + step < to && this.time(lo + step) < timeNs) { lo += step; step *= 2; }
    let hi = Math.min(lo + step, to);
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if (this.time(mid) < timeNs) lo = mid + 1;
      else hi = mid;
    }
    return lo;
  }
}
