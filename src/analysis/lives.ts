/** Things with a running number that come and go in a run: RCU callbacks, objects of kvfree_rcu. From their tracepoints, as these arrive. */
import { Ints, lowerBound } from './pyramid.ts';
import { StepSeries } from './series.ts';

const NONE = -1;
/** A list by running number; numbers that are passed over have none. */
function put(list: Ints, id: number, value: number): void {
  while (list.length <= id) list.push(NONE);
  list.data[id] = value;
}
const get = (list: Ints, id: number): number => (id >= 0 && id < list.length ? list.data[id] : NONE);

/** Those of one CPU, in the order in which they came. */
export interface Queue {
  readonly ids: Ints;
  /** Where each of `ids` came. */
  readonly rows: Ints;
  /** How many are there. */
  readonly count: StepSeries;
  /** Index into `ids` of the oldest that is there; their number if none is. */
  readonly oldest: StepSeries;
}
export class Lives {
  readonly queues: readonly Queue[];
  /** Where anything went, ascending. */
  readonly gone: Ints;
  private readonly from: Ints;
  private readonly to: Ints;
  private readonly cpu: Ints;
  private readonly detail: Ints;
  constructor(cpus: number) {
    this.queues = Array.from({ length: cpus }, () => ({ ids: new Ints(), rows: new Ints(), count: new StepSeries(0), oldest: new StepSeries(0) }));
    this.gone = new Ints();
    this.from = new Ints();
    this.to = new Ints();
    this.cpu = new Ints();
    this.detail = new Ints();
  }
  get some(): boolean { return this.from.length > 0; }
  /** @param detail  a number of its kind, kept for detailOf() */
  begin(row: number, id: number, cpu: number, detail = 0): void {
    if (this.rowOf(id) !== NONE) return;
    const q = this.queues[cpu];
    put(this.from, id, row);
    put(this.cpu, id, cpu);
    put(this.detail, id, detail);
    put(this.to, id, NONE);
    q.ids.push(id);
    q.rows.push(row);
    q.count.push(row, q.count.last() + 1);
  }
  /** One whose begin was never told, as that of a barrier's callback, is left out. */
  end(row: number, id: number): void {
    if (this.rowOf(id) === NONE || this.endOf(id) !== NONE) return;
    const q = this.queues[this.cpuOf(id)];
    this.to.data[id] = row;
    this.gone.push(row);
    q.count.push(row, q.count.last() - 1);
    let oldest = q.oldest.last();
    while (oldest < q.ids.length && this.to.data[q.ids.data[oldest]] !== NONE) oldest++;
    q.oldest.push(row, oldest);
  }
  /** The row in which it came, and went; -1 = it has not. */
  rowOf(id: number): number { return get(this.from, id); }
  endOf(id: number): number { return get(this.to, id); }
  cpuOf(id: number): number { return get(this.cpu, id); }
  detailOf(id: number): number { return get(this.detail, id); }
  /** How many had come to a CPU by `event`. */
  came(cpu: number, event: number): number {
    const { rows } = this.queues[cpu];
    return lowerBoundOf(rows, event);
  }
  /** How many had gone, of all CPUs, by `event`. */
  went(event: number): number { return lowerBoundOf(this.gone, event); }
  /** The row in which number `index` of a CPU's queue came; -1 = there is none. */
  rowAt(cpu: number, index: number): number {
    const { rows } = this.queues[cpu];
    return index >= 0 && index < rows.length ? rows.data[index] : NONE;
  }
  /** Index of the oldest that is there at `event`; -1 = nothing is. */
  oldestAt(cpu: number, event: number): number {
    const index = this.queues[cpu].oldest.at(event);
    return index < this.came(cpu, event) ? index : NONE;
  }
  /** Its number in the order of its CPU; -1 = it has not come. */
  placeOf(id: number): number {
    const row = this.rowOf(id), cpu = this.cpuOf(id);
    return row === NONE ? NONE : lowerBoundOf(this.queues[cpu].rows, row);
  }
}
const lowerBoundOf = (rows: Ints, event: number): number => (rows.length === 0 ? 0 : lowerBound(rows.data, event, 0, rows.length));
