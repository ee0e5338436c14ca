/** RCU over a run, from its tracepoints: callbacks from call to invocation, objects of kvfree_rcu(), grace periods, batches. Segments are gauges (docs/formats.md). */
import { Lives } from './lives.ts';
import { Spans, StepSeries } from './series.ts';
import type { Tables } from './tables.ts';

const PART = { other: 0, queued: 1, invoked: 2, begin: 3, end: 4, batch: 5, batchEnd: 6, object: 7, freed: 8 } as const;
const PART_OF: ReadonlyMap<string, number> = new Map([
  ['rcu_callback', PART.queued], ['rcu_kfree_callback', PART.queued], ['rcu_invoke_callback', PART.invoked], ['rcu_invoke_kfree_callback', PART.invoked],
  ['rcu_grace_period_start', PART.begin], ['rcu_grace_period_end', PART.end], ['rcu_batch_start', PART.batch], ['rcu_batch_end', PART.batchEnd], ['kvfree_call', PART.object], ['kvfree_free', PART.freed],
]);

/** Channels of kvfree_rcu(), as its tracepoint numbers them. */
export const KVFREE_CHANNEL = { kmalloc: 0, vmalloc: 1, linked: 2, synchronous: 3 } as const;

export class RcuTracks {
  readonly callbacks: Lives;
  /** Objects of kvfree_rcu(), by the CPU on which they were given; detail = channel. */
  readonly objects: Lives;
  /** By CPU: objects that a krcp has, in all stages, and those of them that are linked. The gauges of what is being filled in come only now and then. */
  readonly stored: readonly StepSeries[];
  readonly linked: readonly StepSeries[];
  /** Grace periods: who = number. */
  readonly periods: Spans;
  /** Batches, by the CPU whose callbacks they are, wherever they run: who = CPU, detail = callbacks invoked, once it is over. Known from the first invocation on. */
  readonly batches: readonly Spans[];
  private readonly tables: Tables;
  /** By task that has begun a batch: in which row, and the CPU, -1 = nothing was invoked so far. */
  private readonly begun: Map<number, { readonly row: number; cpu: number }>;
  private readonly parts: number[];
  constructor(cpus: number, tables: Tables) {
    this.callbacks = new Lives(cpus);
    this.objects = new Lives(cpus);
    this.stored = Array.from({ length: cpus }, () => new StepSeries(0));
    this.linked = Array.from({ length: cpus }, () => new StepSeries(0));
    this.periods = new Spans();
    this.batches = Array.from({ length: cpus }, () => new Spans());
    this.tables = tables;
    this.begun = new Map();
    this.parts = [];
  }
  /** The run has come to RCU. */
  get some(): boolean { return this.callbacks.some || this.periods.length > 0; }
  /** A tracepoint: index of its name, and its arguments. */
  collect(row: number, name: number, b: number, c: number, cpu: number, task: number): void {
    switch ((this.parts[name] ??= PART_OF.get(this.tables.strings[name]) ?? PART.other)) {
      case PART.queued: this.callbacks.begin(row, b, cpu); break;
      case PART.invoked: this.invoke(row, b, task); break;
      case PART.begin: this.periods.begin(row, b, 0); break;
      case PART.end: this.periods.end(row, b); break;
      case PART.batch: this.begun.set(task, { row, cpu: -1 }); break;
      case PART.batchEnd: this.endBatch(row, b, task); break;
      case PART.object:
        this.objects.begin(row, b, cpu, c);
        this.store(row, cpu, c, 1);
        break;
      case PART.freed:
        this.objects.end(row, b);
        if (this.objects.endOf(b) === row) this.store(row, this.objects.cpuOf(b), this.objects.detailOf(b), -1);
        break;
      default: break;
    }
  }
  /** Whoever waits for the grace period himself has stored nothing. */
  private store(row: number, cpu: number, channel: number, by: 1 | -1): void {
    if (channel === KVFREE_CHANNEL.synchronous) return;
    for (const series of channel === KVFREE_CHANNEL.linked ? [this.stored[cpu], this.linked[cpu]] : [this.stored[cpu]]) series.push(row, series.last() + by);
  }
  private invoke(row: number, id: number, task: number): void {
    const batch = this.begun.get(task), cpu = this.callbacks.cpuOf(id);
    this.callbacks.end(row, id);
    if (batch === undefined || batch.cpu >= 0 || cpu < 0) return;
    batch.cpu = cpu;
    this.batches[cpu].begin(batch.row, cpu, 0);
  }
  private endBatch(row: number, invoked: number, task: number): void {
    const cpu = this.begun.get(task)?.cpu ?? -1, i = cpu < 0 ? -1 : this.batches[cpu].end(row, cpu);
    if (i >= 0) this.batches[cpu].detail.data[i] = invoked;
    this.begun.delete(task);
  }
}
