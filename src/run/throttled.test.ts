import { describe, expect, test } from 'vitest';
import { must, ns } from '../base/units.ts';
import { PROFILES, type Scenario } from '../format/scenario.ts';
import { kfn, type Kernel } from '../kernel/kernel.ts';
import { checkReclaim } from '../kernel/mm/check_reclaim.ts';
import { MAX_RECLAIM_RETRIES } from '../kernel/mm/constants.ts';
import { pgdatBalanced } from '../kernel/mm/kswapd_wake.ts';
import { allowDirectReclaim } from '../kernel/mm/throttle.ts';
import { spawn } from '../kernel/sched/core.ts';
import { RUNNING, type Task, UNINTERRUPTIBLE } from '../kernel/sched/task.ts';
import { MAX_SCHEDULE_TIMEOUT, waitEvent } from '../kernel/sched/wait.ts';
import type { Timed } from '../sim/kfn.ts';
import { made48 } from '../scenarios/machines.ts';
import { bootScenario } from './boot.ts';
import { fillTo } from './testing/gate_cases.ts';

/**
 * A machine at 100 ms, with page cache in DMA32 and kswapd asleep; then DMA32 has no page left, and a boost. DMA passes its HIGH and so balances the node, but what it has free is
 * less than half of both MINs. As a replay of a 6.12 as RT with zram came to it: two tasks were throttled, and kswapd went to sleep after it had told them to look again.
 */
function starved(profile: Scenario['profile']): { readonly k: Kernel; readonly kswapd: Task } {
  const machine = made48(1);
  const { k } = bootScenario({
    id: 'throttled', title: 'throttled', text: [], profile, seed: 1, machine: { ...machine, usage: { ...machine.usage, inactiveFile: 300 } }, knobs: {}, sysctl: { 'vm.min_free_kbytes': 1024 },
    workloads: [], untilNs: 1e9, ends: 'no-oom',
  }, 'none');
  k.runUntil(ns(100e6));
  const dma32 = must(k.mm.zones.find((z) => z.name === 'DMA32'), 'no DMA32');
  fillTo(k, dma32, 0);
  dma32.boost = 3 * k.mm.zones[0].nrFree;
  return { k, kswapd: k.tasks[k.mm.nodes[0].kswapdTask] };
}
const highest = (k: Kernel): number => k.mm.slots.indexOf('Normal');

describe.each(PROFILES)('%s: who finds less than half of the reserve', (profile) => {
  test('wakes kswapd, although the node is balanced', () => {
    // allow_direct_reclaim(): kswapd must be awake while anybody waits for it
    const { k, kswapd } = starved(profile), [node] = k.mm.nodes;
    expect([pgdatBalanced(k, node, 0, highest(k)), kswapd.state === RUNNING]).toEqual([true, false]);
    expect(allowDirectReclaim(k, node)).toBe(false);
    expect([kswapd.state === RUNNING, node.kswapdHighestZoneidx]).toEqual([true, highest(k)]);
  });
  test('lets it sleep once it has given up, and goes on', () => {
    const { k, kswapd } = starved(profile), [node] = k.mm.nodes;
    node.kswapdFailures = MAX_RECLAIM_RETRIES;
    expect([allowDirectReclaim(k, node), kswapd.state === RUNNING]).toEqual([true, false]);
  });
});
test('a task that sleeps until kswapd has made room, and does not wake it, is seen by the judge', () => {
  const { k } = starved('v6.1'), wait = k.mm.sync.pfmemallocWait[0];
  const sleeper = kfn('sleeper', function* (k: Kernel): Timed<void> { yield* waitEvent(k, wait, () => false, UNINTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT, false); });
  spawn(k, 'sleeper', (k) => sleeper(k));
  k.runUntil(ns(k.now + 1e6));
  expect(() => { checkReclaim(k); }).toThrow('throttled for kswapd, which sleeps');
});
