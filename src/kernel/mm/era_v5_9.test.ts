/** What v5.9 does otherwise than v4.17 and v6.1. Expectations are those of the reference, page-alloc-reclaim-oom.md, by section; what is from memory is named in docs/model.md. */
import { describe, expect, test } from 'vitest';
import { must, ns } from '../../base/units.ts';
import type { ProfileName, Scenario } from '../../format/scenario.ts';
import { bootScenario } from '../../run/boot.ts';
import { runScenario } from '../../run/run.ts';
import { made192 } from '../../scenarios/machines.ts';
import { oneHog } from '../../scenarios/one_hog.ts';
import type { Timed } from '../../sim/kfn.ts';
import { type Call, type Kernel, spend } from '../kernel.ts';
import { mutexTrylock, mutexUnlock } from '../locking/mutex.ts';
import { eras } from '../profiles.ts';
import { spawn } from '../sched/core.ts';
import { clockNanosleep } from '../sched/timer.ts';
import type { Task, TaskOptions } from '../sched/task.ts';
import { FRAME, GFP, GFP_ATOMIC, GFP_KERNEL } from './constants.ts';
import type { Era } from './era.ts';
import { boostWatermark } from './fallback.ts';
import { mmAlloc, mmap } from './memory.ts';
import { WMARK } from './mmzone.ts';
import { newOomControl, SYSRQ_ORDER } from './oom_control.ts';
import { markOomVictim, oomBadness, outOfMemory, pagefaultOutOfMemory } from './oom_kill.ts';
import { allocPages } from './page_alloc.ts';
import { RSS } from './rss.ts';
import { gfpPfmemallocFlags } from './slowpath.ts';
import { extra } from './task_extra.ts';
import { zoneWatermarkFast } from './watermark.ts';
import { calculateMinFreeKbytes } from './wmarks.ts';

const THREE = ['v4.17', 'v5.9', 'v6.1'] as const;
const eraOf = (profile: ProfileName): Era => must(eras.find((e) => e.profile === profile), 'no such profile');
const boot = (profile: ProfileName, knobs: Record<string, string> = {}): Kernel => bootScenario({ ...oneHog, profile, knobs, workloads: [] }, 'none').k;
/** Runs `body` as a task of this machine, to its end, and returns what it came to. */
function inTask<T>(k: Kernel, body: () => Call<T> | Timed<T>, o: TaskOptions = {}): T {
  const out: T[] = [];
  spawn(k, 'asking', function* (): Timed<void> { out.push(yield* body() as Timed<T>); }, o);
  k.runUntil(ns(k.now + 3e9));
  return must(out[0], 'the task did not come to its end');
}
/** A process that is busy, with `pages` of anonymous memory on its books. */
function process(k: Kernel, comm: string, pages: number, o: TaskOptions = {}): Task {
  const m = mmAlloc(k);
  m.users = 1;
  m.rss[RSS.anon] = pages;
  mmap(m, 1, 'anon');
  return spawn(k, comm, function* (): Timed<void> { for (;;) yield spend(ns(1e6)); }, { mmId: m.id, uid: 1000, ...o });
}

describe('watermarks', () => {
  test('how far each request may go below MIN: the table of 2.1', () => {
    const of = (gfp: number, o: TaskOptions = {}, victim = false): number => {
      const k = boot('v5.9');
      return inTask(k, function* () {
        if (victim) markOomVictim(k, k.current);
        const flags = k.mm.era.slowAllocFlags(k, gfp, 0), reserve = gfpPfmemallocFlags(k, gfp);
        yield spend(ns(0));
        return k.mm.era.lowerMark(2157, reserve === 0 ? flags : k.mm.era.withReserve(reserve, flags));
      }, o);
    };
    expect([of(GFP_KERNEL), of(GFP.KSWAPD_RECLAIM), of(GFP_KERNEL, { policy: 'fifo', rtPrio: 10 }), of(GFP_KERNEL | GFP.HIGH), of(GFP_ATOMIC), of(GFP_KERNEL, { mmId: 0 }, true)])
      .toEqual([2157, 2157, 1618, 1079, 810, 1079]);
  });
  test('the fast check takes the highatomic reserve off, which 4.17 does not (2.2)', () => {
    expect(THREE.map((profile) => {
      const k = boot(profile), z = k.mm.zones[1], mark = z.nrFree - 100;
      z.nrReservedHighatomic = 512;
      return zoneWatermarkFast(k, z, 0, mark, z.slot, WMARK.LOW, GFP_KERNEL);
    })).toEqual([true, false, false]);
  });
  test('a fallback raises the marks (5.0 on), and boot sets up to 262144 kB aside (5.8 on: 1.2, 1.3)', () => {
    const k = boot('v5.9'), z = k.mm.zones[1];
    boostWatermark(k, z);
    expect(z.boost).toBeGreaterThan(0);
    expect(calculateMinFreeKbytes(2 ** 34, -1, eraOf('v5.9').minFreeKbytesMax)).toBe(262144);
  });
});

describe('per-CPU lists (3.2; rcu-mempool-io-locking.md 2.7)', () => {
  test('a batch is 63 and high 378 in a zone of 1 GiB or more, 31 and 186 in one of 512 MiB', () => {
    const era = eraOf('v5.9'), of = (managed: number): number[] => { const batch = era.pcpBatch(managed); return [batch, must(era.pcpHigh(managed, 15_911, batch, 4, 0) ?? undefined, 'it is tuned')]; };
    expect([of(262_144), of(757_818), of(131_072)]).toEqual([[63, 378], [63, 378], [31, 186]]);
    expect([0, 1, 2, 3, 9].map((order) => era.pcpAllowedOrder(order))).toEqual([true, false, false, false, false]);
  });
  test('an empty list takes one batch, a list at high gives one back, and an order-1 block comes from the buddy', () => {
    const k = boot('v5.9'), z = k.mm.zones[1], pcp = z.pcp[0], { batch, high } = pcp, before = pcp.count;
    expect(high).toBe(6 * batch);
    inTask(k, function* () { yield* allocPages(k, GFP_KERNEL, 1, FRAME.kernel); return 1; });
    expect(pcp.count).toBe(before);
    pcp.count = high - 1;
    expect([k.mm.era.pcpRefill(k, z, pcp, 0), k.mm.era.pcpAfterFree(k, z, pcp, 0)]).toEqual([batch, 0]);
    pcp.count = high;
    expect(k.mm.era.pcpAfterFree(k, z, pcp, 0)).toBe(batch);
  });
  test('draining them is the work of each CPU\'s worker, to 5.19 (3.4)', () => {
    expect(THREE.map((p) => boot(p).mm.pcpDrain !== null)).toEqual([true, true, false]);
  });
});

describe('out_of_memory() (7.1 to 7.6)', () => {
  test('points may be few, none or less (5.9 on), and of two alike the later dies (7.3, 7.4)', () => {
    const points = (profile: ProfileName): number => { const k = boot(profile); return oomBadness(k, process(k, 'task', 1000, { oomScoreAdj: -500 }), 50_000); };
    expect(THREE.map(points)).toEqual([1, 1000 - 500 * 50, 1000 - 500 * 50]);
    const chosen = (profile: ProfileName): string => {
      const k = boot(profile), oc = newOomControl(k, { gfp: GFP_KERNEL, order: SYSRQ_ORDER });
      process(k, 'first', 1000);
      process(k, 'second', 1000);
      inTask(k, () => outOfMemory(k, oc));
      return oc.chosen === null || oc.chosen === 'abort' ? '' : oc.chosen.comm;
    };
    expect(THREE.map(chosen)).toEqual(['first', 'second', 'second']);
  });
  test('no child dies for its parent (to 5.1 one does)', () => {
    const killed = (profile: ProfileName): string | undefined => {
      const k = boot(profile), parent = process(k, 'parent', 2000), child = process(k, 'child', 10);
      extra(k, child).parent = parent.pid;
      inTask(k, () => outOfMemory(k, newOomControl(k, { gfp: GFP_KERNEL, order: 0 })));
      return k.mm.kills[0]?.comm;
    };
    expect(THREE.map(killed)).toEqual(['child', 'parent', 'parent']);
  });
  test('a fault without memory asks for a kill (to 5.15: 9.3), and nobody sleeps under oom_lock after it (4.19 on: 4.9)', () => {
    expect(THREE.map((p) => eraOf(p).faultOomKills)).toEqual([true, true, false]);
    expect(THREE.map((p) => boot(p).knob('oom.sleepAfterKill'))).toEqual(['on', 'off', 'off']);
    const k = boot('v5.9');
    process(k, 'victim', 1000);
    inTask(k, function* () { yield* pagefaultOutOfMemory(k); return 1; });
    expect(k.mm.kills.map((x) => [x.comm, x.gfp, x.order])).toEqual([['victim', 0, 0]]);
  });
  test('the reaper begins at the kill, without oom_lock, and so does the exit of the victim (8.1, 8.2)', () => {
    const reaped = (profile: ProfileName): number => {
      const k = boot(profile);
      process(k, 'victim', 1000);
      const killed = inTask(k, function* () {
        mutexTrylock(k, k.mm.sync.oomLock);
        yield* outOfMemory(k, newOomControl(k, { gfp: GFP_KERNEL, order: 0 }));
        const { now } = k;
        yield* clockNanosleep(k, ns(now + 1e8));
        mutexUnlock(k, k.mm.sync.oomLock);
        return now;
      });
      return (k.mm.firsts.reap ?? Infinity) - killed;
    };
    const [v417, v59] = [reaped('v4.17'), reaped('v5.9')];
    expect(v417).toBeGreaterThanOrEqual(1e8);
    expect(v59).toBeLessThan(1e7);
    expect(eraOf('v5.9').victimExit).toBe('reaps itself');
  });
  test('the rules of memory cgroups: 32 pages a charge, 16 rounds, the dying go past the limit, a kill at once, and memory.high holds up (10.1, 10.2)', () => {
    expect(eraOf('v5.9').memcg).toMatchObject({ chargeBatch: 32, reclaimRetries: 16, dyingForced: true, oomAtEndOfFault: false, oomLockKillable: true, nofsEndsIt: false, highSleeps: true });
  });
});

describe('reclaim', () => {
  test('waits by congestion_wait() (to 5.15: 4.9), weighs lists by what they cost (5.8 on: 5.6), and is seen by PSI (4.20 on)', () => {
    expect(THREE.map((p) => boot(p).knob('reclaim.throttle'))).toEqual(['congestion-wait', 'congestion-wait', 'throttle']);
    expect(THREE.map((p) => eraOf(p).scanBalance)).toEqual(['rotated', 'cost', 'cost']);
    expect(THREE.map((p) => eraOf(p).psi)).toEqual([false, true, true]);
    expect(THREE.map((p) => boot(p).knob('reclaim.workerNap'))).toEqual(['to-retry', 'always', 'always']);
  });
});

describe('the report (7.9)', () => {
  const { log } = runScenario({ ...oneHog, profile: 'v5.9' }, { record: 'none' }).trace.tables, lines = log.map((l) => l.text), has = (start: string): string => must(lines.find((l) => l.startsWith(start)), `no line ${start}`);
  test('header, summary and kill line are those of later versions, and the table of tasks has its title', () => {
    expect(has('hog invoked oom-killer')).toBe('hog invoked oom-killer: gfp_mask=0x100dca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO), order=0, oom_score_adj=0');
    expect(has('oom-kill:')).toMatch(/^oom-kill:constraint=CONSTRAINT_NONE,nodemask=\(null\),cpuset=\/,mems_allowed=0,global_oom,task_memcg=\/,task=hog,pid=\d+,uid=0$/);
    expect(has('Out of memory: Killed process')).toMatch(/^Out of memory: Killed process \d+ \(hog\) total-vm:\d+kB, anon-rss:\d+kB, file-rss:\d+kB, shmem-rss:\d+kB, UID:0 pgtables:\d+kB oom_score_adj:0$/);
    expect(has('[  pid  ]')).toBe('[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name');
    expect(lines[lines.findIndex((l) => l.startsWith('[  pid  ]')) - 1]).toBe('Tasks state (memory values in pages):');
  });
  test('Mem-Info: bounce behind page tables, no sec_pagetables; stacks by node, page tables by zone; the reserve but no boost; the swap cache\'s line', () => {
    expect(has(' mapped:')).toMatch(/^ mapped:\d+ shmem:\d+ pagetables:\d+ bounce:0$/);
    expect(lines.some((l) => l.includes('sec_pagetables') || l.includes('unstable:'))).toBe(false);
    expect(has('Node 0 active_anon')).toMatch(/ writeback_tmp:0kB kernel_stack:\d+kB all_unreclaimable\? (yes|no)$/);
    expect(has('Node 0 DMA32 free')).toMatch(/^Node 0 DMA32 free:\d+kB min:\d+kB low:\d+kB high:\d+kB reserved_highatomic:\d+KB active_anon:.* mlocked:\d+kB pagetables:\d+kB bounce:0kB free_pcp/);
    expect(has('Swap cache stats')).toBe('Swap cache stats: add 0, delete 0, find 0/0');
    expect(lines.some((l) => l.includes('TASK>'))).toBe(false); // 5.17 on, from memory
  });
});

describe('RCU (rcu-mempool-io-locking.md 1.8)', () => {
  /** When the last of 100 callbacks of kfree_rcu() was invoked that a CPU had queued at 21 ms before it went idle: ms, Infinity: not within 3 s. */
  function invokedMs(profile: ProfileName): number {
    const s: Scenario = {
      id: 'x', title: '', text: [], profile, seed: 1, machine: made192(2), sysctl: {}, knobs: { 'rcu.fastNoHz': 'on' },
      workloads: [{ type: 'isolate', cpu: 1 }, { type: 'callrcu', cpu: 1, count: 100, order: 0, start: 21 }], untilNs: 3e9, ends: 'no-oom',
    };
    const { k } = bootScenario(s, 'none'), { mark } = k;
    let invoked = 0, last = Infinity;
    k.mark = (name, b = 0, c = 0) => { if (name === 'rcu_invoke_kfree_callback' && ++invoked === 100) last = k.now / 1e6; mark.call(k, name, b, c); };
    k.runUntil(ns(3e9));
    return last;
  }
  test('an idle CPU that has only callbacks of kfree_rcu() is woken as for others: their accounting went in 5.6, the option was still there', () => {
    expect(invokedMs('v4.17')).toBe(Infinity);
    expect(invokedMs('v5.9')).toBeLessThan(21 + 100); // a grace period of some jiffies, and the wake of four to seven more
  });
});
