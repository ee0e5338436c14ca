/**
 * Looking back: states of the machine along a run, and the way from one of them to any row. The page frames are kept in pieces
 * of 1,024; a keyframe holds copies of the pieces that changed since the one before and shares the others, so it costs what
 * happened, not what the machine has. A block of the largest order lies within one piece.
 */
import { applyRow, copyState, type MachineState } from '../format/state.ts';
import { blockOrder, MAX_ORDER, ROW } from '../format/rows.ts';
import { type RowStore, SEGMENT_MASK } from './row_store.ts';

const PIECE_BITS = MAX_ORDER;
const PIECE = 1 << PIECE_BITS;
const MIN_SPACING_ROWS = 4096;
/** A keyframe waits until it costs no more than this for each row since the last: looking back then folds 1/16 of the frames in rows at most. */
const BYTES_A_ROW = 32;
const BYTES_A_REFERENCE = 8;

interface Keyframe {
  readonly row: number; // rows folded
  readonly pieces: readonly Uint16Array[];
  /** All but the frames. */
  readonly rest: MachineState;
}
const NO_FRAMES = new Uint16Array(0);
const smallBytes = (s: MachineState): number => 4 * (s.zones.length + s.buddy.length + s.pcp.length + s.tasks.length + s.locks.length + s.rss.length + s.gauges.length + 2 * s.current.length);
function copyRest(s: MachineState): MachineState {
  const { frames } = s;
  s.frames = NO_FRAMES;
  const rest = copyState(s);
  s.frames = frames;
  return rest;
}

/** A state that is folded forwards and remembers which pieces no longer are those of the keyframe it came from. */
class Folded {
  readonly state: MachineState;
  readonly dirty: Uint8Array;
  dirtyCount: number;
  pieces: readonly Uint16Array[];
  private readonly cpus: number;
  constructor(state: MachineState, cpus: number) {
    this.state = state;
    this.cpus = cpus;
    this.dirty = new Uint8Array(Math.ceil(state.frames.length / PIECE));
    this.dirtyCount = 0;
    this.pieces = Array.from(this.dirty, (_, p) => state.frames.slice(p << PIECE_BITS, (p + 1) << PIECE_BITS));
  }
  /** Folds the rows `from .. to - 1`. */
  fold(rows: RowStore, from: number, to: number): void {
    for (let row = from; row < to;) {
      const { cpu, kind, task, stack, a, b, c } = rows.segment(row), end = Math.min(to, (row | SEGMENT_MASK) + 1);
      for (let i = row & SEGMENT_MASK, last = i + end - row; i < last; i++) {
        const k = kind[i];
        if (k >= ROW.buddyTake && k <= ROW.pageState) this.touch(a[i], k === ROW.pageState ? 0 : blockOrder(b[i]));
        applyRow(this.state, this.cpus, k, cpu[i], task[i], stack[i], a[i], b[i], c[i]);
      }
      row = end;
    }
  }
  private touch(pfn: number, order: number): void {
    for (let p = pfn >> PIECE_BITS, last = (pfn + (1 << order) - 1) >> PIECE_BITS; p <= last; p++) {
      if (this.dirty[p] === 0) { this.dirty[p] = 1; this.dirtyCount++; }
    }
  }
  /** The pieces as they stand: shared where nothing changed. From now on they are what this state came from. */
  freeze(): readonly Uint16Array[] {
    if (this.dirtyCount > 0) {
      this.pieces = this.pieces.map((piece, p) => (this.dirty[p] === 0 ? piece : this.state.frames.slice(p << PIECE_BITS, (p + 1) << PIECE_BITS)));
      this.clean();
    }
    return this.pieces;
  }
  private clean(): void {
    this.dirty.fill(0);
    this.dirtyCount = 0;
  }
  restore(k: Keyframe): void {
    const { frames } = this.state;
    k.pieces.forEach((piece, p) => {
      if (this.dirty[p] !== 0 || this.pieces[p] !== piece) frames.set(piece, p << PIECE_BITS);
    });
    Object.assign(this.state, copyState(k.rest), { frames });
    this.pieces = k.pieces;
    this.clean();
  }
}

export class Keyframes {
  private readonly rows: RowStore;
  private readonly live: Folded;
  private readonly frames: Keyframe[];
  private readonly cpus: number;
  private lookup: Folded | null;
  constructor(initial: MachineState, cpus: number, rows: RowStore) {
    this.rows = rows;
    this.cpus = cpus;
    this.live = new Folded(copyState(initial), cpus);
    this.frames = [{ row: 0, pieces: this.live.pieces, rest: copyRest(initial) }];
    this.lookup = null;
  }
  /** The state after all rows so far; valid until the next row is folded. */
  get current(): MachineState {
    return this.live.state;
  }
  get count(): number {
    return this.frames.length;
  }
  /** Folds the next row into the live state, and keeps a keyframe when one is due. */
  fold(row: number): void {
    this.live.fold(this.rows, row, row + 1);
    const since = row + 1 - this.frames[this.frames.length - 1].row;
    if (since < MIN_SPACING_ROWS || (since & 255) !== 0) return;
    const bytes = this.live.dirtyCount * PIECE * 2 + this.live.pieces.length * BYTES_A_REFERENCE + smallBytes(this.live.state);
    if (bytes <= since * BYTES_A_ROW) this.frames.push({ row: row + 1, pieces: this.live.freeze(), rest: copyRest(this.live.state) });
  }
  /** The state after `count` rows. It belongs to the keeper and is valid until the next call: nobody may change it. */
  after(count: number): MachineState {
    if (count === this.live.state.row) return this.live.state;
    this.lookup ??= this.newLookup();
    const found = this.lookup, key = this.frameBefore(count);
    if (found.state.row > count || found.state.row < key.row) found.restore(key);
    found.fold(this.rows, found.state.row, count);
    return found.state;
  }
  private newLookup(): Folded {
    const first = this.frames[0], state = copyState(first.rest);
    state.frames = new Uint16Array(this.live.state.frames.length);
    const lookup = new Folded(state, this.cpus);
    lookup.restore(first);
    return lookup;
  }
  private frameBefore(count: number): Keyframe {
    let lo = 0, hi = this.frames.length - 1;
    while (lo < hi) {
      const mid = (lo + hi + 1) >>> 1;
      if (this.frames[mid].row <= count) lo = mid;
      else hi = mid - 1;
    }
    return this.frames[lo];
  }
}
