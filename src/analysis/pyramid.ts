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

/** The same answer, looked for around `guess`: cheap when the answer is near it. */
export function lowerBoundNear(a: ArrayLike<number>, value: number, from: number, to: number, guess: number): number {
  if (guess <= from || guess >= to) return lowerBound(a, value, from, to);
  let lo = from, hi = to, step = 1 + ((guess - from) >> 4);
  if (a[guess] < value) {
    lo = guess + 1;
    while (lo + step < to && a[lo + step] < value) { lo += step + 1; step *= 2; }
    hi = Math.min(lo + step, to);
  } else {
    hi = guess;
    while (hi - step > from && a[hi - step] >= value) { hi -= step; step *= 2; }
    lo = Math.max(hi - step, from);
  }
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

/** What is kept of a run, side by side so that a walk reads few places: minimum, maximum, row of its last entry. */
const RUN = 3;

/** Complete runs only: what is left over at the end of a level is found one level below. */
export class Pyramid {
  readonly values: Ints;
  /** The answer of the last `range` or `walk`. */
  min: number;
  max: number;
  /** By level: runs of 8, of 64, … entries. */
  private readonly runs: Ints[];
  constructor() {
    this.values = new Ints();
    this.runs = [];
    this.min = 0;
    this.max = 0;
  }
  push(value: number, row = 0): void {
    this.values.push(value);
    const n = this.values.length;
    if ((n & (FACTOR - 1)) !== 0) return;
    this.min = this.max = value;
    this.see(this.values.data, n - FACTOR, n);
    this.carry(0, row);
  }
  /** Puts `min` and `max` as a run on `level`, and on those above as far as it is the eighth there. */
  private carry(level: number, row: number): void {
    if (level === this.runs.length) this.runs.push(new Ints(RUN * 16));
    const runs = this.runs[level];
    runs.push(this.min);
    runs.push(this.max);
    runs.push(row);
    const n = runs.length / RUN;
    if ((n & (FACTOR - 1)) !== 0) return;
    this.seeRuns(runs.data, n - FACTOR, n);
    this.carry(level + 1, row);
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
   * Sets `min` and `max` to those of entry `from` and of all after it whose row is less than `edge`; gives the index after the last of these.
   * Search and answer in one walk, over whole runs where they lie before the edge.
   */
  walk(rows: Int32Array, from: number, edge: number): number {
    const { runs } = this, values = this.values.data, n = this.values.length;
    let lo = values[from], hi = lo, i = from + 1;
    while (i < n) {
      let level = 0, shift = FACTOR_BITS;
      while (level < runs.length && (i & ((1 << shift) - 1)) === 0) {
        const at = (i >> shift) * RUN;
        if (at >= runs[level].length || runs[level].data[at + 2] >= edge) break;
        level++;
        shift += FACTOR_BITS;
      }
      if (level === 0) {
        if (rows[i] >= edge) break;
        const v = values[i++];
        if (v < lo) lo = v;
        else if (v > hi) hi = v;
        continue;
      }
      shift -= FACTOR_BITS;
      const { data } = runs[level - 1], at = (i >> shift) * RUN;
      if (data[at] < lo) lo = data[at];
      if (data[at + 1] > hi) hi = data[at + 1];
      i += 1 << shift;
    }
    this.min = lo;
    this.max = hi;
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

/** The same for sets: which codes (0..31) occur in a range, as bits. */
export class MaskPyramid {
  readonly codes: Ints;
  private readonly levels: Ints[];
  constructor() {
    this.codes = new Ints();
    this.levels = [];
  }
  push(code: number): void {
    this.codes.push(code);
    if ((this.codes.length & (FACTOR - 1)) !== 0) return;
    let mask = 0;
    for (let i = this.codes.length - FACTOR; i < this.codes.length; i++) mask |= 1 << this.codes.data[i];
    this.carry(0, mask);
  }
  private carry(level: number, mask: number): void {
    if (level === this.levels.length) this.levels.push(new Ints(16));
    const runs = this.levels[level];
    runs.push(mask);
    if ((runs.length & (FACTOR - 1)) !== 0) return;
    let all = 0;
    for (let i = runs.length - FACTOR; i < runs.length; i++) all |= runs.data[i];
    this.carry(level + 1, all);
  }
  /** Bits of the codes of entries `from .. to - 1`. */
  range(from: number, to: number): number {
    let mask = 0;
    const codes = this.codes.data;
    if (to - from <= SCAN || this.levels.length === 0) {
      for (let i = from; i < to; i++) mask |= 1 << codes[i];
      return mask;
    }
    const left = (from + FACTOR - 1) & -FACTOR, right = to & -FACTOR;
    for (let i = from; i < left; i++) mask |= 1 << codes[i];
    for (let i = right; i < to; i++) mask |= 1 << codes[i];
    return mask | this.rangeOfRuns(0, left >> FACTOR_BITS, right >> FACTOR_BITS);
  }
  private rangeOfRuns(level: number, from: number, to: number): number {
    let mask = 0;
    const runs = this.levels[level].data;
    if (to - from <= SCAN || level + 1 === this.levels.length) {
      for (let i = from; i < to; i++) mask |= runs[i];
      return mask;
    }
    const left = (from + FACTOR - 1) & -FACTOR, right = to & -FACTOR;
    for (let i = from; i < left; i++) mask |= runs[i];
    for (let i = right; i < to; i++) mask |= runs[i];
    return mask | this.rangeOfRuns(level + 1, left >> FACTOR_BITS, right >> FACTOR_BITS);
  }
}
