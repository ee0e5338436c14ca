/** Constants and times of the rcu reference, sections 1.3, 1.4, 1.6, 1.7, 6.5 and 7. HZ is 250 and a jiffy 4 ms unless said. */
import { describe, expect, test } from 'vitest';
import { ns } from '../../base/units.ts';
import type { Timed } from '../../sim/kfn.ts';
import { type BareConfig, bootBare } from '../bare.ts';
import { kfn, type Kernel, type Preemption, spend } from '../kernel.ts';
import { condResched, spawn } from '../sched/core.ts';
import { clockNanosleep } from '../sched/timer.ts';
import { smpCallFunctionSingle } from '../smp.ts';
import { rcuBarrier } from './barrier.ts';
import { lazyDelay, nonlazyDelay, RCU_IDLE_GP_DELAY, rcuIdleLazyGpDelay } from './fast_no_hz.ts';
import { jiffiesTillSchedQs } from './gp_kthread.ts';
import { rcuInit } from './init.ts';
import { newRcuHead } from './rcu_segcblist.ts';
import { rcuReadLock, rcuReadUnlock } from './read.ts';
import { NO_LIMIT } from './rules.ts';
import { jiffiesTillFqs, type RcuState } from './state.ts';
import { callRcu, kfreeCallRcu } from './tree.ts';

const MS = 1e6, S = 1e9, TICK = 4;
const KNOBS = { 'rcu.fastNoHz': 'on' };
interface Machine { readonly k: Kernel; readonly s: RcuState; readonly at: number[] }
/** Two CPUs, and when each callback ran, in ms. */
function boot(c: BareConfig = {}): Machine {
  const k = bootBare({ cpus: 2, preempt: 'none', hz: 250, ...c });
  return { k, s: rcuInit(k), at: [] };
}
const ran = kfn('my_callback', function* (k: Kernel, at: number[]): Timed<void> { at.push(k.now / MS); yield spend(ns(100)); });
const post = kfn('post', function* (k: Kernel, m: Machine, n: number, lazy: boolean): Timed<void> {
  for (let i = 0; i < n; i++) {
    const head = newRcuHead((k) => ran(k, m.at), { lazy });
    if (lazy) kfreeCallRcu(k, head); else callRcu(k, head);
    yield spend(ns(100));
  }
});
/** Posts `n` callbacks at `ms` on a CPU that is idle before and after. */
const postAt = (m: Machine, ms: number, n: number, lazy: boolean, cpu = 1): void => {
  spawn(m.k, 'poster', function* (k: Kernel): Timed<void> { yield* clockNanosleep(k, ns(ms * MS)); yield* post(k, m, n, lazy); }, { cpus: [cpu] });
};
const inKernel = kfn('compute', function* (k: Kernel, ms: number, polite: boolean): Timed<void> {
  for (let i = 0; i < ms; i++) { yield spend(ns(MS)); if (polite) yield* condResched(k); }
});
/** A task that computes in the kernel, without and with a look at whether others want the CPU. */
const kernelLoop = (m: Machine, cpu: number, ms: number, polite = false): void => { spawn(m.k, 'looper', function* (k: Kernel): Timed<void> { yield* inKernel(k, ms, polite); }, { cpus: [cpu] }); };
const userLoop = (m: Machine, cpu: number, ms: number): void => { spawn(m.k, 'user', function* (): Timed<void> { yield spend(ns(ms * MS)); }, { cpus: [cpu] }); };

describe('constants', () => {
  test('the first and every further look at a grace period: 1 jiffy at HZ 100 and 250, 2 at 300, 3 at 1000, one more for 256 CPUs', () => {
    expect([100, 250, 300, 1000].map((hz) => jiffiesTillFqs(hz, 2))).toEqual([1, 1, 2, 3]);
    expect(jiffiesTillFqs(250, 256)).toBe(2);
  });
  test('blimit 10, qhimark 10000, qlowmark 100; a tenth of a second until a CPU is pressed', () => {
    const { s } = boot();
    expect([s.blimit, s.qhimark, s.qlowmark, jiffiesTillSchedQs(250)]).toEqual([10, 10_000, 100, 25]);
  });
  test('call_rcu() means rcu_sched without preemption, and rcu_preempt with it', () => {
    expect((['none', 'full', 'rt'] as Preemption[]).map((preempt) => boot({ preempt }).s.name)).toEqual(['rcu_sched', 'rcu_preempt', 'rcu_preempt']);
  });
  // rcu reference, 1.4 (dj = round_up(now + 4, 4) - now) and the last lines of section 7
  test('an idle CPU sleeps 4, 7, 6, 5 jiffies for now mod 4 = 0, 1, 2, 3', () => {
    expect([0, 1, 2, 3].map((now) => nonlazyDelay(1000 + now))).toEqual([4, 7, 6, 5]);
    expect([RCU_IDLE_GP_DELAY, rcuIdleLazyGpDelay(250)]).toEqual([4, 1500]);
  });
  test('with lazy callbacks alone it sleeps 5.75 to 6.75 s, to the second, later CPUs 3 jiffies earlier each', () => {
    let least = Infinity, most = 0;
    for (let now = 0; now < 1000; now++) for (let cpu = 0; cpu < 4; cpu++) {
      const d = lazyDelay(now, cpu, 250);
      least = Math.min(least, d);
      most = Math.max(most, d);
      expect((now + lazyDelay(now, cpu, 250) + 3 * cpu) % 250).toBe(0);
    }
    expect([least / 250, most / 250]).toEqual([5.756, 6.752]); // HZ/4 is 62 jiffies: a rest of 61 goes down, one of 62 up
  });
});

describe('a grace period', () => {
  test('an idle machine without FAST_NO_HZ runs a callback within four ticks of its queueing: the tick goes on', () => {
    for (const ms of [101, 101.5, 103, 103.9]) {
      const m = boot();
      postAt(m, ms, 5, true);
      m.k.runUntil(ns(S));
      expect(m.at).toHaveLength(5);
      for (const t of m.at) expect(t - ms).toBeLessThanOrEqual(4 * TICK);
    }
  });
  test('a busy CPU reports by a tick in user mode, and by a context switch, but not from the kernel', () => {
    const msUntilRun = (busy: (m: Machine) => void): number => {
      const m = boot();
      busy(m);
      postAt(m, 101, 1, false);
      m.k.runUntil(ns(3 * S));
      return m.at[0] - 101;
    };
    expect(msUntilRun((m) => userLoop(m, 0, 2000))).toBeLessThanOrEqual(6 * TICK);
    expect(msUntilRun((m) => kernelLoop(m, 0, 1200))).toBeGreaterThan(1000); // to the end of the loop
  });
  test('after a tenth of a second cond_resched() reports too', () => {
    const m = boot();
    kernelLoop(m, 0, 1000, true);
    postAt(m, 101, 1, false);
    m.k.runUntil(ns(3 * S));
    expect(m.at[0]).toBeGreaterThan(200);
    expect(m.at[0]).toBeLessThan(250);
  });
  test('looks from outside come every second jiffy: the timer of one jiffy ends at the next tick but one', () => {
    // reports of real kernels: "t=5250 jiffies ... fqs=2563" (6.13), "t=5253 jiffies ... fqs=2625" (5.x), HZ 250
    const t = boot();
    kernelLoop(t, 0, 22_000);
    postAt(t, 101, 1, false);
    t.k.runUntil(ns(21 * S));
    expect(t.s.inProgress).toBe(true);
    const ratio = (t.s.nForceQs - t.s.nForceQsGpStart) / (t.k.jiffies - t.s.gpStart);
    expect(ratio).toBeGreaterThan(0.45);
    expect(ratio).toBeLessThan(0.52);
  });
  const slowReader = kfn('slow_reader', function* (k: Kernel, ms: number): Timed<void> {
    rcuReadLock(k);
    yield spend(ns(ms * MS));
    rcuReadUnlock(k);
  });
  test('rcu_preempt waits for a reader that was preempted, and not for one that came later', () => {
    const m = boot({ preempt: 'full' });
    spawn(m.k, 'reader', function* (k: Kernel): Timed<void> { yield* slowReader(k, 300); }, { cpus: [0] });
    spawn(m.k, 'hog', function* (k: Kernel): Timed<void> { yield* clockNanosleep(k, ns(50 * MS)); yield spend(ns(100 * MS)); }, { cpus: [0], policy: 'fifo' });
    postAt(m, 101, 1, false);
    m.k.runUntil(ns(2 * S));
    expect(m.at[0]).toBeGreaterThan(400); // 300 ms of reading and 100 in which it had no CPU
    expect(m.at[0]).toBeLessThan(400 + 6 * TICK);
  });
  test('a reader that sleeps stops the run: nothing could keep the promise', () => {
    const m = boot();
    const sleeper = kfn('sleeping_reader', function* (k: Kernel): Timed<void> { rcuReadLock(k); yield* clockNanosleep(k, ns(10 * MS)); rcuReadUnlock(k); });
    spawn(m.k, 'bad', function* (k: Kernel): Timed<void> { yield* sleeper(k); });
    expect(() => m.k.runUntil(ns(S))).toThrow(/Voluntary context switch within RCU read-side critical section/);
  });
});

describe('idle CPUs and RCU_FAST_NO_HZ', () => {
  const freed = (knobs: BareConfig['knobs'], lazy: boolean): number => {
    const m = boot({ knobs: { ...KNOBS, ...knobs } });
    postAt(m, 101, 5, lazy);
    m.k.runUntil(ns(20 * S));
    expect(m.at).toHaveLength(5);
    return m.at[0] - 101;
  };
  test('lazy callbacks sit for 5.75 to 6.75 s although their grace period is over in some jiffies', () => {
    const m = boot({ knobs: KNOBS });
    postAt(m, 101, 5, true);
    m.k.runUntil(ns(200 * MS));
    expect([m.s.completed >= 1, m.at]).toEqual([true, []]);
    const late = freed({}, true);
    expect(late).toBeGreaterThanOrEqual(5750);
    expect(late).toBeLessThanOrEqual(6750 + TICK);
  });
  test('with the inverted test they get no grace period until the CPU wakes, and sit twice as long', () => {
    const m = boot({ knobs: { ...KNOBS, 'rcu.idleAccelBug': 'on' } });
    postAt(m, 101, 5, true);
    m.k.runUntil(ns(5 * S));
    expect(m.s.gpnum).toBe(0);
    const late = freed({ 'rcu.idleAccelBug': 'on' }, true);
    expect(late).toBeGreaterThan(2 * 5750);
    expect(late).toBeLessThanOrEqual(2 * (6750 + TICK));
  });
  test('one that is not lazy is back in some tens of ms', () => expect(freed({}, false)).toBeLessThanOrEqual(40));
  const hurry = (k: Kernel, m: Machine): void => { callRcu(k, newRcuHead((k) => ran(k, m.at))); };
  test('a callback that is not lazy, queued by an interrupt on the sleeping CPU, brings all before it back within T_gp + 7 jiffies', () => {
    const m = boot({ knobs: KNOBS });
    postAt(m, 101, 5, true);
    spawn(m.k, 'kicker', function* (k: Kernel): Timed<void> {
      yield* clockNanosleep(k, ns(1001 * MS));
      yield* smpCallFunctionSingle(k, 1, (k) => hurry(k, m));
    }, { cpus: [0] });
    m.k.runUntil(ns(2 * S));
    expect(m.at).toHaveLength(6);
    expect(m.at[5] - 1001).toBeLessThanOrEqual((4 + 7) * TICK);
  });
  test('an interrupt alone is enough where the grace period is over already', () => {
    const m = boot({ knobs: KNOBS });
    postAt(m, 101, 5, true);
    spawn(m.k, 'poker', function* (k: Kernel): Timed<void> { yield* clockNanosleep(k, ns(1001 * MS)); yield* smpCallFunctionSingle(k, 1, () => {}); }, { cpus: [0] });
    m.k.runUntil(ns(2 * S));
    expect(m.at).toHaveLength(5);
    expect(m.at[4] - 1001).toBeLessThan(TICK);
  });
});

describe('invocation', () => {
  /** Callbacks that have run by `ms`, of 400 queued at once on a CPU that is then busy or idle. */
  function runs(busy: boolean, knobs: BareConfig['knobs'] = {}): { readonly inOneTick: number } {
    const m = boot({ knobs }); // its thread runs on the other CPU
    spawn(m.k, 'poster', function* (k: Kernel): Timed<void> { yield* clockNanosleep(k, ns(101 * MS)); yield* post(k, m, 400, false); if (busy) yield spend(ns(400 * MS)); }, { policy: 'fifo', cpus: [1] });
    m.k.runUntil(ns(S));
    expect(m.at).toHaveLength(400);
    return { inOneTick: m.at.filter((t) => t < m.at[0] + TICK / 2).length };
  }
  test('on a busy CPU a pass stops after blimit callbacks, and a softirq makes ten passes', () => {
    expect(runs(true).inOneTick).toBe(10 * 10);
    expect(runs(true, { 'rcu.blimit': 3 }).inOneTick).toBe(10 * 3);
  });
  test('on an idle CPU a pass goes on to the end', () => expect(runs(false).inOneTick).toBe(400));
  test('above qhimark the limit is lifted and a look from outside forced; at qlowmark it is back', () => {
    const m = boot({ knobs: { 'rcu.qhimark': 50, 'rcu.qlowmark': 5 } }), d = m.s.cpus[1];
    spawn(m.k, 'poster', function* (k: Kernel): Timed<void> {
      yield* post(k, m, 1, false);
      yield spend(ns(6 * MS)); // a grace period is under way
      yield* post(k, m, 60, false);
      expect([d.blimit, d.qlenLastFqsCheck]).toEqual([NO_LIMIT, 51]);
      yield spend(ns(60 * MS));
    }, { policy: 'fifo', cpus: [1] });
    m.k.runUntil(ns(5 * MS));
    expect(d.blimit).toBe(10);
    m.k.runUntil(ns(200 * MS));
    expect([m.at.length, d.blimit, d.qlenLastFqsCheck]).toEqual([61, 10, 0]);
  });
  test('RT has a thread a CPU for it, SCHED_FIFO 1, and no softirq', () => {
    const m = boot({ preempt: 'rt' });
    const by: string[] = [], noted = kfn('noted', function* (k: Kernel): Timed<void> { by.push(k.current.comm); yield spend(ns(100)); });
    spawn(m.k, 'poster', function* (k: Kernel): Timed<void> { callRcu(k, newRcuHead((k) => noted(k))); yield spend(ns(100)); }, { cpus: [1] });
    m.k.runUntil(ns(S));
    const rcuc = m.k.tasks.find((t) => t.comm === 'rcuc/1');
    expect([by, rcuc?.policy, rcuc?.rtPrio]).toEqual([['rcuc/1'], 'fifo', 1]);
  });
});

describe('rcu_barrier()', () => {
  test('waits for what was queued before it on every CPU, and two that come at once need one whole barrier after the first', () => {
    const m = boot({ knobs: KNOBS }), back: number[] = [];
    postAt(m, 149.5, 5, true);
    postAt(m, 149.5, 5, true, 0);
    for (const at of [150, 150, 151]) spawn(m.k, 'waiter', function* (k: Kernel): Timed<void> { yield* clockNanosleep(k, ns(at * MS)); yield* rcuBarrier(k); back.push(m.at.length); }, { cpus: [0] });
    m.k.runUntil(ns(S));
    expect(back).toEqual([10, 10, 10]);
    expect(m.s.barriersDone).toBe(2); // the third finds that the second began after it had asked
  });
});

describe('RCU CPU stall warnings', () => {
  /** Lines of the log, with the jiffy of each. */
  const log = (m: Machine, match: RegExp): { readonly jiffy: number; readonly text: string }[] => m.k.recorder.log.filter((l) => match.test(l.text)).map((l) => ({ jiffy: Math.floor(l.timeNs / MS / TICK), text: l.text }));
  function stalled(seconds: number, preempt: Preemption = 'none'): Machine {
    const m = boot({ preempt });
    kernelLoop(m, 0, seconds * 1000);
    postAt(m, 101, 1, false);
    return m;
  }
  test('the guilty CPU tells of itself in its tick after 21 s, and again every 3 x 21 s + 3 jiffies', () => {
    const m = stalled(160);
    m.k.runUntil(ns(155 * S));
    const lines = log(m, /^INFO: rcu_sched/);
    expect(lines.map((l) => l.text)).toEqual(['INFO: rcu_sched self-detected stall on CPU', 'INFO: rcu_sched self-detected stall on CPU', 'INFO: rcu_sched self-detected stall on CPU']);
    expect(lines.map((l) => l.jiffy - m.s.gpStart)).toEqual([5250, 5250 + 15_753, 5250 + 2 * 15_753]);
    expect(log(m, /ticks this GP/)[0].text).toMatch(/^\t0-\.\.\.: \(52\d\d ticks this GP\) idle=[0-9a-f]{3}\/1\/4611686018427387906 softirq=\d+\/\d+ fqs=2[56]\d\d $/);
    expect(log(m, /jiffies g=/)[0].text).toBe('\t (t=5250 jiffies g=1 c=0 q=1)');
  });
  test('where it cannot, another CPU does, two jiffies later', () => {
    const off = kfn('irqs_off', function* (k: Kernel): Timed<void> { k.cpu.irqsOff++; yield spend(ns(30 * S)); k.cpu.irqsOff--; });
    const t = boot();
    spawn(t.k, 'off', function* (k: Kernel): Timed<void> { yield* off(k); }, { cpus: [0] });
    postAt(t, 101, 1, false);
    t.k.runUntil(ns(25 * S));
    const [first] = log(t, /^INFO: rcu_sched/);
    expect([first.text, first.jiffy - t.s.gpStart]).toEqual(['INFO: rcu_sched detected stalls on CPUs/tasks:', 5252]);
    expect(log(t, /^\t\(detected by/)[0].text).toBe('\t(detected by 1, t=5252 jiffies, g=1, c=0, q=1)');
  });
  test('a kthread that gets no CPU for two seconds is named', () => {
    const m = boot({ cpus: 1 });
    postAt(m, 101, 1, false, 0);
    m.k.runUntil(ns(105 * MS));
    const hog = kfn('irqs_on', function* (): Timed<void> { yield spend(ns(30 * S)); });
    spawn(m.k, 'hog', function* (k: Kernel): Timed<void> { yield* hog(k); }, { policy: 'fifo', rtPrio: 50 });
    m.k.runUntil(ns(24 * S));
    expect(log(m, /kthread starved/)[0].text).toMatch(/^rcu_sched kthread starved for 52\d\d jiffies! g1 c0 f0x[02] RCU_GP_WAIT_FQS\(5\) ->state=0x[0-9a-f]+ ->cpu=0$/);
  });
  test('an idle CPU never causes one', () => {
    const m = boot({ knobs: KNOBS });
    postAt(m, 101, 5, true);
    m.k.runUntil(ns(100 * S));
    expect(log(m, /stall/)).toEqual([]);
  });
});
