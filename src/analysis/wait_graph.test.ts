import { describe, expect, it } from 'vitest';
import { ROW } from '../format/rows.ts';
import { ringWords } from './ring_words.ts';
import { drawnShape, drawnState, RowWriter } from './testing/drawn_trace.ts';
import { Trace } from './trace.ts';
import { toldRing, waitGraphAt } from './wait_graph.ts';
import { isWait } from './wait_groups.ts';

const VERBS = { wait: ROW.lockWait, got: ROW.lockGot, drop: ROW.lockDrop, quit: ROW.lockQuit, miss: ROW.lockMiss } as const;
/** Rows as `task verb lock`, a millisecond apart; `12 task miss lock` is twelve of them, 4 ms apart; `... 500 ms` lets so many ms pass. */
function world(text: string, kind: 'mutex' | 'semaphore' = 'mutex'): { readonly trace: Trace; readonly rings: (event?: number) => string[]; readonly waits: (event?: number) => string[] } {
  const w = new RowWriter(256), shape = drawnShape(), init = w.task('init');
  for (const name of ['A', 'B', 'C']) w.row(ROW.spawn, init, 0, w.task(name), init);
  for (const line of text.split(';').map((l) => l.trim())) {
    const words = line.split(' '), times = /^\d+$/.test(words[0]) ? Number(words.shift()) : 1, [task, verb, lock] = words;
    if (task === '...') { w.timeNs += Number(verb) * 1e6; w.row(ROW.mark, init, 0, w.string('later')); continue; }
    for (let n = 0; n < times; n++) {
      w.timeNs += times > 1 ? 4e6 : 1e6;
      w.row(VERBS[verb as keyof typeof VERBS], w.task(task), 0, w.lock(lock, kind), w.task(task));
    }
  }
  const trace = new Trace(shape, drawnState(shape, [100]), 1e9);
  trace.append(w.columns, w.growth());
  return {
    trace,
    rings: (event = trace.rows) => { const g = waitGraphAt(trace, event); return g.rings.map((r) => ringWords(toldRing(g, r))); },
    waits: (event = trace.rows) => { const g = waitGraphAt(trace, event); return g.edges.filter((e) => isWait(e.kind)).map((e) => `${g.nodes.get(e.from)?.name} ${e.kind === 'retries' ? 'tries' : 'waits'} ${g.nodes.get(e.to)?.name}`); },
  };
}

describe('rings at the cursor', () => {
  it('are none while somebody goes on', () => {
    expect(world('A got x; B got y; A wait y').rings()).toEqual([]);
  });
  it('stand from the row that closes them', () => {
    const w = world('A got x; B got y; A wait y; B wait x; C wait x');
    expect([w.rings(6), w.rings(7)]).toEqual([[], ['A waits for y, held by B; B waits for x, held by A']]);
    expect(w.rings()).toEqual(['A waits for y, held by B; B waits for x, held by A']); // C only queues behind them
  });
  it('open when one gives up', () => {
    expect(world('A got x; B got y; A wait y; B wait x; B quit x').rings()).toEqual([]);
  });
  it('may go through one that only tries, when it has lost often enough', () => {
    const w = world('A got oom_lock; B got L; A wait L; 12 B miss oom_lock');
    expect(w.rings(10)).toEqual([]);
    expect(w.rings()).toEqual(['A waits for L, held by B; B tries oom_lock again and again, held by A']);
    expect(w.waits()).toEqual(['A waits L', 'B tries oom_lock']);
  });
  it('do not go through one that has stopped trying, or has lost to others before', () => {
    expect(world('A got oom_lock; B got L; A wait L; 12 B miss oom_lock; ... 500 ms').waits()).toEqual(['A waits L']);
    expect(world('B got L; C got oom_lock; 12 B miss oom_lock; C drop oom_lock; A got oom_lock; A wait L; 2 B miss oom_lock').rings()).toEqual([]);
  });
  it('of a semaphore need all who have a unit', () => {
    expect(world('A got s; C got s; B got m; A wait m; B wait s', 'semaphore').rings()).toEqual([]);
    expect(world('A got s; B got m; A wait m; B wait s', 'semaphore').rings()).toHaveLength(1);
  });
  it('of a semaphore that counts events are none: nobody knows who gives the next', () => {
    expect(world('C drop s; A got s; A got s; A wait s', 'semaphore').rings()).toEqual([]);
    expect(world('A got s; A got s; A drop s; A drop s; A got s; A wait s', 'semaphore').rings()).toHaveLength(1); // two units of his own, given back, are no event
  });
});
