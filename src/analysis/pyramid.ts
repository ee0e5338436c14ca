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

/** Complete runs only: what is left over at the end of a level is found one level below. */
export class Pyramid {
  readonly values: Ints;
  /** The answer of the last `range`. */
  min: number;
  max: number;
  private readonly mins: Ints[];
  private readonly maxs: Ints[];
  constructor() {
    this.values = new Ints();
    this.mins = [this.values];
    this.maxs = [this.values];
    this.min = 0;
    this.max = 0;
  }
  push(value: number): void {
    this.values.push(value);
    for (let level = 0; (this.mins[level].length & (FACTOR - 1)) === 0; level++) this.close(level);
  }
  /** Carries the last complete run of `level` up by one. */
  private close(level: number): void {
    const mins = this.mins[level], maxs = this.maxs[level], end = mins.length;
    let lo = mins.data[end - FACTOR], hi = maxs.data[end - FACTOR];
    for (let i = end - FACTOR + 1; i < end; i++) {
      if (mins.data[i] < lo) lo = mins.data[i];
      if (maxs.data[i] > hi) hi = maxs.data[i];
    }
    if (level + 1 === this.mins.length) {
      this.mins.push(new Ints(16));
      this.maxs.push(new Ints(16));
    }
    this.mins[level + 1].push(lo);
    this.maxs[level + 1].push(hi);
  }
  /** Sets `min` and `max` to those of the entries `from .. to - 1`; there must be at least one. */
  range(from: number, to: number): void {
    let lo = this.values.data[from], hi = lo;
    for (let level = 0; ; level++, from >>= FACTOR_BITS, to >>= FACTOR_BITS) {
      const mins = this.mins[level].data, maxs = this.maxs[level].data;
      const flat = to - from <= SCAN || level + 1 === this.mins.length;
      const leftEnd = flat ? to : (from + FACTOR - 1) & -FACTOR, rightStart = flat ? to : to & -FACTOR;
      for (let i = from; i < leftEnd; i++) {
        if (mins[i] < lo) lo = mins[i];
        if (maxs[i] > hi) hi = maxs[i];
      }
      for (let i = rightStart; i < to; i++) {
        if (mins[i] < lo) lo = mins[i];
        if (maxs[i] > hi) hi = maxs[i];
      }
      if (flat) break;
      from = leftEnd;
      to = rightStart;
    }
    this.min = lo;
    this.max = hi;
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
