/** What the kernel log says of those that are stuck, and when. */
import { describe, expect, test } from 'vitest';
import { jiffies, ns } from '../base/units.ts';
import type { Scenario } from '../format/scenario.ts';
import { kfn, type Kernel, spend } from '../kernel/kernel.ts';
import { Mutex, mutexLock, mutexLockKillable, mutexUnlock } from '../kernel/locking/mutex.ts';
import { SpinLock, spinLock } from '../kernel/locking/spinlock.ts';
import { condResched } from '../kernel/sched/core.ts';
import { scheduleTimeoutUninterruptible } from '../kernel/sched/wait.ts';
import { two256 } from '../scenarios/machines.ts';
import type { Call, Timed } from '../sim/kfn.ts';
import { callrcu } from '../workloads/callrcu.ts';
import { kernelloop } from '../workloads/kernelloop.ts';
import { startProcess } from '../workloads/process.ts';
import { bootScenario } from './boot.ts';

const MS = 1e6;
const scenario = (sysctl: Scenario['sysctl'], profile: Scenario['profile'] = 'v6.1'): Scenario => ({ id: 'w', title: '', text: [], profile, seed: 1, machine: two256, sysctl: { 'vm.min_free_kbytes': 1848, ...sysctl }, knobs: {}, workloads: [], untilNs: 1e12, ends: 'no-oom' });
/** Lines of the kernel log with their seconds, that match. */
function linesOf(sysctl: Scenario['sysctl'], untilNs: number, match: RegExp, start: (k: Kernel) => void, profile?: Scenario['profile']): { readonly s: number; readonly text: string }[] {
  const { k } = bootScenario(scenario(sysctl, profile), 'none');
  start(k);
  k.runUntil(ns(untilNs));
  return k.recorder.log.filter((l) => match.test(l.text)).map((l) => ({ s: l.timeNs / 1e9, text: l.text }));
}
const keep = kfn('keep', function* (k: Kernel, m: Mutex, forNs: number): Timed<void> {
  yield* mutexLock(k, m);
  while (forNs === Infinity || k.now < forNs) yield* scheduleTimeoutUninterruptible(k, jiffies(250));
  mutexUnlock(k, m);
});
const want = kfn('want', function* (k: Kernel, m: Mutex, killable: boolean): Timed<void> {
  if (!killable) yield* mutexLock(k, m); else if (!(yield* mutexLockKillable(k, m))) return;
  mutexUnlock(k, m);
});
function holderAndWaiter(k: Kernel, forNs: number, killable = false): void {
  const m = new Mutex(k, 'm');
  startProcess(k, { name: 'holder', start: 5000 }, function* (k): Timed<void> { yield* keep(k, m, forNs); });
  startProcess(k, { name: 'waiter', start: 10_000 }, function* (k): Timed<void> { yield* want(k, m, killable); });
}

// times: hung_task.c as the reference has it (6.5), the wheel of timer.c: 120 s are 30,000 jiffies, in buckets of 512 of them 30,208, 120.8 s
describe('hung task', () => {
  const INFO = /^INFO: task/;
  test('is told of in the second look after it went to sleep, one to two periods later, and in every look from then on', () => {
    const lines = linesOf({}, 500e9, INFO, (k) => holderAndWaiter(k, Infinity));
    expect(lines.map((l) => l.text.replace(/:\d+/, ''))).toEqual([120, 241, 362].map((s) => `INFO: task waiter blocked for more than ${s} seconds.`)); // as real logs count: 120, 241, 362
    expect(lines.map((l) => Math.round(l.s * 10))).toEqual([2417, 3625, 4833]);
  });
  test('comes with the kernel\'s version, the way to silence it, and where the task sleeps', () => {
    const lines = linesOf({ 'kernel.hung_task_timeout_secs': 10 }, 40e9, /./, (k) => holderAndWaiter(k, Infinity)).map((l) => l.text);
    const at = lines.findIndex((l) => INFO.test(l));
    expect(lines.slice(at, at + 7)).toEqual([
      expect.stringMatching(/^INFO: task waiter:\d+ blocked for more than 10 seconds\.$/), '      Not tainted 6.1.0-50-cloud-amd64 #1  Debian 6.1.176-1',
      '"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.', 'Call Trace:', ' <TASK>', ' schedule', ' __mutex_lock_common',
    ]);
  });
  test('is none that naps in a loop, waits killably, or is served in time; and 0 s switches the detector off', () => {
    expect(linesOf({ 'kernel.hung_task_timeout_secs': 10 }, 60e9, INFO, (k) => holderAndWaiter(k, Infinity, true))).toEqual([]);
    expect(linesOf({ 'kernel.hung_task_timeout_secs': 10 }, 60e9, INFO, (k) => holderAndWaiter(k, 18e9))).toEqual([]);
    expect(linesOf({ 'kernel.hung_task_timeout_secs': 0 }, 500e9, INFO, (k) => holderAndWaiter(k, Infinity))).toEqual([]);
  });
  test('ten of them are told of, no more', () => {
    expect(linesOf({ 'kernel.hung_task_timeout_secs': 1 }, 60e9, INFO, (k) => holderAndWaiter(k, Infinity))).toHaveLength(10);
  });
});

const loop = kfn('shrink_node_memcgs', function* (k: Kernel, polite: boolean): Timed<void> {
  for (;;) { yield spend(ns(MS)); if (polite) yield* condResched(k); }
});
const twice = kfn('twice', function* (k: Kernel, l: SpinLock): Timed<void> { yield* spinLock(k, l); yield* spinLock(k, l); });
const busy = (run: (k: Kernel) => Call<void>) => (k: Kernel): void => { startProcess(k, { name: 'looper', cpu: 1, start: 1000 }, function* (k): Timed<void> { yield* run(k); }); };

// watchdog.c as the reference has it (6.5): samples 4 s apart, seconds of 2^30 ns; real logs say 22s or 23s first, then 45s to 49s
describe('soft lockup', () => {
  const BUG = /soft lockup/;
  test('a loop in the kernel without cond_resched(), where the kernel is not preempted', () => {
    const lines = linesOf({}, 60e9, BUG, busy((k) => loop(k, false)));
    expect(lines.map((l) => l.text.replace(/:\d+\]/, ']'))).toEqual(['watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [looper]', 'watchdog: BUG: soft lockup - CPU#1 stuck for 44s! [looper]']);
    expect(lines.map((l) => Math.round(l.s))).toEqual([24, 48]);
  });
  test('a lock that its holder takes again, with preemption off', () => { // samples 0.4 s apart; the first whose second is more than 2 above that of 0.8 s is at 3.6 s
    expect(linesOf({ 'kernel.watchdog_thresh': 1 }, 10e9, BUG, (k) => { const l = new SpinLock(k, 'l'); busy((k) => twice(k, l))(k); })[0].text).toMatch(/CPU#1 stuck for 3s! \[looper:\d+\]/);
  });
  test('none for a loop that asks, for a program in user mode, even a real-time one, or for an idle machine', () => {
    expect(linesOf({}, 100e9, BUG, busy((k) => loop(k, true)))).toEqual([]);
    expect(linesOf({}, 60e9, BUG, (k) => { startProcess(k, { name: 'spinner', cpu: 1, fifo: 50 }, function* (): Timed<void> { for (;;) yield spend(ns(10 * MS)); }); })).toEqual([]);
    expect(linesOf({}, 100e9, BUG, () => {})).toEqual([]);
  });
});

// reports of 6.1 and 6.13 in public mails: "rcu: INFO: rcu_sched self-detected stall on CPU", "rcu: \t4-....: (5249 ticks this GP) idle=51e4/1/0x4000000000000000 softirq=309/309 fqs=2563", "rcu: \t(t=5250 jiffies g=-319 q=608 ncpus=24)"
/** A loop in the kernel that never schedules, on a CPU that a grace period then waits for. */
const loopAndCallback = (k: Kernel): void => {
  kernelloop.start(k, { cpu: 1, for_s: 30, start: 5 });
  callrcu.start(k, { cpu: 0, count: 1, sizes: 'zero', start: 21 });
};
test('an RCU stall in the words of 4.19 to 6.x, 21 s after the grace period began', () => {
  const lines = linesOf({}, 24e9, /^rcu: /, loopAndCallback, 'v5.9');
  expect(lines.map((l) => l.text)).toEqual([
    'rcu: INFO: rcu_sched self-detected stall on CPU', expect.stringMatching(/^rcu: \t1-\.\.\.\.: \(52\d\d ticks this GP\) idle=[0-9a-f]{4}\/1\/0x4000000000000002 softirq=\d+\/\d+ fqs=2[56]\d\d $/), 'rcu: \t(t=5250 jiffies g=1 q=1 ncpus=2)',
  ]);
  expect(Math.floor(lines[0].s)).toBe(21);
});
// rcu_flavor_sched_clock_irq(): with preemptible readers a tick outside of any reader is a quiescent state, whatever the kernel's preemption is
test('the same loop holds up nobody on a 6.1 whose readers are preemptible', () => expect(linesOf({}, 24e9, /^rcu: /, loopAndCallback)).toEqual([]));
