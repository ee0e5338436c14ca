/**
 * What happens on the per-CPU lists, for the lane: refills from the buddy, and pages that went off a list while their zone had little free. The measures are those of the
 * kernel reference rcu-mempool-io-locking.md, 2.7; who has how many of them is counted in pcp_books.ts, which the tests hold against this.
 */
import type { RowStore } from './row_store.ts';
import { Points } from './series.ts';
import type { Tables } from './tables.ts';

/** What was wrong with a page that went off a list: its zone had less than MIN free; or less than LOW, and the request passed no slow path, so it woke nobody. */
export const LOW_TAKE = { belowMin: 1, wokeNobody: 2 } as const;
const SLOW = '__alloc_pages_slowpath';

interface Refill {
  task: number;
  timeNs: number;
  zone: number;
  free: number; // of the zone before it; -1 = a page was taken since
}
export class PcpTracks {
  /** By CPU. A refill is one hold of zone->lock: a = task, b = pages that came, c = zone. */
  readonly refills: readonly Points[];
  /** By CPU: a = task, b = pages, c = LOW_TAKE bits. */
  readonly low: readonly Points[];
  /** Pages so far that woke nobody. */
  wokeNobody: number;
  private readonly last: readonly Refill[];
  private readonly tables: Tables;
  private readonly slow: (boolean | undefined)[]; // by stack
  constructor(cpus: number, tables: Tables) {
    const each = <T>(make: () => T): readonly T[] => Array.from({ length: cpus }, make);
    this.refills = each(() => new Points());
    this.low = each(() => new Points());
    this.wokeNobody = 0;
    this.last = each(() => ({ task: -1, timeNs: -1, zone: -1, free: -1 }));
    this.tables = tables;
    this.slow = [];
  }
  /** A block came onto a list of `cpu`, of a zone that had `free` pages before. The blocks of one refill come at one instant. */
  came(rows: RowStore, row: number, cpu: number, zone: number, pages: number, free: number): void {
    const refills = this.refills[cpu], last = this.last[cpu], task = rows.task(row), timeNs = rows.time(row);
    if (last.task === task && last.timeNs === timeNs && last.zone === zone) refills.b.data[refills.length - 1] += pages;
    else {
      refills.push(row, task, pages, zone);
      last.task = task; last.timeNs = timeNs; last.zone = zone; last.free = free;
    }
  }
  /** A block went off a list of `cpu`, for use. The marks have the boost in them. */
  went(rows: RowStore, row: number, cpu: number, zone: number, pages: number, free: number, min: number, low: number): void {
    const last = this.last[cpu], task = rows.task(row);
    // who had to refill was let by before that
    const asked = last.free >= 0 && last.task === task && last.zone === zone ? last.free : free;
    last.free = -1;
    if (asked >= low) return;
    const bits = (asked < min ? LOW_TAKE.belowMin : 0) | (this.isSlow(rows.stack(row)) ? 0 : LOW_TAKE.wokeNobody);
    if (bits !== 0) this.low[cpu].push(row, task, pages, bits);
    if ((bits & LOW_TAKE.wokeNobody) !== 0) this.wokeNobody += pages;
  }
  /** Pages with one of LOW_TAKE in the first `event` rows, on all CPUs. */
  lowAt(event: number, bit: number): number {
    let sum = 0;
    for (const { row, b, c, length } of this.low) for (let i = 0; i < length && row.data[i] < event; i++) if ((c.data[i] & bit) !== 0) sum += b.data[i];
    return sum;
  }
  private isSlow(stack: number): boolean {
    return (this.slow[stack] ??= this.tables.stackHas(stack, new Set([this.tables.stringIndex(SLOW)])));
  }
}
