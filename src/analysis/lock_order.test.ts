import { describe, expect, it } from 'vitest';
import { must } from '../base/units.ts';
import type { LockInfo } from '../format/machine.ts';
import { ROW } from '../format/rows.ts';
import { type LockOrder, lockOrder, orderedRows, orderOf } from './lock_order.ts';
import { breachWords, inversionWords } from './order_words.ts';
import { ringWords } from './ring_words.ts';
import { drawnShape, drawnState, RowWriter } from './testing/drawn_trace.ts';
import { Trace } from './trace.ts';

const VERBS = { wait: ROW.lockWait, got: ROW.lockGot, drop: ROW.lockDrop, quit: ROW.lockQuit, miss: ROW.lockMiss } as const;
const GFP_KERNEL = 0xcc0, GFP_NOFS = 0xc40, NOTIFIER = ['zap_page_range', '__mmu_notifier_invalidate_range_start', 'driver_callback'];
interface Found { readonly order: LockOrder; readonly words: string[]; readonly breaches: string[]; readonly pairs: string[] }
type Kinds = Readonly<Record<string, LockInfo['kind']>>;
/**
 * Rows as `task verb lock`, 4 ms apart, `12 task miss lock` twelve of them. Other verbs: `tried` = got, by a trylock; `reclaims`,
 * `reclaimsNofs`, `reclaimed`; `awaits c by B`, `awaitsFor c by B` (a second at most), `awaited`; `irq` and `irqEnds` on its CPU; `calls`
 * and `returns` = enters and leaves a notifier's invalidate_range_start; `typed x under y` = the machine has found x invalid there, `typed x` in a softirq.
 */
function order(text: string, kinds: Kinds = {}): Found {
  const w = new RowWriter(512), stacks = new Map<number, number>();
  const row = (kind: number, id: number, a: number, b = 0, c = 0): void => { w.row(kind, id, stacks.get(id) ?? 0, a, b, c, id); };
  const mark = (id: number, name: string, b = 0, c = 0): void => { row(ROW.mark, id, w.string(name), b, c); };
  const say = (id: number, verb: string, what: string, by: string | undefined): void => {
    switch (verb) {
      case 'reclaims': mark(id, 'mm_vmscan_direct_reclaim_begin', 0, GFP_KERNEL); break;
      case 'reclaimsNofs': mark(id, 'mm_vmscan_direct_reclaim_begin', 0, GFP_NOFS); break;
      case 'reclaimed': mark(id, 'mm_vmscan_direct_reclaim_end'); break;
      case 'awaits': case 'awaitsFor': {
        const name = w.string(what);
        for (const maker of (by ?? '').split('+')) mark(id, 'completion_by', name, w.task(maker));
        mark(id, 'wait_for_completion', name, verb === 'awaits' ? 0 : 250);
        break;
      }
      case 'typed': mark(id, 'invalid_wait_context', w.lock(what, kinds[what] ?? 'mutex'), by === undefined ? -2 : w.lock(by, kinds[by] ?? 'mutex')); break;
      case 'awaited': mark(id, 'wait_for_completion_end'); break;
      case 'irq': row(ROW.enter, id, 2, w.string('nic')); break;
      case 'irqEnds': row(ROW.leave, id, 2); break;
      case 'calls': stacks.set(id, w.stack(...NOTIFIER)); break;
      case 'returns': stacks.delete(id); break;
      default: {
        const lock = w.lock(what, kinds[what] ?? 'mutex');
        row(verb === 'tried' ? ROW.lockGot : must(VERBS[verb as keyof typeof VERBS], verb), id, lock, id);
        if (verb === 'tried') row(ROW.decide, id, w.string(`mutex_trylock(&${what})`), 1);
      }
    }
  };
  for (const line of text.split(';').map((l) => l.trim()).filter((l) => l !== '')) {
    const words = line.split(' '), times = /^\d+$/.test(words[0]) ? Number(words.shift()) : 1, [task, verb, what, , by] = words;
    for (let n = 0; n < times; n++) { w.timeNs += 4e6; say(w.task(task), verb, what ?? '', by); }
  }
  w.mark(0, 0, 'end');
  const found = lockOrder([w.columns], { locks: w.locks, strings: w.strings, stackParent: w.stacks.parent, stackFn: w.stacks.fn }), { names } = found.classes;
  return {
    order: found, words: found.inversions.map((i) => inversionWords(found, i, (id) => w.tasks[id].comm)), breaches: found.breaches.map((b) => breachWords(found, b)),
    pairs: found.edges.map((e) => `${names[e.held]} > ${names[e.taken]} ${e.count}${e.lost > 0 ? `, ${e.lost} lost` : ''}`),
  };
}

describe('the order of locks', () => {
  it('counts what is asked for under what is held, a wait and what it gets as one', () => {
    const { order: o, pairs } = order('A got x; A wait y; A got y; A drop y; A got y; A got z; A drop z; A drop y; A drop x; A got y; A drop y');
    expect(pairs).toEqual(['x > y 2', 'x > z 1', 'y > z 1']);
    expect(o.inversions).toEqual([]);
  });
  it('is inverted where two were taken both ways, though nothing hung', () => {
    expect(order('A got x; A got y; A drop y; A drop x; B got y; B got x; B drop x; B drop y').words).toEqual(['y under x, once by A; x under y, once by B']);
  });
  it('is inverted by a wait that never ended', () => {
    expect(order('A got x; B got y; A wait y; B wait x').words).toEqual(['y under x, once by A; x under y, once by B']);
  });
  it('is inverted by three who each take the next one', () => {
    expect(order('A got x; A got y; A drop y; A drop x; B got y; B got z; B drop z; B drop y; C got z; C got x').words).toEqual(['y under x, once by A; z under y, once by B; x under z, once by C']);
  });
  it('is broken by a lock that its holder asks for again', () => {
    expect(order('A got x; A wait x').words).toEqual(['x again by its own holder, once by A']);
  });
  it('is not broken by a second unit of a semaphore', () => {
    expect(order('A got s; A got s', { s: 'semaphore' }).words).toEqual([]);
  });
  it('knows that another may give a unit of a semaphore back', () => {
    expect(order('A got s; B drop s; A got x; A drop x; B got x; B got s', { s: 'semaphore' }).pairs).toEqual(['x > s 1']);
  });
  it('says nothing of a quiet lock that is shown late, as what its holder took first is not known', () => {
    // q was taken before x, without a row; B comes to wait for it, and A's row is written then, as B's
    const w = new RowWriter(16), [a, b] = [w.task('A'), w.task('B')], q = w.lock('q'), x = w.lock('x');
    w.row(ROW.lockGot, a, 0, x, a);
    w.row(ROW.lockGot, b, 0, q, a);
    w.row(ROW.lockWait, b, 0, q, b);
    w.mark(a, 0, 'end');
    expect(lockOrder([w.columns], { locks: w.locks, strings: w.strings, stackParent: w.stacks.parent, stackFn: w.stacks.fn }).edges).toEqual([]);
  });
});

// one sentence a rule of lockdep: what it finds, and what it must leave alone
describe('of lockdep’s rules', () => {
  it('two of one class inside each other are left alone, as if annotated', () => {
    const w = new RowWriter(16), a = w.task('A');
    for (const name of ['mmap_lock mm 1', 'mmap_lock mm 2']) w.row(ROW.lockGot, a, 0, w.lock(name), a);
    w.mark(a, 0, 'end');
    expect(lockOrder([w.columns], { locks: w.locks, strings: w.strings, stackParent: w.stacks.parent, stackFn: w.stacks.fn }).edges).toEqual([]);
  });
  it('locks of one class make one edge, and may be inverted by another of them', () => {
    const w = new RowWriter(32), [a, b] = [w.task('A'), w.task('B')], take = (who: number, ...names: readonly string[]): void => { for (const n of names) w.row(ROW.lockGot, who, 0, w.lock(n), who); for (const n of names) w.row(ROW.lockDrop, who, 0, w.lock(n), who); };
    take(a, 'mmap_lock mm 1', 'x');
    take(a, 'mmap_lock mm 2', 'x');
    take(b, 'x', 'mmap_lock mm 3');
    const o = lockOrder([w.columns], { locks: w.locks, strings: w.strings, stackParent: w.stacks.parent, stackFn: w.stacks.fn });
    expect(o.inversions.map((i) => inversionWords(o, i, (id) => w.tasks[id].comm))).toEqual(['x under mmap_lock, 2 times, first by A; mmap_lock under x, once by B']);
  });
  it('a trylock makes no dependency, won or lost', () => {
    expect(order('A got x; A tried y; A drop y; A drop x; B got y; B tried x').pairs).toEqual([]);
    expect(order('A got x; 7 A miss y').pairs).toEqual([]);
  });
  it('what was tried is held: what is taken under it counts', () => {
    expect(order('A tried x; A got y').pairs).toEqual(['x > y 1']);
  });
  it('a loop of trylocks is our own edge, for what it has held all the while', () => {
    expect(order('A got oom_lock; B got L; A wait L; 9 B miss oom_lock').words).toEqual(['L under oom_lock, once by A; oom_lock under L, 9 times, first by B, all of them trylocks that failed']);
    expect(order('4 B miss oom_lock; B got L; 5 B miss oom_lock').pairs).toEqual([]); // L came in the middle of it
  });
  it('a loop that waits at last is counted by both', () => {
    expect(order('B got L; 8 B miss o; B wait o').pairs).toEqual(['L > o 9, 8 lost']);
  });
  it('what an interrupted task holds its handler does not hold', () => {
    expect(order('A got x; A irq; A got y; A drop y; A irqEnds; A got z').pairs).toEqual(['x > z 1']);
  });
  it('a lock of a hardirq that was also held with interrupts on is unsafe', () => {
    expect(order('A got x; A irq; A irqEnds; A drop x; B irq; B got x').breaches).toEqual(['x is taken in a hardirq, and a hardirq has come while it was held']);
    expect(order('A got x; A drop x; A irq; A irqEnds; B irq; B got x').breaches).toEqual([]);
  });
  it('nobody sleeps for a lock under one that spins', () => {
    expect(order('A got s; A got m', { s: 'spinlock' }).breaches).toEqual(['m, for which a task may sleep, was asked for under s, which spins']);
    expect(order('A got m; A got s', { s: 'spinlock' }).breaches).toEqual([]);
    expect(order('A got s; A tried m', { s: 'spinlock' }).breaches).toEqual([]);
  });
  it('what the machine finds of wait types is a breach and an edge, though no row tells of the locks; rows that do are the same asking', () => {
    const quiet = order('A typed x under q'), told = order('A got q; A typed x under q; A wait x; A got x; A drop x; A got x');
    expect([quiet.breaches, quiet.pairs]).toEqual([['invalid wait context: x was asked for under q'], ['q > x 1']]);
    expect([told.breaches, told.pairs]).toEqual([['invalid wait context: x was asked for under q'], ['q > x 2']]);
  });
  it('and with both orders of them an inversion; a context in place of a lock is none', () => {
    expect(order('A typed x under q; B got x; B got q').words).toEqual(['q under x, once by B; x under q, once by A']);
    expect([order('A typed x').breaches, order('A typed x').pairs]).toEqual([['invalid wait context: x was asked for in a softirq'], []]);
  });
  it('fs_reclaim: an allocation under L that reclaims, and reclaim that takes L', () => {
    expect(order('A got L; A reclaims; A reclaimed; A drop L; B reclaims; B got L; B drop L; B reclaimed').words).toEqual(['fs_reclaim under L, once by A; L under fs_reclaim, once by B']);
    expect(order('A got L; A reclaimsNofs; A reclaimed; A drop L; B reclaims; B got L').words).toEqual([]); // without __GFP_FS it is not entered
    expect(order('A got L; A reclaims; A reclaimed; A drop L; B reclaims; B reclaimed; B got L').words).toEqual([]);
  });
  it('a notifier of an address space may not allocate by reclaim, nor take what reclaim is entered under', () => {
    expect(order('A reclaims; A reclaimed; B calls; B reclaims').words).toEqual([expect.stringMatching(/^mmu_notifier_invalidate_range_start under fs_reclaim, 2 times.*; fs_reclaim under mmu_notifier_invalidate_range_start, once by B$/)]);
    expect(order('A got L; A reclaims; A reclaimed; A drop L; B calls; B got L; B drop L; B returns').words[0]).toBe('mmu_notifier_invalidate_range_start under L, once by A; L under mmu_notifier_invalidate_range_start, once by B');
  });
  it('who waits for an event holds up its maker: the event is a lock of his', () => {
    expect(order('A got m; A awaits c by B; B wait m').words).toEqual(['c under m, once by A; m under c, once by B']);
    expect(order('A got m; B wait m; A awaits c by B').words).toHaveLength(1); // whoever comes first
    expect(order('A got m; A awaits c by B; A awaited; A drop m; B got m').words).toEqual([]);
    expect(order('A got m; A awaits c by B+C; B wait m').words).toEqual([]); // C may make it as well
    expect(order('A got m; A awaitsFor c by B; B wait m').words).toEqual([]); // that wait ends
  });
});

describe('a ring in words', () => {
  const ring = (kind: string, text: string, locks: readonly string[]) => {
    const edges = text.split(', ').map((e) => { const [from, how, to] = e.split(' '); return { from, to, blocking: how !== '~', ...(how === '>>' ? { queued: true as const } : {}) }; });
    return ringWords({ kind, tasks: edges.map((e) => e.from).filter((n) => !locks.includes(n)), locks, edges });
  };
  it('says who waits, for what, and who has it', () => {
    expect(ring('deadlock', 'A > x, x > B, B > y, y > A', ['x', 'y'])).toBe('A waits for x, held by B; B waits for y, held by A');
  });
  it('names a retry edge', () => {
    expect(ring('livelock', 'A > L, L > B, B ~ oom_lock, oom_lock > A', ['L', 'oom_lock'])).toBe('A waits for L, held by B; B tries oom_lock again and again, held by A');
  });
  it('tells a queued writer from a holder, and a holder from itself', () => {
    expect(ring('deadlock', 'A > m, m > B, B > s, s >> W, W > s, s > A', ['m', 's'])).toBe('A waits for m, held by B; B waits for s, behind W; W waits for s, held by A');
    expect(ring('deadlock', 'A > x, x > A', ['x'])).toBe('A waits for x, held by itself');
  });
  it('says of a starved one who needs it', () => {
    expect(ringWords({ kind: 'starvation', tasks: ['T', 'A'], locks: ['m'], edges: [{ from: 'A', to: 'm', blocking: false }, { from: 'm', to: 'T', blocking: true }] })).toBe('T is ready to run and gets no CPU; A tries m again and again, held by T');
  });
});

/** a takes m and asks for n under it; b the other way round. Asked for in between, where the row that says whether it was a trylock is still to come, and at the end. */
it('is followed over a run that grows, from where the last call left it, as over the whole of it', () => {
  const shape = drawnShape(['DMA32']), m = 0, n = 1;
  const written = (w: RowWriter, from: number, to: number): void => {
    const [a, b] = [w.task('a'), w.task('b')], rows = [[a, m], [a, n], [b, n], [b, m]] as const;
    for (const [task, lock] of rows.slice(from, to)) { w.row(ROW.lockGot, task, 0, lock, task); if (lock !== rows[from][1]) for (const held of [n, m]) w.row(ROW.lockDrop, task, 0, held, task); }
  };
  const grows = new Trace(shape, drawnState(shape, [100]), 1e9), whole = new Trace(shape, drawnState(shape, [100]), 1e9), seen: number[] = [];
  for (const trace of [grows, whole]) {
    const w = new RowWriter();
    w.lock('m');
    w.lock('n');
    written(w, 0, 2);
    written(w, 2, 4);
    const { columns } = w, growth = w.growth(), parts = trace === whole ? [[0, columns.length]] : [[0, 1], [1, 2], [2, columns.length]];
    parts.forEach(([from, to], i) => {
      const cut = { ...columns, first: from, length: to - from, time: columns.time.subarray(from), cpu: columns.cpu.subarray(from), kind: columns.kind.subarray(from), task: columns.task.subarray(from), stack: columns.stack.subarray(from), a: columns.a.subarray(from), b: columns.b.subarray(from), c: columns.c.subarray(from) };
      trace.append(cut, i === 0 ? growth : { strings: [], stackParent: [], stackFn: [], tasks: [], locks: [], log: [] });
      seen.push(orderOf(trace).edges.length);
    });
  }
  const told = [grows, whole].map((trace) => orderOf(trace).inversions.map((ring) => ring.map((e) => [e.held, e.taken, e.row, e.count])));
  expect(told[0]).toEqual([[[0, 1, 1, 1], [1, 0, 5, 1]]]);
  expect(told[1]).toEqual(told[0]);
  expect(seen).toEqual([0, 0, 2, 2]);
  // as the page does it: a row at a time, though the settling of a lock that was just taken lies between two of them
  const slow = new Trace(shape, drawnState(shape, [100]), 1e9), w = new RowWriter(), read: number[] = [];
  w.lock('m');
  w.lock('n');
  written(w, 0, 2);
  written(w, 2, 4);
  slow.append(w.columns, w.growth());
  for (let i = 0; i < slow.rows; i++) { orderOf(slow, 1); read.push(orderedRows(slow)); }
  expect(read).toEqual(Array.from({ length: slow.rows }, (_, i) => i + 1));
  expect(orderOf(slow, 0).inversions.map((ring) => ring.map((e) => [e.held, e.taken, e.row, e.count]))).toEqual(told[0]);
});
