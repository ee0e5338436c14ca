/** Offloaded callbacks and lazy RCU: the rcu reference, 1.8 and section 7. HZ is 250 and a jiffy 4 ms. */
import { describe, expect, test } from 'vitest';
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { type BareConfig, bootBare } from '../bare.ts';
import { kfn, type Kernel, spend } from '../kernel.ts';
import { mutexLock, mutexUnlock } from '../locking/mutex.ts';
import { SHRINK_STOP } from '../mm/shrinker.ts';
import { eras } from '../profiles.ts';
import { spawn } from '../sched/core.ts';
import { clockNanosleep } from '../sched/timer.ts';
import { rcuBarrier } from './barrier.ts';
import { rcuInit } from './init.ts';
import { jiffiesTillFlush, nobypassLimPerJiffy } from './nocb.ts';
import { lazyRcuShrinkCount, lazyRcuShrinkScan, nocbStride } from './nocb_kthread.ts';
import { newRcuHead } from './rcu_segcblist.ts';
import { NO_LIMIT, rcuRules } from './rules.ts';
import type { RcuState } from './state.ts';
import { callRcu, callRcuHurry } from './tree.ts';

const MS = 1e6, S = 1e9, TICK = 4;
interface Ran { readonly n: number; readonly ms: number; readonly by: string }
interface Machine { readonly k: Kernel; readonly s: RcuState; readonly ran: Ran[] }
/** Two CPUs, both offloaded, calls lazy unless said. */
function boot(profile = 'v6.12', knobs: BareConfig['knobs'] = {}): Machine {
  const k = bootBare({ cpus: 2, preempt: 'none', hz: 250, knobs: { 'rcu.nocbs': 'all', 'rcu.lazy': 'on', ...knobs } });
  return { k, s: rcuInit(k, rcuRules[profile]), ran: [] };
}
const myCallback = kfn('my_callback', function* (k: Kernel, m: Machine, n: number): Timed<void> { m.ran.push({ n, ms: k.now / MS, by: k.current.comm }); yield spend(ns(100)); });
const post = kfn('post', function* (k: Kernel, m: Machine, from: number, n: number, hurry: boolean): Timed<void> {
  for (let i = from; i < from + n; i++) {
    const head = newRcuHead((k, head) => myCallback(k, m, head.arg), { arg: i });
    if (hurry) callRcuHurry(k, head); else callRcu(k, head);
    yield spend(ns(100));
  }
});
/** Posts callbacks numbered from `from` at `ms` on CPU 1, which is idle before and after. */
const postAt = (m: Machine, ms: number, n: number, hurry = false, from = 0): void => {
  spawn(m.k, 'poster', function* (k: Kernel): Timed<void> { yield* clockNanosleep(k, ns(ms * MS)); yield* post(k, m, from, n, hurry); }, { cpus: [1] });
};
const at = (m: Machine, ms: number, what: (k: Kernel) => Timed<void>): void => { spawn(m.k, 'caller', function* (k: Kernel): Timed<void> { yield* clockNanosleep(k, ns(ms * MS)); yield* what(k); }, { cpus: [0] }); };
const numbers = (m: Machine): number[] => m.ran.map((r) => r.n);
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const bypass = (m: Machine): number => m.s.cpus[1].nocb?.bypass.len ?? -1;

test('constants: ten seconds, 16 callbacks a ms, groups of CPUs/sqrt(CPUs); a flood sets blimit to LONG_MAX in 4.17 and to 10000 since', () => {
  expect([jiffiesTillFlush(250), nobypassLimPerJiffy(250), nobypassLimPerJiffy(1000)]).toEqual([2500, 64, 16]);
  expect([1, 2, 4, 9, 16].map(nocbStride)).toEqual([1, 2, 2, 3, 4]);
  expect(['v4.17', 'v6.1', 'v6.12'].map((p) => rcuRules[p].floodBlimit)).toEqual([NO_LIMIT, 10_000, 10_000]);
});
test('readers are preemptible on the captured kernels although these run without preemption, and on 4.17 they are not: dmesg of the captures; rcu reference 1.1', () => {
  expect(['v4.17', 'v5.9', 'v6.1', 'v6.12'].map((profile) => boot(profile).s.name)).toEqual(['rcu_sched', 'rcu_sched', 'rcu_preempt', 'rcu_preempt']);
});
test('every profile says how its RCU goes, and only 6.12 is lazy', () => {
  for (const { profile } of eras) expect([profile, rcuRules[profile]?.lazy]).toEqual([profile, profile === 'v6.12']);
});

describe('lazy callbacks', () => {
  test('wait for ten seconds, rounded up by the timer wheel, and then for a grace period; a thread calls them in their order', () => {
    const m = boot();
    postAt(m, 101, 400);
    m.k.runUntil(ns(10 * S));
    expect([m.ran, m.s.gpnum, bypass(m), m.s.cpus[1].nocb?.lazyLen, m.s.cpus[1].cblist.len]).toEqual([[], 0, 400, 400, 400]);
    m.k.runUntil(ns(12 * S));
    expect(numbers(m)).toEqual(upTo(400));
    expect(new Set(m.ran.map((r) => r.by))).toEqual(new Set(['rcuop/1']));
    // 2500 jiffies are rounded up to 64, the width of the wheel's level (timer.ts); then at most four ticks
    expect(m.ran[0].ms - 101).toBeGreaterThan(10_000);
    expect(m.ran[0].ms - 101).toBeLessThanOrEqual(10_000 + 64 * TICK + 5 * TICK);
  });
  test('are taken along by one that hurries, all before it first', () => {
    const m = boot();
    postAt(m, 101, 100);
    postAt(m, 501, 1, true, 100);
    m.k.runUntil(ns(S));
    expect(numbers(m)).toEqual(upTo(101));
    expect(m.ran[100].ms - 501).toBeLessThanOrEqual(5 * TICK);
  });
  test('are flushed by the callback that finds qhimark of them', () => {
    const m = boot('v6.12', { 'rcu.qhimark': 50 });
    postAt(m, 101, 60);
    m.k.runUntil(ns(S));
    expect([numbers(m), bypass(m)]).toEqual([upTo(51), 9]);
  });
  test('are flushed by rcu_barrier(), which waits for them', () => {
    const m = boot();
    let back = 0;
    postAt(m, 101, 20);
    at(m, 501, function* (k) { yield* rcuBarrier(k); back = k.now / MS; });
    m.k.runUntil(ns(S));
    expect(numbers(m)).toEqual(upTo(20));
    expect(back).toBeGreaterThan(m.ran[19].ms);
    expect(back - 501).toBeLessThanOrEqual(5 * TICK);
  });
  test('are counted and flushed by the shrinker, a whole CPU at once; it waits for nothing, and without the barrier mutex it does nothing', () => {
    const m = boot(), told: number[] = [], marks: (readonly [string, number, number])[] = [], { mark } = m.k;
    m.k.mark = (name, b, c) => { if (name.startsWith('rcu_lazy_scan')) marks.push([name, b ?? -1, c ?? -1]); mark.call(m.k, name, b, c); };
    postAt(m, 101, 400);
    at(m, 401, function* (k) { yield* mutexLock(k, m.s.barrierMutex); yield* clockNanosleep(k, ns(500 * MS)); mutexUnlock(k, m.s.barrierMutex); });
    spawn(m.k, 'reclaimer', function* (k: Kernel): Timed<void> {
      for (const ms of [451, 951]) {
        yield* clockNanosleep(k, ns(ms * MS));
        told.push(lazyRcuShrinkCount(k, m.s), yield* lazyRcuShrinkScan(k, m.s, 128), m.ran.length);
      }
      told.push(yield* lazyRcuShrinkScan(k, m.s, 128));
    });
    m.k.runUntil(ns(2 * S));
    expect(told).toEqual([0, 0, 0, 400, 400, 0, SHRINK_STOP]);
    expect(marks).toEqual([['rcu_lazy_scan_begin', 400, 128], ['rcu_lazy_scan_end', 400, 400], ['rcu_lazy_scan_begin', 0, 128], ['rcu_lazy_scan_end', 0, 0]]); // of the scan without the mutex nothing
    expect(numbers(m)).toEqual(upTo(400));
    expect(m.ran[0].ms - 951).toBeLessThanOrEqual(5 * TICK);
  });
});
describe('offloaded callbacks that are not lazy', () => {
  test.each([['v6.1', {}], ['v6.12', { 'rcu.lazy': 'off' }]])('of %s %o are called within some ticks by a thread, and no tick of their CPU goes on for them', (profile, knobs) => {
    const m = boot(profile, knobs);
    postAt(m, 101, 5);
    m.k.runUntil(ns(101.5 * MS));
    expect(m.s.cpus[1].nextTickNs).toBe(Infinity);
    m.k.runUntil(ns(S));
    expect(numbers(m)).toEqual(upTo(5));
    expect(m.ran[4].ms - 101).toBeLessThanOrEqual(5 * TICK);
    expect(m.ran[0].by).toBe('rcuop/1');
  });
  test('go past the bypass until a jiffy has had 64 of them; the rest follows two jiffies later', () => {
    const m = boot('v6.1');
    postAt(m, 101, 100);
    m.k.runUntil(ns(101.2 * MS));
    expect([m.s.cpus[1].cblist.len, bypass(m)]).toEqual([100, 100 - 64]);
    m.k.runUntil(ns(S));
    expect(numbers(m)).toEqual(upTo(100));
    expect(m.ran[99].ms - 101).toBeLessThanOrEqual(10 * TICK);
  });
});
