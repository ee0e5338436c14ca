/** Random machines whose programs hand objects over by kvfree_rcu(), in both forms, of both kinds, from tasks and interrupts, while memory comes and goes. A seed says all. */
import type { Timer } from '../../base/agenda.ts';
import { jiffies, must, ns } from '../../base/units.ts';
import type { ProfileName } from '../../format/scenario.ts';
import { checkInvariants } from '../../kernel/check.ts';
import { kfn, type Kernel, type Preemption, spend } from '../../kernel/kernel.ts';
import { FRAME, GFP, GFP_KERNEL } from '../../kernel/mm/constants.ts';
import { allocPages } from '../../kernel/mm/page_alloc.ts';
import { freePages } from '../../kernel/mm/pcp.ts';
import { dropSlab } from '../../kernel/mm/shrinker.ts';
import { KvfreeJudge } from '../../kernel/rcu/check_kvfree.ts';
import { fillRescuePool, kvfreeCallRcu, kvfreeInit, kvfreeRcuMightSleep } from '../../kernel/rcu/kvfree.ts';
import { kvfreeRulesOf, type PageSource } from '../../kernel/rcu/kvfree_rules.ts';
import type { KvObject } from '../../kernel/rcu/kvfree_state.ts';
import { device, spawn } from '../../kernel/sched/core.ts';
import { scheduleTimeoutUninterruptible } from '../../kernel/sched/wait.ts';
import { blank } from '../../scenarios/blank.ts';
import { made48 } from '../../scenarios/machines.ts';
import { Chance } from '../../sim/chance.ts';
import type { Patch, Timed } from '../../sim/kfn.ts';
import { bootScenario } from '../boot.ts';
import { knobs } from '../knobs.ts';

const MS = 1e6;
const OPS = ['double', 'double', 'single', 'burst', 'vburst', 'compute', 'sleep', 'sleep', 'fill', 'drop'] as const;
interface Step { readonly op: (typeof OPS)[number]; readonly n: number }
class World {
  next: number;
  readonly taken: number[];
  constructor() { this.next = 0; this.taken = []; }
}
const give = kfn('give_back', function* (k: Kernel, pfn: number): Timed<void> {
  yield spend(ns(100));
  if (pfn >= 0) yield* freePages(k, pfn, 0);
});
/** An object that has a page of its own, if there is one. */
function* object(k: Kernel, w: World, vmalloc: boolean, paged: boolean): Timed<KvObject> {
  const pfn = paged ? yield* allocPages(k, GFP_KERNEL | GFP.NORETRY | GFP.NOWARN, 0, FRAME.kernel) : -1;
  return { id: w.next++, pages: pfn < 0 ? 0 : 1, vmalloc, free: (k) => give(k, pfn) };
}
const small = (w: World, vmalloc: boolean): KvObject => ({ id: w.next++, pages: 0, vmalloc, free: (k) => give(k, -1) });
const sysCall = kfn('my_syscall', function* (k: Kernel, w: World, { op, n }: Step): Timed<void> {
  switch (op) {
    case 'double': return yield* kvfreeCallRcu(k, yield* object(k, w, n % 3 === 0, true));
    case 'single': return yield* kvfreeRcuMightSleep(k, yield* object(k, w, n % 3 === 0, true));
    case 'burst': case 'vburst': for (let i = 0; i < 50 + (n % 1500); i++) yield* kvfreeCallRcu(k, small(w, op === 'vburst')); return;
    case 'compute': yield spend(ns(n % (12 * MS))); return;
    case 'sleep': yield* scheduleTimeoutUninterruptible(k, jiffies(1 + (n % 20))); return;
    case 'drop': return yield* dropSlab(k);
    case 'fill': yield* fill(k, w); yield* scheduleTimeoutUninterruptible(k, jiffies(1 + (n % 9))); for (const pfn of w.taken.splice(0)) yield* freePages(k, pfn, 0); return;
  }
});
/** Every page that a request gets which neither waits nor wakes anybody. */
const fill = kfn('my_fill', function* (k: Kernel, w: World): Timed<void> {
  for (;;) {
    const pfn = yield* allocPages(k, GFP.NOWARN, 0, FRAME.kernel);
    if (pfn < 0) return;
    w.taken.push(pfn);
  }
});
function* program(k: Kernel, w: World, steps: readonly Step[]): Timed<void> {
  yield* fillRescuePool(k);
  for (const s of steps) { yield* sysCall(k, w, s); yield spend(ns(1000)); }
}
const nicInterrupt = kfn('nic_interrupt', function* (k: Kernel, w: World): Timed<void> {
  yield spend(ns(500));
  yield* kvfreeCallRcu(k, small(w, false));
});
/** Not where a page may be asked for inside: the model's zone->lock leaves interrupts on, the kernel's does not. */
function nic(k: Kernel, w: World, chance: Chance): void {
  let left = 20;
  const dev = device(k, 'nic', chance.below(k.cpus.length), (k) => nicInterrupt(k, w));
  const clock: Timer = k.timer('nic clock', () => {
    k.agenda.arm(dev, ns(k.now + 1));
    if (--left > 0) k.agenda.arm(clock, ns(k.now + 200_000 + chance.below(20 * MS)));
  });
  k.agenda.arm(clock, ns(chance.below(9 * MS)));
}
function listen(k: Kernel, judge: KvfreeJudge): void {
  const { mark } = k;
  k.mark = (name, b = 0, c = 0) => { judge.mark(k, name, b, c); mark.call(k, name, b, c); };
}
/** Runs the world of this seed until all its programs have ended and 20 s more: longer than any delay in it. */
export function kvfreeWorld(seed: number, patches: readonly Patch[] = []): { readonly violations: readonly string[]; readonly objects: number; readonly linked: number } {
  const chance = new Chance(seed), pick = <T>(of: readonly T[]): T => of[chance.below(of.length)], profile = pick<ProfileName>(['v6.1', 'v6.12']);
  const source = pick(must(knobs.find((i) => i.name === 'kvfree.pageSource'), 'the knob is there').values) as PageSource;
  const machine = { ...made48(1 + chance.below(3)), preempt: pick<Preemption>(['none', 'full', 'rt']), hz: pick([100, 250, 1000]) };
  const { k } = bootScenario({ ...blank, profile, machine, seed, sysctl: {}, knobs: { 'kvfree.pageSource': source } }, 'none');
  for (const p of patches) k.patched[p.fn] = { ...p, label: ' [faulty]' };
  const judge = new KvfreeJudge(), w = new World();
  listen(k, judge);
  const s = must(kvfreeInit(k, kvfreeRulesOf(pick(['v5.9', profile]))), 'these versions have bulk pages');
  for (let t = 0; t < 2 + chance.below(3); t++) {
    const steps = Array.from({ length: 4 + chance.below(8) }, (): Step => ({ op: pick(OPS), n: chance.below(100 * MS) }));
    spawn(k, `t${t}`, () => program(k, w, steps), chance.below(2) === 0 ? { cpus: [chance.below(k.cpus.length)] } : {});
  }
  if (source !== 'inline-nowait') nic(k, w, chance);
  let steps = 0, linked = 0;
  for (let end = 60e9; k.agenda.heap.length > 0 && k.agenda.heap[0].at <= end && judge.violations.length === 0;) {
    k.step();
    if (++steps % 64 === 0) { checkInvariants(k); judge.count(s); linked = Math.max(linked, s.krcp.reduce((n, p) => n + p.linked, 0)); }
    if (k.running === 0) end = Math.min(end, k.now + 20e9);
  }
  return { violations: judge.finish(s), objects: judge.given.size, linked };
}
