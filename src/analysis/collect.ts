/**
 * One pass over the rows as they arrive: what every lane draws is collected here, once.
 *
 * For each row, after it was folded into the live state:
 * 1. memory: free pages, watermarks, per-CPU lists and their refills, frames by type, LRU lists, from the cells that the row can have changed;
 * 2. tasks: what each is doing and for what;
 * 3. locks: holds, waits, misses;
 * 4. marks: spells of kswapd, rounds of direct reclaim, kills; RCU callbacks and grace periods;
 * 5. how fast pages are reclaimed.
 */
import type { MachineShape } from '../format/machine.ts';
import { blockCpu, blockOrder, blockZone, NO_CPU, ROW, WMARK_CELL } from '../format/rows.ts';
import { type MachineState, RSS_CELLS, ZONE_CELLS } from '../format/state.ts';
import { LockTracks } from './lock_tracks.ts';
import { MarkTracks } from './mark_tracks.ts';
import { PaceTracks } from './pace_tracks.ts';
import { PcpTracks } from './pcp_tracks.ts';
import { RcuTracks } from './rcu_tracks.ts';
import type { RowStore } from './row_store.ts';
import { Points, StepSeries } from './series.ts';
import type { Tables } from './tables.ts';
import { TaskTracks } from './task_tracks.ts';

const Z = ZONE_CELLS;
export const LRU_NAMES = ['inactive anon', 'active anon', 'inactive file', 'active file', 'unevictable'] as const;

export interface ZoneSeries {
  readonly free: StepSeries;
  /** By WMARK_CELL: min, low, high, boost, highatomic. */
  readonly wmark: readonly StepSeries[];
  /** By CPU: pages on its list. */
  readonly pcp: readonly StepSeries[];
}

/** Which stretch between the watermarks `free` pages fall into: 0 = up to min, 1 = up to low, 2 = up to high, 3 = above. Boost raises all three. */
export function stretch(free: number, zones: Int32Array, base: number): number {
  const boost = zones[base + Z.wmark + WMARK_CELL.boost];
  if (free <= zones[base + Z.wmark + WMARK_CELL.min] + boost) return 0;
  if (free <= zones[base + Z.wmark + WMARK_CELL.low] + boost) return 1;
  return free <= zones[base + Z.wmark + WMARK_CELL.high] + boost ? 2 : 3;
}

export class Collected {
  readonly zones: readonly ZoneSeries[];
  /** Free pages of all zones together. */
  readonly free: StepSeries;
  /** Pages on all per-CPU lists of a CPU. */
  readonly pcp: readonly StepSeries[];
  /** By FRAME type, then by LRU list (as LRU_NAMES): pages of the whole machine. */
  readonly types: readonly StepSeries[];
  readonly lru: readonly StepSeries[];
  readonly swapUsed: StepSeries;
  /** By string index of the counter's name. */
  readonly gauges: Map<number, StepSeries>;
  /** The row that first told a counter, by the same index; absent: it is known from the start, or never told. */
  readonly gaugeRows: Map<number, number>;
  /** Rows at which a zone's free pages crossed a watermark: a = zone, b = stretch before, c = stretch after. */
  readonly crossings: Points;
  readonly tasks: TaskTracks;
  readonly locks: LockTracks;
  readonly marks: MarkTracks;
  readonly rcu: RcuTracks;
  readonly lists: PcpTracks;
  readonly paces: PaceTracks;
  private readonly cpus: number;
  private readonly shadow: Int32Array;
  private readonly totals: Int32Array;
  private readonly stretches: Int32Array;
  private readonly swap: Map<number, number>;

  constructor(shape: MachineShape, initial: MachineState, tables: Tables) {
    const { cpus } = shape, cell = (z: number, c: number): number => initial.zones[z * Z.size + c];
    const zoneList = shape.zones.map((_, z) => z), cpuList = Array.from({ length: cpus }, (_, c) => c);
    this.cpus = cpus;
    this.shadow = initial.zones.slice();
    this.totals = new Int32Array(Z.size);
    for (const z of zoneList) for (let c = 0; c < Z.size; c++) this.totals[c] += cell(z, c);
    this.zones = zoneList.map((z) => ({
      free: new StepSeries(cell(z, Z.free)),
      wmark: Object.values(WMARK_CELL).map((w) => new StepSeries(cell(z, Z.wmark + w))),
      pcp: cpuList.map((c) => new StepSeries(initial.pcp[z * cpus + c])),
    }));
    this.free = new StepSeries(this.totals[Z.free]);
    this.pcp = cpuList.map((c) => new StepSeries(zoneList.reduce((sum, z) => sum + initial.pcp[z * cpus + c], 0)));
    this.types = Array.from({ length: Z.inactiveAnon - Z.types }, (_, t) => new StepSeries(this.totals[Z.types + t]));
    this.lru = LRU_NAMES.map((_, i) => new StepSeries(this.totals[Z.inactiveAnon + i]));
    this.stretches = Int32Array.from(zoneList, (z) => stretch(cell(z, Z.free), initial.zones, z * Z.size));
    this.swap = new Map();
    for (let mm = 0; mm * RSS_CELLS.size < initial.rss.length; mm++) this.swap.set(mm, initial.rss[mm * RSS_CELLS.size + RSS_CELLS.swap]);
    this.swapUsed = new StepSeries([...this.swap.values()].reduce((sum, n) => sum + n, 0));
    this.gauges = new Map();
    this.gaugeRows = new Map();
    initial.gauges.forEach((value, i) => { if (value !== 0) this.gauges.set(i, new StepSeries(value)); });
    this.crossings = new Points();
    this.tasks = new TaskTracks(tables, initial);
    this.locks = new LockTracks(initial, tables);
    this.marks = new MarkTracks(tables);
    this.rcu = new RcuTracks(cpus, tables);
    this.lists = new PcpTracks(cpus, tables);
    this.paces = new PaceTracks(cpus, tables);
  }

  /** Row `row` was folded into `state`. */
  collect(rows: RowStore, row: number, state: MachineState): void {
    const kind = rows.kind(row), a = rows.a(row), b = rows.b(row);
    if (kind >= ROW.buddyTake) this.memory(kind, row, a, b, state, rows);
    else if (kind >= ROW.lockWait) this.locks.collect(kind, row, a, b, rows);
    else if (kind === ROW.mark) {
      const role = this.marks.collect(row, a, b, rows.c(row), rows.task(row));
      this.locks.await(role, row, b, rows.c(row), rows.task(row));
      this.paces.mark(role, row, rows);
      this.rcu.collect(row, a, b, rows.c(row), rows.cpu(row), rows.task(row));
    }
    this.tasks.collect(kind, row, rows, state);
    if (kind === ROW.switch_ || kind === ROW.enter || kind === ROW.leave) this.paces.collect(kind, row, rows);
    else if (kind === ROW.exit) this.marks.exited(row, a);
  }

  private memory(kind: number, row: number, a: number, b: number, state: MachineState, rows: RowStore): void {
    switch (kind) {
      case ROW.buddyTake: case ROW.buddyFree: case ROW.pcpFree: case ROW.pageUse: case ROW.pageState:
        if (blockCpu(b) !== NO_CPU) this.list(kind, row, b, state.zones, rows);
        this.pages(row, b, state);
        break;
      case ROW.wmark: {
        const zone = a >> 3;
        this.zones[zone].wmark[a & 7]?.push(row, b);
        this.cross(row, zone, state.zones);
        break;
      }
      case ROW.rss:
        if (b === RSS_CELLS.swap) {
          const now = rows.c(row);
          this.swapUsed.push(row, this.swapUsed.last() + now - (this.swap.get(a) ?? 0));
          this.swap.set(a, now);
        }
        break;
      case ROW.gauge: {
        const series = this.gauges.get(a);
        if (series) series.push(row, b);
        else {
          const first = new StepSeries(0);
          first.push(row, b);
          this.gauges.set(a, first);
          this.gaugeRows.set(a, row);
        }
        break;
      }
      default: break;
    }
  }

  /** A block came onto a per-CPU list from the buddy, or went off it for use; `shadow` has what was free before. */
  private list(kind: number, row: number, block: number, zones: Int32Array, rows: RowStore): void {
    const zone = blockZone(block), at = zone * Z.size, boost = zones[at + Z.wmark + WMARK_CELL.boost], pages = 1 << blockOrder(block);
    if (kind === ROW.buddyTake) this.lists.came(rows, row, blockCpu(block), zone, pages, this.shadow[at]);
    else if (kind === ROW.pageUse) this.lists.went(rows, row, blockCpu(block), zone, pages, this.shadow[at], zones[at + Z.wmark + WMARK_CELL.min] + boost, zones[at + Z.wmark + WMARK_CELL.low] + boost);
  }
  private pages(row: number, block: number, state: MachineState): void {
    const zone = blockZone(block), cpu = blockCpu(block), base = zone * Z.size, { zones } = state, { shadow, totals } = this;
    if (zones[base] !== shadow[base]) {
      this.zones[zone].free.push(row, zones[base]);
      totals[0] += zones[base] - shadow[base];
      shadow[base] = zones[base];
      this.free.push(row, totals[0]);
      this.cross(row, zone, zones);
    }
    for (let c = Z.types; c < Z.size; c++) {
      const d = zones[base + c] - shadow[base + c];
      if (d === 0) continue;
      shadow[base + c] += d;
      totals[c] += d;
      if (c < Z.inactiveAnon) this.types[c - Z.types].push(row, totals[c]);
      else this.lru[c - Z.inactiveAnon].push(row, totals[c]);
    }
    if (cpu === NO_CPU) return;
    const before = this.zones[zone].pcp[cpu].last(), now = state.pcp[zone * this.cpus + cpu];
    this.zones[zone].pcp[cpu].push(row, now);
    this.pcp[cpu].push(row, this.pcp[cpu].last() + now - before);
  }

  private cross(row: number, zone: number, zones: Int32Array): void {
    const now = stretch(zones[zone * Z.size + Z.free], zones, zone * Z.size);
    if (now === this.stretches[zone]) return;
    this.crossings.push(row, zone, this.stretches[zone], now);
    this.stretches[zone] = now;
  }
}

