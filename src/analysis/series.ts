/**
 * What is collected of a run while it arrives: values over rows (steps, never interpolated), codes over rows, spans, points.
 * All are kept by row, not by time: the cursor is a row, many rows may share one instant, and a row is a third of the memory.
 */
import { type Extent, Ints, lowerBound, MaskPyramid, Pyramid } from './pyramid.ts';
export type { Extent };

/** The pixel columns of a window: rows `edges[x] .. edges[x + 1] - 1` fall into column x. */
export interface PixelColumns {
  readonly fromNs: number;
  readonly toNs: number;
  readonly width: number;
  readonly edges: Int32Array;
  /** Columns from here on lie behind the last row that has arrived. */
  readonly known: number;
}
/** A value that changes at rows. Entry 0 is what held before the first row. */
export class StepSeries {
  readonly rows: Ints;
  readonly pyramid: Pyramid;
  /** The last answer of `extent()`: while a cursor moves the window stands still. */
  private seen: { readonly columns: PixelColumns; readonly extent: Extent } | null;
  constructor(initial: number) {
    this.seen = null;
    this.rows = new Ints();
    this.pyramid = new Pyramid();
    this.rows.push(-1);
    this.pyramid.push(initial, -1);
  }
  get length(): number {
    return this.rows.length;
  }
  /** Records that the value is `value` after `row`; nothing happens if it was so before. */
  push(row: number, value: number): void {
    if (this.pyramid.values.last() === value) return;
    this.rows.push(row);
    this.pyramid.push(value, row);
  }
  /** Index of the entry that holds after `event` rows. */
  indexAt(event: number): number {
    return lowerBound(this.rows.data, event, 0, this.rows.length) - 1;
  }
  /** The value after `event` rows. */
  at(event: number): number {
    return this.pyramid.values.data[Math.max(0, this.indexAt(event))];
  }
  last(): number {
    return this.pyramid.values.last();
  }
  /** Minimum, maximum and last value in each pixel column, the value that it starts with included. Where many entries fall into a column its borders are true to a quarter of it. */
  extent(columns: PixelColumns): Extent {
    if (this.seen === null || this.seen.columns !== columns) this.seen = { columns, extent: this.extentOf(columns) };
    return this.seen.extent;
  }
  private extentOf(columns: PixelColumns): Extent {
    const { width, edges } = columns, rows = this.rows.data, n = this.rows.length, from = Math.max(0, lowerBound(rows, edges[0], 0, n) - 1);
    if (this.isFlat(from, edges[width])) {
      const all = new Array<number>(width).fill(this.pyramid.values.data[from]);
      return { min: all, max: all, last: all };
    }
    return this.pyramid.extent(rows, edges, from, lowerBound(rows, edges[width], from, n) - 1);
  }
  /** Whether entry `i` holds until `row`. */
  private isFlat(i: number, row: number): boolean {
    return i + 1 >= this.rows.length || this.rows.data[i + 1] >= row;
  }
}

/** A state (0..31) that changes at rows. */
export class CodeSeries {
  readonly rows: Ints;
  private readonly mask: MaskPyramid;
  /** The last answer of `masks()`. */
  private seen: { readonly columns: PixelColumns; readonly masks: readonly number[] } | null;
  constructor(initial: number) {
    this.seen = null;
    this.rows = new Ints(16);
    this.mask = new MaskPyramid();
    this.rows.push(-1);
    this.mask.push(initial, -1);
  }
  get length(): number {
    return this.rows.length;
  }
  codeOf(index: number): number {
    return this.mask.codes.data[index];
  }
  last(): number {
    return this.mask.codes.last();
  }
  push(row: number, code: number): void {
    if (this.mask.codes.last() === code) return;
    this.rows.push(row);
    this.mask.push(code, row);
  }
  /** The codes in each pixel column, that with which it begins included, as bits; its borders are those of `StepSeries.extent()`. */
  masks(columns: PixelColumns): readonly number[] {
    if (this.seen === null || this.seen.columns !== columns) this.seen = { columns, masks: this.masksOf(columns) };
    return this.seen.masks;
  }
  private masksOf({ edges, width }: PixelColumns): number[] {
    const from = this.indexAt(edges[0]);
    return this.mask.columns(this.rows.data, edges, from, lowerBound(this.rows.data, edges[width], from, this.length) - 1);
  }
  indexAt(event: number): number {
    return Math.max(0, lowerBound(this.rows.data, event, 0, this.rows.length) - 1);
  }
  at(event: number): number {
    return this.mask.codes.data[this.indexAt(event)];
  }
}

/** Stands for the end of a span that has not ended. */
export const OPEN = 0x7fff_ffff;

/** Things that last: from one row to another, who, and one more number. In order of their starts. */
export class Spans {
  readonly from: Ints;
  readonly to: Ints;
  readonly who: Ints;
  readonly detail: Ints;
  private readonly open: Map<number, number>;
  private readonly beneath: Map<number, number>; // by an open span: the one that the same `who` has open besides, as a reader who reads again
  constructor() {
    this.beneath = new Map();
    this.from = new Ints(16);
    this.to = new Ints(16);
    this.who = new Ints(16);
    this.detail = new Ints(16);
    this.open = new Map();
  }
  get length(): number {
    return this.from.length;
  }
  begin(row: number, who: number, detail: number): void {
    const before = this.open.get(who);
    if (before !== undefined) this.beneath.set(this.from.length, before);
    this.open.set(who, this.from.length);
    this.from.push(row);
    this.to.push(OPEN);
    this.who.push(who);
    this.detail.push(detail);
  }
  isOpen(who: number): boolean {
    return this.open.has(who);
  }
  openCount(): number {
    return this.open.size;
  }
  /** Ends the open span of `who` that began last, if there is one; gives its index or -1. */
  end(row: number, who: number): number {
    const index = this.open.get(who);
    if (index === undefined) return -1;
    this.to.data[index] = row;
    const before = this.beneath.get(index);
    if (before === undefined) this.open.delete(who); else this.open.set(who, before);
    this.beneath.delete(index);
    return index;
  }
  /** Whether span `index` lasts after `event` rows. */
  coversEvent(index: number, event: number): boolean {
    return this.from.data[index] < event && this.to.data[index] >= event;
  }
}

/** Things that happen: a row, and up to three numbers. */
export class Points {
  readonly row: Ints;
  readonly a: Ints;
  readonly b: Ints;
  readonly c: Ints;
  constructor() {
    this.row = new Ints(16);
    this.a = new Ints(16);
    this.b = new Ints(16);
    this.c = new Ints(16);
  }
  get length(): number {
    return this.row.length;
  }
  push(row: number, a = 0, b = 0, c = 0): void {
    this.row.push(row);
    this.a.push(a);
    this.b.push(b);
    this.c.push(c);
  }
  /** How many happened in the first `event` rows. */
  countAt(event: number): number {
    return lowerBound(this.row.data, event, 0, this.row.length);
  }
}
