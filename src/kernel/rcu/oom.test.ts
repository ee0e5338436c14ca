/** rcu_oom_notify() step by step (rcu reference 1.5), and what the hooks of 1.10 say and do otherwise. */
import { describe, expect, test } from 'vitest';
import { ns } from '../../base/units.ts';
import { bootScenario } from '../../run/boot.ts';
import type { Scenario } from '../../format/scenario.ts';
import { made192 } from '../../scenarios/machines.ts';
import type { Timed } from '../../sim/kfn.ts';
import type { Kernel } from '../kernel.ts';
import { blockingNotifierCallChain } from '../mm/oom_notifier.ts';
import { SHRINK_STOP } from '../mm/shrinker.ts';
import { spawn } from '../sched/core.ts';
import { clockNanosleep } from '../sched/timer.ts';
import { rcuOf } from './state.ts';

const MS = 1e6;
interface Heard { readonly ms: number; readonly name: string; readonly b: number; readonly c: number }
interface World { readonly k: Kernel; readonly heard: Heard[] }
/** Three CPUs; 100 lazy callbacks of 16 pages on CPU 1 at 21 ms, which sleeps from then on. */
function boot(hook: string, more: { readonly lazy?: number; readonly looper?: boolean } = {}): World {
  const scenario: Scenario = {
    id: 'x', title: '', text: [], profile: 'v4.17', seed: 1, machine: made192(3), sysctl: {}, knobs: { 'rcu.fastNoHz': 'on', 'rcu.idleAccelBug': 'on', 'rcu.oomHook': hook },
    workloads: [
      { type: 'isolate', cpu: 1 }, { type: 'isolate', cpu: 2 }, ...(more.looper === true ? [{ type: 'kernelloop', cpu: 2, start: 5, for_s: 0.5 }] : []),
      { type: 'callrcu', cpu: 1, count: 100, order: 4, lazy: more.lazy ?? 1, start: 21 },
    ],
    untilNs: 1e12, ends: 'no-oom',
  };
  const { k } = bootScenario(scenario, 'none'), heard: Heard[] = [], { mark } = k;
  k.mark = (name, b = 0, c = 0) => { heard.push({ ms: k.now / MS, name, b, c }); mark.call(k, name, b, c); };
  return { k, heard };
}
const of = (w: World, name: string): Heard[] => w.heard.filter((h) => h.name === name);
/** Calls the chain at `ms` from CPU 0, and tells what it said and when it came back. */
function notify(w: World, ms: number): { freed: number; backMs: number } {
  const said = { freed: -1, backMs: -1 };
  spawn(w.k, 'caller', function* (k: Kernel): Timed<void> {
    yield* clockNanosleep(k, ns(ms * MS));
    said.freed = yield* blockingNotifierCallChain(k, false);
    said.backMs = k.now / MS;
  }, { cpus: [0] });
  return said;
}

describe('rcu_oom_notify()', () => {
  test('asks every other CPU by an IPI, queues one callback where there are lazy ones, says that nothing was freed, and does not wait', () => {
    const w = boot('notifier'), said = notify(w, 100);
    w.k.runUntil(ns(101 * MS));
    expect(of(w, 'ipi_raise').map((h) => h.b)).toEqual([1, 2]);
    expect(of(w, 'rcu_callback')).toHaveLength(1);
    expect(rcuOf(w.k).cpus.map((d) => d.cblist.len)).toEqual([0, 101, 0]);
    expect(of(w, 'rcu_oom_kick')).toMatchObject([{ b: 100, c: 1 }]); // lazy callbacks found, callbacks of its own under way
    expect(said.freed).toBe(0);
    expect(said.backMs).toBeLessThan(100.1);
    expect(of(w, 'rcu_invoke_kfree_callback')).toEqual([]);
  });
  test('brings the memory back within the grace period and 7 jiffies, in the order of queueing, its own callback last', () => {
    const w = boot('notifier');
    notify(w, 100);
    w.k.runUntil(ns(200 * MS));
    const invoked = w.heard.filter((h) => h.name.startsWith('rcu_invoke_')), start = of(w, 'rcu_grace_period_start')[0], end = of(w, 'rcu_grace_period_end')[0];
    expect(start.ms).toBeGreaterThan(100);
    expect(invoked).toHaveLength(101);
    expect(invoked.at(-1)?.name).toBe('rcu_invoke_callback');
    expect(invoked[100].ms - end.ms).toBeLessThanOrEqual(7 * 4);
  });
  test('a CPU without lazy callbacks queues none, even if it has others', () => {
    const w = boot('notifier', { lazy: 0, looper: true });
    notify(w, 30);
    w.k.runUntil(ns(31 * MS));
    expect(rcuOf(w.k).cpus[1].cblist.len).toBe(100);
    expect(of(w, 'rcu_oom_kick')).toMatchObject([{ b: 0, c: 0 }]);
  });
  test('a second run first waits for all callbacks of the first', () => {
    const w = boot('notifier'), first = notify(w, 100), second = notify(w, 101);
    w.k.runUntil(ns(200 * MS));
    const own = of(w, 'rcu_invoke_callback')[0];
    expect(first.backMs).toBeLessThan(100.1);
    expect(second.backMs).toBeGreaterThanOrEqual(own.ms);
    expect(second.backMs).toBeLessThan(own.ms + 1);
  });
  test('which is for ever where one CPU never reports', () => {
    const w = boot('notifier', { looper: true }), first = notify(w, 100), second = notify(w, 101);
    w.k.runUntil(ns(450 * MS));
    expect([first.freed, second.freed]).toEqual([0, -1]);
  });
});
describe('the other hooks', () => {
  test('notifier-claims says one page, whatever there is', () => {
    const w = boot('notifier-claims'), said = notify(w, 100);
    w.k.runUntil(ns(101 * MS));
    expect(said.freed).toBe(1);
  });
  test('notifier-waits waits for its own callbacks and says how many pages came back, or for a tenth of a second', () => {
    const w = boot('notifier-waits'), said = notify(w, 100);
    w.k.runUntil(ns(300 * MS));
    expect(said.freed).toBe(100 * 16);
    const stuck = boot('notifier-waits', { looper: true }), late = notify(stuck, 100);
    stuck.k.runUntil(ns(300 * MS));
    expect(late.freed).toBe(0);
    expect(late.backMs).toBeGreaterThanOrEqual(200);
    expect(late.backMs).toBeLessThan(210);
  });
  function shrink(hook: string, priority: number): { readonly w: World; readonly got: number; readonly tookMs: number; readonly counted: number } {
    const w = boot(hook), s = w.k.mm.shrinkers.find((x) => x.name === 'lazy_rcu_shrink_scan');
    if (s === undefined) throw new Error('no shrinker');
    let got = -2, tookMs = -1, counted = -1;
    spawn(w.k, 'caller', function* (k: Kernel): Timed<void> {
      yield* clockNanosleep(k, ns(100 * MS));
      const from = k.now;
      counted = s.countObjects(k, k.mm.nodes[0]);
      got = yield* s.scanObjects(k, k.mm.nodes[0], 128, priority);
      tookMs = (k.now - from) / MS;
    }, { cpus: [0] });
    w.k.runUntil(ns(200 * MS));
    return { w, got, tookMs, counted };
  }
  test('both shrinkers count lazy callbacks, and do nothing above priority 0', () => {
    for (const hook of ['shrinker-nowait', 'shrinker-barrier']) expect(shrink(hook, 1)).toMatchObject({ counted: 100, got: SHRINK_STOP });
  });
  test('shrinker-nowait says how many it kicked, at once', () => {
    const { got, tookMs } = shrink('shrinker-nowait', 0);
    expect(got).toBe(100);
    expect(tookMs).toBeLessThan(0.1);
  });
  test('shrinker-barrier says how many were invoked, when they were: its own and the barrier\'s too', () => {
    const { w, got, tookMs } = shrink('shrinker-barrier', 0);
    expect(got).toBe(102);
    expect(of(w, 'rcu_invoke_kfree_callback')).toHaveLength(100);
    expect(tookMs).toBeGreaterThan(4);
    expect(tookMs).toBeLessThan(60);
  });
});
test('a machine without RCU workload or hook has no RCU, and its knobs change nothing', () => {
  const { k } = bootScenario({ id: 'x', title: '', text: [], profile: 'v4.17', seed: 1, machine: made192(2), sysctl: {}, knobs: { 'rcu.fastNoHz': 'on', 'rcu.blimit': 3 }, workloads: [], untilNs: 1e9, ends: 'no-oom' }, 'none');
  expect([k.rcu, k.atTick.length, k.tasks.some((t) => t.comm.startsWith('rcu'))]).toEqual([null, 0, false]);
});
