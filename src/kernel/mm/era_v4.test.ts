/** What v4.13 and v4.17 do otherwise than v6.1. Expectations are those of the reference, page-alloc-reclaim-oom.md, by section. */
import { describe, expect, test } from 'vitest';
import { jiffies, must, ns } from '../../base/units.ts';
import type { ProfileName } from '../../format/scenario.ts';
import { bootScenario } from '../../run/boot.ts';
import { oneHog } from '../../scenarios/one_hog.ts';
import type { Timed } from '../../sim/kfn.ts';
import { type Call, type Kernel, kfn, spend } from '../kernel.ts';
import { mutexTrylock, mutexUnlock } from '../locking/mutex.ts';
import { eras } from '../profiles.ts';
import { spawn } from '../sched/core.ts';
import { clockNanosleep } from '../sched/timer.ts';
import type { Task, TaskOptions } from '../sched/task.ts';
import { scheduleTimeoutUninterruptible } from '../sched/wait.ts';
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

type Old = 'v4.13' | 'v4.17';
const eraOf = (profile: ProfileName): Era => must(eras.find((e) => e.profile === profile), 'no such profile');
const boot = (profile: ProfileName, knobs: Record<string, string> = {}, sysctl: Record<string, number> = {}): Kernel =>
  bootScenario({ ...oneHog, profile, knobs, sysctl: { ...oneHog.sysctl, ...sysctl }, workloads: [] }, 'none').k;
/** Runs `body` as a task of this machine, to its end, and returns what it came to. */
function inTask<T>(k: Kernel, body: () => Call<T> | Timed<T>, o: TaskOptions = {}): T {
  const out: T[] = [];
  spawn(k, 'asking', function* (): Timed<void> { out.push(yield* body() as Timed<T>); }, o);
  k.runUntil(ns(k.now + 3e9));
  return must(out[0], 'the task did not come to its end');
}
/** A process that sleeps, with `pages` of anonymous memory on its books. */
function process(k: Kernel, comm: string, pages: number, o: TaskOptions = {}): Task {
  const m = mmAlloc(k);
  m.users = 1;
  m.rss[RSS.anon] = pages;
  mmap(m, 1, 'anon');
  return spawn(k, comm, function* (): Timed<void> { for (;;) yield spend(ns(1e6)); }, { mmId: m.id, uid: 1000, ...o });
}
const logOf = (k: Kernel): string[] => k.recorder.log.map((l) => l.text);

describe('watermarks', () => {
  /** MIN of 2157 pages as it is for this request: zone Normal of example A. */
  function effective(profile: ProfileName, gfp: number, o: TaskOptions, victim: boolean): number {
    const k = boot(profile);
    return inTask(k, function* () {
      if (victim) markOomVictim(k, k.current);
      const flags = k.mm.era.slowAllocFlags(k, gfp, 0), reserve = gfpPfmemallocFlags(k, gfp);
      yield spend(ns(0));
      return k.mm.era.lowerMark(2157, reserve === 0 ? flags : k.mm.era.withReserve(reserve, flags));
    }, o);
  }
  test('v4.17: how far each request may go below MIN: the table of 2.1', () => {
    const of = (gfp: number, o: TaskOptions = {}, victim = false): number => effective('v4.17', gfp, o, victim);
    expect(of(GFP_KERNEL)).toBe(2157);
    expect(of(GFP.KSWAPD_RECLAIM)).toBe(2157);
    expect(of(GFP_KERNEL, { policy: 'fifo', rtPrio: 10 })).toBe(1618);
    expect(of(GFP_KERNEL | GFP.HIGH)).toBe(1079);
    expect(of(GFP_ATOMIC)).toBe(810);
    expect(of(GFP_KERNEL, { mmId: 0 }, true)).toBe(1079);
  });
  test('the fast check does not count the highatomic reserve (2.2)', () => {
    for (const [profile, ok] of [['v4.13', true], ['v4.17', true], ['v6.1', false]] as const) {
      const k = boot(profile), z = k.mm.zones[1], mark = z.nrFree - 100;
      z.nrReservedHighatomic = 512;
      expect(zoneWatermarkFast(k, z, 0, mark, z.slot, WMARK.LOW, GFP_KERNEL), profile).toBe(ok);
    }
  });
  test('no fallback raises the marks (1.3: watermark_boost is of 5.0)', () => {
    const boosted = (profile: ProfileName): number => { const k = boot(profile), z = k.mm.zones[1]; boostWatermark(k, z); return z.boost; };
    expect([boosted('v4.13'), boosted('v4.17')]).toEqual([0, 0]);
    expect(boosted('v6.1')).toBeGreaterThan(0);
  });
  test('boot sets min_free_kbytes to 65536 kB at the most, since 5.8 to 262144 kB (1.2)', () => {
    expect((['v4.13', 'v4.17', 'v6.1', 'v6.12'] as const).map((p) => calculateMinFreeKbytes(2 ** 34, -1, eraOf(p).minFreeKbytesMax))).toEqual([65536, 65536, 262144, 262144]);
  });
});

describe('per-CPU lists', () => {
  test('a batch is 31 and high 186 where a zone is large, and only order 0 has lists (3.2)', () => {
    for (const profile of ['v4.13', 'v4.17'] as const) {
      const era = eraOf(profile), batch = era.pcpBatch(757_818);
      expect([batch, era.pcpHigh(757_818, 15_911, batch, 4, 0)]).toEqual([31, 186]);
      expect([0, 1, 2, 3, 9].map((order) => era.pcpAllowedOrder(order))).toEqual([true, false, false, false, false]);
    }
  });
  test('an empty list takes one batch, a list at high gives one back (3.2)', () => {
    const k = boot('v4.17'), z = k.mm.zones[1], pcp = z.pcp[0];
    expect([pcp.batch, pcp.high]).toEqual([15, 90]); // 51,816 pages: 50, a quarter is 12, half as much again 18, so 16 - 1; six times that
    pcp.count = 89;
    expect([k.mm.era.pcpRefill(k, z, pcp, 0), k.mm.era.pcpAfterFree(k, z, pcp, 0)]).toEqual([15, 0]);
    pcp.count = 90;
    expect(k.mm.era.pcpAfterFree(k, z, pcp, 0)).toBe(15);
  });
  test('an order-1 block comes from the buddy (3.1: rmqueue)', () => {
    const left = (profile: ProfileName): number => {
      const k = boot(profile), before = k.mm.zones[1].pcp[0].count;
      return inTask(k, function* () { yield* allocPages(k, GFP_KERNEL, 1, FRAME.kernel); return before - k.mm.zones[1].pcp[0].count; });
    };
    expect(left('v4.17')).toBe(0);
    expect(left('v6.1')).not.toBe(0);
  });
});

describe('the reserve of a victim (2.4)', () => {
  /** Alloc flags that the marked thread and another thread of the victim get. */
  function flags(profile: ProfileName): [number, number] {
    const k = boot(profile), leader = process(k, 'victim', 100), thread = spawn(k, 'thread', function* (): Timed<void> { for (;;) yield spend(ns(1e6)); }, { mmId: leader.mmId, tgid: leader.pid });
    markOomVictim(k, leader);
    return [k.mm.era.oomReserve(k, leader), k.mm.era.oomReserve(k, thread)];
  }
  test('4.13 gives all of it to one thread; from 4.14 on each thread may go to half of MIN', () => {
    expect(flags('v4.13')).toEqual([0x04, 0]); // ALLOC_NO_WATERMARKS
    expect(flags('v4.17')).toEqual([0x08, 0x08]); // ALLOC_OOM
  });
});

describe('oom_badness() (7.4)', () => {
  const points = (profile: ProfileName, pages: number, o: TaskOptions): number => { const k = boot(profile); return oomBadness(k, process(k, 'task', pages, o), 50_000); };
  test('4.13 takes 3 % off for CAP_SYS_ADMIN', () => {
    expect(points('v4.13', 1000, { uid: 0 })).toBe(970);
    expect(points('v4.13', 1000, {})).toBe(1000);
    expect(points('v4.17', 1000, { uid: 0 })).toBe(1000);
  });
  test('to 5.8 who may be killed has a point at the least', () => {
    expect((['v4.13', 'v4.17', 'v6.1'] as const).map((p) => points(p, 1000, { oomScoreAdj: -500 }))).toEqual([1, 1, 1000 - 500 * 50]);
  });
  test('of two alike the earlier is chosen; since 5.9 the later (7.3)', () => {
    const chosen = (profile: ProfileName): string => {
      const k = boot(profile), oc = newOomControl(k, { gfp: GFP_KERNEL, order: SYSRQ_ORDER });
      process(k, 'first', 1000);
      process(k, 'second', 1000);
      inTask(k, () => outOfMemory(k, oc));
      return oc.chosen === null || oc.chosen === 'abort' ? '' : oc.chosen.comm;
    };
    expect((['v4.13', 'v4.17', 'v6.1'] as const).map(chosen)).toEqual(['first', 'first', 'second']);
  });
});

describe('out_of_memory() (7.1)', () => {
  /** How long a call takes beside one without the sleep, in ns. */
  function nsOf(profile: Old, knob: string): number {
    const k = boot(profile, { 'oom.sleepAfterKill': knob });
    process(k, 'victim', 1000);
    return inTask(k, function* () {
      const { oomLock } = k.mm.sync, from = k.now;
      mutexTrylock(k, oomLock);
      yield* outOfMemory(k, newOomControl(k, { gfp: GFP_KERNEL, order: 0 }));
      mutexUnlock(k, oomLock);
      return k.now - from;
    });
  }
  test.each(['v4.13', 'v4.17'] as const)('%s: a jiffy of sleep follows a kill, with oom_lock held', (profile) => {
    const more = nsOf(profile, 'on') - nsOf(profile, 'off'), jiffy = 1e9 / boot(profile).hz;
    expect(more).toBeGreaterThan(0);
    expect(more).toBeLessThanOrEqual(2 * jiffy); // a timer of one jiffy ends with the next tick but one
    expect(boot(profile).knob('oom.sleepAfterKill')).toBe('on');
    expect(boot('v6.1').knob('oom.sleepAfterKill')).toBe('off');
  });
  test('pages that a notifier freed end a kill by SysRq-f too; in 6.1 they do not', () => {
    const kills = (profile: ProfileName): number => {
      const k = boot(profile);
      process(k, 'victim', 1000);
      k.mm.oomNotifiers.push(kfn('five', function* (): Timed<number> { yield spend(ns(0)); return 5; }));
      inTask(k, () => outOfMemory(k, newOomControl(k, { gfp: GFP_KERNEL, order: SYSRQ_ORDER })));
      return k.mm.kills.length;
    };
    expect((['v4.13', 'v4.17', 'v6.1'] as const).map(kills)).toEqual([0, 0, 1]);
  });
  test('nobody to kill: 4.18 panics with those words, and SysRq-f gets no report', () => {
    const panics = (profile: ProfileName, order: number): [string | null, number] => {
      const k = boot(profile);
      inTask(k, () => outOfMemory(k, newOomControl(k, { gfp: GFP_KERNEL, order })));
      return [k.mm.panicked, logOf(k).filter((l) => l.includes('invoked oom-killer')).length];
    };
    expect(panics('v4.17', 0)).toEqual(['Out of memory and no killable processes...', 1]);
    expect(panics('v4.17', SYSRQ_ORDER)).toEqual([null, 0]);
    expect(panics('v6.1', 0)).toEqual(['System is deadlocked on memory', 1]);
  });
  test('to 5.1 a child with memory of its own dies for its parent (7.6)', () => {
    const killed = (profile: ProfileName): [string | undefined, string | undefined] => {
      const k = boot(profile), parent = process(k, 'parent', 2000), child = process(k, 'child', 10);
      extra(k, child).parent = parent.pid;
      inTask(k, () => outOfMemory(k, newOomControl(k, { gfp: GFP_KERNEL, order: 0 })));
      return [k.mm.kills[0]?.comm, logOf(k).find((l) => l.includes('sacrifice child'))?.replace(/pid|\d+ \(/, '# (')];
    };
    const total = boot('v4.17').mm.totalramPages;
    expect(killed('v4.17')).toEqual(['child', `Out of memory: Kill process # (parent) score ${Math.trunc(2_000_000 / total)} or sacrifice child`]);
    expect(killed('v6.1')).toEqual(['parent', undefined]);
  });
});

describe('pagefault_out_of_memory() (9.3)', () => {
  test('asks for a kill with no gfp, so that the gate for NOFS does not apply', () => {
    const k = boot('v4.17');
    process(k, 'victim', 1000);
    inTask(k, function* () { yield* pagefaultOutOfMemory(k); return 1; });
    expect(k.mm.kills.map((x) => [x.comm, x.gfp, x.order])).toEqual([['victim', 0, 0]]);
  });
  test('leaves it to who holds oom_lock', () => {
    const k = boot('v4.17');
    process(k, 'victim', 1000);
    inTask(k, function* () { mutexTrylock(k, k.mm.sync.oomLock); yield* pagefaultOutOfMemory(k); mutexUnlock(k, k.mm.sync.oomLock); return 1; });
    expect(k.mm.kills).toEqual([]);
  });
});

describe('the reaper, and the exit of a victim (8.1, 8.2)', () => {
  interface Times { readonly unlocked: number; readonly reaped: number | null; readonly gone: number | null }
  /** A task kills `victim` and sleeps 100 ms with oom_lock held. Times after the kill, in ns. @param stuck  the victim cannot die by itself */
  function afterKill(profile: ProfileName, stuck: boolean, knobs: Record<string, string> = {}): Times {
    const k = boot(profile, knobs), m = mmAlloc(k), at = { unlocked: 0, gone: null as number | null };
    m.users = 1;
    m.rss[RSS.anon] = 5000;
    const victim = spawn(k, 'victim', function* (): Timed<void> { for (;;) { if (stuck) yield* scheduleTimeoutUninterruptible(k, jiffies(1e6)); else yield spend(ns(1e5)); } }, { mmId: m.id });
    k.atExit.push(kfn('noted', function* (k: Kernel): Timed<void> { yield spend(ns(0)); if (k.current === victim) at.gone = k.now; }));
    const killed = inTask(k, function* () {
      mutexTrylock(k, k.mm.sync.oomLock);
      yield* outOfMemory(k, newOomControl(k, { gfp: GFP_KERNEL, order: 0 }));
      const now = k.now;
      yield* clockNanosleep(k, ns(now + 1e8));
      at.unlocked = k.now - now;
      mutexUnlock(k, k.mm.sync.oomLock);
      return now;
    });
    return { unlocked: at.unlocked, reaped: k.mm.firsts.reap === null ? null : k.mm.firsts.reap - killed, gone: at.gone === null ? null : at.gone - killed };
  }
  test('to 4.18 the reaper waits for oom_lock; without that it begins at the kill, and in 6.1 after two seconds', () => {
    for (const profile of ['v4.13', 'v4.17'] as const) {
      const held = afterKill(profile, true), free = afterKill(profile, true, { 'oomReaper.oomLock': 'free' });
      expect(must(held.reaped, 'not reaped')).toBeGreaterThanOrEqual(held.unlocked);
      expect(must(held.reaped, 'not reaped') - held.unlocked).toBeLessThan(1e6);
      expect(Math.abs(must(free.reaped, 'not reaped'))).toBeLessThan(1e7); // some jiffies: the task that kills sleeps one of them
    }
    expect(must(afterKill('v6.1', true).reaped, 'not reaped')).toBeGreaterThan(1.9e9);
    expect(must(afterKill('v6.1', true, { 'oomReaper.oomLock': 'held' }).reaped, 'not reaped')).toBeGreaterThan(1.9e9);
  });
  test('in 4.17 the exit of a victim needs oom_lock too; 4.13 and 6.1 let it go', () => {
    const wait = afterKill('v4.17', false), go = [afterKill('v4.13', false), afterKill('v6.1', false), afterKill('v4.17', false, { 'oomReaper.oomLock': 'free' })];
    expect(must(wait.gone, 'still there')).toBeGreaterThanOrEqual(wait.unlocked);
    for (const t of go) expect(must(t.gone, 'still there')).toBeLessThan(t.unlocked);
  });
});
