import { describe, expect, it, vi } from 'vitest';
import { must } from '../../base/units.ts';
import { ROW, TASK_STATE } from '../../format/rows.ts';
import { orderOf } from '../../analysis/lock_order.ts';
import { drawnShape, drawnState, RowWriter } from '../../analysis/testing/drawn_trace.ts';
import { Trace } from '../../analysis/trace.ts';
import { waitGraphAt } from '../../analysis/wait_graph.ts';
import { groupWords, waitGroups } from '../../analysis/wait_groups.ts';

vi.mock('../../scenarios/index.ts', () => ({ stories: [{ id: 'none' }] }));
const { ringPicture, ROOMY_PX } = await import('./ring_picture.ts');
const { taskWords } = await import('./ring_view.tsx');
const { shownClasses } = await import('./order_table.tsx');
type Picture = ReturnType<typeof ringPicture>;

const VERBS = { wait: ROW.lockWait, got: ROW.lockGot, drop: ROW.lockDrop, miss: ROW.lockMiss } as const;
/** Rows as `task verb lock`, a millisecond apart; `12 task miss lock` twelve of them, 4 ms apart. The machine runs on to `endMs`. */
function world(text: string, endMs = 0) {
  const w = new RowWriter(512), shape = drawnShape(), init = w.task('init'), stack = w.stack('sys_ioctl', 'driver_ioctl', '__mutex_lock_common', 'schedule');
  for (const line of text.split(';').map((l) => l.trim())) {
    const words = line.split(' '), times = /^\d+$/.test(words[0]) ? Number(words.shift()) : 1, [name, verb, lock] = words, known = w.tasks.some((t) => t.comm === name), task = w.task(name);
    if (!known) w.row(ROW.spawn, init, 0, task, init);
    for (let n = 0; n < times; n++) {
      w.timeNs += times > 1 ? 4e6 : 1e6;
      w.row(must(VERBS[verb as keyof typeof VERBS], verb), task, verb === 'wait' ? stack : 0, w.lock(lock), task);
    }
    if (verb === 'wait') w.row(ROW.block, task, stack, task, TASK_STATE.uninterruptible);
  }
  const trace = new Trace(shape, drawnState(shape, [100]), 1e9);
  trace.append(w.columns, w.growth());
  trace.reached(endMs * 1e6);
  const graph = waitGraphAt(trace, trace.rows), groups = waitGroups(graph);
  const drawn = (width: number, i = 0): Picture => ringPicture({ graph, group: groups[i], width, hz: 250, timeOf: (row) => trace.timeOfEvent(row + 1), task: taskWords(trace, trace.rows, graph.nowNs) });
  return { trace, graph, groups, drawn };
}
const ABBA = 'A got oom_lock; B got driver_lock; A wait driver_lock; 12 B miss oom_lock';
const words = (p: Picture): string[] => p.edges.map((e) => `${p.nodes.find((n) => n.node === e.from)?.name} ${e.kind} ${p.nodes.find((n) => n.node === e.to)?.name}: ${e.label.lines.join(', ')}`);
const overlap = (a: { x: number; y: number; w: number; h: number }, b: typeof a): boolean => Math.abs(a.x - b.x) < (a.w + b.w) / 2 && Math.abs(a.y - b.y) < (a.h + b.h) / 2;
/** Nothing lies outside, and no node on another. */
function expectTidy(p: Picture): void {
  const places = [...p.nodes, ...p.folds.map((f) => f.place)];
  for (const [i, a] of places.entries()) {
    expect(a.x - a.w / 2).toBeGreaterThanOrEqual(0);
    expect(a.x + a.w / 2).toBeLessThanOrEqual(p.width);
    expect(a.y - a.h / 2).toBeGreaterThanOrEqual(0);
    expect(a.y + a.h / 2).toBeLessThanOrEqual(p.height);
    for (const b of places.slice(i + 1)) expect(overlap(a, b)).toBe(false);
  }
  // words are 11 px tall letters, of 6.2 px on average
  for (const { label: { x, y, anchor, lines } } of p.edges) for (const [i, l] of lines.entries()) {
    const long = l.length * 6.2, left = anchor === 'start' ? x : anchor === 'end' ? x - long : x - long / 2;
    expect([left >= 0, left + long <= p.width, y + i * 13 >= 4, y + i * 13 <= p.height - 4], l).toEqual([true, true, true, true]);
  }
  for (const e of p.edges) for (const q of e.stroke.points) expect([q.x >= 0 && q.x <= p.width, q.y >= 0 && q.y <= p.height]).toEqual([true, true]);
}

describe('a ring, drawn', () => {
  it('has an arrow for each hold and each wait, with how long and how often', () => {
    // the last row is at 51 ms: A has held since 1 ms and waited since 3 ms, B has held since 2 ms
    expect(words(world(ABBA).drawn(700))).toEqual(['A waits driver_lock: waits 48.0 ms', 'driver_lock holds B: held 49.0 ms', 'B retries oom_lock: retries 12 ×, one each 4.00 ms', 'oom_lock holds A: held 50.0 ms']);
  });
  it('counts on to the end of the run after its last event', () => {
    expect(words(world('A got x; A wait x', 6002).drawn(700))).toEqual(['A waits x: waits 6.00 s', 'x holds A: held 6.00 s']);
  });
  it('is the same in a column as on an ellipse, and stays in its place in both', () => {
    for (const text of [ABBA, 'A got x; A wait x', 'A got a; B got b; C got c; A wait b; B wait c; C wait a', 'A got a; B got b; C got c; D got d; A wait b; B wait c; C wait d; D wait a', 'mm_percpu_wq got oom_notify_list.rwsem; kcompactd0 got lruvec->lru_lock; mm_percpu_wq wait lruvec->lru_lock; 12 kcompactd0 miss oom_notify_list.rwsem', `${ABBA}; 12 C miss oom_lock; 12 D miss oom_lock; E wait driver_lock`]) {
      for (const width of [296, 336, ROOMY_PX, 700]) {
        const p = world(text).drawn(width);
        expectTidy(p);
        expect(words(p)).toEqual(words(world(text).drawn(700)));
      }
    }
  });
  it('leads from each node to where the task began to wait, or took the lock', () => {
    const { trace, drawn } = world(ABBA), p = drawn(700), event = (name: string): number => must(p.nodes.find((n) => n.name === name), name).event, row = (name: string) => event(name) - 1;
    expect([row('A'), row('driver_lock'), row('oom_lock'), row('B')].map((r) => [trace.kindAt(r), trace.tables.taskName(trace.bAt(r)), trace.tables.lockName(trace.aAt(r))])).toEqual([
      [ROW.lockWait, 'A', 'driver_lock'], [ROW.lockGot, 'B', 'driver_lock'], [ROW.lockGot, 'A', 'oom_lock'], [ROW.lockMiss, 'B', 'oom_lock'],
    ]);
    expect(p.nodes.map((n) => n.words)).toEqual(['A began to wait for driver_lock', 'driver_lock: B took it', 'B began to wait for oom_lock', 'oom_lock: A took it']);
  });
  it('says what a task was doing when it came to wait, and how it stands', () => {
    const a = must(world(ABBA).drawn(700).nodes.find((n) => n.name === 'A'), 'A is drawn');
    expect([a.sub, a.standing]).toEqual(['driver_ioctl', 'blocked']);
  });
  it('folds who waits outside it into one box for each way of waiting', () => {
    const p = world(`${ABBA}; 12 C miss oom_lock; 12 D miss oom_lock; E wait driver_lock`).drawn(700);
    expect(p.folds.map((f) => [f.kind, f.tasks.length, f.lines[0]])).toEqual([['waits', 1, 'E'], ['retries', 2, '2 more tasks']]);
    expect(p.nodes).toHaveLength(4);
  });
});
describe('where there is no ring', () => {
  it('the chain is drawn to the one who can go on', () => {
    const { groups, graph, drawn } = world('C got o; B got n; A wait n; B wait o; D wait n');
    expect(groups.map((g) => [g.kind, groupWords(graph, g)])).toEqual([['waiting', 'A waits for n, held by B; B waits for o, held by C']]);
    expect(drawn(900).folds.map((f) => f.lines)).toEqual([['D', 'waits for n']]);
    expect(drawn(900).nodes.at(-1)).toMatchObject({ name: 'C', sub: 'ready, no CPU 5.00 ms', standing: 'queued' }); // born at 0, and never on a CPU
    expectTidy(drawn(900));
    expectTidy(drawn(300));
  });
  it('nothing is drawn where nobody waits', () => {
    expect(world('A got x; A got y; A drop y').groups).toEqual([]);
  });
  it('two chains that meet nowhere are two', () => {
    expect(world('A got x; B got y; C wait x; D wait y').groups.map((g) => g.path.length)).toEqual([3, 3]);
  });
});
describe('the table of orders', () => {
  it('has the inverted ones first, then those that were met most', () => {
    const { trace } = world('A got x; A got y; A drop y; A got y; A drop y; A drop x; A got p; A got q; A drop q; A drop p; A got q; A got p; A drop p');
    const order = orderOf(trace);
    expect(shownClasses(order).map((cls) => order.classes.names[cls])).toEqual(['p', 'q', 'x', 'y']);
  });
});
