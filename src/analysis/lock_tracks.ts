/** Holds, waits and misses of each lock. */
import type { LockInfo } from '../format/machine.ts';
import { ROW } from '../format/rows.ts';
import { LOCK_CELLS, type MachineState } from '../format/state.ts';
import { LockOrder } from './lock_order.ts';
import type { RowStore } from './row_store.ts';
import { Points, Spans } from './series.ts';

export interface LockTrack {
  /** who = task, detail = 1 for reading. */
  readonly holds: Spans;
  /** who = task, detail = 0. */
  readonly waits: Spans;
  /** Failed trylocks: a = task. */
  readonly misses: Points;
  heldNs: number;
  waitedNs: number;
  longestNs: number;
}

export class LockTracks {
  /** By lock; a lock nobody has touched is absent. */
  readonly list: LockTrack[];
  /** Rows at which somebody found a lock taken: queued for it, or missed it. a = lock, b = task. */
  readonly contended: Points;
  readonly order: LockOrder;
  constructor(initial: MachineState, locks: readonly LockInfo[]) {
    this.list = [];
    this.order = new LockOrder(locks);
    this.contended = new Points();
    for (let l = 0; l * LOCK_CELLS.size < initial.locks.length; l++) {
      const owner = initial.locks[l * LOCK_CELLS.size + LOCK_CELLS.owner];
      if (initial.locks[l * LOCK_CELLS.size + LOCK_CELLS.holders] > 0 && owner >= 0) this.track(l).holds.begin(-1, owner, 0);
    }
  }
  private track(lock: number): LockTrack {
    return (this.list[lock] ??= { holds: new Spans(), waits: new Spans(), misses: new Points(), heldNs: 0, waitedNs: 0, longestNs: 0 });
  }
  collect(kind: number, row: number, lock: number, task: number, rows: RowStore): void {
    const t = this.track(lock);
    this.order.collect(kind, row, lock, task);
    switch (kind) {
      case ROW.lockWait: t.waits.begin(row, task, 0); this.contended.push(row, lock, task); break;
      case ROW.lockGot: this.endWait(t, row, task, rows); t.holds.begin(row, task, rows.c(row) === 1 ? 1 : 0); break;
      case ROW.lockQuit: this.endWait(t, row, task, rows); break;
      case ROW.lockDrop: {
        const held = length(t.holds, t.holds.end(row, task), row, rows);
        t.heldNs += held;
        if (held > t.longestNs) t.longestNs = held;
        break;
      }
      case ROW.lockMiss: t.misses.push(row, task); this.contended.push(row, lock, task); break;
      default: break;
    }
  }
  private endWait(t: LockTrack, row: number, task: number, rows: RowStore): void {
    t.waitedNs += length(t.waits, t.waits.end(row, task), row, rows);
  }
}
const length = (spans: Spans, index: number, row: number, rows: RowStore): number => (index < 0 ? 0 : rows.time(row) - rows.time(Math.max(0, spans.from.data[index])));
