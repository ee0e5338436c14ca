/** What kvfree_rcu() promises (rcu reference 2.2 to 2.4), held against a judge that knows nothing of how it is done; and the judge against faults. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drainWhatWaits, kfreeRcuMonitor, kfreeRcuWork, kvfree } from '../kernel/rcu/kvfree_drain.ts';
import { livepatch, type Patch } from '../sim/kfn.ts';
import { kvfreeWorld } from './testing/kvfree_world.ts';

const RUNS = 30;
test('no object is freed before a grace period of its own, none twice and none never, and the stages add up', () => {
  let objects = 0, withLinks = 0;
  fc.assert(fc.property(fc.integer({ min: 1, max: 1e9 }), (seed) => {
    const w = kvfreeWorld(seed);
    objects += w.objects;
    withLinks += w.linked > 0 ? 1 : 0;
    expect(w.violations).toEqual([]);
  }), { numRuns: RUNS });
  expect(objects).toBeGreaterThan(RUNS * 500);
  expect(withLinks).toBeGreaterThan(RUNS / 5);
});

const faults: Record<string, { readonly patch: Patch; readonly says: RegExp }> = {
  'what is filled in joins a batch whose grace period has begun already (as it could before 6.3)': {
    patch: livepatch(kfreeRcuMonitor, function* (k, p) {
      const b = p.batches.find((x) => x.pending);
      if (b === undefined) { yield* drainWhatWaits(k, p); return; }
      for (const i of [0, 1]) b.bulk[i].push(...p.bulk[i].splice(0));
      b.head.push(...p.head.splice(0));
      p.waiting += p.count;
      p.count = 0;
      p.monitorTodo = false;
    }),
    says: /without a grace period of its own/,
  },
  'the worker does not wait': { patch: livepatch(kfreeRcuMonitor, function* (k, p) { yield* drainWhatWaits(k, p); for (const b of p.batches) yield* kfreeRcuWork(k, p, b); }), says: /without a grace period of its own/ },
  'an object is forgotten now and then': { patch: livepatch(kvfree, function* (k, o) { if (o.id % 7 !== 3) { k.mark('kvfree_free', o.id, o.pages); yield* o.free(k); } }), says: /were never freed|not yet freed/ },
  'an object is freed twice': { patch: livepatch(kvfree, function* (k, o) { for (let i = 0; i < 2; i++) k.mark('kvfree_free', o.id, o.pages); yield* o.free(k); }), says: /freed twice/ },
};
test.each(Object.entries(faults))('the judge sees it when %s', (_, { patch, says }) => {
  let seen = 0;
  for (let seed = 1; seed <= 12; seed++) if (kvfreeWorld(seed, [patch]).violations.some((v) => says.test(v))) seen++;
  expect(seen).toBeGreaterThan(2);
});
