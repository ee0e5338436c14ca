/** Holds, waits and misses of each lock, and waits for completions. */
import { ROW } from '../format/rows.ts';
import { LOCK_CELLS, type MachineState } from '../format/state.ts';
import { ROLE } from './mark_tracks.ts';
import type { RowStore } from './row_store.ts';
import { OPEN, Points, Spans } from './series.ts';
import type { Tables } from './tables.ts';

export interface LockTrack {
  /** who = task, detail = 1 for reading. */
  readonly holds: Spans;
  /** who = task, detail = 0. */
  readonly waits: Spans;
  /** Failed trylocks: a = task. */
  readonly misses: Points;
  /** The row at which a unit of a semaphore was given back by somebody who had none: from then on it counts events, and nobody knows who must give the next. OPEN = never. */
  signalsFrom: number;
  heldNs: number;
  waitedNs: number;
  longestNs: number;
}
/** A wait for a completion: `by` = tasks any of which will make it, none = not known. `jiffies` = how long at most, 0 = for ever. */
export interface Await { readonly task: number; readonly name: string; readonly by: readonly number[]; readonly jiffies: number; readonly row: number; toRow: number }

export class LockTracks {
  /** By lock; a lock nobody has touched is absent. */
  readonly list: LockTrack[];
  /** Rows at which somebody found a lock taken: queued for it, or missed it. a = lock, b = task. */
  readonly contended: Points;
  /** In the order of their beginning. */
  readonly awaits: Await[];
  private readonly tables: Tables;
  private makers: number[];
  constructor(initial: MachineState, tables: Tables) {
    this.list = [];
    this.awaits = [];
    this.makers = [];
    this.tables = tables;
    this.contended = new Points();
    for (let l = 0; l * LOCK_CELLS.size < initial.locks.length; l++) {
      const owner = initial.locks[l * LOCK_CELLS.size + LOCK_CELLS.owner];
      if (initial.locks[l * LOCK_CELLS.size + LOCK_CELLS.holders] > 0 && owner >= 0) this.track(l).holds.begin(-1, owner, 0);
    }
  }
  private track(lock: number): LockTrack {
    return (this.list[lock] ??= { holds: new Spans(), waits: new Spans(), misses: new Points(), signalsFrom: OPEN, heldNs: 0, waitedNs: 0, longestNs: 0 });
  }
  collect(kind: number, row: number, lock: number, task: number, rows: RowStore): void {
    const t = this.track(lock);
    switch (kind) {
      case ROW.lockWait: t.waits.begin(row, task, 0); this.contended.push(row, lock, task); break;
      case ROW.lockGot: this.endWait(t, row, task, rows); t.holds.begin(row, task, rows.c(row) === 1 ? 1 : 0); break;
      case ROW.lockQuit: this.endWait(t, row, task, rows); break;
      case ROW.lockDrop: {
        const held = length(t.holds, t.holds.isOpen(task) ? t.holds.end(row, task) : this.givenBack(t, row, lock), row, rows);
        t.heldNs += held;
        if (held > t.longestNs) t.longestNs = held;
        break;
      }
      case ROW.lockMiss: t.misses.push(row, task); this.contended.push(row, lock, task); break;
      default: break;
    }
  }
  /** A drop by somebody who has none: only a semaphore can be given back so. */
  private givenBack(t: LockTrack, row: number, lock: number): number {
    if (this.tables.locks[lock]?.kind !== 'semaphore') return -1;
    t.signalsFrom = Math.min(t.signalsFrom, row);
    return -1;
  }
  /** A tracepoint of the waits for completions. */
  await(role: number, row: number, name: number, c: number, task: number): void {
    switch (role) {
      case ROLE.completionBy: this.makers.push(c); break;
      case ROLE.awaitBegin: this.awaits.push({ task, name: this.tables.strings[name], by: this.makers, jiffies: c, row, toRow: OPEN }); this.makers = []; break;
      case ROLE.awaitEnd: {
        const open = this.awaits.findLast((a) => a.task === task);
        if (open !== undefined) open.toRow = row;
        break;
      }
      default: break;
    }
  }
  private endWait(t: LockTrack, row: number, task: number, rows: RowStore): void {
    t.waitedNs += length(t.waits, t.waits.end(row, task), row, rows);
  }
}
const length = (spans: Spans, index: number, row: number, rows: RowStore): number => (index < 0 ? 0 : rows.time(row) - rows.time(Math.max(0, spans.from.data[index])));
