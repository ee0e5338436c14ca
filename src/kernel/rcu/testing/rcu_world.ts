/** Random machines whose programs read, queue callbacks, compute, sleep and wait for barriers, in every order and context. A seed says all. */
import type { Timer } from '../../../base/agenda.ts';
import { jiffies, ns } from '../../../base/units.ts';
import { Chance } from '../../../sim/chance.ts';
import type { Patch, Timed } from '../../../sim/kfn.ts';
import { bootBare } from '../../bare.ts';
import { checkInvariants } from '../../check.ts';
import { kfn, type Kernel, type Preemption, spend } from '../../kernel.ts';
import { SpinLock, spinLock, spinUnlock } from '../../locking/spinlock.ts';
import { condResched, device, raiseSoftirq, SOFTIRQ_VEC, spawn } from '../../sched/core.ts';
import type { Policy } from '../../sched/task.ts';
import { scheduleTimeoutUninterruptible } from '../../sched/wait.ts';
import { rcuBarrier } from '../barrier.ts';
import { RcuJudge } from '../check_rcu.ts';
import { rcuInit } from '../init.ts';
import { lazyRcuShrinkScan } from '../nocb_kthread.ts';
import { newRcuHead } from '../rcu_segcblist.ts';
import { rcuReadLock, rcuReadUnlock } from '../read.ts';
import { rcuRules } from '../rules.ts';
import { rcuOf } from '../state.ts';
import { callRcu, callRcuHurry, kfreeCallRcu } from '../tree.ts';

const MS = 1e6;
type Op = 'read' | 'nested' | 'post' | 'burst' | 'storm' | 'user' | 'kernel' | 'sleep' | 'barrier' | 'resched' | 'shrink';
const OPS: readonly Op[] = ['read', 'read', 'nested', 'post', 'post', 'burst', 'user', 'kernel', 'sleep', 'sleep', 'barrier', 'resched', 'storm', 'shrink'];
/** kfree: kfree_rcu(); hurry: call_rcu_hurry(). */
type How = 'kfree' | 'call' | 'hurry';
const HOWS: readonly How[] = ['kfree', 'kfree', 'call', 'call', 'hurry'];
interface Step { readonly op: Op; readonly n: number; readonly how: How }
class World {
  readonly judge: RcuJudge;
  readonly lock: SpinLock;
  flushed: number; // by the shrinker
  constructor(k: Kernel) { this.judge = new RcuJudge(); this.lock = new SpinLock(k, 'l'); this.flushed = 0; }
}
const myCallback = kfn('my_rcu_callback', function* (k: Kernel, w: World, id: number, again: boolean): Timed<void> {
  w.judge.invoked(k, id);
  if (rcuOf(k).nocbGroups.length > 0 && !(k.inTask && /^rcuo[ps]/.test(k.current.comm))) w.judge.violations.push(`callback ${id} of an offloaded CPU ran in ${k.current.comm}`);
  yield spend(ns(1500));
  if (again) post(k, w, 'call', false); // callbacks may queue callbacks
});
function post(k: Kernel, w: World, how: How, again: boolean): void {
  const id = w.judge.queued(k), head = newRcuHead((k) => myCallback(k, w, id, again), { lazy: how === 'kfree' });
  if (how === 'kfree') kfreeCallRcu(k, head); else if (how === 'call') callRcu(k, head); else callRcuHurry(k, head);
}
const reader = kfn('my_reader', function* (k: Kernel, w: World, n: number, inner: boolean): Timed<void> {
  rcuReadLock(k);
  const r = w.judge.readBegins(k);
  yield spend(ns(n));
  if (inner) yield* reader(k, w, n / 2, false);
  if (k.preempt === 'rt' && n % 3 === 0) { // a lock that may sleep on RT, and is allowed there
    yield* spinLock(k, w.lock);
    yield spend(ns(n / 2));
    spinUnlock(k, w.lock);
  }
  yield spend(ns(n));
  w.judge.readEnds(k, r);
  rcuReadUnlock(k);
});
const sysCall = kfn('my_syscall', function* (k: Kernel, w: World, s: Step): Timed<void> {
  switch (s.op) {
    case 'read': return yield* reader(k, w, s.n % (9 * MS), false);
    case 'nested': return yield* reader(k, w, s.n % (3 * MS), true);
    case 'post': post(k, w, s.how, s.n % 4 === 0); yield spend(ns(300)); return;
    case 'burst': for (let i = 0; i < 5 + (s.n % 60); i++) { post(k, w, s.how, false); yield spend(ns(800)); } return;
    case 'storm': for (let i = 0; i < 70 + (s.n % 150); i++) { post(k, w, i % 40 === 39 ? 'hurry' : s.how, false); yield spend(ns(300)); } return; // more than a jiffy lets past the bypass
    case 'shrink': { const freed = yield* lazyRcuShrinkScan(k, rcuOf(k), 1 + (s.n % 128)); w.flushed += Math.max(0, freed); return; }
    case 'kernel': yield spend(ns(s.n % (12 * MS))); return;
    case 'sleep': yield* scheduleTimeoutUninterruptible(k, jiffies(1 + (s.n % 6))); return;
    case 'barrier': { const before = w.judge.before(); yield* rcuBarrier(k); w.judge.after(k, before); return; }
    default: return yield* condResched(k);
  }
});
function* program(k: Kernel, w: World, steps: readonly Step[]): Timed<void> {
  for (const s of steps) {
    if (s.op === 'user') yield spend(ns(s.n % (15 * MS)));
    else yield* sysCall(k, w, s);
    yield spend(ns(1000));
  }
}
const netRxAction = kfn('net_rx_action', function* (k: Kernel, w: World, n: number): Timed<void> {
  yield* reader(k, w, n % 40_000, false);
  post(k, w, 'call', false);
});
const nicInterrupt = kfn('nic_interrupt', function* (k: Kernel, w: World, n: number): Timed<void> {
  rcuReadLock(k);
  const r = w.judge.readBegins(k);
  yield spend(ns(1000 + (n % 9000)));
  post(k, w, HOWS[n % HOWS.length], false); // with interrupts off
  w.judge.readEnds(k, r);
  rcuReadUnlock(k);
  raiseSoftirq(k, SOFTIRQ_VEC.NET_RX, (k) => netRxAction(k, w, n));
});
function nic(k: Kernel, w: World, chance: Chance): void {
  let left = 12;
  const dev = device(k, 'nic', chance.below(k.cpus.length), (k) => nicInterrupt(k, w, chance.below(1e6)));
  const clock: Timer = k.timer('nic clock', () => {
    k.agenda.arm(dev, ns(k.now + 1));
    if (--left > 0) k.agenda.arm(clock, ns(k.now + 200_000 + chance.below(20 * MS)));
  });
  k.agenda.arm(clock, ns(chance.below(9 * MS)));
}
/** The judge hears every tracepoint; the machine notices nothing of it. */
function listen(k: Kernel, judge: RcuJudge): void {
  const { mark } = k;
  k.mark = (name, b, c) => { judge.mark(k, name); mark.call(k, name, b, c); };
}
/** `offloaded`: rcu_nocbs=all with lazy calls, on 6.12's RCU; left to chance if it is not said. */
export interface WorldOptions { readonly patches?: readonly Patch[]; readonly preempt?: Preemption; readonly offloaded?: boolean }
export interface WorldTold { readonly violations: readonly string[]; readonly callbacks: number; readonly readers: number; readonly offloaded: boolean; readonly flushed: number }
/** Runs the world of this seed until all its programs have ended and 50 s more: two lazy callbacks one after the other, each of which may wait twice ten seconds if rcuog looks just before its time. @returns what the judge has to say, how many callbacks and readers there were, and how many of them the shrinker moved */
export function rcuWorld(seed: number, o: WorldOptions = {}): WorldTold {
  const chance = new Chance(seed), pick = <T>(of: readonly T[]): T => of[chance.below(of.length)], cpus = 1 + chance.below(4);
  const preempt = o.preempt ?? pick<Preemption>(['none', 'none', 'full', 'full', 'rt']);
  const rules = rcuRules[o.offloaded === true ? 'v6.12' : pick(['v4.17', 'v4.17', 'v6.1', 'v6.12', 'v6.12'])];
  const knobs = { 'rcu.fastNoHz': pick(['off', 'on']), 'rcu.idleAccelBug': pick(['off', 'on']), 'rcu.blimit': pick([1, 10]), 'rcu.qhimark': pick([20, 10_000]), 'rcu.qlowmark': pick([0, 5]), 'rcu.nocbs': pick(['off', 'all', 'all']), 'rcu.lazy': pick(['on', 'on', 'off']), ...(o.offloaded === true ? { 'rcu.nocbs': 'all', 'rcu.lazy': 'on' } : {}) };
  const k = bootBare({ cpus, preempt, seed, knobs, hz: pick([100, 250, 1000]), timerWheel: rules.nocb ? 'levels' : pick(['exact', 'levels']), ...(o.patches === undefined ? {} : { variants: [{ id: 'faulty', patches: o.patches }] }) });
  const w = new World(k);
  listen(k, w.judge);
  rcuInit(k, rules);
  for (let t = 0; t < 2 + chance.below(4); t++) {
    const steps = Array.from({ length: 4 + chance.below(12) }, (): Step => ({ op: pick(OPS), n: chance.below(100 * MS), how: pick(HOWS) }));
    const policy = pick<Policy>(['normal', 'normal', 'normal', 'fifo']);
    spawn(k, `t${t}`, () => program(k, w, steps), { policy, rtPrio: 1 + chance.below(3), ...(chance.below(2) === 0 ? { cpus: [chance.below(cpus)] } : {}) });
  }
  nic(k, w, chance);
  const settle = 50e9;
  let steps = 0;
  for (let end = 120e9; k.agenda.heap.length > 0 && k.agenda.heap[0].at <= end && w.judge.violations.length === 0;) {
    k.step();
    if (++steps % 64 === 0) checkInvariants(k);
    if (k.running === 0) end = Math.min(end, k.now + settle);
  }
  return { violations: w.judge.finish(true), callbacks: w.judge.posted.size, readers: w.judge.ended.length, offloaded: rcuOf(k).nocbGroups.length > 0, flushed: w.flushed };
}
