/** How reclaim of v4.13 and v4.17 waits, weighs and drains. Expectations are those of the reference, page-alloc-reclaim-oom.md, by section. */
import { describe, expect, test } from 'vitest';
import { ns } from '../../base/units.ts';
import type { ProfileName } from '../../format/scenario.ts';
import { bootIdle, timed } from '../../run/testing/idle_machine.ts';
import type { Timed } from '../../sim/kfn.ts';
import { type Kernel, spend } from '../kernel.ts';
import { spawn } from '../sched/core.ts';
import { GFP_KERNEL, PF } from './constants.ts';
import { LRU, Pgdat, type Zone } from './mmzone.ts';
import { prepareAllocPages } from './page_alloc.ts';
import { drainAllPages as drainFromAfar } from './pcp.ts';
import { drainAllPages } from './pcp_drain.ts';
import { shouldReclaimRetry, zoneReclaimablePages } from './retry.ts';
import type { Lruvec } from './lruvec.ts';
import { newScanControl } from './scan_control.ts';
import { rotatedFractions } from './scan_count.ts';
import { shrinkInactiveList } from './shrink_list.ts';
import type { SlowState } from './slowpath.ts';
import { holdUp, THROTTLE } from './throttle.ts';

const boot = (profile: ProfileName, knobs: Record<string, string> = {}): Kernel => bootIdle(profile, { knobs });
const state = (didSomeProgress: number): SlowState => ({ allocFlags: 0, noProgressLoops: 0, didSomeProgress, compactPriority: 1 });

describe('should_reclaim_retry() (4.5)', () => {
  /** One question of a task, or of a worker, on a machine whose zones have this much to reclaim and under write, and nothing free. */
  function ask(profile: ProfileName, o: { file: number; pending: number; progress: number; worker?: boolean; throttle?: string }): { value: boolean; ms: number } {
    const k = boot(profile, o.throttle === undefined ? {} : { 'reclaim.throttle': o.throttle }), top = k.mm.zones.at(-1) as Zone;
    for (const z of k.mm.zones) { z.nrFree = 0; z.lru.fill(0); }
    top.lru[LRU.INACTIVE_FILE] = o.file;
    top.writePending = o.pending;
    return timed(k, function* () {
      if (o.worker === true) k.current.pf |= PF.WQ_WORKER;
      return yield* shouldReclaimRetry(k, prepareAllocPages(k, GFP_KERNEL, 0, 0), state(o.progress));
    });
  }
  test('waits a tenth of a second where more than half is under write and there was no progress', () => {
    for (const profile of ['v4.13', 'v4.17'] as const) {
      const waited = ask(profile, { file: 2000, pending: 1001, progress: 0 });
      expect(waited.value).toBe(true);
      expect(waited.ms).toBeGreaterThan(95);
      expect(waited.ms).toBeLessThan(110);
    }
  });
  test('does not where half is, where there was progress, where the knob asks for a congested queue, and in 6.1', () => {
    for (const o of [{ file: 2000, pending: 1000, progress: 0 }, { file: 2000, pending: 1001, progress: 1 }, { file: 2000, pending: 1001, progress: 0, throttle: 'wait-iff-congested' }]) {
      const r = ask('v4.17', o);
      expect(r.value).toBe(true);
      expect(r.ms).toBeLessThan(1);
    }
    expect(ask('v6.1', { file: 2000, pending: 1001, progress: 0 }).ms).toBeLessThan(1);
  });
  test('a worker naps a jiffy only if it is to go round again; in 6.1 always', () => {
    const ms = (profile: ProfileName, file: number): number => ask(profile, { file, pending: 0, progress: 0, worker: true }).ms;
    expect(ms('v4.17', 2000)).toBeGreaterThan(1);
    expect(ms('v4.17', 0)).toBeLessThan(1);
    expect(ms('v6.1', 0)).toBeGreaterThan(1);
  });
  test('where nothing can be reclaimed the answer is 0: only stable 6.1 and 6.12 count what is free', () => {
    const pages = (profile: ProfileName): number => { const k = boot(profile), z = k.mm.zones[0]; z.lru.fill(0); z.nrFree = 777; return zoneReclaimablePages(k, z); };
    expect((['v4.13', 'v4.17', 'v6.1', 'v6.12'] as const).map(pages)).toEqual([0, 0, 777, 777]);
  });
});

describe('where reclaim is held up (4.9)', () => {
  const ms = (profile: ProfileName, reason: number, throttle?: string): number => {
    const k = boot(profile, throttle === undefined ? {} : { 'reclaim.throttle': throttle });
    return timed(k, function* () { yield* holdUp(k, k.mm.nodes[0], reason); }).ms;
  };
  test('to 5.15: HZ/10 for isolated pages and for writes; in 6.1 HZ/50 and HZ/10', () => {
    for (const profile of ['v4.13', 'v4.17'] as const) for (const reason of [THROTTLE.ISOLATED, THROTTLE.WRITEBACK]) {
      expect(ms(profile, reason)).toBeGreaterThan(95);
      expect(ms(profile, reason)).toBeLessThan(110);
    }
    expect(ms('v6.1', THROTTLE.ISOLATED)).toBeLessThan(30);
    expect(ms('v6.1', THROTTLE.ISOLATED, 'congestion-wait')).toBeGreaterThan(95);
  });
  test('a queue that is not congested holds nobody up', () => {
    expect(ms('v4.17', THROTTLE.CONGESTED)).toBeLessThan(1);
    expect(ms('v4.17', THROTTLE.WRITEBACK, 'wait-iff-congested')).toBeLessThan(1);
  });
});

test('too many isolated pages: 4.13 waits until there are fewer, later versions once', () => {
  const ms = (profile: ProfileName): number => {
    const k = boot(profile), p = k.mm.nodes[0];
    p.nrIsolatedFile = 1e6;
    k.agenda.arm(k.timer('put back', () => { p.nrIsolatedFile = 0; }), ns(k.now + 1e9));
    return timed(k, () => shrinkInactiveList(k, p.root, LRU.INACTIVE_FILE, 32, newScanControl(k, { order: 0, nrToReclaim: 32, reclaimIdx: k.mm.slots.length - 1, gfp: GFP_KERNEL }))).ms;
  };
  expect(ms('v4.13')).toBeGreaterThan(1000);
  expect(ms('v4.13')).toBeLessThan(1150);
  expect(ms('v4.17')).toBeGreaterThan(95);
  expect(ms('v4.17')).toBeLessThan(110);
});

describe('get_scan_count() to 5.7 (5.6)', () => {
  const node = (anon: number, file: number, scanned: [number, number], rotated: [number, number]): Lruvec => {
    const v = new Pgdat(0, []).root;
    v.own[LRU.INACTIVE_ANON] = anon; v.own[LRU.INACTIVE_FILE] = file;
    v.recentScanned.splice(0, 2, ...scanned); v.recentRotated.splice(0, 2, ...rotated);
    return v;
  };
  test('a side counts the less the more of its pages were kept', () => {
    // anon 60 * 101 / 51 = 118, file 140 * 101 / 11 = 1285
    expect(rotatedFractions(node(1000, 1000, [100, 100], [50, 10]), 60)).toEqual([118, 1285]);
    expect(rotatedFractions(node(1000, 1000, [0, 0], [0, 0]), 60)).toEqual([60, 140]);
  });
  test('what was counted halves once it outgrows a quarter of the list', () => {
    const v = node(1000, 1000, [251, 250], [100, 100]);
    rotatedFractions(v, 60);
    expect([v.recentScanned, v.recentRotated]).toEqual([[125, 250], [50, 100]]);
  });
});

describe('drain_all_pages() (3.4)', () => {
  const held = (k: Kernel): number[] => k.cpus.map((c) => k.mm.zones.reduce((n, z) => n + z.pcp[c.index].count, 0));
  test('empties the lists of both CPUs by an item on each, and the caller waits for them', () => {
    for (const profile of ['v4.13', 'v4.17'] as const) {
      const k = boot(profile);
      expect(Math.min(...held(k))).toBeGreaterThan(0);
      const workers = (): number => k.tasks.filter((t) => /^kworker\/[01]:/.test(t.comm)).reduce((n, t) => n + t.switches, 0), before = workers();
      timed(k, () => drainAllPages(k, null), { cpus: [0] });
      expect(held(k)).toEqual([0, 0]);
      expect(workers() - before).toBeGreaterThanOrEqual(2);
    }
  });
  test('waits while a real-time task keeps one CPU from its worker; 6.1 empties that list from afar', () => {
    const ms = (profile: ProfileName): number => {
      const k = boot(profile);
      spawn(k, 'spinner', function* (): Timed<void> { for (const end = k.now + 5e8; k.now < end;) yield spend(ns(1e6)); }, { cpus: [1], policy: 'fifo', rtPrio: 50 });
      k.runUntil(ns(k.now + 1e7));
      return timed(k, () => (k.mm.era.drainsByWork ? drainAllPages : drainFromAfar)(k, null), { cpus: [0] }).ms;
    };
    expect(ms('v4.17')).toBeGreaterThan(450);
    expect(ms('v6.1')).toBeLessThan(10);
  });
  test('a worker does not drain: it could wait for itself', () => {
    const k = boot('v4.17'), before = held(k);
    timed(k, function* () { k.current.pf |= PF.WQ_WORKER; yield* drainAllPages(k, null); }, { cpus: [0] });
    expect(held(k)).toEqual(before);
  });
});
