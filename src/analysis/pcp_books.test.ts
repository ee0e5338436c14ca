import { describe, expect, test } from 'vitest';
import { type Columns, MT, packBlock, ROW, WMARK_CELL } from '../format/rows.ts';
import { copyState, type MachineState, ZONE_CELLS } from '../format/state.ts';
import { Run } from '../run/run.ts';
import { pcpMonopoly } from '../scenarios/pcp_monopoly.ts';
import { PcpBooks, pcpBooksAt, WINDOW_NS } from './pcp_books.ts';
import { Trace } from './trace.ts';

/** Functions on stacks 1 to 4: a plain allocation, one that refills, one in the slow path, and the lockless one. */
const STRINGS = ['__alloc_pages', 'rmqueue_bulk', '__alloc_pages_slowpath', '__rcu_alloc_page_lockless'], PLAIN = 1, BULK = 2, SLOW = 3, LOCKLESS = 4;
const TAKER = 1, NEIGHBOUR = 2, FREE = 100, MIN = 50, LOW = 80;
/** One zone of 100 free pages, two CPUs with `first` pages on the lists of the first and none on those of the second. */
function books(first = 2): PcpBooks {
  const zones = new Int32Array(ZONE_CELLS.size);
  zones[ZONE_CELLS.free] = FREE; zones[ZONE_CELLS.wmark + WMARK_CELL.min] = MIN; zones[ZONE_CELLS.wmark + WMARK_CELL.low] = LOW;
  const b = new PcpBooks({ cpus: 2, zones: [{ name: 'DMA32', node: 0, startPfn: 0, spanned: 200, present: 200, managed: 200, reserve: [] }] }, { zones, pcp: Int32Array.of(first, 0) } satisfies Pick<MachineState, 'zones' | 'pcp'>);
  const task = (id: number, comm: string) => ({ id, pid: id, tgid: id, comm, kthread: true, idle: false, mm: -1, oomScoreAdj: 0, policy: 'normal', row: 0 }) as const;
  b.learn({ strings: STRINGS, stackParent: [0, 0, 1, 1, 0], stackFn: [0, 0, 1, 2, 3], tasks: [task(TAKER, 'taker'), task(NEIGHBOUR, 'neighbour')] });
  return b;
}
const block = (cpu: number, type: number = MT.unmovable, order = 0): number => packBlock(order, 0, type, 0, cpu);
const take = (b: PcpBooks, ns: number, task: number, stack: number, type: number = MT.unmovable, cpu = 0): void => b.row(ROW.pageUse, ns, task, stack, 7, block(cpu, type));
const refill = (b: PcpBooks, ns: number, task: number, pages: number): void => { for (let i = 0; i < pages; i++) b.row(ROW.buddyTake, ns, task, BULK, i, block(0)); };
const takeFromZone = (b: PcpBooks, pages: number): void => { for (let i = 0; i < pages; i++) b.row(ROW.buddyTake, 0, NEIGHBOUR, PLAIN, i, block(255)); };
const of = (b: PcpBooks, comm: string) => b.uses.find((u) => u.comm === comm);

test('whoever takes a page has it on its line, and the lockless way is counted apart with the types that it stole', () => {
  const b = books(3);
  take(b, 1, NEIGHBOUR, PLAIN, MT.movable);
  take(b, 2, TAKER, LOCKLESS, MT.movable);
  take(b, 3, TAKER, LOCKLESS);
  expect(of(b, 'neighbour')).toMatchObject({ cpu: 0, taken: 1, lockless: 0, stolenTypes: 0 });
  expect(of(b, 'taker')).toMatchObject({ cpu: 0, taken: 2, lockless: 2, stolenTypes: 1 });
});
test('a refill is one however many blocks it brings; another instant or another task makes another', () => {
  const b = books(0);
  refill(b, 10, NEIGHBOUR, 15);
  refill(b, 20, NEIGHBOUR, 15);
  refill(b, 20, TAKER, 3);
  expect(of(b, 'neighbour')).toMatchObject({ refills: 2, refilled: 30 });
  expect(of(b, 'taker')).toMatchObject({ refills: 1, refilled: 3 });
});
test('lists are empty from the page that leaves them last to the first that comes, and to the end if none comes', () => {
  const b = books(1);
  take(b, 100, TAKER, LOCKLESS);
  b.row(ROW.pcpFree, 400, NEIGHBOUR, PLAIN, 7, block(0));
  expect(b.emptyNs(0)).toBe(300);
  b.row(ROW.buddyFree, 500, NEIGHBOUR, PLAIN, 7, block(0)); // a drain
  expect([b.emptyNs(0, 750), b.emptyNs(1, 750)]).toEqual([550, 750]);
});
describe('marks', () => {
  test('a page is below MIN, or woke nobody, by what its zone has free', () => {
    const b = books(9);
    take(b, 1, TAKER, LOCKLESS); // 100 free
    takeFromZone(b, 30); // 70: below LOW
    take(b, 2, TAKER, LOCKLESS);
    take(b, 3, NEIGHBOUR, SLOW); // passed the slow path, which wakes kswapd
    takeFromZone(b, 21); // 49: below MIN
    take(b, 4, TAKER, LOCKLESS);
    expect(of(b, 'taker')).toMatchObject({ taken: 3, missedWakes: 2, belowMin: 1 });
    expect(of(b, 'neighbour')).toMatchObject({ taken: 1, missedWakes: 0, belowMin: 0 });
  });
  test('the boost raises both, and marks that are moved count as they are', () => {
    const b = books(9);
    b.row(ROW.wmark, 1, NEIGHBOUR, PLAIN, WMARK_CELL.boost, 21); // LOW at 101
    take(b, 2, TAKER, LOCKLESS);
    b.row(ROW.wmark, 3, NEIGHBOUR, PLAIN, WMARK_CELL.min, 90); // MIN at 111
    take(b, 4, TAKER, LOCKLESS);
    expect(of(b, 'taker')).toMatchObject({ missedWakes: 2, belowMin: 1 });
  });
  test('a request that had to refill was let by before it did: its own batch does not put it below', () => {
    const b = books(0);
    takeFromZone(b, 19); // 81, just above LOW
    refill(b, 5, NEIGHBOUR, 15); // 66
    take(b, 5, NEIGHBOUR, PLAIN);
    take(b, 6, NEIGHBOUR, PLAIN); // now the list has pages, and the zone is below LOW: an ordinary request would have gone the slow way
    expect(of(b, 'neighbour')).toMatchObject({ taken: 2, missedWakes: 1 });
  });
});
test('a refill is induced if a lockless take has left nearly nothing less than a window ago', () => {
  const soon = books(0), late = books(0);
  for (const [b, ns] of [[soon, WINDOW_NS], [late, WINDOW_NS + 2]] as const) {
    refill(b, 0, NEIGHBOUR, 15);
    for (let i = 0; i < 12; i++) take(b, 1, TAKER, LOCKLESS); // three are left, less than a quarter of a batch
    refill(b, ns, NEIGHBOUR, 15);
  }
  expect([of(soon, 'neighbour')?.induced, of(late, 'neighbour')?.induced]).toEqual([1, 0]);
});
test('at an event of a run they are those of the rows before it, whether the cursor has come from before or from behind', () => {
  const chunks: Columns[] = [], run = new Run(pcpMonopoly, (c) => { chunks.push(c); }), { shape, initial } = run.booted, trace = new Trace(shape, copyState(initial), pcpMonopoly.untilNs);
  while (!run.slice());
  const growth = run.k.recorder.takeGrowth(), [first] = chunks;
  trace.append(first, growth);
  const told = (b: PcpBooks, ns: number): unknown => structuredClone([b.uses, b.emptyNs(0, ns), b.emptyNs(1, ns)]);
  const folded = (event: number): unknown => {
    const b = new PcpBooks(shape, initial);
    b.learn(growth);
    b.fold(first, event);
    return told(b, trace.timeOfEvent(event));
  };
  for (const event of [1000, 5000, 3000, 0, first.length]) expect(told(pcpBooksAt(trace, event), trace.timeOfEvent(event))).toEqual(folded(event));
  expect(pcpBooksAt(trace, first.length).uses.map((u) => u.comm)).toEqual(expect.arrayContaining(['taker', 'neighbour']));
});
