/**
 * Numbers that grow by appending, and their minimum and maximum over runs of 8, 64, 512 … of them: what a pixel column needs
 * to know of a range, without reading all of it. A dip of one entry is never lost, at any zoom.
 */

/** A list of 32-bit integers in one typed array. */
export class Ints {
  data: Int32Array<ArrayBuffer>;
  length: number;
  constructor(room = 64) {
    this.data = new Int32Array(room);
    this.length = 0;
  }
  push(value: number): void {
    if (this.length === this.data.length) {
      const wider = new Int32Array(this.length * 2);
      wider.set(this.data);
      this.data = wider;
    }
    this.data[this.length++] = value;
  }
  last(): number {
    return this.data[this.length - 1];
  }
}

/** The first index in `from .. to - 1` whose (ascending) entry is `value` or more; `to` if there is none. Gallops: cheap when the answer is near `from`. */
export function lowerBound(a: ArrayLike<number>, value: number, from: number, to: number): number {
  let step = 1, lo = from;
  while (lo + step < to && a[lo + step] < value) { lo += step; step *= 2; }
  let hi = Math.min(lo + step, to);
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if (a[mid] < value) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}

const FACTOR_BITS = 3;
const FACTOR = 1 << FACTOR_BITS;
/** Below this many entries a plain scan beats climbing. */
const SCAN = 2 * FACTOR + 2;
/** Runs a pixel column at least, where a window is read run by run. */
const ENOUGH = 4;
/** A run that crosses a column's end may be left to the next column where it begins in the last quarter of its own: nobody sees a fraction of a pixel, and what lies below the run need not be read. */
const SLACK = 1 / 4;
/** The level of which a column has a handful of runs: of `entries` in all columns, with `levels` above them. */
function levelFor(entries: number, width: number, levels: number): number {
  let level = 0;
  while (level < levels && entries >= (width * ENOUGH) << (FACTOR_BITS * (level + 1))) level++;
  return level;
}

/** What is kept of a run, side by side so that a walk reads few places: minimum, maximum, row of its last entry, value of its last entry. */
const RUN = 4;

/** Minimum, maximum and last value of each pixel column. Plain arrays: a frame makes a hundred, and a typed array of this size is dear to make (docs/decisions/extents.md). */
export interface Extent {
  readonly min: readonly number[];
  readonly max: readonly number[];
  readonly last: readonly number[];
}

export const zeros = (length: number): number[] => new Array<number>(length).fill(0);

/** Complete runs only: what is left over at the end of a level is found one level below. */
export class Pyramid {
  readonly values: Ints;
  /** The answer of the last `range` or `walk`; `last` of a walk alone. */
  min: number;
  max: number;
  last: number;
  /** By level: runs of 8, of 64, … entries. */
  private readonly runs: Ints[];
  constructor() {
    this.values = new Ints();
    this.runs = [];
    this.min = 0;
    this.max = 0;
    this.last = 0;
  }
  push(value: number, row = 0): void {
    this.values.push(value);
    const n = this.values.length;
    if ((n & (FACTOR - 1)) !== 0) return;
    this.min = this.max = value;
    this.see(this.values.data, n - FACTOR, n);
    this.carry(0, row, value);
  }
  /** Puts `min` and `max` as a run on `level`, and on those above as far as it is the eighth there. */
  private carry(level: number, row: number, last: number): void {
    if (level === this.runs.length) this.runs.push(new Ints(RUN * 16));
    const runs = this.runs[level];
    runs.push(this.min);
    runs.push(this.max);
    runs.push(row);
    runs.push(last);
    const n = runs.length / RUN;
    if ((n & (FACTOR - 1)) !== 0) return;
    this.seeRuns(runs.data, n - FACTOR, n);
    this.carry(level + 1, row, last);
  }
  private see(values: Int32Array, from: number, to: number): void {
    let lo = this.min, hi = this.max;
    for (let i = from; i < to; i++) {
      const v = values[i];
      if (v < lo) lo = v;
      else if (v > hi) hi = v;
    }
    this.min = lo;
    this.max = hi;
  }
  private seeRuns(runs: Int32Array, from: number, to: number): void {
    let lo = this.min, hi = this.max;
    for (let i = from * RUN; i < to * RUN; i += RUN) {
      if (runs[i] < lo) lo = runs[i];
      if (runs[i + 1] > hi) hi = runs[i + 1];
    }
    this.min = lo;
    this.max = hi;
  }
  /**
   * What the columns between `edges` (ascending rows) see. Entry `from` holds where the first begins, `to` where the last ends.
   * Where entries are many a column, the level of which it has a handful is read from left to right and nothing below it.
   */
  extent(rows: Int32Array, edges: Int32Array, from: number, to: number): Extent {
    const width = edges.length - 1, min = zeros(width), max = zeros(width), lasts = zeros(width);
    const level = levelFor(to - from, width, this.runs.length), shift = FACTOR_BITS * level;
    this.last = this.values.data[from];
    for (let x = 0, i = from + 1; x < width; x++) {
      const edge = edges[x + 1], slack = x + 2 <= width ? edges[x + 2] : edge, early = edge - (edge - edges[x]) * SLACK;
      this.min = this.max = this.last;
      if (level === 0) i = this.entries(rows, i, edge);
      else {
        if ((i & ((1 << shift) - 1)) === 0) i = this.wholeRuns(level, i, edge);
        if (!this.mayWait(level, i, early, slack)) i = this.walk(rows, i, edge, early, slack);
      }
      min[x] = this.min;
      max[x] = this.max;
      lasts[x] = this.last;
    }
    return { min, max, last: lasts };
  }
  /** Adds entry `i` and those after it that lie before row `edge`; gives the entry after them. */
  private entries(rows: Int32Array, from: number, edge: number): number {
    const values = this.values.data, n = this.values.length;
    let lo = this.min, hi = this.max, i = from;
    for (; i < n && rows[i] < edge; i++) {
      const v = values[i];
      if (v < lo) lo = v;
      else if (v > hi) hi = v;
    }
    if (i > from) this.last = values[i - 1];
    this.min = lo;
    this.max = hi;
    return i;
  }
  /** Adds the runs of `level` from entry `i` on that end before row `edge`; gives the entry after them. */
  private wholeRuns(level: number, i: number, edge: number): number {
    const { data, length } = this.runs[level - 1], shift = FACTOR_BITS * level, first = (i >> shift) * RUN;
    let lo = this.min, hi = this.max, at = first;
    for (; at < length && data[at + 2] < edge; at += RUN) {
      if (data[at] < lo) lo = data[at];
      if (data[at + 1] > hi) hi = data[at + 1];
    }
    if (at > first) this.last = data[at - 1];
    this.min = lo;
    this.max = hi;
    return (at / RUN) << shift;
  }
  /** Whether there is a run of `level` at entry `i` and it ends before `row`. */
  private endsBefore(level: number, i: number, row: number): boolean {
    const { data, length } = this.runs[level - 1], at = (i >> (FACTOR_BITS * level)) * RUN;
    return at < length && data[at + 2] < row;
  }
  /** Whether there is a run of `level` at entry `i` that begins at row `early` or later and ends before `slack`: the next column can have it. */
  private mayWait(level: number, i: number, early: number, slack: number): boolean {
    const { data, length } = this.runs[level - 1], shift = FACTOR_BITS * level, at = (i >> shift) * RUN;
    return (i & ((1 << shift) - 1)) === 0 && at > 0 && at < length && data[at - RUN + 2] >= early && data[at + 2] < slack;
  }
  /**
   * Adds entry `i` and all after it whose row is less than `edge` to `min`, `max` and `last`; gives the index after the last of these. Up over runs
   * that lie before the edge, and down again where one does not. A run that crosses the edge is left to the next column if it begins at row `early` or
   * later and ends before `slack`; without slack (`slack` = `edge`) the answer is exact.
   */
  walk(rows: Int32Array, from: number, edge: number, early: number, slack: number): number {
    const { runs } = this, values = this.values.data, n = this.values.length, top = runs.length;
    let lo = this.min, hi = this.max, last = this.last, i = from, level = 0, shift = 0, down = false;
    for (;;) {
      const up = shift + FACTOR_BITS;
      if (!down && level < top && (i & ((1 << up) - 1)) === 0 && this.endsBefore(level + 1, i, slack)) {
        if (this.endsBefore(level + 1, i, edge)) { level++; shift = up; continue; }
        if (this.mayWait(level + 1, i, early, slack)) break;
      }
      if (level === 0) {
        if (i >= n || rows[i] >= edge) break;
        last = values[i++];
        if (last < lo) lo = last;
        else if (last > hi) hi = last;
      } else if (this.endsBefore(level, i, edge)) {
        const { data } = runs[level - 1], at = (i >> shift) * RUN;
        if (data[at] < lo) lo = data[at];
        if (data[at + 1] > hi) hi = data[at + 1];
        last = data[at + 3];
        i += 1 << shift;
      } else {
        if (this.mayWait(level, i, early, slack)) break;
        level--;
        shift -= FACTOR_BITS;
        down = true;
      }
    }
    this.min = lo;
    this.max = hi;
    this.last = last;
    return i;
  }
  /** Sets `min` and `max` to those of the entries `from .. to - 1`; there must be at least one. */
  range(from: number, to: number): void {
    const values = this.values.data;
    this.min = this.max = values[from];
    if (to - from <= SCAN || this.runs.length === 0) {
      this.see(values, from, to);
      return;
    }
    const left = (from + FACTOR - 1) & -FACTOR, right = to & -FACTOR;
    this.see(values, from, left);
    this.see(values, right, to);
    this.rangeOfRuns(0, left >> FACTOR_BITS, right >> FACTOR_BITS);
  }
  private rangeOfRuns(level: number, from: number, to: number): void {
    const { data } = this.runs[level];
    if (to - from <= SCAN || level + 1 === this.runs.length) {
      this.seeRuns(data, from, to);
      return;
    }
    const left = (from + FACTOR - 1) & -FACTOR, right = to & -FACTOR;
    this.seeRuns(data, from, left);
    this.seeRuns(data, right, to);
    this.rangeOfRuns(level + 1, left >> FACTOR_BITS, right >> FACTOR_BITS);
  }
}

/** What is kept of a run of codes: which occur, as bits, and the row of its last entry. */
const MASK_RUN = 2;

/** The same for sets: which codes (0..31) occur in each pixel column, as bits. */
export class MaskPyramid {
  readonly codes: Ints;
  private readonly runs: Ints[];
  private mask: number;
  constructor() {
    this.codes = new Ints();
    this.runs = [];
    this.mask = 0;
  }
  push(code: number, row: number): void {
    this.codes.push(code);
    const n = this.codes.length;
    if ((n & (FACTOR - 1)) !== 0) return;
    let mask = 0;
    for (let i = n - FACTOR; i < n; i++) mask |= 1 << this.codes.data[i];
    this.carry(0, mask, row);
  }
  private carry(level: number, mask: number, row: number): void {
    if (level === this.runs.length) this.runs.push(new Ints(MASK_RUN * 16));
    const runs = this.runs[level];
    runs.push(mask);
    runs.push(row);
    const n = runs.length / MASK_RUN;
    if ((n & (FACTOR - 1)) !== 0) return;
    let all = 0;
    for (let i = n - FACTOR; i < n; i++) all |= runs.data[i * MASK_RUN];
    this.carry(level + 1, all, row);
  }
  /** As `extent()`: bits of the codes that the columns between `edges` see, that included which holds where a column begins. Entry `from` holds where the first begins, `to` where the last ends. */
  columns(rows: Int32Array, edges: Int32Array, from: number, to: number): number[] {
    const width = edges.length - 1, masks = zeros(width), codes = this.codes.data, level = levelFor(to - from, width, this.runs.length), low = (1 << (FACTOR_BITS * level)) - 1;
    for (let x = 0, i = from + 1; x < width; x++) {
      const edge = edges[x + 1], slack = x + 2 <= width ? edges[x + 2] : edge, early = edge - (edge - edges[x]) * SLACK;
      this.mask = 1 << codes[i - 1];
      if (level === 0) i = this.entries(rows, i, edge);
      else {
        if ((i & low) === 0) i = this.wholeRuns(level, i, edge);
        if (!this.mayWait(level, i, early, slack)) i = this.walk(rows, i, edge, early, slack);
      }
      masks[x] = this.mask;
    }
    return masks;
  }
  /** Adds entry `from` and those after it that lie before row `edge`; gives the entry after them. */
  private entries(rows: Int32Array, from: number, edge: number): number {
    const codes = this.codes.data, n = this.codes.length;
    let mask = this.mask, i = from;
    for (; i < n && rows[i] < edge; i++) mask |= 1 << codes[i];
    this.mask = mask;
    return i;
  }
  /** Adds the runs of `level` from entry `i` on that end before row `edge`; gives the entry after them. */
  private wholeRuns(level: number, i: number, edge: number): number {
    const { data, length } = this.runs[level - 1], shift = FACTOR_BITS * level;
    let mask = this.mask, at = (i >> shift) * MASK_RUN;
    for (; at < length && data[at + 1] < edge; at += MASK_RUN) mask |= data[at];
    this.mask = mask;
    return (at / MASK_RUN) << shift;
  }
  /** Whether a run of `level` begins at entry `i` and ends before `row`. */
  private endsBefore(level: number, i: number, row: number): boolean {
    const { data, length } = this.runs[level - 1], shift = FACTOR_BITS * level, at = (i >> shift) * MASK_RUN;
    return (i & ((1 << shift) - 1)) === 0 && at < length && data[at + 1] < row;
  }
  /** As `Pyramid.mayWait()`. */
  private mayWait(level: number, i: number, early: number, slack: number): boolean {
    return this.endsBefore(level, i, slack) && i > 0 && this.runs[level - 1].data[((i >> (FACTOR_BITS * level)) - 1) * MASK_RUN + 1] >= early;
  }
  /** As `Pyramid.walk()`. */
  private walk(rows: Int32Array, from: number, edge: number, early: number, slack: number): number {
    const { runs } = this, codes = this.codes.data, n = this.codes.length;
    for (let i = from, level = 0, down = false; ;) {
      if (!down && level < runs.length && this.endsBefore(level + 1, i, edge)) level++;
      else if (level === 0) {
        if (i >= n || rows[i] >= edge) return i;
        this.mask |= 1 << codes[i++];
      } else if (this.endsBefore(level, i, edge)) {
        this.mask |= runs[level - 1].data[(i >> (FACTOR_BITS * level)) * MASK_RUN];
        i += 1 << (FACTOR_BITS * level);
      } else {
        if (this.mayWait(level, i, early, slack)) return i;
        level--;
        down = true;
      }
    }
  }
}
