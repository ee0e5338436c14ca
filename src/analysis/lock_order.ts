/**
 * The order of locks over a run: which lock was asked for while which was held, as lockdep keeps it, but for each lock by itself and
 * not for its class. Two locks that were each asked for under the other are an inversion: nothing need have hung for that. A lock
 * counts when it is asked for, whether by waiting, by taking or by a trylock that fails. Quiet locks that nobody waited for wrote no rows.
 */
import { ringsOf } from '../base/rings.ts';
import type { LockInfo } from '../format/machine.ts';
import { type Columns, ROW } from '../format/rows.ts';

/** Under `held` somebody asked for `taken`. */
export interface OrderEdge {
  readonly held: number;
  readonly taken: number;
  readonly row: number; // the first time
  readonly task: number; // and who it was
  count: number;
  lost: number; // of these, trylocks that failed
}
/** A ring of edges: each lock was asked for under the one before it, and the first under the last. One alone: a lock asked for by its holder. */
export type Inversion = readonly OrderEdge[];
/** Inversions that are told of at most. */
const INVERSIONS = 50;
const PAIR = 0x1_0000; // a lock's number has fewer bits

export class LockOrder {
  readonly edges: OrderEdge[];
  private readonly locks: readonly LockInfo[];
  private readonly index: Map<number, OrderEdge>;
  private readonly held: Map<number, number[]>; // by task: locks, in the order of taking
  private readonly waits: Map<number, number>; // by task: the lock that it has been counted for
  private found: { readonly edges: number; readonly inversions: readonly Inversion[] };
  /** @param locks  by number; may grow */
  constructor(locks: readonly LockInfo[]) {
    this.locks = locks; this.edges = []; this.index = new Map(); this.held = new Map(); this.waits = new Map(); this.found = { edges: 0, inversions: [] };
  }
  /** A row about a lock. */
  collect(kind: number, row: number, lock: number, task: number): void {
    switch (kind) {
      case ROW.lockWait: this.asks(row, lock, task, false); this.waits.set(task, lock); break;
      case ROW.lockMiss: this.asks(row, lock, task, true); break;
      case ROW.lockQuit: this.waits.delete(task); break;
      case ROW.lockGot:
        if (this.waits.get(task) === lock) this.waits.delete(task); else this.asks(row, lock, task, false);
        this.heldBy(task).push(lock);
        break;
      case ROW.lockDrop: this.drops(lock, task); break;
      default: break;
    }
  }
  private heldBy(task: number): number[] {
    let list = this.held.get(task);
    if (list === undefined) { list = []; this.held.set(task, list); }
    return list;
  }
  private asks(row: number, taken: number, task: number, lost: boolean): void {
    for (const held of this.held.get(task) ?? []) {
      if (held === taken && this.locks[held]?.kind === 'semaphore') continue; // another unit
      let edge = this.index.get(held * PAIR + taken);
      if (edge === undefined) {
        edge = { held, taken, row, task, count: 0, lost: 0 };
        this.index.set(held * PAIR + taken, edge);
        this.edges.push(edge);
      }
      edge.count++;
      if (lost) edge.lost++;
    }
  }
  private drops(lock: number, task: number): void {
    if (take(this.heldBy(task), lock)) return;
    for (const list of this.held.values()) if (take(list, lock)) return; // anybody may give a unit of a semaphore back
  }
  /** Those of the smallest locks first. */
  get inversions(): readonly Inversion[] {
    if (this.found.edges !== this.edges.length) this.found = { edges: this.edges.length, inversions: this.invert() };
    return this.found.inversions;
  }
  private invert(): Inversion[] {
    const next: number[][] = Array.from({ length: this.edges.reduce((n, e) => Math.max(n, e.held + 1, e.taken + 1), 0) }, () => []);
    for (const e of this.edges) next[e.held].push(e.taken);
    return ringsOf(next, INVERSIONS).map((ring) => ring.flatMap((held, i) => this.index.get(held * PAIR + ring[(i + 1) % ring.length]) ?? []));
  }
}
function take(list: number[], lock: number): boolean {
  const i = list.lastIndexOf(lock);
  if (i >= 0) list.splice(i, 1);
  return i >= 0;
}
/** The order over recorded rows. */
export function lockOrder(chunks: readonly Columns[], locks: readonly LockInfo[]): LockOrder {
  const order = new LockOrder(locks);
  for (const c of chunks) for (let i = 0; i < c.length; i++) if (c.kind[i] >= ROW.lockWait && c.kind[i] <= ROW.lockMiss) order.collect(c.kind[i], c.first + i, c.a[i], c.b[i]);
  return order;
}

export interface Names { readonly lock: (id: number) => string; readonly task: (id: number) => string }
/** `L under oom_lock, once by hog; oom_lock under L, 853 times, first by holder, all of them trylocks that failed` */
export function inversionWords(inversion: Inversion, names: Names): string {
  if (inversion.length === 1 && inversion[0].held === inversion[0].taken) return `${names.lock(inversion[0].taken)} again by its own holder, ${times(inversion[0], names)}`;
  return inversion.map((e) => `${names.lock(e.taken)} under ${names.lock(e.held)}, ${times(e, names)}`).join('; ');
}
function times(e: OrderEdge, names: Names): string {
  const lost = e.lost === 0 ? '' : e.count === 1 ? ', a trylock that failed' : e.lost === e.count ? ', all of them trylocks that failed' : `, ${e.lost} of them trylocks that failed`;
  return `${e.count === 1 ? 'once by' : `${e.count} times, first by`} ${names.task(e.task)}${lost}`;
}
