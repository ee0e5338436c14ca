/**
 * Reports of pressure. Counts are those that real kernels gave (docs/decisions/vmpressure.md): a Debian 6.1.176 queues vmpressure_work_fn four times in a
 * direct reclaim that finds nothing (priorities 3 to 0), a 6.12.117 eight times, as it goes through its priorities twice; with cgroup_disable=memory neither does.
 */
import { describe, expect, test } from 'vitest';
import { must, ns } from '../../base/units.ts';
import type { ProfileName } from '../../format/scenario.ts';
import { bootScenario } from '../../run/boot.ts';
import { memcgLimit } from '../../scenarios/memcg_limit.ts';
import { small256 } from '../../scenarios/machines.ts';
import { oneHog } from '../../scenarios/one_hog.ts';
import type { Timed } from '../../sim/kfn.ts';
import { type Kernel, spend } from '../kernel.ts';
import { spawn } from '../sched/core.ts';
import { GFP, GFP_KERNEL } from './constants.ts';
import { prepareAllocPages } from './page_alloc.ts';
import { vmpressure, VMPRESSURE_WIN } from './vmpressure.ts';
import { tryToFreeMemCgroupPages, tryToFreePages } from './vmscan.ts';

/** One CPU without anything that could be reclaimed: no file, no swap. */
function boot(profile: ProfileName = 'v6.1', knobs: Record<string, string> = {}): Kernel {
  const { k } = bootScenario({ ...oneHog, machine: small256, profile, knobs, workloads: [] }, 'none');
  k.runUntil(ns(1e8));
  return k;
}
function inTask(k: Kernel, body: () => Timed<unknown>): void {
  spawn(k, 'asking', function* (): Timed<void> {
    yield spend(ns(8e6)); // so that a worker which wakes has had less of the CPU, and preempts
    yield* body();
  });
  k.runUntil(ns(k.now + 1e8));
}
const reports = (k: Kernel): number => k.mm.vmpressure?.work.finished ?? 0;
/** The third of three reclaims, as slab caches have given by then what they had: its reports, and what it took. */
function thirdReclaim(k: Kernel): { queued: number; ran: number; us: number } {
  let before = [0, 0], us = -1;
  const queued = (): number => k.mm.vmpressure?.work.queued ?? 0;
  inTask(k, function* (): Timed<void> {
    for (let n = 0; n < 3; n++) {
      const from = k.now;
      before = [queued(), reports(k)];
      yield* tryToFreePages(k, prepareAllocPages(k, GFP_KERNEL, 0, 0));
      us = (k.now - from) / 1e3;
    }
  });
  return { queued: queued() - before[0], ran: reports(k) - before[1], us };
}

describe('a direct reclaim that finds nothing', () => {
  test.each([['v4.13', 4], ['v4.17', 4], ['v5.9', 4], ['v6.1', 4], ['v6.12', 8]] as const)('%s: reports %i times, each by an item that runs before the next is queued', (profile, times) => {
    expect(thirdReclaim(boot(profile))).toMatchObject({ queued: times, ran: times });
  });
  test.each([['v6.1', 71, 100], ['v6.12', 245, 316]] as const)('%s takes about %i us without reports and %i us with them, as the real ones do', (profile, without, withThem) => {
    const classic: Record<string, string> = profile === 'v6.12' ? { 'lru.gen': 'off' } : {}, silent = boot(profile, { ...classic, 'reclaim.vmpressure': 'off' }); // with generations: src/run/lru_gen.test.ts
    for (const [k, us] of [[silent, without], [boot(profile, classic), withThem]] as const) expect(Math.abs(thirdReclaim(k).us / us - 1)).toBeLessThan(0.08);
    expect([silent.mm.vmpressure, silent.tasks.filter((t) => t.comm.startsWith('kworker')).length]).toEqual([null, 0]);
  });
});
describe('vmpressure()', () => {
  /** Each call, and how often it has been reported after it. */
  const told = (calls: readonly (readonly [gfp: number, scanned: number])[]): readonly number[] => {
    const k = boot(), out: number[] = [];
    for (const [gfp, scanned] of calls) {
      inTask(k, function* (): Timed<void> { yield* vmpressure(k, gfp, null, scanned); });
      out.push(reports(k));
    }
    return out;
  };
  test('is heard when a window of 512 pages is full, and begins another', () => {
    expect(VMPRESSURE_WIN).toBe(512); // SWAP_CLUSTER_MAX * 16
    expect(told([[GFP_KERNEL, 511], [GFP_KERNEL, 0], [GFP_KERNEL, 1], [GFP_KERNEL, 511], [GFP_KERNEL, 5000]])).toEqual([0, 0, 1, 1, 2]);
  });
  test('takes no notice of requests that could reclaim little: neither IO nor FS, neither movable nor highmem', () => {
    expect(told([[GFP.DIRECT_RECLAIM, 5000], [GFP.DIRECT_RECLAIM | GFP.IO, 5000]])).toEqual([0, 1]);
  });
  test('of a group that is at its limit is told to that group, not to the machine', () => {
    const { k } = bootScenario({ ...memcgLimit, workloads: memcgLimit.workloads.filter((w) => w.type === 'cgroup') }, 'none');
    k.runUntil(ns(1e8));
    const box = must(must(k.mm.memcgs, 'the story has groups').groups.find((g) => g.parent !== null), 'a group');
    inTask(k, function* (): Timed<void> { yield* tryToFreeMemCgroupPages(k, box, 32, GFP_KERNEL); });
    expect([must(box.vmpressure, 'it was told').work.finished, reports(k)]).toEqual([4, 0]);
  });
});
