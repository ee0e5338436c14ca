// What will happen when: an indexed binary heap of timers, ties broken by a running number.
import type { Ns } from './units.ts';

/** A thing that can happen. It is armed at most once at a time, belongs to one owner, and is used again for ever. */
export class Timer {
  at: number; // ns
  seq: number; // order of arming
  slot: number; // place in the heap, -1 = not armed
  readonly id: number;
  readonly name: string;
  readonly fire: () => void;
  constructor(id: number, name: string, fire: () => void) {
    this.at = 0; this.seq = 0; this.slot = -1; this.id = id; this.name = name; this.fire = fire;
  }
}

const before = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.seq < b.seq);

export class Agenda {
  readonly heap: Timer[];
  seq: number;
  constructor() { this.heap = []; this.seq = 0; }

  /** Puts `timer` at `at`, whether it was armed or not. Of two at the same time the one armed first fires first. */
  arm(timer: Timer, at: Ns): void {
    const later = timer.slot >= 0 && at >= timer.at;
    timer.at = at;
    timer.seq = ++this.seq;
    if (timer.slot < 0) timer.slot = this.heap.push(timer) - 1;
    if (later) this.#down(timer); else this.#up(timer);
  }

  cancel(timer: Timer): void {
    const slot = timer.slot;
    if (slot < 0) return;
    timer.slot = -1;
    const last = this.heap.pop();
    if (last === undefined || last === timer) return;
    last.slot = slot;
    this.heap[slot] = last;
    this.#up(last);
    this.#down(last);
  }

  #up(timer: Timer): void {
    const heap = this.heap;
    let i = timer.slot;
    while (i > 0) {
      const parent = heap[(i - 1) >> 1];
      if (!before(timer, parent)) break;
      heap[i] = parent;
      parent.slot = i;
      i = (i - 1) >> 1;
    }
    heap[i] = timer;
    timer.slot = i;
  }

  #down(timer: Timer): void {
    const heap = this.heap, n = heap.length;
    let i = timer.slot;
    for (;;) {
      let c = 2 * i + 1;
      if (c >= n) break;
      if (c + 1 < n && before(heap[c + 1], heap[c])) c++;
      if (!before(heap[c], timer)) break;
      heap[i] = heap[c];
      heap[i].slot = i;
      i = c;
    }
    heap[i] = timer;
    timer.slot = i;
  }
}
