/** The rows of a run in segments of equal length, so that a row's place follows from its number and appending never copies what is there. */
import { assert } from '../base/units.ts';
import type { Columns } from '../format/rows.ts';

const SEGMENT_BITS = 16;
export const SEGMENT_ROWS = 1 << SEGMENT_BITS;
export const SEGMENT_MASK = SEGMENT_ROWS - 1;
const MASK = SEGMENT_MASK;
/** The time of every 64th row lies in a list of its own: what a search reads of it fits into the processor's cache. */
const SAMPLE_BITS = 6;

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
  private readonly times: number[];
  constructor() {
    this.length = 0;
    this.segments = [];
    this.times = [];
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
      const sample = 1 << SAMPLE_BITS;
      for (let i = (at + sample - 1) & -sample; i < at + n; i += sample) this.times.push(s.time[i]);
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

  /** The first row in `from .. to - 1` at `timeNs` or later; `to` if there is none. With `slackNs` it may be a later one, if that is no more than so much later than `timeNs`. */
  firstAt(timeNs: number, from: number, to: number, slackNs = -1): number {
    const { times } = this;
    let lo = from >> SAMPLE_BITS, hi = Math.min(times.length, (to >> SAMPLE_BITS) + 1), step = 1;
    // gallops: cheap when the answer is near `from`
    while (lo + step < hi && times[lo + step] < timeNs) { lo += step; step *= 2; }
    hi = Math.min(lo + step, hi);
    while (hi - lo > 1) {
      const mid = (lo + hi) >>> 1;
      if (times[mid] < timeNs) lo = mid;
      else hi = mid;
    }
    const next = (lo + 1) << SAMPLE_BITS;
    if (next < to && times[lo + 1] - timeNs <= slackNs) return next;
    return this.firstIn(timeNs, Math.max(from, lo << SAMPLE_BITS), Math.min(to, next));
  }
  /** All within one segment; `to` may be the first of the next. */
  private firstIn(timeNs: number, from: number, to: number): number {
    if (from >= to) return to;
    const { time } = this.segments[from >> SEGMENT_BITS], base = from & ~MASK;
    let lo = from - base, hi = to - base;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if (time[mid] < timeNs) lo = mid + 1;
      else hi = mid;
    }
    return base + lo;
  }
}
