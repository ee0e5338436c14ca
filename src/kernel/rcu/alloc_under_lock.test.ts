/** Whether kvfree_rcu() asks the allocator where it stands, by knob kvfree.allocUnderLock, kernel and what its caller holds: a lock of the caller's own here, not one of the allocator (rcu reference 2.6, 6.2). */
import { expect, test } from 'vitest';
import { ns } from '../../base/units.ts';
import type { Scenario } from '../../format/scenario.ts';
import { bootScenario } from '../../run/boot.ts';
import { made16 } from '../../scenarios/common_pool_abuse.ts';
import type { Timed } from '../../sim/kfn.ts';
import type { Kernel, Preemption } from '../kernel.ts';
import { SpinLock, spinLock, spinUnlock } from '../locking/spinlock.ts';
import { spawn } from '../sched/core.ts';
import { clockNanosleep } from '../sched/timer.ts';
import { kvfreeCallRcu, kvfreeInit } from './kvfree.ts';
import { kvfreeOf, PAGE_FROM } from './kvfree_state.ts';

/** Where the page of the first object comes from, with no spare page there, and how many pages a worker has fetched 50 ms later. */
function pageFrom(preempt: Preemption, knobs: Scenario['knobs'], held: boolean): { readonly from: number | undefined; readonly fetched: number } {
  const s: Scenario = { id: 'x', title: '', text: [], profile: 'v5.9', seed: 1, machine: made16(1, preempt), sysctl: {}, knobs, workloads: [], untilNs: 1e12, ends: 'no-oom' };
  const { k } = bootScenario(s, 'none'), lock = new SpinLock(k, 'caller->lock'), { mark } = k;
  let from: number | undefined, fetched = 0;
  k.mark = (name, b = 0, c = 0) => {
    if (name === 'kvfree_page') from ??= c;
    if (name === 'kvfree_fill') fetched += c;
    mark.call(k, name, b, c);
  };
  spawn(k, 'caller', function* (k: Kernel): Timed<void> {
    yield* clockNanosleep(k, ns(10e6));
    kvfreeInit(k);
    for (const p of kvfreeOf(k).krcp) p.cache.splice(0); // those it had at boot are not what is asked here
    if (held) yield* spinLock(k, lock);
    yield* kvfreeCallRcu(k, { id: 1, pages: 0, vmalloc: false, *free() { /* it shares a slab */ } });
    if (held) spinUnlock(k, lock);
  });
  k.runUntil(ns(60e6));
  return { from, fetched };
}
const { ALLOCATOR, NONE } = PAGE_FROM;
test.each<[Preemption, string, boolean, number]>([
  ['none', 'inline-always', true, ALLOCATOR], ['full', 'inline-always', true, ALLOCATOR], ['rt', 'inline-always', true, ALLOCATOR],
  // it may as far as it can see: without preemption it sees no spinlock, on RT a spinlock_t does not count
  ['none', 'inline-if-preemptible', true, ALLOCATOR], ['full', 'inline-if-preemptible', true, NONE], ['rt', 'inline-if-preemptible', true, ALLOCATOR],
  ['none', 'inline-if-preemptible', false, ALLOCATOR], ['full', 'inline-if-preemptible', false, ALLOCATOR], ['rt', 'inline-if-preemptible', false, ALLOCATOR],
  ['none', 'defer', false, NONE], ['full', 'defer', false, NONE], ['rt', 'defer', false, NONE],
])('preempt %s, %s, a lock held: %s', (preempt, policy, held, from) => {
  expect(pageFrom(preempt, { 'kvfree.allocUnderLock': policy }, held).from).toBe(from);
});
test('what is put off is done by a worker', () => {
  expect(pageFrom('full', { 'kvfree.allocUnderLock': 'defer' }, true).fetched).toBeGreaterThan(0);
  expect(pageFrom('full', { 'kvfree.allocUnderLock': 'inline-if-preemptible' }, true).fetched).toBeGreaterThan(0);
  expect(pageFrom('full', { 'kvfree.allocUnderLock': 'inline-always' }, true).fetched).toBe(0);
});
test('5.9 allocates always, but on RT never', () => {
  expect((['none', 'full', 'rt'] as const).map((preempt) => pageFrom(preempt, {}, false).from)).toEqual([ALLOCATOR, ALLOCATOR, NONE]);
});
