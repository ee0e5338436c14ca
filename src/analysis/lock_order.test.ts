import { describe, expect, it } from 'vitest';
import { ROW } from '../format/rows.ts';
import { inversionWords, type LockOrder, lockOrder } from './lock_order.ts';
import { ringWords } from './ring_words.ts';
import { RowWriter } from './testing/drawn_trace.ts';

const VERBS = { wait: ROW.lockWait, got: ROW.lockGot, drop: ROW.lockDrop, quit: ROW.lockQuit, miss: ROW.lockMiss } as const;
/** Rows as `task verb lock`, one after another. */
function order(text: string, kind: 'mutex' | 'semaphore' = 'mutex'): { readonly order: LockOrder; readonly words: string[] } {
  const w = new RowWriter(64);
  for (const line of text.split(';').map((l) => l.trim()).filter((l) => l !== '')) {
    const [task, verb, lock] = line.split(' '), id = w.task(task);
    w.row(VERBS[verb as keyof typeof VERBS], id, 0, w.lock(lock, kind), id);
  }
  const found = lockOrder([w.columns], w.locks), names = { lock: (id: number) => w.locks[id].name, task: (id: number) => w.tasks[id].comm };
  return { order: found, words: found.inversions.map((i) => inversionWords(i, names)) };
}

describe('the order of locks', () => {
  it('counts what is asked for under what is held, a wait and what it gets as one', () => {
    const { order: o } = order('A got x; A wait y; A got y; A drop y; A got y; A miss z; A drop y; A drop x; A got y; A drop y');
    expect(o.edges.map(({ held, taken, count, lost }) => ({ held, taken, count, lost }))).toEqual([{ held: 0, taken: 1, count: 2, lost: 0 }, { held: 0, taken: 2, count: 1, lost: 1 }, { held: 1, taken: 2, count: 1, lost: 1 }]);
    expect(o.inversions).toEqual([]);
  });
  it('is inverted where two were taken both ways, though nothing hung', () => {
    expect(order('A got x; A got y; A drop y; A drop x; B got y; B got x; B drop x; B drop y').words).toEqual(['y under x, once by A; x under y, once by B']);
  });
  it('is inverted by a wait that never ended, and by trylocks that never won', () => {
    expect(order('A got oom_lock; B got L; A wait L; B miss oom_lock; B miss oom_lock').words).toEqual(['L under oom_lock, once by A; oom_lock under L, 2 times, first by B, all of them trylocks that failed']);
  });
  it('is inverted by three who each take the next one', () => {
    expect(order('A got x; A got y; A drop y; A drop x; B got y; B got z; B drop z; B drop y; C got z; C got x').words).toEqual(['y under x, once by A; z under y, once by B; x under z, once by C']);
  });
  it('is broken by a lock that its holder asks for again', () => {
    expect(order('A got x; A wait x').words).toEqual(['x again by its own holder, once by A']);
  });
  it('is not broken by a second unit of a semaphore', () => {
    expect(order('A got s; A got s', 'semaphore').words).toEqual([]);
  });
  it('knows that another may give a unit of a semaphore back', () => {
    expect(order('A got s; B drop s; A got x; A drop x; B got x; B got s', 'semaphore').order.edges).toMatchObject([{ held: 1, taken: 0 }]);
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
