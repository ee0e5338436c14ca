/**
 * kernel/rcu/rcu_segcblist.c, v4.19, which 4.17 agrees with: the callbacks of one CPU, oldest first, cut into four segments by how far
 * their grace period has come. Pure data: who calls these, and when, is tree.ts. Source: rcu reference 1.1, 1.2.
 * Left out: lists of offloaded and of offline CPUs, counters that wrap.
 */
import type { Deferred } from '../kernel.ts';

/** DONE: its grace period is over. WAIT, NEXT_READY: waits for the one in `gpSeq`. NEXT: none is assigned yet. */
export const SEG = { DONE: 0, WAIT: 1, NEXT_READY: 2, NEXT: 3 } as const;
export const SEG_NAMES = ['DONE', 'WAIT', 'NEXT_READY', 'NEXT'] as const;

/** struct rcu_head, and what the trace tells of it. */
export interface RcuHead {
  /** Queued by kfree_rcu(): it provably only frees memory. */
  readonly lazy: boolean;
  readonly func: Deferred;
  /** What its invocation gives back, in pages. */
  readonly pages: number;
  /** Running number of the machine's callbacks, given when it is queued. */
  id: number;
}
export const newRcuHead = (func: Deferred, o: { readonly lazy?: boolean; readonly pages?: number } = {}): RcuHead => ({ lazy: o.lazy ?? false, func, pages: o.pages ?? 0, id: -1 });

export class Segcblist {
  readonly seg: [RcuHead[], RcuHead[], RcuHead[], RcuHead[]];
  /** Numbers of the grace periods that WAIT and NEXT_READY wait for; the others have none. */
  readonly gpSeq: [number, number, number, number];
  /** All callbacks, those of a batch that is being invoked too: they are counted until the batch is over. */
  len: number;
  /** Those of them that are lazy. */
  lenLazy: number;
  constructor() { this.seg = [[], [], [], []]; this.gpSeq = [0, 0, 0, 0]; this.len = 0; this.lenLazy = 0; }

  /** rcu_segcblist_ready_cbs() */
  get ready(): boolean { return this.seg[SEG.DONE].length > 0; }
  /** rcu_segcblist_pend_cbs() */
  get pending(): boolean { return !this.restEmpty(SEG.DONE); }
  /** rcu_segcblist_restempty(): nothing stands behind this segment. */
  restEmpty(segment: number): boolean {
    for (let i = segment + 1; i <= SEG.NEXT; i++) if (this.seg[i].length > 0) return false;
    return true;
  }
  /** rcu_segcblist_first_pend_cb() */
  get firstPending(): RcuHead | null { return this.seg[SEG.WAIT][0] ?? this.seg[SEG.NEXT_READY][0] ?? this.seg[SEG.NEXT][0] ?? null; }

  enqueue(head: RcuHead): void {
    this.count(head, 1);
    this.seg[SEG.NEXT].push(head);
  }
  /** Behind the last callback there is, so that it comes after all of them without a grace period of its own. false: there is none. */
  entrain(head: RcuHead): boolean {
    if (this.len === 0) return false;
    this.count(head, 1);
    let i: number = SEG.NEXT;
    while (i > SEG.DONE && this.seg[i].length === 0) i--;
    this.seg[i].push(head);
    return true;
  }
  private count(head: RcuHead, by: number): void {
    this.len += by;
    if (head.lazy) this.lenLazy += by;
  }
  /**
   * Gives grace period `s` to what has none, or a later one. At most two grace periods to come are kept apart.
   * @param s  the first that is certain to begin from now on
   * @returns true: `s` must be asked for
   */
  accelerate(s: number): boolean {
    if (!this.pending) return false;
    let target: number = SEG.WAIT;
    for (let i: number = SEG.NEXT_READY; i > SEG.DONE; i--) if (this.seg[i].length > 0 && this.gpSeq[i] < s) { target = i + 1; break; }
    if (target === SEG.NEXT) return false;
    for (let i = target + 1; i <= SEG.NEXT; i++) this.move(i, target);
    for (let i = target; i < SEG.NEXT; i++) this.gpSeq[i] = s;
    return true;
  }
  /** What waited for grace periods up to `completed` is done; the rest moves down. true: something moved. */
  advance(completed: number): boolean {
    if (!this.pending) return false;
    let i: number = SEG.WAIT;
    for (; i < SEG.NEXT && this.gpSeq[i] <= completed; i++) this.move(i, SEG.DONE);
    if (i === SEG.WAIT) return false;
    for (let to: number = SEG.WAIT; i < SEG.NEXT; i++, to++) {
      this.move(i, to);
      this.gpSeq[to] = this.gpSeq[i];
    }
    return true;
  }
  private move(from: number, to: number): void {
    if (from === to || this.seg[from].length === 0) return;
    for (const head of this.seg[from]) this.seg[to].push(head);
    this.seg[from].length = 0;
  }
  /** All that are done, for invocation; they stay counted. */
  extractDone(): RcuHead[] { return this.seg[SEG.DONE].splice(0); }
  /** Those that were not invoked, back in front. */
  insertDone(rest: readonly RcuHead[]): void { this.seg[SEG.DONE].unshift(...rest); }
  /** The batch is over: what was invoked counts no longer. */
  uncount(invoked: number, lazy: number): void {
    this.len -= invoked;
    this.lenLazy -= lazy;
  }
}
