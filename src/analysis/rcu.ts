/** RCU at an event: callbacks of each CPU by segment and how old they are, the grace period and who holds it up, the batch before; and what became of the callbacks in a run. */
import { lowerBound } from './pyramid.ts';
import type { RcuTracks } from './rcu_tracks.ts';
import { OPEN, type Spans } from './series.ts';
import type { Trace } from './trace.ts';

/** As the gauges name them, from the oldest callback to the newest: the batch under way, done, waiting, without a grace period; `bypass` where callbacks are offloaded. */
export const RCU_SEGMENTS = ['invoking', 'DONE', 'WAIT', 'NEXT_READY', 'NEXT', 'bypass'] as const;
export type RcuSegment = (typeof RCU_SEGMENTS)[number];
export interface RcuPart {
  readonly segment: RcuSegment;
  readonly callbacks: number;
  /** Age of its oldest callback, ns; null = it has none. */
  readonly oldestNs: number | null;
}
export interface RcuCpu {
  readonly parts: readonly RcuPart[];
  /** Callbacks that have not been invoked, and how many of them are lazy. */
  readonly waiting: number;
  readonly lazy: number;
  /** Age of the oldest of them, ns, and the event in which it was queued; null = there is none. */
  readonly oldestNs: number | null;
  readonly oldestEvent: number | null;
  readonly holdsUp: boolean;
}
export interface GracePeriod {
  readonly number: number;
  readonly fromNs: number;
  /** null: it is under way. */
  readonly toNs: number | null;
  /** CPUs that have not reported. */
  readonly holdouts: readonly number[];
}
export interface Batch {
  readonly cpu: number;
  readonly event: number;
  readonly fromNs: number;
  /** null: it is under way. */
  readonly toNs: number | null;
  readonly invoked: number;
}
export interface RcuAt {
  /** The segments that this run has. */
  readonly segments: readonly RcuSegment[];
  readonly cpus: readonly RcuCpu[];
  /** The last that has begun; null = none has. */
  readonly period: GracePeriod | null;
  /** The last batch that has begun; null = none has. */
  readonly batch: Batch | null;
}
export const gaugeAt = (trace: Trace, name: string, event: number): number => trace.series.gauges.get(trace.tables.stringIndex(name))?.at(event) ?? 0;
const gaugeOf = (cpu: number, part: string): string => `rcu_cbs cpu${cpu} ${part}`;
/** CPUs of the bits of a mask. */
export const cpusOf = (mask: number, cpus: number): number[] => Array.from({ length: cpus }, (_, cpu) => cpu).filter((cpu) => ((mask >>> cpu) & 1) === 1);
/** Index of the last span that has begun by `event`, -1 = none has. */
const lastBegun = ({ from, length }: Spans, event: number): number => (length === 0 ? -1 : lowerBound(from.data, event, 0, length) - 1);
const endNs = (trace: Trace, row: number, event: number): number | null => (row === OPEN || row >= event ? null : trace.timeAt(row));

export function periodAt(trace: Trace, event: number): GracePeriod | null {
  const { periods } = trace.series.rcu, i = lastBegun(periods, event);
  if (i < 0) return null;
  const toNs = endNs(trace, periods.to.data[i], event);
  return { number: periods.who.data[i], fromNs: trace.timeAt(periods.from.data[i]), toNs, holdouts: toNs === null ? cpusOf(gaugeAt(trace, 'rcu_qsmask', event), trace.shape.cpus) : [] };
}
function batchAt(trace: Trace, event: number): Batch | null {
  const all = trace.series.rcu.batches.map((spans, cpu) => ({ spans, cpu, i: lastBegun(spans, event) })).filter(({ i }) => i >= 0);
  if (all.length === 0) return null;
  const { spans, cpu, i } = all.reduce((a, b) => (b.spans.from.data[b.i] > a.spans.from.data[a.i] ? b : a)), from = spans.from.data[i], toNs = endNs(trace, spans.to.data[i], event);
  return { cpu, event: from + 1, fromNs: trace.timeAt(from), toNs, invoked: toNs === null ? waitingAt(trace.series.rcu, cpu, from) + trace.series.rcu.callbacks.came(cpu, event) - trace.series.rcu.callbacks.came(cpu, from) - waitingAt(trace.series.rcu, cpu, event) : spans.detail.data[i] };
}
/**
 * Segments lie behind each other in the order in which their callbacks came, so the newest belong to the last segment that has any. A barrier's own
 * callback is counted in its segment and is none of those that came, so that beside one an age may be that of the callback next to it.
 */
function partsAt(trace: Trace, cpu: number, event: number, segments: readonly RcuSegment[]): RcuPart[] {
  const { callbacks } = trace.series.rcu, now = trace.timeOfEvent(event), oldest = callbacks.oldestAt(cpu, event), parts: RcuPart[] = [];
  let end = callbacks.came(cpu, event);
  for (const segment of [...segments].reverse()) {
    const n = gaugeAt(trace, gaugeOf(cpu, segment), event), first = Math.max(oldest, end - n), row = n > 0 && oldest >= 0 && first < end ? callbacks.rowAt(cpu, first) : -1;
    parts.unshift({ segment, callbacks: n, oldestNs: row < 0 ? null : now - trace.timeAt(row) });
    end -= n;
  }
  return parts;
}
/** null: the run has not come to RCU. */
export function rcuAt(trace: Trace, event: number): RcuAt | null {
  const { rcu } = trace.series, { cpus } = trace.shape, now = trace.timeOfEvent(event);
  if (!rcu.some) return null;
  const segments = RCU_SEGMENTS.filter((s) => s !== 'bypass' || Array.from({ length: cpus }, (_, cpu) => trace.tables.stringIndex(gaugeOf(cpu, s))).some((i) => i >= 0));
  const period = periodAt(trace, event);
  return {
    segments, period, batch: batchAt(trace, event),
    cpus: Array.from({ length: cpus }, (_, cpu): RcuCpu => {
      const oldest = rcu.callbacks.oldestAt(cpu, event), row = rcu.callbacks.rowAt(cpu, oldest), waiting = waitingAt(rcu, cpu, event);
      return {
        parts: partsAt(trace, cpu, event, segments), waiting, lazy: lazyAt(trace, cpu, event), oldestNs: row < 0 ? null : now - trace.timeAt(row), oldestEvent: row < 0 ? null : row + 1, holdsUp: period?.holdouts.includes(cpu) ?? false,
      };
    }),
  };
}
export const waitingAt = (rcu: RcuTracks, cpu: number, event: number): number => rcu.callbacks.queues[cpu].count.at(event);
/** The gauge counts those of a batch until it is over. */
export const lazyAt = (trace: Trace, cpu: number, event: number): number => Math.min(waitingAt(trace.series.rcu, cpu, event), gaugeAt(trace, gaugeOf(cpu, 'lazy'), event));
/** All CPUs together. */
export const allWaitingAt = (trace: Trace, event: number): number => trace.series.rcu.callbacks.queues.reduce((sum, q) => sum + q.count.at(event), 0);

/** What became of the callbacks while memory ran out: between the first wake of kswapd and the first kill, or the end of the run where nobody is killed. */
export interface Fate {
  readonly fromNs: number;
  readonly toNs: number;
  readonly toEvent: number;
  readonly killed: boolean;
  /** There at the wake, or queued since. */
  readonly callbacks: number;
  readonly invoked: number;
  /** When the first and the last of the invoked were. */
  readonly firstNs: number | null;
  readonly lastNs: number | null;
  /** At the end of it, CPUs that have some: how many, in which segment most, how old the oldest is. */
  readonly left: readonly { readonly cpu: number; readonly callbacks: number; readonly segment: RcuSegment; readonly oldestNs: number }[];
  readonly period: GracePeriod | null;
}
/** null: no callback, or kswapd was not woken so far. */
export function fateOf(trace: Trace): Fate | null {
  const { rcu: { callbacks }, marks } = trace.series;
  if (!callbacks.some || marks.wakes.length === 0) return null;
  const wake = marks.wakes.row.data[0], killed = marks.kills.length > 0, last = killed ? marks.kills.row.data[0] : trace.rows - 1, before = callbacks.went(wake), invoked = callbacks.went(last) - before;
  const came = callbacks.queues.reduce((sum, _, cpu) => sum + callbacks.came(cpu, last), 0), at = rcuAt(trace, last + 1), toNs = killed ? trace.timeAt(last) : trace.endNs; // behind the last row nothing changes
  const row = (i: number): number | null => (invoked > 0 ? trace.timeAt(callbacks.gone.data[i]) : null);
  const left = (at?.cpus ?? []).flatMap((c, cpu) => {
    const most = c.parts.reduce((a, b) => (b.callbacks > a.callbacks ? b : a));
    return c.waiting === 0 || c.oldestNs === null ? [] : [{ cpu, callbacks: c.waiting, segment: most.segment, oldestNs: c.oldestNs + toNs - trace.timeAt(last) }];
  });
  return {
    fromNs: trace.timeAt(wake), toNs, toEvent: last + 1, killed, callbacks: came - before, invoked, firstNs: row(before), lastNs: row(before + invoked - 1), left, period: at?.period ?? null,
  };
}
