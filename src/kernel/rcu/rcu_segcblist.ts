/**
 * kernel/rcu/rcu_segcblist.c, v4.19, which 4.17 agrees with: the callbacks of one CPU, oldest first, cut into four segments by how far
 * their grace period has come. Pure data: who calls these, and when, is tree.ts. Source: rcu reference 1.1, 1.2.
 * Left out: lists of offline CPUs, counters that wrap.
 */
import type { Call, Kernel } from '../kernel.ts';

/** DONE: its grace period is over. WAIT, NEXT_READY: waits for the one in `gpSeq`. NEXT: none is assigned yet. */
export const SEG = { DONE: 0, WAIT: 1, NEXT_READY: 2, NEXT: 3 } as const;
export const SEG_NAMES = ['DONE', 'WAIT', 'NEXT_READY', 'NEXT'] as const;

/** struct rcu_head, and what the trace tells of it. There may be a million of them: callers share one `func`, and say by `arg` what it is about. */
export interface RcuHead {
  /** Queued by kfree_rcu(): it provably only frees memory. */
  readonly lazy: boolean;
  readonly func: (k: Kernel, head: RcuHead) => Call<void>;
  /** What its invocation gives back, in pages. */
  readonly pages: number;
  /** A number of the caller's, for `func`. */
  readonly arg: number;
  /** Running number of the machine's callbacks, given when it is queued. */
  id: number;
  next: RcuHead | null;
}
export const newRcuHead = (func: RcuHead['func'], o: { readonly lazy?: boolean; readonly pages?: number; readonly arg?: number } = {}): RcuHead => ({ lazy: o.lazy ?? false, func, pages: o.pages ?? 0, arg: o.arg ?? 0, id: -1, next: null });

/** struct rcu_cblist: callbacks in a row. What moves a whole one costs the same for one and for a million. */
export class Cblist {
  first: RcuHead | null;
  last: RcuHead | null;
  len: number;
  constructor() { this.first = null; this.last = null; this.len = 0; }
  enqueue(head: RcuHead): void {
    head.next = null;
    if (this.last === null) this.first = head; else this.last.next = head;
    this.last = head;
    this.len++;
  }
  /** The first, out of the list. */
  dequeue(): RcuHead | null {
    const head = this.first;
    if (head === null) return null;
    this.first = head.next;
    if (this.first === null) this.last = null;
    head.next = null;
    this.len--;
    return head;
  }
  /** All of `rest`, which is empty then. */
  append(rest: Cblist): void {
    if (rest.first === null) return;
    if (this.last === null) this.first = rest.first; else this.last.next = rest.first;
    this.last = rest.last;
    this.len += rest.len;
    rest.first = rest.last = null;
    rest.len = 0;
  }
}

export class Segcblist {
  /** The kernel has one list and four pointers into it: the same, said otherwise. */
  readonly seg: readonly [Cblist, Cblist, Cblist, Cblist];
  /** Numbers of the grace periods that WAIT and NEXT_READY wait for; the others have none. */
  readonly gpSeq: [number, number, number, number];
  /** All callbacks, those of a batch that is being invoked too: they are counted until the batch is over. And those of an offloaded CPU's bypass. */
  len: number;
  /** Those of them that are lazy. */
  lenLazy: number;
  constructor() { this.seg = [new Cblist(), new Cblist(), new Cblist(), new Cblist()]; this.gpSeq = [0, 0, 0, 0]; this.len = 0; this.lenLazy = 0; }

  /** rcu_segcblist_ready_cbs() */
  get ready(): boolean { return this.seg[SEG.DONE].len > 0; }
  /** rcu_segcblist_pend_cbs() */
  get pending(): boolean { return !this.restEmpty(SEG.DONE); }
  /** rcu_segcblist_restempty(): nothing stands behind this segment. */
  restEmpty(segment: number): boolean {
    for (let i = segment + 1; i <= SEG.NEXT; i++) if (this.seg[i].len > 0) return false;
    return true;
  }
  /** rcu_segcblist_first_pend_cb() */
  get firstPending(): RcuHead | null { return this.seg[SEG.WAIT].first ?? this.seg[SEG.NEXT_READY].first ?? this.seg[SEG.NEXT].first; }

  enqueue(head: RcuHead): void {
    this.count(head, 1);
    this.seg[SEG.NEXT].enqueue(head);
  }
  /** rcu_segcblist_insert_pend_cbs(): what is counted already, behind all that wait. */
  insertPending(rest: Cblist): void { this.seg[SEG.NEXT].append(rest); }
  /** rcu_segcblist_nextgp(): the grace period that the first of them wait for; Infinity: none is assigned. */
  get nextGp(): number { return this.seg[SEG.WAIT].len > 0 ? this.gpSeq[SEG.WAIT] : Infinity; }
  /** Behind the last callback there is, so that it comes after all of them without a grace period of its own. false: there is none. */
  entrain(head: RcuHead): boolean {
    if (this.len === 0) return false;
    this.count(head, 1);
    let i: number = SEG.NEXT;
    while (i > SEG.DONE && this.seg[i].len === 0) i--;
    this.seg[i].enqueue(head);
    return true;
  }
  /** rcu_segcblist_inc_len(): counts what is queued elsewhere yet. */
  count(head: RcuHead, by: number): void {
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
    for (let i: number = SEG.NEXT_READY; i > SEG.DONE; i--) if (this.seg[i].len > 0 && this.gpSeq[i] < s) { target = i + 1; break; }
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
  private move(from: number, to: number): void { if (from !== to) this.seg[to].append(this.seg[from]); }
  /** All that are done, for invocation; they stay counted. */
  extractDone(): Cblist {
    const done = new Cblist();
    done.append(this.seg[SEG.DONE]);
    return done;
  }
  /** Those that were not invoked, back in front. */
  insertDone(rest: Cblist): void {
    rest.append(this.seg[SEG.DONE]);
    this.seg[SEG.DONE].append(rest);
  }
  /** The batch is over: what was invoked counts no longer. */
  uncount(invoked: number, lazy: number): void {
    this.len -= invoked;
    this.lenLazy -= lazy;
  }
}
