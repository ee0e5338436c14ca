/** Whole machines that get stuck, and those that only look like it. */
import { describe, expect, test } from 'vitest';
import { jiffies, ns } from '../base/units.ts';
import type { Scenario } from '../format/scenario.ts';
import { kfn, type Kernel, spend } from '../kernel/kernel.ts';
import { Mutex, mutexLock, mutexUnlock } from '../kernel/locking/mutex.ts';
import { FRAME, GFP_KERNEL } from '../kernel/mm/constants.ts';
import { allocPages } from '../kernel/mm/page_alloc.ts';
import { scheduleTimeoutUninterruptible } from '../kernel/sched/wait.ts';
import type { Timed } from '../sim/kfn.ts';
import { bootBare } from '../kernel/bare.ts';
import { condResched, spawn } from '../kernel/sched/core.ts';
import { flushWork, queueWorkOn, Work, Workqueue } from '../kernel/workqueue.ts';
import { startProcess } from '../workloads/process.ts';
import { judge } from './judge.ts';
import { ProgressWatch, type Stall } from './progress.ts';
import { Run } from './run.ts';
import { two256 } from '../scenarios/machines.ts';
import { copyState } from '../format/state.ts';
import { cache, hungDisk } from './testing/reclaim_runs.ts';

const base: Scenario = { id: 'stuck', title: '', text: [], profile: 'v6.1', seed: 1, machine: two256, sysctl: { 'vm.min_free_kbytes': 1848 }, knobs: {}, workloads: [], untilNs: 30e9, ends: 'livelock' };
/** A notifier callback that needs L, and comes to it when somebody has it. */
const callback = kfn('callback', function* (k: Kernel, l: Mutex): Timed<number> {
  while (l.free) yield* scheduleTimeoutUninterruptible(k, jiffies(1));
  yield* mutexLock(k, l);
  yield spend(ns(1000));
  mutexUnlock(k, l);
  return 0;
});
const holdsAndAllocates = kfn('holds_and_allocates', function* (k: Kernel, l: Mutex, pages: number): Timed<void> {
  yield* mutexLock(k, l);
  for (let i = 0; i < pages; i++) yield* allocPages(k, GFP_KERNEL, 0, FRAME.kernel);
  mutexUnlock(k, l);
});
/** Experiment oom-lock-abba, inside: a hog takes oom_lock and, in its notifier callback, waits for L; who holds L allocates. */
const hog = { type: 'anon', name: 'hog', mb: 2048, rate: 400, start: 100, cpu: 0 };
function abba(holderAtMs: number, workloads: Scenario['workloads'] = [hog], untilNs = base.untilNs, pages = 2000): Run {
  const run = new Run({ ...base, untilNs, workloads }, 'all'), { k } = run, l = new Mutex(k, 'L');
  k.mm.oomNotifiers.push((k) => callback(k, l));
  startProcess(k, { name: 'holder', cpu: 1, start: holderAtMs }, function* (k): Timed<void> { yield* holdsAndAllocates(k, l, pages); });
  return run;
}
const toEnd = (run: Run): Run => { while (!run.slice()); return run; };

describe('oom_lock and a lock that its holder needs', () => {
  const run = toEnd(abba(2000)), o = run.outcome();
  test('ends the run as a livelock five seconds after the last page, with the ring named', () => {
    expect([o.ending, o.text]).toEqual(['livelock', 'no progress: oom_lock (2 tasks)']);
    expect(o.deadlocks).toEqual([{
      kind: 'livelock', tasks: ['hog', 'holder'], locks: ['L', 'oom_lock'],
      edges: [{ from: 'hog', to: 'L', blocking: true }, { from: 'L', to: 'holder', blocking: true }, { from: 'holder', to: 'oom_lock', blocking: false }, { from: 'oom_lock', to: 'hog', blocking: true }],
    }]);
    expect(o.kills).toEqual([]);
    expect(o.endNs).toBeGreaterThanOrEqual(7e9);
    expect(o.endNs).toBeLessThan(8e9);
  });
  test('and its rows are as lawful as any', () => {
    const { shape, initial } = run.booted;
    expect(judge({ shape, initial: copyState(initial), tables: run.k.recorder.takeGrowth(), chunks: run.k.recorder.chunks }).broken).toEqual([]);
  });
  test('opens where somebody else gives memory back in time, and then it was none', () => {
    const open = toEnd(abba(2000, [hog, { type: 'anon', name: 'leaver', mb: 40, rate: 400, start: 0, hot: 1, hot_s: 5, hold: 0 }], 9e9)).outcome();
    expect([open.ending, open.deadlocks]).toEqual(['oom-kill', []]);
  });
  test('is none either in a run that is over before five seconds have passed', () => {
    expect(toEnd(abba(2000, [hog], 5e9)).outcome().ending).toBe('no-oom');
  });
  test('is a deadlock of one if its holder comes to the notifier itself: told also where the time is over', () => {
    for (const untilNs of [4e9, 30e9]) {
      const own = toEnd(abba(400, [], untilNs, 1e6)).outcome();
      expect([own.ending, own.text, own.deadlocks[0].edges.map((e) => `${e.from} ${e.to}`)]).toEqual(['deadlock', 'no progress: L (1 task)', ['holder L', 'L holder']]);
    }
  });
});

describe('a machine that stands still for other reasons is left alone', () => {
  test.each([
    ['nobody does anything', { ...base, workloads: [], untilNs: 60e9 }],
    ['a process sleeps for half a minute', { ...base, workloads: [{ type: 'anon', name: 'sleeper', mb: 1, start: 30_000, rate: 0 }], untilNs: 40e9 }],
    ['a process holds its memory and pauses', { ...base, workloads: [{ type: 'anon', name: 'holder', mb: 20, rate: 100, start: 0, hold: 1 }], untilNs: 30e9 }],
    ['a real-time task computes, and nobody wants memory', { ...base, workloads: [{ type: 'spin', name: 'spinner', cpu: 0, start: 0, for_s: 20 }, { type: 'anon', name: 'late', mb: 10, cpu: 0, start: 1000, rate: 100 }], untilNs: 30e9 }],
    ['swap lies on a disk that never answers', { ...hungDisk, untilNs: 30e9 }],
    ['a reader thrashes', cache],
  ])('%s', (_, s) => {
    const o = toEnd(new Run(s, 'none')).outcome();
    expect([o.ending, o.deadlocks]).toEqual(['no-oom', []]);
  });
});

test('a deadlock of two is told at the end of a run in which others went on, and is not how it ended', () => {
  const run = new Run({ ...base, untilNs: 3e9, workloads: [{ type: 'anon', name: 'worker', mb: 100, rate: 30, start: 0 }] }, 'none'), { k } = run, a = new Mutex(k, 'a'), b = new Mutex(k, 'b');
  const both = kfn('both', function* (k: Kernel, first: Mutex, second: Mutex): Timed<void> {
    yield* mutexLock(k, first);
    yield* scheduleTimeoutUninterruptible(k, jiffies(10));
    yield* mutexLock(k, second);
  });
  startProcess(k, { name: 'x' }, function* (k): Timed<void> { yield* both(k, a, b); });
  startProcess(k, { name: 'y' }, function* (k): Timed<void> { yield* both(k, b, a); });
  const o = toEnd(run).outcome();
  expect([o.ending, o.deadlocks.map((d) => [d.kind, d.tasks, d.locks])]).toEqual(['no-oom', [['deadlock', ['x', 'y'], ['b', 'a']]]]);
});

describe('an item of a work queue behind a worker that runs on and on', () => {
  const loops = kfn('loops', function* (k: Kernel, pauses: boolean): Timed<void> {
    for (;;) { yield spend(ns(1e6)); if (pauses) yield* scheduleTimeoutUninterruptible(k, jiffies(1)); else yield* condResched(k); }
  });
  const nothing = kfn('nothing', function* (): Timed<void> { yield spend(ns(1000)); });
  const waits = kfn('waits', function* (k: Kernel, item: Work): Timed<void> { yield* flushWork(k, item); });
  function stalled(pauses: boolean): Stall | null {
    const k = bootBare({ cpus: 2 }), wq = new Workqueue(k, 'events'), item = new Work(k, (k) => nothing(k)), watch = new ProgressWatch({ progress: () => '', allocating: () => true, dying: () => false });
    queueWorkOn(k, 0, wq, new Work(k, (k) => loops(k, pauses)));
    queueWorkOn(k, 0, wq, item);
    spawn(k, 'waiter', (k) => waits(k, item), { cpus: [1] });
    for (; watch.dueNs < 8e9;) {
      k.runUntil(ns(watch.dueNs));
      const stall = watch.look(k);
      if (stall !== null) return stall;
    }
    return null;
  }
  test('is starvation, with who waits and whom it stands behind', () => {
    const edges = [{ from: 'waiter', to: 'events on CPU 0', blocking: true }, { from: 'events on CPU 0', to: 'kworker/0:0', blocking: true }];
    expect(stalled(false)).toEqual({ ending: 'starvation', text: 'no progress: events on CPU 0 (2 tasks)', rings: [{ kind: 'starvation', tasks: ['kworker/0:0', 'waiter'], locks: ['events on CPU 0'], edges }] });
  });
  test('is none where that worker sleeps now and then', () => expect(stalled(true)).toBe(null));
});
