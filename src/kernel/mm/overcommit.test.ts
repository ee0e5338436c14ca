import { expect, test } from 'vitest';
import { overcommit2 } from '../../run/testing/oom_runs.ts';
import { bootScenario } from '../../run/boot.ts';
import type { Kernel } from '../kernel.ts';
import { mmAlloc, mmapPrivate } from './memory.ts';
import { unaccount, vmCommitLimit } from './overcommit.ts';

const boot = (sysctl: Record<string, number>): Kernel => bootScenario({ ...overcommit2, sysctl: { 'vm.min_free_kbytes': 1848, ...sysctl }, workloads: [] }, 'none').k;

test('the limit is a share of memory: 60 % of 55,656 pages', () => expect(vmCommitLimit(boot({ 'vm.overcommit_ratio': 60 }).mm)).toBe(33_393)); // CommitLimit 133572 kB in meminfo of capture 6.1-256M-1-overcommit2
test('a size in kB goes before the ratio, which is 50 where nothing is set', () => {
  expect(vmCommitLimit(boot({ 'vm.overcommit_ratio': 60, 'vm.overcommit_kbytes': 4000 }).mm)).toBe(1000);
  expect(vmCommitLimit(boot({}).mm)).toBe(27_828);
});
test('with 2 the count must stay below the limit less a 32nd of what the process has mapped; nothing is spared by MAP_NORESERVE', () => {
  const k = boot({ 'vm.overcommit_memory': 2, 'vm.overcommit_kbytes': 40_000, 'vm.user_reserve_kbytes': 6488 }), m = mmAlloc(k); // 10,000 pages, of which 477 are promised to init
  expect(mmapPrivate(k, m, 9523)).toBe(null); // the limit itself is not below it
  expect(mmapPrivate(k, m, 6400, { noreserve: true })?.end).toBe(6400);
  expect(mmapPrivate(k, m, 2923)).toBe(null); // 10,000 - 477 - 6400 - 6400 / 32
  expect(mmapPrivate(k, m, 2922)?.end).toBe(9322);
  expect(k.mm.committed).toBe(477 + 9322);
  unaccount(k.mm, m);
  expect(k.mm.committed).toBe(477);
});
test('with 0 only a mapping larger than all memory is refused, and MAP_NORESERVE leaves it out of the count', () => {
  const k = boot({}), m = mmAlloc(k);
  expect(mmapPrivate(k, m, 55_657)).toBe(null);
  expect(mmapPrivate(k, m, 55_656)).not.toBe(null);
  expect(mmapPrivate(k, m, 99_999, { noreserve: true })).not.toBe(null);
  expect(k.mm.committed).toBe(477 + 55_656);
});
test('with 1 nothing is refused', () => {
  const k = boot({ 'vm.overcommit_memory': 1 });
  expect(mmapPrivate(k, mmAlloc(k), 999_999)).not.toBe(null);
});
