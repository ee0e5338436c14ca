/** By how much a value of one run was ever above and below that of another at the same time: every change of both counts, however short. */
import type { StepSeries } from './series.ts';
import type { Trace } from './trace.ts';

export class Extremes {
  /** Second less first. */
  least: number;
  most: number;
  private readonly sides: readonly [Side, Side];
  constructor(a: Trace, inA: StepSeries, b: Trace, inB: StepSeries) {
    this.sides = [new Side(a, inA), new Side(b, inB)];
    this.least = this.most = this.difference;
  }
  private get difference(): number { return this.sides[1].value - this.sides[0].value; }
  /** Goes on to where the shorter run has come; what happens at that very instant may not be complete yet. */
  follow(): this {
    const [a, b] = this.sides, endNs = Math.min(a.trace.endNs, b.trace.endNs);
    for (let at = Math.min(a.nextNs, b.nextNs); at < endNs; at = Math.min(a.nextNs, b.nextNs)) {
      a.upTo(at);
      b.upTo(at);
      const d = this.difference;
      if (d < this.least) this.least = d;
      if (d > this.most) this.most = d;
    }
    return this;
  }
}
class Side {
  readonly trace: Trace;
  private readonly series: StepSeries;
  private at: number;
  constructor(trace: Trace, series: StepSeries) { this.trace = trace; this.series = series; this.at = 0; }
  get value(): number { return this.series.pyramid.values.data[this.at]; }
  get nextNs(): number { return this.at + 1 < this.series.length ? this.trace.timeAt(this.series.rows.data[this.at + 1]) : Infinity; }
  upTo(ns: number): void { while (this.nextNs <= ns) this.at++; }
}
