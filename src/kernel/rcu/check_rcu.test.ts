/** What RCU promises (rcu reference 1.2, 1.3, 1.7), held against a judge that knows nothing of how it is done; and the judge against faults. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { livepatch, type Patch } from '../../sim/kfn.ts';
import { bootBare } from '../bare.ts';
import { type Kernel, spend } from '../kernel.ts';
import { rcuBarrier } from './barrier.ts';
import { RcuJudge } from './check_rcu.ts';
import { forceQsRnp } from './gp_kthread.ts';
import { doNocbDeferredWakeupTimer, lazyRcuShrinkScan, nocbGpWait, nocbGpWaitInner } from './nocb_kthread.ts';
import { SEG } from './rcu_segcblist.ts';
import { rcuOf, thisCpu } from './state.ts';
import { rcuWorld } from './testing/rcu_world.ts';
import { processCallbacks, rcuDoBatch, rcuProcessCallbacks, rcuReclaim, rcuReportQs } from './tree.ts';

/** Small here; `npm run check:long rcu` takes 1,000. */
const RUNS = 40;

test('no callback runs before a grace period of its own, no reader outlasts a grace period, and a barrier waits for all before it', () => {
  let callbacks = 0, readers = 0, offloaded = 0;
  fc.assert(fc.property(fc.integer({ min: 1, max: 1e9 }), (seed) => {
    const w = rcuWorld(seed);
    callbacks += w.callbacks;
    readers += w.readers;
    offloaded += w.offloaded ? 1 : 0;
    expect(w.violations).toEqual([]);
  }), { numRuns: RUNS });
  expect(Math.min(callbacks, readers)).toBeGreaterThan(RUNS * 5);
  expect(offloaded).toBeGreaterThan(RUNS / 5); // offloaded CPUs with and without lazy calls, and ordinary ones
  expect(offloaded).toBeLessThan(RUNS);
});

// Faults, as livepatches of a machine that is otherwise right: each of the judge's sentences must be said of one of them.
const faults: Record<string, { readonly patch: Patch; readonly says: RegExp }> = {
  'the grace period under way is taken for one that begins later': {
    patch: livepatch(rcuProcessCallbacks, function* (k) { if (rcuOf(k).inProgress) thisCpu(k).cblist.accelerate(rcuOf(k).gpnum); yield* processCallbacks(k); }),
    says: /without a grace period of its own/,
  },
  'a look from outside reports every CPU, idle or not': {
    patch: livepatch(forceQsRnp, function* (k) { yield spend(k.cost.rcuGp); rcuReportQs(k, -1); }),
    says: /spans the grace period|while a reader from before it was there/,
  },
  'a callback is dropped now and then': { patch: livepatch(rcuReclaim, function* (k, head) { yield spend(k.cost.rcuCallback); if (head.id % 7 !== 3) yield* head.func(k, head); }), says: /never ran/ },
  'a callback is called twice': { patch: livepatch(rcuReclaim, function* (k, head) { yield* head.func(k, head); yield* head.func(k, head); }), says: /ran twice/ },
  'rcu_barrier() does not wait': { patch: livepatch(rcuBarrier, function* (k) { yield spend(k.cost.atomic); }), says: /rcu_barrier\(\) returned .* before callback/ },
};
test.each(Object.entries(faults))('the judge sees it when %s', (_, { patch, says }) => {
  let seen = 0;
  for (let seed = 1; seed <= 12; seed++) if (rcuWorld(seed, { patches: [patch] }).violations.some((v) => says.test(v))) seen++;
  expect(seen).toBeGreaterThan(2);
});
/** The bypass of each CPU, straight to what may be called now. */
const bypassToDone = (k: Kernel): void => {
  for (const d of rcuOf(k).cpus) if (d.nocb !== null) { d.cblist.seg[SEG.DONE].append(d.nocb.bypass); d.nocb.lazyLen = 0; }
};
const offloadedFaults: Record<string, { readonly patch: Patch; readonly says: RegExp }> = {
  'rcuog takes the bypass for done': { patch: livepatch(nocbGpWait, function* (k, g) { bypassToDone(k); yield* nocbGpWaitInner(k, g); }), says: /without a grace period of its own/ },
  'the shrinker drops what it flushes': { patch: livepatch(lazyRcuShrinkScan, function* (k, s) { yield spend(k.cost.rcuCore); for (const d of s.cpus) d.nocb?.bypass.dequeue(); return 1; }), says: /never ran/ },
  'the timer of lazy callbacks wakes nobody': { patch: livepatch(doNocbDeferredWakeupTimer, function* (k) { yield spend(k.cost.atomic); }), says: /never ran/ },
  'rcuog calls what is rcuop\'s': { patch: livepatch(nocbGpWait, function* (k, g) { for (const d of g.members) { d.cblist.advance(rcuOf(k).completed); if (d.cblist.ready) yield* rcuDoBatch(k, rcuOf(k), d); } yield* nocbGpWaitInner(k, g); }), says: /of an offloaded CPU ran in rcuog/ },
};
test.each(Object.entries(offloadedFaults))('with offloaded CPUs the judge sees it when %s', (_, { patch, says }) => {
  let seen = 0;
  for (let seed = 1; seed <= 12; seed++) if (rcuWorld(seed, { offloaded: true, patches: [patch] }).violations.some((v) => says.test(v))) seen++;
  expect(seen).toBeGreaterThan(2);
});
test('a reader that lasts from before a grace period to after it is told of, also where no callback shows it', () => {
  const k = bootBare(), judge = new RcuJudge(), at = (ms: number): void => { k.now = (ms * 1e6) as typeof k.now; };
  at(1);
  const r = judge.readBegins(k);
  at(2); judge.mark(k, 'rcu_grace_period_start');
  at(3); judge.mark(k, 'rcu_grace_period_end');
  at(4); judge.readEnds(k, r);
  expect(judge.finish(true)).toEqual(['a reader from 1000000 to 4000000 spans the grace period from 2000000 to 3000000']);
});
