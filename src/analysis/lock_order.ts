/**
 * The order of locks over a run, by lockdep's rules as far as rows tell: which class of lock was asked for while which was held. Two that
 * were each asked for under the other are an inversion, and nothing need have hung for that. Followed are rows as they come:
 *
 * 1. A class is the first word of a lock's name: `mmap_lock mm 3` is one of many. Two of one class inside each other are left alone, as
 *    lockdep leaves what is annotated as nested; one and the same lock asked for by its holder is recursion.
 * 2. A trylock waits for nobody and orders nothing, whether it wins (the decision in the next row says that it was one) or fails. But a
 *    loop of them that loses RETRY_ROUNDS times in a row waits all the same, under what it has held since its first try: that edge lockdep
 *    does not have.
 * 3. What an interrupted task holds is not held by the handler above it. A lock taken in a hardirq that was also held while a hardirq
 *    came can meet its own holder.
 * 4. fs_reclaim is held from the beginning to the end of direct reclaim with __GFP_FS, and by kswapd while it is awake; the allocation
 *    asks for it, and for mmu_notifier_invalidate_range_start, which is held inside that call. An allocation that could have reclaimed and
 *    did not need to is not seen: no row has its gfp mask.
 * 5. A completion that one task alone will make is held by that task while somebody waits for it without a timeout. Lockdep does not look at these.
 * 6. Who may sleep for a lock may hold no lock that spins.
 * 7. Wait types (CONFIG_PROVE_RAW_LOCK_NESTING) and, on RT, sleeping where the CPU may not switch are found by the machine itself, which knows of quiet locks too and
 *    says so in marks: what was held and what was asked for there are an edge, whether rows tell of the locks or not.
 *
 * Quiet locks that nobody waited for wrote no rows; one that is shown late, because somebody comes to wait, says nothing about its order.
 */
import { ringsOf } from '../base/rings.ts';
import type { LockInfo } from '../format/machine.ts';
import { type Columns, ROW } from '../format/rows.ts';
import { HARDIRQ, LockClasses, type OrderTables, PSEUDO } from './lock_classes.ts';
import { ROLE, roleOfMark } from './mark_tracks.ts';
import { RowStore } from './row_store.ts';
import type { Trace } from './trace.ts';

/** Under `held` somebody asked for `taken`: classes. */
export interface OrderEdge {
  readonly held: number;
  readonly taken: number;
  readonly row: number; // the first time
  readonly task: number; // and who it was
  count: number;
  lost: number; // of these, trylocks that failed
}
/** A ring of edges: each class was asked for under the one before it, and the first under the last. One alone: a lock asked for by its holder. */
export type Inversion = readonly OrderEdge[];
/** `irq`: `row` took the class in a hardirq, at `otherRow` one came while it was held. `sleeps`: at `row` it was asked for under `other`, which spins.
 * `wait`, `atomic`, `switch`: a mark of rule 7; `other` = a class, or CONTEXTS. */
export interface Breach { readonly rule: 'irq' | 'sleeps' | 'wait' | 'atomic' | 'switch'; readonly lock: number; readonly other: number; readonly row: number; readonly otherRow: number }
/** Where a mark of rule 7 has a context in place of a lock: -1 hardirq, -2 softirq, -3 a task with interrupts off. */
export const CONTEXTS: Readonly<Record<number, string>> = { [-1]: 'in a hardirq', [-2]: 'in a softirq', [-3]: 'with interrupts off' };
const RULES: Readonly<Record<number, Breach['rule']>> = { [ROLE.waitContext]: 'wait', [ROLE.atomicSleep]: 'atomic', [ROLE.atomicSwitch]: 'switch' };
/** Inversions that are told of at most. */
const INVERSIONS = 50;
const PAIR = 0x1_0000; // a lock's number, a class's and a task's have fewer bits
/** Misses in a row that make a loop, and by how much its next try may be late, as the machine's graph has it. */
export const RETRY_ROUNDS = 8, SLACK_NS = 100e6;
/** How long one round of a loop may take while its pace is not known: reclaim with naps of HZ/10 takes as long. */
const ROUND_NS = 2e9;
const GFP_FS = 0x80; // ___GFP_FS, all versions
const SPINS: readonly LockInfo['kind'][] = ['spinlock', 'raw_spinlock'], SLEEPS: readonly LockInfo['kind'][] = ['mutex', 'rwsem', 'semaphore'];

/** `lock`: -1 = a pseudo-lock. `depth`: handlers below which it was taken. */
interface Held { readonly cls: number; readonly lock: number; readonly depth: number }
interface Asked { readonly lock: number; readonly depth: number }
interface Loop { count: number; readonly firstNs: number; lastNs: number; readonly held: readonly Held[] }
/** What is known of a lock that was taken without waiting, until the next row says whether it was tried. */
interface Taken { readonly row: number; readonly lock: number; readonly task: number; readonly depth: number; readonly before: readonly Held[] }

export class LockOrder {
  readonly edges: OrderEdge[];
  readonly breaches: Breach[];
  readonly classes: LockClasses;
  private readonly tables: OrderTables;
  private readonly index: Map<number, OrderEdge>;
  private readonly held: Map<number, Held[]>; // by task, in the order of taking
  private readonly waits: Map<number, Asked>; // by task: the lock that it has been counted for
  private readonly loops: Map<number, Loop>; // by task and lock
  private readonly handlers: number[][]; // by CPU: kinds, the innermost last
  private readonly inIrq: Map<number, number>; // by class: the first row
  private readonly heldAtIrq: Map<number, number>;
  private readonly roles: number[];
  private taken: Taken | null;
  private told: { readonly task: number; readonly held: number; readonly taken: number } | null; // an edge of rule 7: should rows tell of it next, it is the same
  private makers: number[]; // of the completion that the next row waits for
  private readonly events: Map<number, { readonly cls: number; readonly by: number }>; // by the task that waits
  private found: { readonly edges: number; readonly inversions: readonly Inversion[] };
  /** @param tables  may grow */
  constructor(tables: OrderTables) {
    this.tables = tables; this.classes = new LockClasses(tables); this.edges = []; this.breaches = []; this.index = new Map(); this.held = new Map(); this.waits = new Map(); this.loops = new Map();
    this.handlers = []; this.inIrq = new Map(); this.heldAtIrq = new Map(); this.roles = []; this.taken = null; this.told = null; this.makers = []; this.events = new Map(); this.found = { edges: 0, inversions: [] };
  }
  /** The next row counts, of whatever kind; else rows about pages tell nothing. */
  get unsettled(): boolean { return this.taken !== null; }
  /** A row of any kind. */
  collect(kind: number, row: number, rows: RowStore): void {
    if (this.taken !== null) this.settle(this.taken, kind, row, rows);
    switch (kind) {
      case ROW.lockWait: this.waitsFor(row, rows); break;
      case ROW.lockMiss: this.misses(row, rows); break;
      case ROW.lockQuit: this.waits.delete(rows.b(row)); break;
      case ROW.lockGot: this.gets(row, rows); break;
      case ROW.lockDrop: this.drops(rows.a(row), rows.b(row)); break;
      case ROW.mark: this.mark(row, rows); break;
      case ROW.enter: this.enters(row, rows); break;
      case ROW.leave: this.handlersOf(rows.cpu(row)).pop(); break;
      default: break;
    }
  }
  private heldBy(task: number): Held[] {
    let list = this.held.get(task);
    if (list === undefined) { list = []; this.held.set(task, list); }
    return list;
  }
  private handlersOf(cpu: number): number[] { return (this.handlers[cpu] ??= []); }
  private depth(row: number, rows: RowStore): number { return this.handlersOf(rows.cpu(row)).length; }
  private enters(row: number, rows: RowStore): void {
    if (rows.a(row) === HARDIRQ) for (const h of this.held.get(rows.task(row)) ?? []) if (h.lock >= 0) this.note(h.cls, this.heldAtIrq, this.inIrq, row);
    this.handlersOf(rows.cpu(row)).push(rows.a(row));
  }
  /** Rule 3: a class is in both maps. */
  private note(cls: number, into: Map<number, number>, other: Map<number, number>, row: number): void {
    if (into.has(cls)) return;
    into.set(cls, row);
    const taken = this.inIrq.get(cls), held = this.heldAtIrq.get(cls);
    if (other.has(cls) && taken !== undefined && held !== undefined) this.breaches.push({ rule: 'irq', lock: cls, other: cls, row: taken, otherRow: held });
  }
  private waitsFor(row: number, rows: RowStore): void {
    const lock = rows.a(row), task = rows.b(row), depth = this.depth(row, rows);
    this.asks(row, rows, lock, task, depth, this.heldBy(task));
    this.waits.set(task, { lock, depth });
  }
  private gets(row: number, rows: RowStore): void {
    const lock = rows.a(row), task = rows.b(row), asked = this.waits.get(task), list = this.heldBy(task), cls = this.classes.of(lock);
    if (asked !== undefined && asked.lock === lock) {
      this.waits.delete(task);
      list.push({ cls, lock, depth: asked.depth });
      return;
    }
    const late = rows.task(row) !== task, depth = late ? 0 : this.depth(row, rows);
    if (!late) this.taken = { row, lock, task, depth, before: [...list] };
    list.push({ cls, lock, depth });
  }
  private settle({ row, lock, task, depth, before }: Taken, kind: number, next: number, rows: RowStore): void {
    this.taken = null;
    if (kind === ROW.decide && rows.task(next) === task && this.tables.strings[rows.a(next)]?.includes('trylock') === true) this.loops.delete(task * PAIR + lock);
    else this.asks(row, rows, lock, task, depth, before);
  }
  private misses(row: number, rows: RowStore): void {
    const lock = rows.a(row), task = rows.b(row), nowNs = rows.time(row), key = task * PAIR + lock, l = this.loops.get(key), held = this.heldBy(task);
    if (l === undefined || nowNs - l.lastNs > (l.count > 1 ? SLACK_NS + (2 * (l.lastNs - l.firstNs)) / (l.count - 1) : ROUND_NS)) {
      this.loops.set(key, { count: 1, firstNs: nowNs, lastNs: nowNs, held: [...held] });
      return;
    }
    l.count++;
    l.lastNs = nowNs;
    if (l.count >= RETRY_ROUNDS) this.asks(row, rows, lock, task, this.depth(row, rows), held.filter((h) => l.held.includes(h)), l.count === RETRY_ROUNDS ? RETRY_ROUNDS : 1);
  }
  private drops(lock: number, task: number): void {
    if (take(this.heldBy(task), (h) => h.lock === lock)) return;
    for (const list of this.held.values()) if (take(list, (h) => h.lock === lock)) return; // anybody may give a unit of a semaphore back
  }
  private asks(row: number, rows: RowStore, lock: number, task: number, depth: number, before: readonly Held[], lost = 0): void {
    const kind = this.tables.locks[lock]?.kind, taken = this.classes.of(lock);
    for (const h of before) {
      if (h.depth !== depth || (h.cls === taken && (h.lock !== lock || kind === 'semaphore'))) continue; // a neighbour of its class, or another unit
      this.edge(h.cls, taken, row, task, lost);
      const other = this.tables.locks[h.lock]?.kind;
      if (lost === 0 && kind !== undefined && other !== undefined && SLEEPS.includes(kind) && SPINS.includes(other) && !this.breaches.some((b) => b.rule === 'sleeps' && b.lock === taken)) this.breaches.push({ rule: 'sleeps', lock: taken, other: h.cls, row, otherRow: row });
    }
    if (this.classes.inNotifier(rows.stack(row))) this.edge(this.classes.named(PSEUDO.notifier), taken, row, task, lost);
    if (lost === 0 && this.handlersOf(rows.cpu(row)).at(-1) === HARDIRQ) this.note(taken, this.inIrq, this.heldAtIrq, row);
  }
  private edge(held: number, taken: number, row: number, task: number, lost = 0): void {
    const { told } = this;
    if (told !== null && told.task === task && told.held === held && told.taken === taken) { this.told = null; return; }
    let edge = this.index.get(held * PAIR + taken);
    if (edge === undefined) {
      edge = { held, taken, row, task, count: 0, lost: 0 };
      this.index.set(held * PAIR + taken, edge);
      this.edges.push(edge);
    }
    edge.count += Math.max(1, lost);
    edge.lost += lost;
  }
  private mark(row: number, rows: RowStore): void {
    const name = rows.a(row), task = rows.task(row), text = this.tables.strings[name];
    switch ((this.roles[name] ??= roleOfMark(text))) {
      case ROLE.directBegin: if ((rows.c(row) & GFP_FS) !== 0) this.reclaims(row, rows, task); break;
      case ROLE.kswapdWake: this.heldBy(task).push({ cls: this.classes.named(PSEUDO.reclaim), lock: -1, depth: 0 }); break;
      case ROLE.directEnd: case ROLE.kswapdSleep: this.leaves(task, this.classes.named(PSEUDO.reclaim)); break;
      case ROLE.completionBy: this.makers.push(rows.c(row)); break;
      case ROLE.awaitBegin: this.awaits(row, rows, task); break;
      case ROLE.awaitEnd: {
        const event = this.events.get(task);
        if (event !== undefined) this.leaves(event.by, event.cls);
        this.events.delete(task);
        break;
      }
      case ROLE.waitContext: case ROLE.atomicSleep: case ROLE.atomicSwitch: this.breaks(this.roles[name], row, rows, task); break;
      default: break;
    }
  }
  /** Rule 7. */
  private breaks(role: number, row: number, rows: RowStore, task: number): void {
    const lock = this.classes.of(rows.b(row)), by = rows.c(row), other = by < 0 ? by : this.classes.of(by);
    this.breaches.push({ rule: RULES[role], lock, other, row, otherRow: row });
    if (role !== ROLE.waitContext || by < 0) return;
    this.edge(other, lock, row, task);
    this.told = { task, held: other, taken: lock };
  }
  private leaves(task: number, cls: number): void { take(this.heldBy(task), (h) => h.cls === cls && h.lock < 0); }
  private asksPseudo(cls: number, row: number, task: number): void {
    for (const h of this.heldBy(task)) if (h.cls !== cls) this.edge(h.cls, cls, row, task);
  }
  private reclaims(row: number, rows: RowStore, task: number): void {
    const reclaim = this.classes.named(PSEUDO.reclaim), notifier = this.classes.named(PSEUDO.notifier), list = this.heldBy(task);
    this.asksPseudo(reclaim, row, task);
    if (this.classes.inNotifier(rows.stack(row))) this.edge(notifier, reclaim, row, task);
    list.push({ cls: reclaim, lock: -1, depth: this.depth(row, rows) });
    this.asksPseudo(notifier, row, task);
  }
  private awaits(row: number, rows: RowStore, task: number): void {
    const { makers } = this, [by] = makers;
    this.makers = [];
    if (makers.length !== 1 || rows.c(row) !== 0) return;
    const cls = this.classes.named(this.tables.strings[rows.b(row)]), asked = this.waits.get(by);
    this.asksPseudo(cls, row, task);
    this.heldBy(by).push({ cls, lock: -1, depth: 0 });
    this.events.set(task, { cls, by });
    if (asked !== undefined) this.edge(cls, this.classes.of(asked.lock), row, by); // it stands already
  }
  /** The shortest first, then those of the smallest classes. */
  get inversions(): readonly Inversion[] {
    if (this.found.edges !== this.edges.length) this.found = { edges: this.edges.length, inversions: this.invert() };
    return this.found.inversions;
  }
  private invert(): Inversion[] {
    const next: number[][] = Array.from({ length: this.edges.reduce((n, e) => Math.max(n, e.held + 1, e.taken + 1), 0) }, () => []);
    for (const e of this.edges) next[e.held].push(e.taken);
    return ringsOf(next, INVERSIONS).map((ring) => ring.flatMap((held, i) => this.index.get(held * PAIR + ring[(i + 1) % ring.length]) ?? [])).sort((a, b) => a.length - b.length);
  }
}
function take(list: Held[], which: (h: Held) => boolean): boolean {
  const i = list.findLastIndex(which);
  if (i >= 0) list.splice(i, 1);
  return i >= 0;
}
const followed = new WeakMap<Trace, { readonly order: LockOrder; rows: number }>();
/**
 * The order over all rows of `trace` that have come, or over `most` more of them than the last call has left it at: some 60 ns each. Nothing is collected of a run that
 * nobody asks it of.
 */
export function orderOf(trace: Trace, most = Number.POSITIVE_INFINITY): LockOrder {
  let known = followed.get(trace);
  if (known === undefined) followed.set(trace, (known = { order: new LockOrder(trace.tables), rows: 0 }));
  const end = Math.min(trace.rows, known.rows + most);
  for (const { order } = known; known.rows < end; known.rows++) {
    const kind = trace.kindAt(known.rows);
    if (kind < ROW.buddyTake || order.unsettled) order.collect(kind, known.rows, trace.store);
  }
  return known.order;
}
/** Rows of `trace` that its order has been followed over. */
export const orderedRows = (trace: Trace): number => followed.get(trace)?.rows ?? 0;
/** The order over recorded rows. */
export function lockOrder(chunks: readonly Columns[], tables: OrderTables): LockOrder {
  const order = new LockOrder(tables), rows = new RowStore();
  for (const c of chunks) {
    rows.append(c);
    for (let row = c.first; row < c.first + c.length; row++) order.collect(rows.kind(row), row, rows);
  }
  return order;
}
