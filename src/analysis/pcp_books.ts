/**
 * Books of the per-CPU lists, kept from the rows alone: who takes pages off whose list, who has to refill one from the buddy, how long a list stands
 * empty, and which takes no mark would have allowed. The measures of kernel reference rcu-mempool-io-locking.md, 2.7.
 */
import type { MachineShape, TableGrowth } from '../format/machine.ts';
import { blockCpu, blockOrder, blockType, blockZone, type Columns, MT, NO_CPU, ROW, WMARK_CELL } from '../format/rows.ts';
import { type MachineState, ZONE_CELLS } from '../format/state.ts';
import { SEGMENT_MASK } from './row_store.ts';
import type { Trace } from './trace.ts';

const Z = ZONE_CELLS;
/** Of tasks of one name on one CPU. Counts of pages, but for `refills`. */
export interface PcpUse {
  readonly cpu: number;
  readonly comm: string;
  /** Taken off this CPU's lists. */
  taken: number;
  /** Of these, by __rcu_alloc_page_lockless(). */
  lockless: number;
  /** Holds of zone->lock to refill an empty list, and pages that came of them. */
  refills: number;
  refilled: number;
  /** Refills within WINDOW_NS of a lockless take that left less than a quarter of a refill on all lists of the CPU. */
  induced: number;
  /** Taken while the zone had less free than its MIN, boost included. */
  belowMin: number;
  /** Taken below LOW by a request that passed no slow path, and so woke nobody. */
  missedWakes: number;
  /** Lockless, off the list of another type than a kernel's request uses. */
  stolenTypes: number;
}
/** The window of the reference. */
export const WINDOW_NS = 10e6;
const LOCKLESS = 1, SLOW = 2, BULK = 4;
const BITS: Readonly<Record<string, number>> = { __rcu_alloc_page_lockless: LOCKLESS, __alloc_pages_slowpath: SLOW, rmqueue_bulk: BULK };

interface CpuBook {
  pages: number;
  emptySinceNs: number; // -1 = it is not empty
  emptyNs: number;
  refill: PcpUse | null; // the refill under way, and when and in which zone
  refillNs: number;
  refillZone: number;
  lastRefill: number; // pages
  askedFree: number; // what the zone had free when the refill was decided, until a page is taken; -1 = no refill since
  drainedNs: number; // last lockless take that left nearly nothing
}

export class PcpBooks {
  /** By CPU and name, in order of their first page. */
  readonly uses: PcpUse[];
  private readonly byName: Map<string, PcpUse>;
  private readonly free: number[];
  private readonly marks: number[]; // zone * 8 + WMARK_CELL
  private readonly cpus: CpuBook[];
  private readonly names: (number | undefined)[]; // by string: what it says of a stack
  private readonly parents: number[];
  private readonly fns: number[];
  private readonly bits: number[];
  private readonly tasks: string[];
  private nowNs: number;

  constructor(shape: Pick<MachineShape, 'cpus' | 'zones'>, initial: Pick<MachineState, 'zones' | 'pcp'>) {
    const { cpus, zones } = shape;
    this.uses = []; this.byName = new Map(); this.names = []; this.parents = []; this.fns = []; this.bits = []; this.tasks = []; this.nowNs = 0;
    this.free = zones.map((_, z) => initial.zones[z * Z.size + Z.free]);
    this.marks = zones.flatMap((_, z) => Array.from({ length: 8 }, (__, cell) => (cell <= WMARK_CELL.boost ? initial.zones[z * Z.size + Z.wmark + cell] : 0)));
    this.cpus = Array.from({ length: cpus }, (_, cpu) => {
      const pages = zones.reduce((n, __, z) => n + initial.pcp[z * cpus + cpu], 0);
      return { pages, emptySinceNs: pages === 0 ? 0 : -1, emptyNs: 0, refill: null, refillNs: -1, refillZone: -1, lastRefill: 0, askedFree: -1, drainedNs: -Infinity };
    });
  }
  /** What the tables have gained: before the rows that name it. */
  learn(growth: Pick<TableGrowth, 'strings' | 'stackParent' | 'stackFn' | 'tasks'>): void {
    for (const s of growth.strings) this.names.push(BITS[s.split(' ')[0]]);
    growth.stackParent.forEach((parent, i) => { this.parents.push(parent); this.fns.push(growth.stackFn[i]); });
    for (const t of growth.tasks) this.tasks[t.id] = t.comm;
  }
  fold(c: Columns, to = c.length): void {
    for (let i = 0; i < to; i++) this.row(c.kind[i], c.time[i], c.task[i], c.stack[i], c.a[i], c.b[i]);
  }
  row(kind: number, timeNs: number, task: number, stack: number, a: number, b: number): void {
    this.nowNs = timeNs;
    switch (kind) {
      case ROW.wmark: this.marks[(a >> 3) * 8 + (a & 7)] = b; break;
      case ROW.buddyTake:
        if (blockCpu(b) !== NO_CPU) this.came(b, timeNs, task, this.bitsOf(stack));
        this.free[blockZone(b)] -= 1 << blockOrder(b);
        break;
      case ROW.buddyFree:
        this.free[blockZone(b)] += 1 << blockOrder(b);
        if (blockCpu(b) !== NO_CPU) this.move(this.cpus[blockCpu(b)], -(1 << blockOrder(b)), timeNs);
        break;
      case ROW.pcpFree: this.move(this.cpus[blockCpu(b)], 1 << blockOrder(b), timeNs); break;
      case ROW.pageUse: if (blockCpu(b) !== NO_CPU) this.went(b, timeNs, task, this.bitsOf(stack)); break;
      default: break;
    }
  }
  /** How long this CPU's lists have all been empty, until now or the time given; ns. */
  emptyNs(cpu: number, untilNs = this.nowNs): number {
    const { emptyNs, emptySinceNs } = this.cpus[cpu];
    return emptyNs + (emptySinceNs < 0 ? 0 : Math.max(0, untilNs - emptySinceNs));
  }
  private bitsOf(stack: number): number {
    const known = this.bits[stack];
    if (known !== undefined || stack === 0) return known ?? 0;
    return (this.bits[stack] = this.bitsOf(this.parents[stack]) | (this.names[this.fns[stack]] ?? 0));
  }
  private use(cpu: number, task: number): PcpUse {
    const comm = this.tasks[task] ?? '', key = `${cpu} ${comm}`;
    let use = this.byName.get(key);
    if (use === undefined) {
      use = { cpu, comm, taken: 0, lockless: 0, refills: 0, refilled: 0, induced: 0, belowMin: 0, missedWakes: 0, stolenTypes: 0 };
      this.byName.set(key, use);
      this.uses.push(use);
    }
    return use;
  }
  private move(book: CpuBook, pages: number, timeNs: number): void {
    book.pages += pages;
    if (book.pages === 0) book.emptySinceNs = timeNs;
    else if (book.emptySinceNs >= 0) { book.emptyNs += timeNs - book.emptySinceNs; book.emptySinceNs = -1; }
  }
  /** A block onto a list; the first of a refill, which is one instant of one task in one zone. */
  private came(b: number, timeNs: number, task: number, bits: number): void {
    const cpu = blockCpu(b), book = this.cpus[cpu], pages = 1 << blockOrder(b);
    if (bits & BULK) {
      const use = this.use(cpu, task);
      if (book.refill !== use || book.refillNs !== timeNs || book.refillZone !== blockZone(b)) {
        use.refills++;
        if (timeNs - book.drainedNs <= WINDOW_NS) use.induced++;
        book.refill = use; book.refillNs = timeNs; book.refillZone = blockZone(b); book.lastRefill = 0; book.askedFree = this.free[blockZone(b)];
      }
      use.refilled += pages;
      book.lastRefill += pages;
    }
    this.move(book, pages, timeNs);
  }
  private went(b: number, timeNs: number, task: number, bits: number): void {
    const cpu = blockCpu(b), zone = blockZone(b), book = this.cpus[cpu], use = this.use(cpu, task), pages = 1 << blockOrder(b), at = zone * 8, boost = this.marks[at + WMARK_CELL.boost];
    // a request that had to refill was let by before it did
    const free = book.askedFree >= 0 && book.refill === use && book.refillZone === zone ? book.askedFree : this.free[zone];
    book.askedFree = -1;
    this.move(book, -pages, timeNs);
    use.taken += pages;
    if (free < this.marks[at + WMARK_CELL.min] + boost) use.belowMin += pages;
    if (free < this.marks[at + WMARK_CELL.low] + boost && !(bits & SLOW)) use.missedWakes += pages;
    if (!(bits & LOCKLESS)) return;
    use.lockless += pages;
    if (blockType(b) !== MT.unmovable) use.stolenTypes += pages;
    if (book.pages * 4 < Math.max(1, book.lastRefill)) book.drainedNs = timeNs;
  }
}

/** The books that were read last of a trace: a cursor mostly goes forward. */
const READ = new WeakMap<Trace, { readonly books: PcpBooks; readonly names: number; row: number }>();
/** As they stand at event `event` of a run. Reads each row before it once, and again from the start where the cursor has gone back: for what is looked at now and then. */
export function pcpBooksAt(trace: Trace, event: number): PcpBooks {
  const { tables, store, shape, initial } = trace, names = tables.strings.length + tables.stackParent.length + tables.tasks.length;
  let read = READ.get(trace);
  if (read === undefined || read.row > event || read.names !== names) {
    const books = new PcpBooks(shape, initial);
    books.learn({ strings: tables.strings, stackParent: tables.stackParent, stackFn: tables.stackFn, tasks: tables.tasks.filter((t) => t !== undefined) });
    READ.set(trace, (read = { books, names, row: 0 }));
  }
  for (const to = Math.min(event, trace.rows); read.row < to; read.row++) {
    const s = store.segment(read.row), i = read.row & SEGMENT_MASK;
    read.books.row(s.kind[i], s.time[i], s.task[i], s.stack[i], s.a[i], s.b[i]);
  }
  return read.books;
}
